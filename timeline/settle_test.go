package timeline

import (
	"strconv"
	"strings"
	"testing"
	"time"

	"forensic/event"
)

// stampOf reads a stamp as tests write it: "Nov 24 13:45:11", "2017-11-24
// 13:46:54.760", "2017-11-24 13:46:54+08:00", "13:45:11", "up 12.5", "".
func stampOf(s string) event.Stamp {
	try := func(layout, s string, has event.Fields, step time.Duration) (event.Stamp, bool) {
		t, err := time.Parse(layout, s)
		if err != nil {
			return event.Stamp{}, false
		}
		_, off := t.Zone()
		return event.Stamp{Wall: t.UnixNano() + int64(off)*1e9, Has: has, Step: step, Zone: int16(off / 60)}, true
	}
	switch {
	case s == "":
		return event.Stamp{}
	case s == "impossible":
		return event.Stamp{Impossible: true, Text: "Feb 30 24:00:00"}
	case strings.HasPrefix(s, "up "):
		d, err := time.ParseDuration(s[3:] + "s")
		if err != nil {
			panic(err)
		}
		return event.Stamp{Wall: int64(d), Has: event.SinceBoot, Step: time.Microsecond}
	}
	if day, rest, ok := strings.Cut(s, ", "); ok { // a weekday is written, no year
		st := stampOf(rest)
		st.Text = day + " " + rest
		return st
	}
	if st, ok := try("2006 Jan 2 15:04:05", "1972 "+s, hasYearless, time.Second); ok {
		return st
	}
	if st, ok := try("2006-01-02 15:04:05Z07:00", s, hasAbsolute, time.Second); ok {
		return st
	}
	if st, ok := try("2006-01-02 15:04:05", s, hasDated, time.Second); ok {
		if strings.Contains(s, ".") {
			st.Step = time.Millisecond
		}
		return st
	}
	if st, ok := try("2006-01-02 15:04:05", "1972-01-01 "+s, event.HasTime, time.Second); ok {
		return st
	}
	panic("no stamp: " + s)
}

// A file is a source of a test: where it lay, its time, and its records, each a
// stamp, then maybe "| kind name=value ...".
type file struct {
	path     string
	modified string
	packed   bool
	host     string
	section  string
	line     int
	format   string
	sha      string
	taken    string
	kinds    []string
	records  []string
}

func (f file) told(id int) told {
	s := told{src: event.Source{ID: id, Path: f.path, Host: f.host, Section: f.section, Line: f.line, Format: f.format, SHA256: f.sha, Kinds: f.kinds, Taken: stampOf(f.taken), Packed: f.packed}}
	if f.format == "" {
		s.src.Format = "syslog"
	}
	if f.format == "capture" {
		s.src.Unit = "packet"
	}
	if f.modified != "" {
		s.src.Modified = time.Unix(0, stampOf(f.modified).Wall).UTC()
	}
	for _, r := range f.records {
		stamp, rest, _ := strings.Cut(r, " | ")
		ev := event.Event{Kind: "log.message", Stamp: stampOf(stamp)}
		for i, word := range strings.Fields(rest) {
			if name, value, ok := strings.Cut(word, "="); ok {
				ev.Set(name, value)
			} else if i == 0 {
				ev.Kind = word
			}
		}
		s.events = append(s.events, ev)
	}
	return s
}

func settled(t *testing.T, opt Options, files ...file) (*Timeline, []Clock) {
	t.Helper()
	tl := New(t.TempDir())
	t.Cleanup(func() { tl.Close() })
	var all []told
	for i, f := range files {
		all = append(all, f.told(100-i))
	}
	sources := gather(t, tl, 2, all, Keep{})
	return tl, tl.Settle(sources, opt)
}

// facts finds what was settled of a path.
func facts(t *testing.T, tl *Timeline, path string) Facts {
	t.Helper()
	for _, p := range tl.places {
		if p.src.Path == path {
			return tl.Facts(p.src.ID)
		}
	}
	t.Fatalf("no source %s", path)
	return Facts{}
}

