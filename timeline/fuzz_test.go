package timeline

import (
	"context"
	"encoding/binary"
	"testing"
	"time"

	"forensic/event"
)

// FuzzTimeline makes sources and stamps of bytes. Whatever they say, all events
// come back, once each, in order, and nothing panics.
func FuzzTimeline(f *testing.F) {
	f.Add([]byte("\x00\x07 some seed \x01\x03\x02\xff\xff\xff\x7f\x00\x00\x00\x10more and more of it"))
	f.Add([]byte{1, 3, 255, 0, 0, 0, 0, 0, 0, 128, 2, 2, 3, 4, 5, 6, 7, 8, 9, 10, 0, 16, 1, 1, 1, 1, 1, 1, 1, 1})
	f.Add([]byte{0, 11, 255, 255, 255, 255, 255, 255, 255, 127, 0, 11, 0, 0, 0, 0, 0, 0, 0, 128, 0, 3, 1, 0, 0, 0, 0, 0, 0, 0})
	f.Fuzz(func(t *testing.T, data []byte) {
		tl := New(t.TempDir())
		defer tl.Close()
		l := tl.Lane()
		n := 0
		lines := map[int]int{}
		for ; len(data) >= 10; data = data[10:] {
			ev := event.Event{Kind: "zookeeper.accepted"}
			ev.Where.Source = int(data[0] % 5)
			lines[ev.Where.Source]++
			ev.Where.First = lines[ev.Where.Source]
			ev.Stamp.Has = event.Fields(data[1] & 31)
			ev.Stamp.Wall = int64(binary.LittleEndian.Uint64(data[2:]))
			if data[1]&128 == 0 { // mostly what a stamp can be
				ev.Stamp.Wall &= 1<<63 - 1
				if ev.Stamp.Has&event.HasYear == 0 && ev.Stamp.Has&event.SinceBoot == 0 {
					ev.Stamp.Wall = canvas + ev.Stamp.Wall%canvasYear
				}
			}
			ev.Stamp.Zone = int16(data[3]) - 128
			ev.Stamp.Impossible = data[1]&64 != 0
			ev.Set("host", string(data[4:4+data[4]%3]))
			ev.Set("client", "192.0.2.1:"+string(data[5:7]))
			l.Count(&ev)
			if err := l.Add(&ev, Keep{Text: true, Join: data[0]&128 != 0}); err != nil {
				t.Fatal(err)
			}
			n++
		}
		var sources []event.Source
		for id := range lines {
			s := event.Source{ID: id, Path: string(rune('a' + id)), Modified: time.Unix(int64(len(data))*1e8, 0), Line: id}
			if id == 3 {
				s.Unit = "packet"
			}
			sources = append(sources, s)
		}
		tl.Settle(sources, Options{Zones: zones("", "America/New_York"), Offsets: map[string]time.Duration{"a": time.Hour}})
		tl.Coverage()
		last, got := int64(-1<<63), 0
		for ev, err := range tl.Replay(context.Background()) {
			if err != nil {
				t.Fatal(err)
			}
			if ev.At < last {
				t.Fatalf("%d after %d", ev.At, last)
			}
			last = ev.At
			got++
			tl.Text(ev)
		}
		if got != n {
			t.Fatalf("%d events of %d", got, n)
		}
	})
}

// FuzzNames reads names of files, folders and zones.
func FuzzNames(f *testing.F) {
	for _, s := range []string{"messages-20171126.gz", "log.2014-11-24", "sosreport-a-1-2017-12-01-x", "scc_a_1_2", "+08:00", "UTC+8", "Asia/Shanghai", "a!/b/../c", "0x0"} {
		f.Add(s)
	}
	f.Fuzz(func(t *testing.T, s string) {
		rotated(s)
		for _, dir := range folders(s) {
			plausibleHost(hostInName(dir))
		}
		Zone(s)
		weekday(s)
		hashText(s)
		hashKey('c', s)
		newRoster().address(&host{}, s)
	})
}
