package forensic_test

import (
	"bytes"
	"encoding/binary"
	"fmt"
	"io"
	"os"
	"os/exec"
	"path/filepath"
	"strings"
	"testing"
	"time"

	"forensic"
	"forensic/event"
)

// One record longer than what is looked at first says nothing of the others.
func TestLongFirstLine(t *testing.T) {
	for name, first := range map[string]string{
		"a record":  "2024-03-02 09:59:00 INFO app: " + strings.Repeat("x", 200_000),
		"no record": strings.Repeat("x", 200_000),
		"deep JSON": `{"time":"2024-03-02T10:00:00Z","level":"error","msg":"x","a":` + strings.Repeat("[", 100_000) + strings.Repeat("]", 100_000) + "}",
	} {
		data := []byte(first + "\n" + records(300))
		r := alone(t, "a.log", data)
		if len(r.Sources) != 1 || r.Sources[0].Account.Events < 300 || r.Sources[0].Account.Bytes != int64(len(data)) {
			t.Errorf("%s: %+v, skipped %+v", name, r.Sources, r.Skipped)
		}
	}
}

// What nests without an end is no stack without an end: depth is bounded in
// whatever reads it, and the members beside it are read.
func TestNesting(t *testing.T) {
	const deep = 300_000
	line := `{"time":"2024-03-02T10:00:00Z","level":"error","msg":"x"}` + "\n"
	for name, data := range map[string]string{
		"arrays":           strings.Repeat(line, 5) + `{"time":"2024-03-02T10:00:00Z","level":"error","msg":"y","a":` + strings.Repeat("[", deep) + strings.Repeat("]", deep) + "}\n",
		"objects":          strings.Repeat(line, 5) + `{"time":"2024-03-02T10:00:00Z","level":"error","msg":"y","a":` + strings.Repeat(`{"a":`, deep) + "1" + strings.Repeat("}", deep) + "}\n",
		"open arrays":      strings.Repeat("[", 2*deep),
		"open objects":     strings.Repeat(`{"items":`, deep),
		"wrapped logs":     `{"log":"` + strings.Repeat(`{\"log\":\"`, deep/10) + `x\n","stream":"stdout","time":"2024-03-02T10:00:00Z"}` + "\n",
		"causes":           "2024-03-02 10:00:00,123 ERROR app: x\n" + strings.Repeat("Caused by: java.lang.Error: z\n", deep/10),
		"causes in a line": "2024-03-02 10:00:00,123 ERROR app: " + strings.Repeat("Caused by: java.lang.Error: z ", deep/10) + "\n",
		"tracebacks":       "2024-03-02 10:00:00,123 ERROR app: x\n" + strings.Repeat("Traceback (most recent call last):\n  File \"a.py\", line 1, in f\nKeyError: 1\n\nDuring handling of the above exception, another exception occurred:\n\n", deep/30),
		"brackets":         "2024-03-02 10:00:00,123 ERROR app: " + strings.Repeat("(", deep) + "\n",
		"quotations":       "[root@a ~]# cat x\n" + strings.Repeat("```\n[root@a ~]# cat x\n", 3000),
		"indentation": "2024-03-02 10:00:00,123 ERROR app: x\n" + func() string {
			var b strings.Builder
			for i := range 1500 {
				b.WriteString(strings.Repeat(" ", i) + "a:\n")
			}
			return b.String()
		}(),
	} {
		t.Run(name, func(t *testing.T) {
			begun := spent()
			alone(t, "a.log", []byte(data))
			if took := spent() - begun; took > 10*time.Second {
				t.Errorf("it took %s", took)
			}
		})
	}
}

// frames writes a capture, a packet after another.
type frames struct {
	bytes.Buffer
	n int
}

func (f *frames) tcp(src, dst uint32, sport, dport uint16, flags byte, seq uint32, payload []byte) {
	b := make([]byte, 20, 20+len(payload))
	binary.BigEndian.PutUint16(b, sport)
	binary.BigEndian.PutUint16(b[2:], dport)
	binary.BigEndian.PutUint32(b[4:], seq)
	b[12], b[13] = 5<<4, flags
	f.ip(src, dst, 6, 0, 0, append(b, payload...))
}

