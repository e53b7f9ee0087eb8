package parsers

import (
	"bytes"
	"context"
	"errors"
	"fmt"
	"io"
	"math/rand/v2"
	"strings"
	"sync/atomic"
	"testing"
	"unicode/utf16"

	"forensic/event"
)

// digitLines is a small format for these tests: a record begins with a digit.
var digitLines = &Lines{
	Head: func(line string, e *event.Event) bool {
		if !isDigit(line[0]) {
			return false
		}
		e.Text = line
		return true
	},
	Decode: func(e *event.Event) { e.Kind = "log.message" },
}

// A seen record is what a test compares.
type seen struct {
	text, raw, before, after string
	where                    event.Span
	marks                    string
}

func scanAll(t testing.TB, r io.Reader, filter Filter) (records []seen, in *Input) {
	t.Helper()
	return scanInput(t, &Input{Path: "x", Reader: r, Filter: filter})
}

func scanInput(t testing.TB, in *Input) (records []seen, same *Input) {
	t.Helper()
	err := scan(context.Background(), digitLines, in, func(e *event.Event) error {
		s := seen{text: strings.Clone(e.Text), raw: strings.Clone(e.Raw), where: e.Where}
		s.before = strings.Clone(e.Page.Text[e.Lead:e.From])
		rest := e.Page.Text[e.From+len(e.Raw):]
		rest = strings.TrimPrefix(strings.TrimPrefix(rest, "\r"), "\n")
		end := 0
		for range aroundLines {
			if nl := strings.IndexByte(rest[end:], '\n'); nl >= 0 {
				end += nl + 1
			} else {
				end = len(rest)
			}
		}
		s.after = strings.Clone(rest[:end])
		for _, m := range e.Marks {
			s.marks += fmt.Sprintf("%d@%d ", m.Literal, int(m.At)-e.From)
		}
		records = append(records, s)
		return nil
	})
	if err != nil && !errors.Is(err, errBroken) {
		t.Fatal(err)
	}
	a := in.Account
	if a.Bytes != a.Claimed+a.Unparsed+a.Skipped {
		t.Errorf("account does not close: %+v", a)
	}
	return records, in
}

var errBroken = errors.New("broken")

// eachX marks every x.
func eachX(block string, to []event.Mark) []event.Mark {
	for i := range len(block) {
		if block[i] == 'x' {
			to = append(to, event.Mark{At: int32(i), Literal: 7})
		}
	}
	return to
}

func TestScanCutsRecords(t *testing.T) {
	text := "preamble\n1 one x\n  more x\n2 two\r\n\n3 three x"
	got, in := scanAll(t, strings.NewReader(text), eachX)
	want := []seen{
		{"1 one x", "1 one x\n  more x", "preamble\n", "2 two\r\n\n3 three x", event.Span{First: 2, Last: 3, Offset: 9, Length: 17}, "7@6 7@15 "},
		{"2 two", "2 two", "preamble\n1 one x\n  more x\n", "\n3 three x", event.Span{First: 4, Last: 4, Offset: 26, Length: 7}, ""},
		{"3 three x", "3 three x", "  more x\n2 two\r\n\n", "", event.Span{First: 6, Last: 6, Offset: 34, Length: 9}, "7@8 "},
	}
	for i := range want {
		if i >= len(got) || got[i] != want[i] {
			t.Fatalf("record %d:\n got %+v\nwant %+v", i, got, want[i])
		}
	}
	if a := in.Account; a.Lines != 6 || a.UnparsedLines != 1 || a.Unparsed != 9 || a.Events != 3 {
		t.Errorf("account %+v", a)
	}
}

// shortReader gives a random number of bytes each time and scribbles over what
// it does not fill, as a reader may.
type shortReader struct {
	src io.Reader
	rnd *rand.Rand
}

func (r shortReader) Read(p []byte) (int, error) {
	n := min(len(p), 1+r.rnd.IntN(100_000))
	m, err := r.src.Read(p[:n])
	for i := m; i < len(p); i++ {
		p[i] = '9'
	}
	return m, err
}

