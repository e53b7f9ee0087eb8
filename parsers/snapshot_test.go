package parsers

import (
	"bytes"
	"context"
	"errors"
	"io"
	"os"
	"path/filepath"
	"slices"
	"strings"
	"testing"
	"testing/iotest"
	"unicode/utf16"

	"golang.org/x/tools/txtar"

	"forensic/event"
)

// snapshotMembers are the inputs of every fixture of a snapshot or transcript.
func snapshotMembers(t testing.TB) map[string][]byte {
	t.Helper()
	members := map[string][]byte{}
	for _, f := range formats {
		if !snapshots[f.Name] && f.Name != "shell" {
			continue
		}
		cases, err := filepath.Glob("../fixtures/formats/" + f.Name + "/*.txtar")
		if err != nil {
			t.Fatal(err)
		}
		for _, path := range cases {
			b, err := os.ReadFile(path)
			if err != nil {
				t.Fatal(err)
			}
			for _, m := range txtar.Parse(b).Files {
				if m.Name != "want" {
					members[f.Name+" "+filepath.Base(path)+" "+m.Name] = m.Data
				}
			}
		}
	}
	return members
}

// readAll parses a text with a format and checks what every event must hold.
func readAll(t testing.TB, f Format, r io.Reader, size int) ([]*event.Event, *Input, error) {
	t.Helper()
	var all []*event.Event
	in := &Input{Path: "x", Reader: r}
	emit := func(e *event.Event) error {
		if e.Where.First < 1 || e.Where.Last < e.Where.First {
			t.Errorf("%s: lines %d to %d", f.Name, e.Where.First, e.Where.Last)
		}
		if e.Where.Offset < 0 || e.Where.Offset+int64(e.Where.Length) > int64(size) {
			t.Errorf("%s: bytes %d+%d of %d", f.Name, e.Where.Offset, e.Where.Length, size)
		}
		if e.Page != nil && !strings.HasPrefix(e.Page.Text[e.From:], e.Raw) {
			t.Errorf("%s: line %d is not on its page", f.Name, e.Where.First)
		}
		if !e.Rewritten && !strings.Contains(e.Raw, e.Text) {
			t.Errorf("%s: text %q is not in %q", f.Name, e.Text, e.Raw)
		}
		all = append(all, e.Clone())
		return nil
	}
	in.Begin = func(Format, event.Source) (int, Filter, Emit) { return 1, nil, emit }
	err := f.Parse(context.Background(), in, emit)
	a := in.Account
	if a.Bytes != a.Claimed+a.Unparsed+a.Skipped {
		t.Errorf("%s: %d bytes are %d claimed, %d unparsed, %d skipped", f.Name, a.Bytes, a.Claimed, a.Unparsed, a.Skipped)
	}
	if err == nil && a.Bytes != int64(size) {
		t.Errorf("%s: %d of %d bytes are accounted for", f.Name, a.Bytes, size)
	}
	return all, in, err
}

// Every member, whole and cut anywhere near its end, is accounted for byte for
// byte, however slowly it comes.
func TestSnapshotsAccount(t *testing.T) {
	for name, data := range snapshotMembers(t) {
		format, _, _ := strings.Cut(name, " ")
		f, err := Named(format)
		if err != nil {
			t.Fatal(err)
		}
		whole, _, err := readAll(t, f, bytes.NewReader(data), len(data))
		if err != nil {
			t.Errorf("%s: %v", name, err)
		}
		slow, _, _ := readAll(t, f, iotest.HalfReader(iotest.DataErrReader(bytes.NewReader(data))), len(data))
		if len(slow) != len(whole) {
			t.Errorf("%s: %d events, read slowly %d", name, len(whole), len(slow))
		}
		for cut := max(0, len(data)-40); cut < len(data); cut++ {
			readAll(t, f, bytes.NewReader(data[:cut]), cut)
		}
	}
}

