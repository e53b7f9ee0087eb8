package forensic_test

import (
	"context"
	"os"
	"path/filepath"
	"strings"
	"testing"
	"unicode/utf16"

	"forensic"
	"forensic/event"
)

// records are lines of a log, one a second.
func records(n int) string {
	var b strings.Builder
	for i := range n {
		b.WriteString("2024-03-02 10:" + string(rune('0'+i/600%6)) + string(rune('0'+i/60%10)) + ":" + string(rune('0'+i/10%6)) + string(rune('0'+i%10)) + " INFO app: line\n")
	}
	return b.String()
}

// alone analyses one file and returns what became of it.
func alone(t *testing.T, name string, data []byte) *forensic.Result {
	t.Helper()
	path := filepath.Join(t.TempDir(), name)
	if err := os.WriteFile(path, data, 0o600); err != nil {
		t.Fatal(err)
	}
	r, err := forensic.Analyze(context.Background(), []string{path}, hashing())
	if err != nil {
		t.Fatal(err)
	}
	accounted(t, name, r)
	return r
}

// A machine that loses power leaves NUL bytes in its logs, and a log that is cut
// short while its writer goes on begins with as many as it was long: what stands
// around them is read, and they are counted.
func TestPadding(t *testing.T) {
	text, few, many := records(300), strings.Repeat("\x00", 4096), strings.Repeat("\x00", 3_000_000)
	for name, c := range map[string]struct {
		data           string
		events, lines  int
		skipped, whole bool // skipped: the padding is told as such
	}{
		"few in front":      {few + text, 300, 300, false, true},
		"many in front":     {many + text, 300, 300, true, true},
		"few in between":    {text + few + text, 600, 600, false, true},
		"many in between":   {text + many + text, 600, 600, false, true},
		"few at the end":    {text + few, 300, 301, false, true},
		"many at the end":   {text + many, 300, 301, false, true},
		"in every line":     {strings.ReplaceAll(text, "\n", "\x00\n"), 300, 300, false, true},
		"before every line": {strings.ReplaceAll(text, "\n", "\n\x00"), 300, 301, false, true},
		"in UTF-16":         {string(asUTF16(text)) + "\x00\x00\x00\x00" + string(asUTF16(text)[2:]), 600, 600, false, true},
		"many before NULs":  {many + many, 0, 0, false, false},
	} {
		t.Run(name, func(t *testing.T) {
			r := alone(t, "a.log", []byte(c.data))
			if !c.whole {
				if len(r.Skipped) != 1 || r.Skipped[0].Why != "the file holds only NUL bytes" || r.Skipped[0].Bytes != int64(len(c.data)) {
					t.Errorf("%+v", r.Skipped)
				}
				return
			}
			if len(r.Sources) != 1 {
				t.Fatalf("not read: %+v", r.Skipped)
			}
			a := r.Sources[0].Account
			if a.Bytes != int64(len(c.data)) || a.Events != c.events || a.Lines != c.lines || (a.Skipped > 0) != c.skipped {
				t.Errorf("%+v of %d bytes", a, len(c.data))
			}
			if c.skipped != (len(r.Sources[0].Problems) == 1) {
				t.Errorf("problems: %+v", r.Sources[0].Problems)
			}
		})
	}
}

// A line longer than what is kept of one is counted to its last byte in every
// encoding, told with its number, and is one event.
func TestLongLines(t *testing.T) {
	text := records(300)
	head := "2024-03-02 10:59:00 INFO app: "
	for name, filling := range map[string]string{"ASCII": "e", "Latin": "é", "Han": "错", "beyond the first plane": "😀", "half a pair": "\xed\xa0\x80"} {
		for _, where := range []string{"in front", "in between", "at the end"} {
			for _, wide := range []bool{false, true} {
				long := head + strings.Repeat(filling, 3<<20/len(filling))
				var whole string
				at := "line 301"
				switch where {
				case "in front":
					whole, at = long+"\n"+text, "line 1"
				case "in between":
					whole = text + long + "\n" + text
				default:
					whole = text + long
				}
				data := []byte(whole)
				if wide && name == "half a pair" {
					data = halves(whole, filling)
				} else if wide {
					data = asUTF16(whole)
				} else if name == "half a pair" {
					continue
				}
				r := alone(t, "a.log", data)
				if len(r.Sources) != 1 {
					t.Fatalf("%s, %s, UTF-16 %v: %+v", name, where, wide, r.Skipped)
				}
				s := &r.Sources[0]
				if a := s.Account; a.Bytes != int64(len(data)) || a.Unparsed != 0 || a.Lines != linesOf(data) || a.Events != a.Lines {
					t.Errorf("%s, %s, UTF-16 %v: %+v of %d bytes, %d lines", name, where, wide, a, len(data), linesOf(data))
				}
				want := event.Problem{What: "line is longer than 1 MiB; its first 1048576 bytes are kept, all are counted", At: at, Times: 1}
				if len(s.Problems) != 1 || s.Problems[0] != want {
					t.Errorf("%s, %s, UTF-16 %v: %+v", name, where, wide, s.Problems)
				}
			}
		}
	}
}

// halves is a text in UTF-16 in which a filling stands for the first half of a
// pair without its second.
func halves(s, filling string) []byte {
	out := []byte{0xff, 0xfe}
	for i, part := range strings.Split(s, filling) {
		if i > 0 {
			out = append(out, 0x00, 0xd8)
		}
		for _, u := range utf16.Encode([]rune(part)) {
			out = append(out, byte(u), byte(u>>8))
		}
	}
	return out
}