func TestScanIsTheSameWhereverBlocksEnd(t *testing.T) {
	rnd := rand.New(rand.NewPCG(1, 2))
	var b strings.Builder
	for i := 0; b.Len() < 3<<20; i++ {
		switch rnd.IntN(10) {
		case 0:
			fmt.Fprintf(&b, "\tcontinued %s\n", strings.Repeat("yx", rnd.IntN(2000)))
		case 1:
			fmt.Fprintf(&b, "%d %s\r\n", i, strings.Repeat("z", rnd.IntN(50_000)))
		case 2:
			b.WriteString("\n")
		default:
			fmt.Fprintf(&b, "%d record x\n", i)
		}
	}
	want, whole := scanAll(t, strings.NewReader(b.String()), eachX)
	for round := range 16 {
		in := &Input{Path: "x", Filter: eachX, Ahead: round%2 == 1}
		in.Reader = shortReader{strings.NewReader(b.String()), rand.New(rand.NewPCG(uint64(round), 3))}
		got, _ := scanInput(t, in)
		if len(got) != len(want) || in.Account != whole.Account {
			t.Fatalf("round %d: %d records of %d, account %+v, not %+v", round, len(got), len(want), in.Account, whole.Account)
		}
		for i := range want {
			if got[i] != want[i] {
				t.Fatalf("round %d, record %d:\n got %.300q\nwant %.300q", round, i, fmt.Sprint(got[i]), fmt.Sprint(want[i]))
			}
		}
	}
}

func TestScanKeepsTheStartOfALongLine(t *testing.T) {
	long := "2 " + strings.Repeat("y", 5<<20)
	text := "1 one\n" + long + "\n3 three\n" + long
	got, in := scanInput(t, &Input{Path: "x", Reader: strings.NewReader(text), Ahead: true})
	if len(got) != 4 || got[2].text != "3 three" || got[2].where.First != 3 {
		t.Fatalf("%d records, want 4", len(got))
	}
	if n := len(got[1].text); n != maxText {
		t.Errorf("%d bytes of the message are kept, want %d", n, maxText)
	}
	if got[1].where.Length != len(long)+1 || in.Account.Bytes != int64(len(text)) {
		t.Errorf("the line is %d bytes, the member %d; want %d and %d", got[1].where.Length, in.Account.Bytes, len(long)+1, len(text))
	}
	if len(in.Problems) != 1 || in.Problems[0].Times != 2 {
		t.Errorf("problems %+v", in.Problems)
	}
}

func TestScanSplitsARecordWithoutEnd(t *testing.T) {
	text := "1 one\n" + strings.Repeat("\tat x\n", 2500) + "2 two\n"
	got, in := scanAll(t, strings.NewReader(text), nil)
	if len(got) != 4 || got[3].text != "2 two" || in.Account.Lines != 2502 {
		t.Fatalf("%d records over %d lines, want 4 over 2502", len(got), in.Account.Lines)
	}
}

func TestScanKeepsWhatABrokenReaderGave(t *testing.T) {
	for _, cut := range []int{0, 3, 10, 5000, 400_000} {
		text := strings.Repeat("1 record\n", 100_000)[:cut]
		got, in := scanInput(t, &Input{Path: "x", Reader: io.MultiReader(strings.NewReader(text), brokenReader{}), Ahead: cut%2 == 0})
		if in.Account.Bytes != int64(cut) || len(got) != (cut+8)/9 {
			t.Errorf("cut at %d: %d bytes, %d records", cut, in.Account.Bytes, len(got))
		}
	}
}

type brokenReader struct{}

func (brokenReader) Read([]byte) (int, error) { return 0, errBroken }