func TestTaken(t *testing.T) {
	snap := []string{" | socket.states", " | socket.states"}
	kinds := []string{"socket.states"}
	for _, c := range []struct {
		name  string
		files []file
		at    string
		why   string
	}{
		{"nothing", []file{{path: "netstat.txt", kinds: kinds, records: snap}}, "", ""},
		{"it says so", []file{{path: "netstat.txt", kinds: kinds, taken: "2017-11-24 13:00:00+08:00", modified: "2017-12-24 00:00:00", records: snap}}, "2017-11-24T05:00:00Z", "as its transcript"},
		{"the file's time", []file{{path: "netstat.txt", kinds: kinds, modified: "2017-11-24 13:00:00", records: snap}}, "2017-11-24T13:00:00Z", "no later than the file's time"},
		{"a log without times is no snapshot", []file{{path: "netstat.txt", kinds: []string{"log.message"}, modified: "2017-11-24 13:00:00", records: snap}}, "", ""},
		{"between date and date", []file{
			{path: "netstat.txt", section: "$ netstat", line: 5, kinds: kinds, modified: "2018-01-01 00:00:00", records: snap},
			{path: "netstat.txt", section: "$ date", line: 1, kinds: []string{"host.clock"}, records: []string{"2017-11-24 13:00:00Z | host.clock"}},
			{path: "netstat.txt", section: "$ date", line: 9, kinds: []string{"host.clock"}, records: []string{"2017-11-24 13:02:00Z | host.clock"}},
		}, "2017-11-24T13:00:00Z", "between"},
	} {
		t.Run(c.name, func(t *testing.T) {
			tl, _ := settled(t, Options{}, c.files...)
			f := tl.Facts(100)
			if got := Format(f.First, f.Step); got != c.at || !strings.Contains(f.Taken, c.why) {
				t.Errorf("taken %q (%s), want %q (%s)", got, f.Taken, c.at, c.why)
			}
		})
	}
}

func TestDuplicateIsNotReplayed(t *testing.T) {
	r := []string{"2017-11-24 13:00:00"}
	tl, _ := settled(t, Options{}, file{path: "b.log", sha: "x", records: r}, file{path: "a.log", sha: "x", records: r}, file{path: "c.log", sha: "y", records: r})
	if got := replayed(t, tl); len(got) != 2 || facts(t, tl, "b.log").Duplicate != "a.log" || len(tl.Coverage()) != 2 {
		t.Errorf("%q", got)
	}
}

func TestCopiedRecordsCountOnce(t *testing.T) {
	lines := func(from, to int) (all []string) {
		for i := from; i <= to; i++ {
			all = append(all, "2017-11-24 13:00:"+string(rune('0'+i/10))+string(rune('0'+i%10)))
		}
		return all
	}
	for _, c := range []struct {
		name       string
		older, new []string
		want       int
	}{
		{"nothing in common", lines(0, 9), lines(10, 19), 20},
		{"the end is copied", lines(0, 14), lines(10, 19), 20},
		{"all of the later one", lines(0, 19), lines(5, 9), 20},
		{"two equal records are chance", lines(0, 11), lines(10, 19), 22},
		{"interleaved, not copied", []string{lines(0, 0)[0], lines(5, 5)[0], lines(9, 9)[0]}, []string{lines(1, 1)[0], lines(5, 5)[0], lines(8, 8)[0]}, 6},
	} {
		t.Run(c.name, func(t *testing.T) {
			a, b := file{path: "messages.1", records: c.older}.told(1), file{path: "messages", records: c.new}.told(2)
			for _, s := range []told{a, b} {
				for i := range s.events {
					s.events[i].Raw = "record of " + time.Unix(0, s.events[i].Stamp.Wall).UTC().String()
				}
			}
			tl := New(t.TempDir())
			defer tl.Close()
			tl.Settle(gather(t, tl, 1, []told{a, b}, Keep{}), Options{})
			if got := replayed(t, tl); len(got) != c.want {
				t.Errorf("%d records, want %d: %q; %q", len(got), c.want, got, facts(t, tl, "messages").Notes)
			}
		})
	}
}

