package parsers_test

import (
	"bytes"
	"context"
	"fmt"
	"hash/fnv"
	"io"
	"math/rand/v2"
	"os"
	"path/filepath"
	"strings"
	"testing"
	"time"

	"forensic/event"
	"forensic/fixtures"
	"forensic/parsers"
)

// formatOf is the format a case is about.
func formatOf(c fixtures.Case) string {
	if f := c.Facts["format"]; f != "" {
		return f
	}
	return filepath.Base(filepath.Dir(c.Path))
}

// TestEverythingDeclaredIsShown holds that each kind a format declares, and each
// of its attributes, comes out of some fixture of some format.
func TestEverythingDeclaredIsShown(t *testing.T) {
	shown := map[string]bool{}
	note := func(e *event.Event) error {
		e.Decode()
		shown[e.Kind] = true
		for _, a := range e.Attrs {
			shown[e.Kind+" "+a.Name] = true
		}
		return nil
	}
	for _, c := range formatCases(t) {
		for _, f := range c.Files {
			format, _ := parsers.Detect(f.Name, f.Data[:min(len(f.Data), parsers.HeadSize)])
			if format.Name == "" {
				continue
			}
			if err := format.Parse(context.Background(), input(f, c, note), note); err != nil {
				t.Errorf("%s: %v", c.Path, err)
			}
		}
	}
	captures, err := parsers.Named("capture")
	if err != nil {
		t.Fatal(err)
	}
	elsewhere := map[string]bool{} // what only captures tell is shown in fixtures/flows
	for _, k := range captures.Kinds {
		elsewhere[k.Name] = true
	}
	for _, k := range parsers.Kinds() {
		if elsewhere[k.Name] {
			continue
		}
		if !shown[k.Name] {
			t.Errorf("no fixture shows the kind %s", k.Name)
			continue
		}
		for _, a := range k.Attrs {
			if !shown[k.Name+" "+a] {
				t.Errorf("no fixture shows the attribute %s of %s", a, k.Name)
			}
		}
	}
}

// input is one member of a case; its sections go to the same emit.
func input(f fixtures.File, c fixtures.Case, emit parsers.Emit) *parsers.Input {
	in := &parsers.Input{Path: f.Name, Modified: c.Modified(), Reader: bytes.NewReader(f.Data)}
	in.Begin = func(parsers.Format, event.Source) (int, parsers.Filter, parsers.Emit) { return 0, nil, emit }
	return in
}

// A digest is what parsing told.
type digest []string

func (d *digest) note(e *event.Event) error {
	e.Decode()
	*d = append(*d, fmt.Sprintln(e.Kind, e.Level, e.Component, e.Text, e.Of, e.Attrs, e.Trace, e.Count, e.Stamp, e.Where, e.Raw, len(e.Marks)))
	return nil
}

// eachCapital marks some letters, so that marks are seen to travel.
func eachCapital(block string, to []event.Mark) []event.Mark {
	for i := 0; i+1 < len(block); i++ {
		if block[i] == 'E' && block[i+1] == 'R' {
			to = append(to, event.Mark{At: int32(i)})
		}
	}
	return to
}

// shortReads gives a random number of bytes each time and scribbles over the
// rest of the buffer, as a reader may.
type shortReads struct {
	src io.Reader
	rnd *rand.Rand
}

func (r shortReads) Read(p []byte) (int, error) {
	n, err := r.src.Read(p[:min(len(p), 1+r.rnd.IntN(70_000))])
	for i := n; i < len(p); i++ {
		p[i] = '9'
	}
	return n, err
}

