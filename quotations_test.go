package forensic_test

import (
	"bytes"
	"context"
	"encoding/binary"
	"encoding/json"
	"io"
	"path/filepath"
	"strings"
	"testing"
	"time"
	"unicode/utf8"

	"golang.org/x/text/encoding"
	"golang.org/x/text/encoding/simplifiedchinese"
	"golang.org/x/text/encoding/unicode"

	"forensic"
	"forensic/bundle"
	"forensic/event"
	"forensic/fixtures"
	"forensic/report"
)

// members reads what is in an input, by path.
func members(t *testing.T, path string) map[string][]byte {
	t.Helper()
	out := map[string][]byte{}
	for m, err := range bundle.Open(context.Background(), path, bundle.DefaultLimits()) {
		if m == nil || err != nil {
			continue
		}
		data, _ := io.ReadAll(m) // damage ends it early, as it does for the program
		out[m.Path] = data
		if err := m.Close(); err != nil {
			t.Logf("%s: %v", m.Path, err)
		}
	}
	return out
}

// readings are the lines of a member in every encoding it might be in.
func readings(data []byte) [][]string {
	texts := []string{string(data)}
	utf16 := unicode.UTF16(unicode.LittleEndian, unicode.UseBOM)
	for _, e := range []encoding.Encoding{simplifiedchinese.GB18030, utf16, unicode.UTF16(unicode.LittleEndian, unicode.IgnoreBOM), unicode.UTF16(unicode.BigEndian, unicode.IgnoreBOM)} {
		if text, err := e.NewDecoder().String(string(data)); err == nil && text != texts[0] {
			texts = append(texts, text)
		}
	}
	var out [][]string
	for _, text := range texts {
		text = strings.ReplaceAll(strings.TrimPrefix(text, "\ufeff"), "\r\n", "\n")
		out = append(out, strings.Split(text, "\n"))
	}
	return out
}

// An auditor knows nothing of the program but its JSON, and looks every
// quotation up.
type auditor struct {
	t       *testing.T
	members map[string][]byte
	lines   map[string][][]string
	checked int
}

func (a *auditor) readings(source string) [][]string {
	if a.lines[source] == nil {
		data, ok := a.members[source]
		if !ok {
			a.t.Errorf("the report names a source %q that the input does not have", source)
		}
		a.lines[source] = readings(data)
	}
	return a.lines[source]
}

// at tells whether a text stands at a line: it is the line, or its beginning
// where it was too long to keep, or a piece of it where several records share
// one line.
func (a *auditor) at(source string, line int, text string, piece bool) bool {
	for _, lines := range a.readings(source) {
		if line < 1 || line > len(lines) {
			continue
		}
		got := strings.TrimRight(lines[line-1], "\r\x00")
		got, text := strings.ToValidUTF8(got, "\ufffd"), strings.ToValidUTF8(text, "\ufffd")
		if got == text || text != "" && (strings.HasPrefix(got, text) || piece && strings.Contains(got, text)) {
			return true
		}
	}
	return false
}

type quotedEvidence struct {
	ID, Source, Text string
	At               string
	Line, Packet     int
	LastLine         int    `json:"last_line"`
	TextBase64       []byte `json:"text_base64"`
	Before, After    []string
	LastPacket       int `json:"last_packet"`
	Role             string
}

func (a *auditor) evidence(e *quotedEvidence) {
	if e.Packet > 0 {
		a.packet(e)
		return
	}
	text := e.Text
	if e.TextBase64 != nil {
		text = string(e.TextBase64)
	}
	if text == "" {
		a.t.Errorf("%s quotes nothing", e.ID)
	}
	rows := strings.Split(strings.TrimSuffix(text, "\n"), "\n")
	if len(rows) > e.LastLine-e.Line+1 {
		a.t.Errorf("%s: %d lines of text, and says lines %d to %d", e.ID, len(rows), e.Line, e.LastLine)
	}
	check := func(line int, row, what string) {
		a.checked++
		if !a.at(e.Source, line, strings.TrimRight(row, "\r"), what == "the text" && len(rows) == 1) {
			a.t.Errorf("%s: %s is not at %s:%d: %q", e.ID, what, e.Source, line, row)
		}
	}
	for i, row := range rows {
		check(e.Line+i, row, "the text")
	}
	for i, row := range e.Before {
		check(e.Line-len(e.Before)+i, row, "what is before")
	}
	for i, row := range e.After {
		check(e.LastLine+1+i, row, "what is after")
	}
}

