package parsers

import (
	"context"
	"reflect"
	"strings"
	"testing"

	"forensic/event"
)

// plant registers a format for the length of a test.
func plant(t *testing.T, f Format) {
	t.Helper()
	before := formats
	formats = before[:len(before):len(before)]
	if !add(f) {
		t.Fatal("not registered")
	}
	t.Cleanup(func() { formats = before })
}

// explosive reads records that begin with "boom ", and panics at "boom 3".
func explosive(reads func(ev *event.Event)) Format {
	return Format{
		Name: "explosive",
		Lines: &Lines{
			Head: func(line string, e *event.Event) bool {
				rest, ok := strings.CutPrefix(line, "boom ")
				e.Text = rest
				return ok
			},
			Decode: func(*event.Event) {},
			Whole:  reads,
		},
		Sniff: func(head []byte) Score {
			if strings.HasPrefix(string(head), "boom ") {
				return Score{1, "planted"}
			}
			return Score{0, "nothing planted"}
		},
	}
}

func thirdPanics(e *event.Event) {
	if e.Text == "3" {
		var none map[string]int
		none["x"]++
	}
}

// A panic in the middle of a member: what came before is kept, each line behind
// is unparsed, and there is one problem, without a word of Go.
func TestGuard(t *testing.T) {
	f := explosive(thirdPanics)
	plant(t, f)
	f, err := Named("explosive")
	if err != nil {
		t.Fatal(err)
	}
	many := "boom 1\nboom 2\nboom 3\n and its second line\n" + strings.Repeat("boom 4\n", 100_000) + "boom 5, without an end"
	in := &Input{Path: "x", Reader: strings.NewReader(many)}
	seen := 0
	if err := f.Read(context.Background(), in, func(*event.Event) error { seen++; return nil }); err != nil {
		t.Fatal(err)
	}
	if seen != 2 || !in.Stopped {
		t.Errorf("%d events, stopped: %v", seen, in.Stopped)
	}
	if a := in.Account; a.Lines != 100_005 || a.UnparsedLines != 100_003 || a.Claimed != int64(len("boom 1\nboom 2\n")) {
		t.Errorf("the account is %+v", a)
	}
	if len(in.Problems) != 1 {
		t.Fatalf("problems: %+v", in.Problems)
	}
	for _, leak := range []string{"nil map", "panic", "runtime", "goroutine", "event.", ".go", "0x"} {
		if strings.Contains(in.Problems[0].What, leak) {
			t.Errorf("%q says %q", in.Problems[0].What, leak)
		}
	}
}

// A panic in a section of a transcript: the sections around it are read, and its
// lines are unparsed.
func TestGuardOfSections(t *testing.T) {
	plant(t, explosive(thirdPanics))
	text := `[root@zk1 ~]# hostname
zk1
[root@zk1 ~]# cat boom.log
boom 1
boom 2
boom 3
boom 4
[root@zk1 ~]# uptime
 10:14:01 up 12 days,  3:02,  1 user,  load average: 0.01, 0.02, 0.05
`
	f, guesses := Detect("x", []byte(text))
	if f.Name != "shell" {
		t.Fatalf("taken for %q: %v", f.Name, guesses[:3])
	}
	in := &Input{Path: "x", Reader: strings.NewReader(text)}
	var sections []string
	note := func(e *event.Event) error { e.Decode(); return nil }
	in.Begin = func(f Format, s event.Source) (int, Filter, Emit) {
		sections = append(sections, f.Name)
		return 0, nil, note
	}
	if err := f.Read(context.Background(), in, note); err != nil {
		t.Fatal(err)
	}
	if want := []string{"hostname", "explosive", "uptime"}; !reflect.DeepEqual(sections, want) {
		t.Errorf("sections %v, not %v", sections, want)
	}
	a := in.Account
	if in.Stopped || a.Bytes != int64(len(text)) || a.Bytes != a.Claimed+a.Unparsed || a.Lines != 9 || a.UnparsedLines != 2 {
		t.Errorf("stopped: %v, the account is %+v", in.Stopped, a)
	}
	stops := 0
	for _, p := range in.Problems {
		if strings.Contains(p.What, "a bug of ours") {
			stops += p.Times
		}
	}
	if stops != 1 {
		t.Errorf("problems: %+v", in.Problems)
	}
}

// A panic while the format is looked for is a score of nothing.
func TestGuardOfDetection(t *testing.T) {
	f := explosive(nil)
	f.Sniff = func([]byte) Score { panic("no") }
	plant(t, f)
	got, guesses := Detect("x", []byte("2024-03-02 10:14:01 INFO app started\n"))
	if got.Name == "" || got.Name == "explosive" {
		t.Errorf("taken for %q", got.Name)
	}
	if last := guesses[len(guesses)-1]; len(guesses) != len(formats) {
		t.Errorf("%d guesses of %d formats, the last is %v", len(guesses), len(formats), last)
	}
}

// A panic in one of the streams of a wrapped log: the other stream is read on,
// and the lines of the broken one are unparsed in the member.
func TestGuardOfStreams(t *testing.T) {
	plant(t, explosive(thirdPanics))
	line := func(stream, text string) string {
		return `{"log":"` + text + `\n","stream":"` + stream + `","time":"2024-03-02T10:14:01.123456789Z"}` + "\n"
	}
	out := line("stdout", "2024-03-02 10:14:01,123 INFO  [main] com.example.Store - ready")
	for name, many := range map[string]int{"within one block": 20, "over many blocks": 40_000} {
		t.Run(name, func(t *testing.T) {
			text := line("stderr", "boom 1") + out + line("stderr", "boom 2") + line("stderr", "boom 3")
			bad := len(line("stderr", "boom 3"))
			text += strings.Repeat(out+line("stderr", "boom 4"), many)
			bad += many * len(line("stderr", "boom 4"))
			f, guesses := Detect("x", []byte(text[:min(len(text), HeadSize)]))
			if f.Name != "docker" {
				t.Fatalf("taken for %q: %v", f.Name, guesses[:3])
			}
			events := 0
			note := func(*event.Event) error { events++; return nil }
			in := &Input{Path: "x", Reader: strings.NewReader(text)}
			in.Begin = func(Format, event.Source) (int, Filter, Emit) { return 0, nil, note }
			if err := f.Read(context.Background(), in, note); err != nil {
				t.Fatal(err)
			}
			a := in.Account
			if a.Bytes != int64(len(text)) || a.Bytes != a.Claimed+a.Unparsed || a.Unparsed != int64(bad) || a.UnparsedLines != many+1 || a.Lines != 2*many+4 {
				t.Errorf("%d bytes of %d are to be unparsed: %+v", bad, len(text), a)
			}
			if events != 2+many+1 || in.Stopped {
				t.Errorf("%d events, stopped: %v", events, in.Stopped)
			}
			if len(in.Problems) != 1 || in.Problems[0].Times != 1 || !strings.Contains(in.Problems[0].What, "a bug of ours") {
				t.Errorf("problems: %+v", in.Problems)
			}
		})
	}
}

// A format that panics at a look is no reason not to see the session around it.
func TestGuardOfSessions(t *testing.T) {
	f := explosive(nil)
	f.Sniff = func([]byte) Score { panic("no") }
	plant(t, f)
	snapshots["explosive"] = true
	t.Cleanup(func() { delete(snapshots, "explosive") })
	if s := shellSniff([]byte("==> uptime <==\n 10:14:01 up 12 days,  3:02,  1 user,  load average: 0.01, 0.02, 0.05\n")); s.Why == "" {
		t.Errorf("%+v", s)
	}
}