// A member in UTF-16 gives the same events as in UTF-8, at its own bytes.
func TestSnapshotsUTF16(t *testing.T) {
	for name, data := range snapshotMembers(t) {
		format, _, _ := strings.Cut(name, " ")
		f, _ := Named(format)
		wide := []byte{0xff, 0xfe}
		for _, u := range utf16.Encode([]rune(string(data))) {
			wide = append(wide, byte(u), byte(u>>8))
		}
		want, _, _ := readAll(t, f, bytes.NewReader(data), len(data))
		got, _, err := readAll(t, f, bytes.NewReader(wide), len(wide))
		if err != nil || len(got) != len(want) {
			t.Errorf("%s: %d events in UTF-8, %d in UTF-16, %v", name, len(want), len(got), err)
			continue
		}
		for i, e := range got {
			if e.Kind != want[i].Kind || !slices.Equal(e.Attrs, want[i].Attrs) || e.Where.First != want[i].Where.First {
				t.Errorf("%s: %s %v, in UTF-16 %s %v", name, want[i].Kind, want[i].Attrs, e.Kind, e.Attrs)
				break
			}
			line := string(decodeUTF16(nil, wide[e.Where.Offset:e.Where.Offset+int64(e.Where.Length)], asUTF16LE))
			if !strings.HasPrefix(line, want[i].Raw) {
				t.Errorf("%s: bytes of line %d are %q", name, e.Where.First, line)
				break
			}
		}
	}
}

// A reader that fails gives what came before it, and its failure.
func TestSnapshotFault(t *testing.T) {
	f, _ := Named("netstat")
	text := "tcp        0      0 192.0.2.10:22           192.0.2.7:40112         ESTABLISHED\n"
	broken := errors.New("broken")
	got, in, err := readAll(t, f, io.MultiReader(strings.NewReader(text), iotest.ErrReader(broken)), len(text))
	if !errors.Is(err, broken) || len(got) != 2 || in.Account.Claimed != int64(len(text)) {
		t.Errorf("%d events, %+v, %v", len(got), in.Account, err)
	}
}

// What emit refuses ends the reading.
func TestSnapshotStops(t *testing.T) {
	f, _ := Named("sysctl")
	full, n := errors.New("disk full"), 0
	in := &Input{Path: "x", Reader: strings.NewReader(strings.Repeat("vm.swappiness = 1\n", 10))}
	err := f.Parse(context.Background(), in, func(*event.Event) error { n++; return full })
	if !errors.Is(err, full) || n != 1 {
		t.Errorf("%d events, %v", n, err)
	}
}

// Rules' literals travel with the rows they stand in.
func TestSnapshotMarks(t *testing.T) {
	f, _ := Named("sysctl")
	in := &Input{Path: "x", Reader: strings.NewReader("vm.swappiness = 1\nnet.ipv4.tcp_tw_recycle = 1\n")}
	in.Filter = func(block string, to []event.Mark) []event.Mark {
		return append(to, event.Mark{At: int32(strings.Index(block, "tw_recycle")), Literal: 7})
	}
	var marked []string
	err := f.Parse(context.Background(), in, func(e *event.Event) error {
		for _, m := range e.Marks {
			marked = append(marked, e.Page.Text[m.At:m.At+10])
		}
		return nil
	})
	if err != nil || !slices.Equal(marked, []string{"tw_recycle"}) {
		t.Errorf("%q, %v", marked, err)
	}
}

func TestPlainLine(t *testing.T) {
	for in, want := range map[string]string{
		"plain":                            "plain",
		"\x1b[32mgreen\x1b[0m":             "green",
		"\x1b]0;title\x07prompt":           "prompt",
		"abc\b\bX":                         "aX",
		"10%\r20%\rdone":                   "done",
		"--More--          \r       \rrow": "row",
		"--More-- row":                     "row",
		"a\x00b":                           "ab",
		"\xd6\xd0\xce\xc4":                 "中文", // GBK
		"tail\r":                           "tail",
	} {
		if got := plainLine(in); got != want {
			t.Errorf("plainLine(%q) = %q, want %q", in, got, want)
		}
	}
}

// Whatever the bytes, a snapshot's reader ends, and its account closes.
func FuzzSnapshot(f *testing.F) {
	for _, data := range snapshotMembers(f) {
		if len(data) < 3000 {
			f.Add(data)
		}
	}
	f.Fuzz(func(t *testing.T, data []byte) {
		for _, format := range formats {
			if snapshots[format.Name] || format.Name == "shell" {
				format.Sniff(data)
				readAll(t, format, bytes.NewReader(data), len(data))
			}
		}
	})
}