// packet checks that the capture has that packet, and that its time is the
// evidence's. Only classic captures in the byte order of this machine are read
// here; of others the number alone is believed.
func (a *auditor) packet(e *quotedEvidence) {
	data := a.members[e.Source]
	if len(data) < 24 || binary.LittleEndian.Uint32(data) != 0xa1b2c3d4 {
		return
	}
	at, off := time.Time{}, 24
	for n := 1; n <= e.Packet; n++ {
		if off+16 > len(data) {
			a.t.Errorf("%s: %s has no packet %d", e.ID, e.Source, e.Packet)
			return
		}
		at = time.Unix(int64(binary.LittleEndian.Uint32(data[off:])), int64(binary.LittleEndian.Uint32(data[off+4:]))*1000).UTC()
		off += 16 + int(binary.LittleEndian.Uint32(data[off+8:]))
	}
	a.checked++
	said, err := time.Parse(time.RFC3339Nano, e.At)
	if err != nil {
		a.t.Errorf("%s: %v", e.ID, err)
	}
	if d := said.Sub(at); d < -time.Microsecond || d > 10*time.Minute {
		a.t.Errorf("%s: packet %d is of %v, the evidence of %v", e.ID, e.Packet, at, said)
	}
}

// An eventAuditor checks the lines of events: they lie within their source, and
// what an event says stands in them.
type eventAuditor struct {
	events []event.Event
}

func (s *eventAuditor) Event(e *event.Event) error {
	s.events = append(s.events, *e.Clone())
	return nil
}

func (s *eventAuditor) Close(*forensic.Result) error { return nil }

func (s *eventAuditor) audit(a *auditor, r *forensic.Result) {
	sources := map[int]*forensic.Source{}
	for i := range r.Sources {
		sources[r.Sources[i].ID] = &r.Sources[i]
	}
	for i := range s.events {
		e := &s.events[i]
		src := sources[e.Where.Source]
		if src == nil {
			a.t.Fatalf("an event of no source: %+v", e)
		}
		if src.Unit == "packet" || e.Where.First == 0 {
			continue
		}
		if e.Where.Last < e.Where.First {
			a.t.Errorf("%s: lines %d to %d", src.Path, e.Where.First, e.Where.Last)
		}
		if e.Text == "" || e.Rewritten {
			continue
		}
		a.checked++
		if !a.within(src.Path, e.Where.First, e.Where.Last, e.Text) {
			a.t.Errorf("%s:%d-%d does not hold what %s says: %q", src.Path, e.Where.First, e.Where.Last, e.Kind, e.Text)
		}
	}
}

func (a *auditor) within(source string, first, last int, text string) bool {
	for _, lines := range a.readings(source) {
		if last > len(lines) {
			continue
		}
		if strings.Contains(strings.Join(lines[first-1:last], "\n"), text) || !utf8.ValidString(text) {
			return true
		}
	}
	return false
}

// audit analyses one input and looks up everything its report quotes.
func audit(t *testing.T, path string) int {
	t.Helper()
	events := &eventAuditor{}
	r, err := forensic.Analyze(context.Background(), []string{path}, forensic.Options{KeepAll: true}, events)
	if err != nil {
		t.Fatal(err)
	}
	out := report.New(r, report.Options{})
	for _, wrong := range report.Unclosed(out) {
		t.Errorf("the account does not close: %s", wrong)
	}
	var text bytes.Buffer
	if err := report.JSON(&text, out); err != nil {
		t.Fatal(err)
	}
	var v struct {
		Findings []struct{ Evidence []quotedEvidence }
	}
	if err := json.Unmarshal(text.Bytes(), &v); err != nil {
		t.Fatal(err)
	}
	a := &auditor{t: t, members: members(t, path), lines: map[string][][]string{}}
	for _, f := range v.Findings {
		if len(f.Evidence) == 0 {
			t.Error("a finding without evidence")
		}
		for i := range f.Evidence {
			a.evidence(&f.Evidence[i])
		}
	}
	events.audit(a, r)
	return a.checked
}

// Everything that a report quotes stands where it says, and so does what every
// event says.
func TestQuotations(t *testing.T) {
	checked := 0
	for _, folder := range []string{"fixtures/formats", "fixtures/rules"} {
		cases, err := fixtures.Under(folder)
		if err != nil {
			t.Fatal(err)
		}
		for _, c := range cases {
			t.Run(strings.TrimSuffix(filepath.ToSlash(c.Path), ".txtar"), func(t *testing.T) {
				dir := t.TempDir()
				if err := c.Write(dir); err != nil {
					t.Fatal(err)
				}
				checked += audit(t, dir)
			})
		}
	}
	bundles, err := filepath.Glob("fixtures/bundles/*/*.tgz")
	if err != nil {
		t.Fatal(err)
	}
	for _, b := range bundles {
		t.Run(filepath.ToSlash(b), func(t *testing.T) { checked += audit(t, b) })
	}
	if checked < 1000 {
		t.Errorf("only %d quotations were looked up", checked)
	}
}