func TestCoverage(t *testing.T) {
	var regular []string
	at := wall("2017-11-24 00:00:00")
	for i := range 100 {
		at += int64(10+i%5) * int64(time.Second)
		if i == 60 {
			at += int64(time.Hour)
		}
		regular = append(regular, time.Unix(0, at).UTC().Format("2006-01-02 15:04:05"))
	}
	tl, _ := settled(t, Options{},
		file{path: "a.log", records: regular},
		file{path: "b.log", records: []string{"2017-11-24 00:00:00", "2017-11-24 05:00:00"}},
		file{path: "c.log", records: []string{""}},
	)
	c := tl.Coverage()
	if len(c) != 3 || c[0].Path != "a.log" || c[2].First != event.NoTime {
		t.Fatalf("%+v", c)
	}
	if c[0].Rhythm < 12*time.Second || c[0].Rhythm > 14*time.Second || len(c[0].Gaps) != 1 || c[0].Gaps[0].To-c[0].Gaps[0].From < int64(time.Hour) {
		t.Errorf("rhythm %v, gaps %v", c[0].Rhythm, c[0].Gaps)
	}
	if c[1].Rhythm != 5*time.Hour || len(c[1].Gaps) != 0 {
		t.Errorf("rhythm %v, gaps %v", c[1].Rhythm, c[1].Gaps)
	}
	if c[0].Events != 100 || c[0].ByLevel[event.NoLevel] != 100 {
		t.Errorf("%d events, %v", c[0].Events, c[0].ByLevel)
	}
}

func TestListingsInTheOrderOfTheirAges(t *testing.T) {
	// The listing that stands first was made second: the pod it shows to be two
	// minutes old is twelve seconds old below.
	listing := func(line int, ages ...string) file {
		f := file{path: "transcript.txt", section: "$ kubectl get pod", line: line, kinds: []string{"kube.pod"}, modified: "2017-02-13 12:00:00"}
		for _, a := range ages {
			name, age, _ := strings.Cut(a, "=")
			d, err := time.ParseDuration(strings.Replace(age, "85d", "2040h", 1))
			if err != nil {
				t.Fatal(err)
			}
			f.records = append(f.records, " | kube.pod namespace=default name="+name+" age="+age+" age_seconds="+strconv.Itoa(int(d.Seconds())))
		}
		return f
	}
	tl, _ := settled(t, Options{}, listing(3, "coreapirc-nty68=2m", "other=85d"), listing(20, "coreapirc-nty68=12s", "coreapirc-rfcnt=85d", "other=85d"))
	if got := strings.Join(replayed(t, tl), "; "); !strings.HasPrefix(got, "transcript.txt:1 2017-02-13T11:57:12Z") || strings.Count(got, "T12:00:00Z") != 2 {
		t.Error(got)
	}
	first, second := tl.Facts(100), tl.Facts(99)
	if !strings.Contains(second.Taken, "1m47s to 2m48s before transcript.txt:3") || first.Taken != "no later than the file's time" {
		t.Errorf("%q, %q", first.Taken, second.Taken)
	}
}

func TestStampsSinceTheStart(t *testing.T) {
	kernel := file{path: "h1/messages", records: []string{
		"2017-11-24 13:00:10 | kernel.message host=h1 uptime=9.500000",
		"2017-11-24 13:00:10 | kernel.message host=h1 uptime=9.900000",
	}}
	for _, c := range []struct {
		name  string
		files []file
		first string
	}{
		{"nothing", nil, ""},
		{"the log shows both", []file{kernel}, "2017-11-24T13:00:01.100000Z"},
		{"uptime says", []file{{path: "h1/uptime", kinds: []string{"host.load"}, modified: "2017-11-24 14:00:00", records: []string{" | host.load uptime=3600"}}}, "2017-11-24T13:00:01.000000Z"},
	} {
		t.Run(c.name, func(t *testing.T) {
			dmesg := file{path: "h1/dmesg", kinds: []string{"kernel.message"}, records: []string{"up 1.0", "up 2.5"}}
			tl, _ := settled(t, Options{}, append(c.files, dmesg)...)
			f := facts(t, tl, "h1/dmesg")
			if got := Format(f.First, f.Step); got != c.first {
				t.Errorf("first %s, want %s: %q", got, c.first, f.Notes)
			}
		})
	}
}
