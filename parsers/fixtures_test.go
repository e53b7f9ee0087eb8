package parsers_test

import (
	"bytes"
	"context"
	"fmt"
	"os"
	"path/filepath"
	"slices"
	"strconv"
	"strings"
	"testing"
	"time"

	"forensic/event"
	"forensic/fixtures"
	"forensic/parsers"
)

const formatsDir = "../fixtures/formats"

// TestFormats reads every fixture of every format through detection and
// compares the events, one a line, with what the case expects.
func TestFormats(t *testing.T) {
	for _, c := range formatCases(t) {
		name, _ := filepath.Rel(formatsDir, c.Path)
		t.Run(strings.TrimSuffix(name, ".txtar"), func(t *testing.T) {
			want := c.Facts["format"]
			if want == "" {
				want = filepath.Base(filepath.Dir(c.Path))
			}
			got := &transcript{t: t, seen: map[string]bool{}}
			for _, f := range c.Files {
				got.member(f, c, want)
			}
			if fixtures.Updating() {
				if err := c.Update(got.String()); err != nil {
					t.Fatal(err)
				}
				return
			}
			if got.String() != c.Want {
				t.Errorf("%s:\n%s", c.Path, diff(c.Want, got.String()))
			}
		})
	}
}

func formatCases(t testing.TB) []fixtures.Case {
	cases, err := fixtures.Under(formatsDir)
	if err != nil {
		t.Fatal(err)
	}
	return cases
}

// A transcript prints events as a fixture expects them.
type transcript struct {
	strings.Builder
	t    testing.TB
	seen map[string]bool
}

func (p *transcript) member(f fixtures.File, c fixtures.Case, want string) {
	head := f.Data[:min(len(f.Data), parsers.HeadSize)]
	format, guesses := parsers.Detect(f.Name, head)
	if format.Name != want {
		p.t.Errorf("%s is taken for %q, not %q: %v", f.Name, format.Name, want, guesses[:min(3, len(guesses))])
		return
	}
	if len(c.Files) > 1 {
		fmt.Fprintf(p, "# %s\n", f.Name)
	}
	in := &parsers.Input{Path: f.Name, Modified: c.Modified(), Reader: bytes.NewReader(f.Data)}
	in.Begin = func(g parsers.Format, s event.Source) (int, parsers.Filter, parsers.Emit) {
		fmt.Fprintf(p, "# %s: %s", s.Section, g.Name)
		for _, field := range [][2]string{{"host", s.Host}, {"user", s.User}, {"dir", s.Dir}, {"taken", stamp(s.Taken)}} {
			if field[1] != "" && field[1] != "-" {
				fmt.Fprintf(p, " %s=%s", field[0], field[1])
			}
		}
		p.WriteString("\n")
		return 0, nil, p.emit(g.Name)
	}
	if err := format.Parse(context.Background(), in, p.emit(format.Name)); err != nil {
		p.t.Error(err)
	}
	for _, problem := range in.Problems {
		fmt.Fprintf(p, "! %s: %s ×%d\n", problem.At, problem.What, problem.Times)
	}
	a := in.Account
	if sum := a.Claimed + a.Unparsed + a.Skipped; a.Bytes != int64(len(f.Data)) || sum != a.Bytes {
		p.t.Errorf("%s: %d bytes are accounted as %d = %d claimed + %d unparsed + %d skipped", f.Name, len(f.Data), a.Bytes, a.Claimed, a.Unparsed, a.Skipped)
	}
	if a.UnparsedLines > 0 {
		fmt.Fprintf(p, "! %d unparsed lines\n", a.UnparsedLines)
	}
}

func (p *transcript) emit(format string) parsers.Emit {
	f, err := parsers.Named(format)
	if err != nil {
		p.t.Fatal(err)
	}
	return func(e *event.Event) error {
		e.Decode()
		p.declared(f, e)
		lines := strconv.Itoa(e.Where.First)
		if e.Where.Last != e.Where.First {
			lines += "-" + strconv.Itoa(e.Where.Last)
		}
		fmt.Fprintf(p, "%-5s %s  %s  %s", lines, stamp(e.Stamp), orDash(e.Level.String()), e.Kind)
		if n := e.Count; n != (event.Times{}) && n != (event.Times{Low: 1, Best: 1, High: 1}) {
			fmt.Fprintf(p, " ×%d/%d/%d", n.Low, n.Best, n.High)
		}
		for _, a := range e.Attrs.Sorted() {
			fmt.Fprintf(p, " %s=%s", a.Name, quoted(a.Value))
		}
		if t := e.Trace; t.Class != "" {
			fmt.Fprintf(p, " trace=%s/%s/%s/%d", t.Language, t.Class, t.Root, t.Frames)
		}
		if e.Of != "" {
			fmt.Fprintf(p, " of=%s", strconv.Quote(e.Of))
		}
		if strings.HasSuffix(e.Kind, ".message") {
			fmt.Fprintf(p, " [%s] %s", e.Component, strconv.QuoteToGraphic(shorten(e.Text)))
		}
		p.WriteString("\n")
		return nil
	}
}