func TestScanDecodes(t *testing.T) {
	utf16of := func(s string, big bool) []byte {
		var b []byte
		for _, u := range utf16.Encode([]rune(s)) {
			if big {
				b = append(b, byte(u>>8), byte(u))
			} else {
				b = append(b, byte(u), byte(u>>8))
			}
		}
		return b
	}
	const text = "1 连接失败 😀 connection failed again and again\r\n2 second\r\n"
	for name, data := range map[string][]byte{
		"utf-8 with mark":    append([]byte{0xef, 0xbb, 0xbf}, text...),
		"utf-16le with mark": append([]byte{0xff, 0xfe}, utf16of(text, false)...),
		"utf-16be with mark": append([]byte{0xfe, 0xff}, utf16of(text, true)...),
		"utf-16le":           utf16of(text, false),
	} {
		got, in := scanAll(t, bytes.NewReader(data), nil)
		if len(got) != 2 || got[0].text != "1 连接失败 😀 connection failed again and again" || got[1].text != "2 second" {
			t.Errorf("%s: %+v", name, got)
			continue
		}
		if in.Account.Bytes != int64(len(data)) || got[1].where.Offset+int64(got[1].where.Length) != int64(len(data)) {
			t.Errorf("%s: %d bytes of %d, second record ends at %d", name, in.Account.Bytes, len(data), got[1].where.Offset+int64(got[1].where.Length))
		}
	}
	gbk := "1 \xc1\xac\xbd\xd3\xca\xa7\xb0\xdc\n2 \xff\xfe\xfd bad\n"
	got, _ := scanAll(t, strings.NewReader(gbk), nil)
	if len(got) != 2 || got[0].text != "1 连接失败" || got[1].text != `2 \xff\xfe\xfd bad` {
		t.Errorf("gbk: %+v", got)
	}
}

func TestScanAllocatesNothingPerRecord(t *testing.T) {
	line := "1 a record of an ordinary length, a hundred bytes or so, with nothing special in it at all, at all\n"
	run := func(n int) float64 {
		data := strings.Repeat(line, n)
		return testing.AllocsPerRun(5, func() {
			in := &Input{Path: "x", Reader: strings.NewReader(data)}
			if err := scan(context.Background(), digitLines, in, func(*event.Event) error { return nil }); err != nil {
				t.Fatal(err)
			}
		})
	}
	few, many := run(10_000), run(100_000)
	if many > few+4 {
		t.Errorf("%v allocations for 10,000 records, %v for 100,000", few, many)
	}
}

func BenchmarkScan(b *testing.B) {
	data := strings.Repeat("1 a record of an ordinary length, a hundred bytes or so, with nothing special in it at all, at all\n", 100_000)
	b.SetBytes(int64(len(data)))
	b.ReportAllocs()
	for b.Loop() {
		in := &Input{Path: "x", Reader: strings.NewReader(data)}
		if err := scan(context.Background(), digitLines, in, func(*event.Event) error { return nil }); err != nil {
			b.Fatal(err)
		}
	}
}

// A watched is a reader that must not be used once the scan has returned.
type watched struct {
	src  io.Reader
	over *atomic.Bool
	t    testing.TB
}

func (w watched) Read(p []byte) (int, error) {
	if w.over.Load() {
		w.t.Error("read after the scan")
	}
	return w.src.Read(p)
}

var errEnough = errors.New("enough")

// Whoever ends a scan early may go on with the reader.
func TestScanWaitsForWhoReadsAhead(t *testing.T) {
	text := strings.Repeat("1 record\n", 400_000)
	for _, stopAt := range []int{1, 1000, 100_000} {
		over := &atomic.Bool{}
		in := &Input{Path: "x", Reader: watched{strings.NewReader(text), over, t}, Ahead: true}
		n := 0
		err := scan(context.Background(), digitLines, in, func(*event.Event) error {
			if n++; n == stopAt {
				return errEnough
			}
			return nil
		})
		over.Store(true)
		if !errors.Is(err, errEnough) || n != stopAt {
			t.Errorf("%d records, error %v", n, err)
		}
	}
}

// A reader that panics ahead of the scanner panics in the scanner's goroutine,
// where the guard is.
func TestScanTellsThatReadingAheadPanicked(t *testing.T) {
	text := strings.Repeat("1 record\n", 400_000)
	in := &Input{Path: "x", Reader: io.MultiReader(strings.NewReader(text), panicking{}), Ahead: true}
	n := 0
	f := Format{Name: "x", Parse: func(ctx context.Context, in *Input, emit Emit) error { return scan(ctx, digitLines, in, emit) }}
	if err := f.Read(context.Background(), in, func(*event.Event) error { n++; return nil }); err != nil || !in.Stopped || n == 0 {
		t.Errorf("%d records, error %v, stopped %v", n, err, in.Stopped)
	}
}

type panicking struct{}

func (panicking) Read([]byte) (int, error) { panic("broken") }