// TestBlocksDoNotMatter holds that where blocks end changes nothing: not the
// events, not their spans, not their marks.
func TestBlocksDoNotMatter(t *testing.T) {
	for _, c := range formatCases(t) {
		format, err := parsers.Named(formatOf(c))
		if err != nil || format.Lines == nil && c.Facts["streams"] == "" {
			continue
		}
		for _, f := range c.Files {
			data := f.Data
			if bytes.IndexByte(data, 0) < 0 { // UTF-16 is not repeated: its mark would be
				data = repeated(f.Data, 300<<10)
			}
			read := func(r io.Reader) (d digest, in *parsers.Input) {
				in = input(f, c, d.note)
				in.Reader, in.Filter = r, eachCapital
				in.Begin = func(parsers.Format, event.Source) (int, parsers.Filter, parsers.Emit) { return 0, eachCapital, d.note }
				if err := format.Parse(context.Background(), in, d.note); err != nil {
					t.Fatal(err)
				}
				return d, in
			}
			want, whole := read(bytes.NewReader(data))
			got, in := read(shortReads{bytes.NewReader(data), rand.New(rand.NewPCG(1, uint64(len(data))))})
			if len(got) != len(want) || in.Account != whole.Account {
				t.Errorf("%s, %s: %d events and %+v, not %d and %+v", c.Path, f.Name, len(got), in.Account, len(want), whole.Account)
				continue
			}
			for i := range want {
				if got[i] != want[i] {
					t.Errorf("%s, %s: event %d of %d is another one:\n got %.400s\nwant %.400s", c.Path, f.Name, i, len(want), got[i], want[i])
					break
				}
			}
		}
	}
}

func repeated(data []byte, size int) []byte {
	if len(data) == 0 || len(data) > size {
		return data
	}
	if data[len(data)-1] != '\n' {
		data = append(bytes.Clone(data), '\n')
	}
	return bytes.Repeat(data, size/len(data)+1)
}

// TestDamage cuts fixtures off and changes single bytes of them: nothing
// panics, hangs, or is lost from the account.
func TestDamage(t *testing.T) {
	folders, each := map[string]time.Duration{}, 60*time.Millisecond
	if d, err := time.ParseDuration(os.Getenv("DAMAGE")); err == nil {
		each = d // how long a folder is tried; "make soak" asks for more
	}
	for _, c := range formatCases(t) {
		folder := filepath.Dir(c.Path)
		for _, f := range c.Files {
			start := time.Now()
			damage(t, c, f, each-folders[folder])
			folders[folder] += time.Since(start)
		}
	}
}

// damage tries as many ways to damage a file as fit into the time; which ones
// is drawn from its content.
func damage(t *testing.T, c fixtures.Case, f fixtures.File, budget time.Duration) {
	h := fnv.New64a()
	h.Write(f.Data)
	rnd := rand.New(rand.NewPCG(h.Sum64(), 0))
	own, err := parsers.Named(formatOf(c))
	if err != nil || own.Name == "capture" { // package pcap damages captures itself
		return
	}
	for start := time.Now(); time.Since(start) < budget/time.Duration(max(len(c.Files), 1)); {
		data := bytes.Clone(f.Data)
		what := "cut"
		if i := rnd.IntN(len(data) + 1); rnd.IntN(2) == 0 || len(data) == 0 {
			data = data[:i]
		} else {
			i = min(i, len(data)-1)
			what, data[i] = fmt.Sprintf("byte %d changed", i), byte(rnd.IntN(256))
		}
		parseDamaged(t, c.Path+", "+f.Name+", "+what, own, f.Name, data)
	}
}