func (f *frames) ip(src, dst uint32, protocol byte, id, fragment uint16, payload []byte) {
	b := make([]byte, 20)
	b[0], b[8], b[9] = 0x45, 64, protocol
	binary.BigEndian.PutUint16(b[2:], uint16(20+len(payload)))
	binary.BigEndian.PutUint16(b[4:], id)
	binary.BigEndian.PutUint16(b[6:], fragment)
	binary.BigEndian.PutUint32(b[12:], src)
	binary.BigEndian.PutUint32(b[16:], dst)
	frame := append(append(make([]byte, 12), 8, 0), append(b, payload...)...)
	f.n++
	for _, v := range []uint32{1_700_000_000 + uint32(f.n/100_000), uint32(f.n % 100_000 * 10), uint32(len(frame)), uint32(len(frame))} {
		f.Write(binary.LittleEndian.AppendUint32(nil, v))
	}
	f.Write(frame)
}

func newFrames() *frames {
	f := &frames{}
	f.Write([]byte{0xd4, 0xc3, 0xb2, 0xa1, 2, 0, 4, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0xff, 0xff, 0, 0, 1, 0, 0, 0})
	return f
}

// Connections that are only begun, segments with holes and datagrams of which
// pieces are missing fill tables of a bounded size, and what was given up for
// want of room is told.
func TestFlowsAreBounded(t *testing.T) {
	program := built(t)
	n := rounds(250_000, 3_000_000)
	for name, c := range map[string]struct {
		write func(f *frames, i int)
		told  string
	}{
		"connections begun": {func(f *frames, i int) {
			f.tcp(0xc0000200+uint32(i&255), 0xc6336400+uint32(i>>8&255), uint16(1024+i>>16), uint16(80+i%7), 2, uint32(i), nil)
		}, "more connections at the same time than there is room for"},
		"segments with holes": {func(f *frames, i int) {
			f.tcp(0xc0000201, 0xc6336401, uint16(1024+i%5000), 443, 0x18, uint32(1+i/5000*2000+1000), bytes.Repeat([]byte("z"), 300))
		}, ""},
		"fragments": {func(f *frames, i int) {
			f.ip(0xc0000200+uint32(i%200), 0xc6336401, 17, uint16(i), uint16(1<<13|i%100+1), bytes.Repeat([]byte("f"), 296))
		}, "a datagram was given up: not all of its fragments came"},
	} {
		t.Run(name, func(t *testing.T) {
			f := newFrames()
			for i := range n {
				c.write(f, i)
			}
			path, out := filepath.Join(t.TempDir(), "a.pcap"), filepath.Join(t.TempDir(), "r.json")
			if err := os.WriteFile(path, f.Bytes(), 0o600); err != nil {
				t.Fatal(err)
			}
			code, peak, said := watched(t, program, "analyze", "-q", path, "-o", out)
			if code != 0 || said != "" || peak > 256<<20 {
				t.Errorf("exit %d, peak %d bytes, said %q", code, peak, said)
			}
			text, err := os.ReadFile(out)
			if err != nil || !strings.Contains(string(text), c.told) || !strings.Contains(string(text), fmt.Sprintf(`"packets": %d`, n)) {
				t.Errorf("the report does not say %q of %d packets: %v", c.told, n, err)
			}
			t.Logf("%d packets, peak %d MiB", n, peak>>20)
		})
	}
}

// built is the program.
func built(t *testing.T) string {
	t.Helper()
	program := filepath.Join(t.TempDir(), "forensic")
	if out, err := exec.Command("go", "build", "-o", program, "./cmd/forensic").CombinedOutput(); err != nil {
		t.Fatalf("%v\n%s", err, out)
	}
	return program
}

// A line as long as memory is not is read as a stream: one event, counted to its
// last byte.
func TestEndlessLine(t *testing.T) {
	program, size := built(t), int64(rounds(128<<20, 1<<30))
	path, out := filepath.Join(t.TempDir(), "a.log"), filepath.Join(t.TempDir(), "r.json")
	f, err := os.Create(path)
	if err != nil {
		t.Fatal(err)
	}
	block := []byte(strings.Repeat("x", 1<<20))
	parts := []io.Reader{strings.NewReader(records(100) + "2024-03-02 10:59:00 INFO app: ")}
	for range size >> 20 {
		parts = append(parts, bytes.NewReader(block))
	}
	all, err := io.Copy(f, io.MultiReader(append(parts, strings.NewReader("\n"+records(100)))...))
	if closing := f.Close(); err != nil || closing != nil {
		t.Fatal(err, closing)
	}
	begun := time.Now()
	code, peak, said := watched(t, program, "analyze", "-q", path, "-o", out)
	if code != 0 || said != "" || peak > 256<<20 {
		t.Errorf("exit %d, peak %d bytes, said %q", code, peak, said)
	}
	text, err := os.ReadFile(out)
	if err != nil {
		t.Fatal(err)
	}
	for _, want := range []string{fmt.Sprintf(`"bytes": %d`, all), `"lines": 201`, `"events": 201`, "line is longer than 1 MiB", `"at": "line 101"`} {
		if !strings.Contains(string(text), want) {
			t.Errorf("the report does not say %s", want)
		}
	}
	t.Logf("a line of %d bytes: peak %d MiB, %.1f s", size, peak>>20, time.Since(begun).Seconds())
}