// declared checks that the format promised this kind and its attributes.
func (p *transcript) declared(f parsers.Format, e *event.Event) {
	for _, k := range f.Kinds {
		if k.Name != e.Kind {
			continue
		}
		for _, a := range e.Attrs {
			ok := false
			for _, name := range k.Attrs {
				ok = ok || name == a.Name
			}
			if !ok {
				p.t.Errorf("%s: kind %s does not declare the attribute %s", f.Name, k.Name, a.Name)
			}
		}
		holds := func(text string) bool {
			return strings.Contains(e.Raw, text) || strings.Contains(e.Of, text) || e.Rewritten && strings.Contains(e.Text, text)
		}
		if len(k.Literals) > 0 && !slices.ContainsFunc(k.Literals, holds) {
			p.t.Errorf("%s: kind %s says that one of %q stands in every record; none is in %q", f.Name, k.Name, k.Literals, e.Raw)
		}
		return
	}
	p.t.Errorf("%s does not declare the kind %q (line %d)", f.Name, e.Kind, e.Where.First)
}

// stamp prints a time as it was written; dashes stand for what was not.
func stamp(s event.Stamp) string {
	if s.Impossible {
		return "impossible:" + s.Text
	}
	if s.Has == 0 {
		return "-"
	}
	if s.Has&event.SinceBoot != 0 {
		return "boot+" + time.Duration(s.Wall).String()
	}
	layout := "2006-01-02T15:04:05"
	switch {
	case s.Step < time.Microsecond && s.Step > 0:
		layout += ".000000000"
	case s.Step < time.Millisecond && s.Step > 0:
		layout += ".000000"
	case s.Step < time.Second && s.Step > 0:
		layout += ".000"
	}
	out := time.Unix(0, s.Wall).UTC().Format(layout)
	if s.Has&event.HasDate == 0 {
		out = "----------" + out[10:]
	} else if s.Has&event.HasYear == 0 {
		out = "----" + out[4:]
	}
	if s.Has&event.HasZone != 0 {
		out += fmt.Sprintf("%+03d:%02d", s.Zone/60, max(s.Zone%60, -s.Zone%60))
	}
	return out
}

func quoted(v string) string {
	if v == "" || strings.ContainsAny(v, " \t\"\n") {
		return strconv.QuoteToGraphic(v)
	}
	return v
}

func orDash(s string) string {
	if s == "" {
		return "-"
	}
	return s
}

func shorten(s string) string {
	if r := []rune(s); len(r) > 100 {
		return string(r[:100]) + "…"
	}
	return s
}

// diff shows where two texts part.
func diff(want, got string) string {
	w, g := strings.Split(want, "\n"), strings.Split(got, "\n")
	var b strings.Builder
	for i := 0; i < max(len(w), len(g)); i++ {
		var x, y string
		if i < len(w) {
			x = w[i]
		}
		if i < len(g) {
			y = g[i]
		}
		if x != y {
			fmt.Fprintf(&b, "want %s\n got %s\n", x, y)
			if b.Len() > 4000 {
				break
			}
		}
	}
	return b.String()
}

// TestFixtureFolders holds that every format has a fixture and every folder a
// format.
func TestFixtureFolders(t *testing.T) {
	dirs, err := os.ReadDir(formatsDir)
	if err != nil {
		t.Fatal(err)
	}
	has := map[string]bool{}
	for _, d := range dirs {
		has[d.Name()] = true
		if _, err := parsers.Named(d.Name()); err != nil {
			t.Errorf("fixtures/formats/%s: %v", d.Name(), err)
		}
	}
	for _, f := range parsers.All() {
		if !has[f.Name] {
			t.Errorf("format %s has no folder in fixtures/formats", f.Name)
		}
	}
}