func parseDamaged(t testing.TB, name string, own parsers.Format, path string, data []byte) {
	defer func() {
		if p := recover(); p != nil {
			t.Errorf("%s: %v\n%q", name, p, data)
			panic(p)
		}
	}()
	detected, guesses := parsers.Detect(path, data[:min(len(data), parsers.HeadSize)])
	for _, g := range guesses {
		if strings.Contains(g.Score.Why, "a bug of ours") {
			t.Errorf("%s: %s: %s\n%q", name, g.Format, g.Score.Why, data)
		}
	}
	for _, format := range []parsers.Format{own, detected} {
		if format.Name == "" || format.Sniff(data[:min(len(data), parsers.HeadSize)]).Points == 0 {
			continue
		}
		ignore := func(e *event.Event) error { e.Decode(); return nil }
		in := input(fixtures.File{Name: path, Data: data}, fixtures.Case{}, ignore)
		start := time.Now()
		if err := format.Parse(context.Background(), in, ignore); err != nil {
			t.Errorf("%s as %s: %v", name, format.Name, err)
		}
		if took := time.Since(start); took > 5*time.Second {
			t.Errorf("%s as %s took %s", name, format.Name, took)
		}
		for _, p := range in.Problems {
			if strings.Contains(p.What, "a bug of ours") { // of a section: the guard caught it
				t.Errorf("%s as %s: %s at %s\n%q", name, format.Name, p.What, p.At, data)
			}
		}
		a := in.Account
		if a.Bytes != a.Claimed+a.Unparsed+a.Skipped || a.Bytes != int64(len(data)) {
			t.Errorf("%s as %s: the account of %d bytes is %+v\n%q", name, format.Name, len(data), a, data)
		}
	}
}

// TestRecordsAllocateNothing holds that reading ten times as much allocates no
// more, for every format made of lines, until somebody asks what a record means.
func TestRecordsAllocateNothing(t *testing.T) {
	done := map[string]bool{}
	for _, c := range formatCases(t) {
		name := formatOf(c)
		format, err := parsers.Named(name)
		if err != nil || format.Lines == nil || done[name] || len(c.Files) == 0 || c.Facts["allocates"] != "" {
			continue
		}
		done[name] = true
		f := c.Files[0]
		run := func(size int) float64 {
			data := repeated(f.Data, size)
			return testing.AllocsPerRun(2, func() {
				in := input(f, c, nil)
				in.Begin, in.Reader = nil, bytes.NewReader(data)
				if err := format.Parse(context.Background(), in, func(*event.Event) error { return nil }); err != nil {
					t.Fatal(err)
				}
			})
		}
		if few, many := run(100<<10), run(1<<20); many > few+40 {
			t.Errorf("%s, %s: %v allocations for 100 KiB, %v for 1 MiB", c.Path, f.Name, few, many)
		}
	}
}

// FuzzParse tries every format on what looks like it, and on what does not.
func FuzzParse(f *testing.F) {
	for _, c := range formatCases(f) {
		for _, m := range c.Files {
			f.Add(m.Data, uint8(0))
		}
	}
	all := parsers.All()
	f.Fuzz(func(t *testing.T, data []byte, which uint8) {
		parseDamaged(t, "fuzz", all[int(which)%len(all)], "x.log", data)
	})
}

// BenchmarkFormat reads one megabyte made of a fixture, a format at a time.
func BenchmarkFormat(b *testing.B) {
	done := map[string]bool{}
	for _, c := range formatCases(b) {
		name := formatOf(c)
		format, err := parsers.Named(name)
		if err != nil || format.Lines == nil || len(c.Files) == 0 {
			continue
		}
		for _, f := range c.Files {
			if done[name+f.Name] || !strings.Contains(f.Name, ".") && len(c.Files) > 3 {
				continue
			}
			done[name+f.Name] = true
			data := repeated(f.Data, 1<<20)
			b.Run(name+"/"+f.Name, func(b *testing.B) {
				b.SetBytes(int64(len(data)))
				b.ReportAllocs()
				records := 0
				for b.Loop() {
					in := input(f, c, nil)
					in.Begin, in.Reader = nil, bytes.NewReader(data)
					records = 0
					if err := format.Parse(context.Background(), in, func(*event.Event) error { records++; return nil }); err != nil {
						b.Fatal(err)
					}
				}
				b.ReportMetric(float64(b.Elapsed().Nanoseconds())/float64(b.N*max(records, 1)), "ns/record")
			})
		}
	}
}