// Times that cannot be, or that no calendar of ours reaches, break nothing: each
// record is there once, and those whose time is no time come without one.
func TestOddTimes(t *testing.T) {
	var b strings.Builder
	odd := []string{
		"0000-00-00 00:00:00", "2024-03-02 24:00:00", "2024-02-30 10:00:00", "2023-02-29 10:00:00", "99999-01-01 00:00:00", "1677-01-01 00:00:00", "2262-12-31 00:00:00",
		"2300-01-01 00:00:00", "1969-12-31 23:59:59", "2024-03-02 25:61:61", "2024-13-02 10:00:00", "9999-12-31 23:59:59",
	}
	const before = "2024-03-02 10:00:00 INFO app: before\n"
	b.WriteString(strings.Repeat(before, 20))
	for _, at := range odd {
		b.WriteString(at + " INFO app: odd\n" + before)
	}
	for _, keep := range []bool{false, true} {
		dir := t.TempDir()
		path := filepath.Join(dir, "a.log")
		if err := os.WriteFile(path, []byte(b.String()), 0o600); err != nil {
			t.Fatal(err)
		}
		opt := hashing()
		opt.KeepAll = keep
		var seen, timeless int
		r, err := forensic.Analyze(t.Context(), []string{path}, opt, sinkOf(func(at int64) {
			seen++
			if at == noTime {
				timeless++
			}
		}))
		if err != nil {
			t.Fatal(err)
		}
		accounted(t, path, r)
		told(t, opt, path) // as JSON, which has no word for such times
		if keep && (seen < 20+len(odd) || timeless < len(odd)-2) {
			t.Errorf("%d events, %d without a time", seen, timeless)
		}
		for i := 1; keep && i < len(r.Sources); i++ {
			t.Errorf("more than one source: %v", r.Sources[i].Path)
		}
		if first := r.First; first <= 0 || r.Last > 1_800_000_000_000_000_000 {
			t.Errorf("odd times stretch the incident from %d to %d", r.First, r.Last)
		}
	}
}

const noTime = event.NoTime

// sinkOf is a sink that looks at times.
type sinkOf func(at int64)

func (s sinkOf) Event(e *event.Event) error   { s(e.At); return nil }
func (s sinkOf) Close(*forensic.Result) error { return nil }

// A time, a level or a name inside a message begins no record: the field of a
// JSON object, a quoted request and the middle of a line stay what they are.
func TestForgedRecords(t *testing.T) {
	forged := "2031-01-01 00:00:00 FATAL evil: forged"
	for name, c := range map[string]struct {
		line   string // %s: where the forged record goes
		lines  int
		events int
	}{
		"in a line":       {"2024-03-02 10:14:03 INFO app: user %s logged in\n", 1, 1},
		"in JSON":         {`{"time":"2024-03-02T10:14:03Z","level":"info","msg":"user \n%s\n logged in"}` + "\n", 1, 1},
		"in a request":    {`192.0.2.7 - - [02/Mar/2024:10:14:03 +0000] "GET /?q=%s HTTP/1.1" 200 12 "-" "curl/8"` + "\n", 1, 1},
		"in logfmt":       {`time=2024-03-02T10:14:03Z level=info msg="user \n%s\n logged in"` + "\n", 1, 1},
		"in syslog":       {"Mar  2 10:14:03 app-07 app[12]: user %s logged in\n", 1, 1},
		"on its own line": {"2024-03-02 10:14:03 INFO app: user\n\t%s\n", 2, 1},
	} {
		const n = 50
		r := alone(t, "a.log", []byte(strings.Repeat(strings.ReplaceAll(c.line, "%s", forged), n)))
		if len(r.Sources) != 1 {
			t.Errorf("%s: %d sources, skipped %+v", name, len(r.Sources), r.Skipped)
			continue
		}
		s := &r.Sources[0]
		if s.Account.Lines != c.lines*n || s.Account.Events != c.events*n {
			t.Errorf("%s, as %s: %+v", name, s.Format, s.Account)
		}
		if r.Last > 1_900_000_000_000_000_000 {
			t.Errorf("%s, as %s: the forged time is believed: %d", name, s.Format, r.Last)
		}
	}
}
