package forensic_test

import (
	"archive/tar"
	"archive/zip"
	"bytes"
	"compress/gzip"
	"context"
	"fmt"
	"io"
	"math/rand/v2"
	"os"
	"path/filepath"
	"slices"
	"strings"
	"testing"
	"testing/iotest"
	"unicode/utf16"

	"forensic"
	"forensic/event"
	"forensic/fixtures"
	"forensic/parsers"
	"forensic/report"
)

// A made member is a file whose account is to close.
type made struct {
	name string
	data []byte
}

// madeMembers returns members of every format, whole and in the shapes that
// inputs come in. What is drawn is drawn from a fixed seed.
func madeMembers(t testing.TB) []made {
	t.Helper()
	r := rand.New(rand.NewPCG(10, 1))
	cases, err := fixtures.Under("fixtures/formats")
	if err != nil {
		t.Fatal(err)
	}
	flows, err := fixtures.Under("fixtures/flows")
	if err != nil {
		t.Fatal(err)
	}
	var files []made
	for i, c := range append(cases, flows...) {
		for _, f := range c.Files {
			files = append(files, made{fmt.Sprintf("%03d-%s", i, filepath.Base(f.Name)), f.Data})
		}
	}
	all := slices.Clone(files)
	for i, f := range files {
		if len(f.data) == 0 {
			continue
		}
		other := files[r.IntN(len(files))].data
		at := r.IntN(len(f.data))
		add := func(what string, parts ...[]byte) {
			all = append(all, made{what + "-" + f.name, slices.Concat(parts...)})
		}
		switch i % 5 { // each file in two shapes, each format in several
		case 0:
			add("cut", f.data[:at])
			add("crlf", bytes.ReplaceAll(f.data, []byte("\n"), []byte("\r\n")))
		case 1:
			add("utf16", asUTF16(string(f.data)))
			add("padded", f.data, make([]byte, 1+r.IntN(600)))
		case 2:
			add("spliced", f.data[:at], other[min(at, len(other)):], f.data[at:])
			add("marked", []byte("\ufeff"), bytes.TrimRight(f.data, "\n"))
		case 3:
			add("cut", f.data[at:])
			add("utf16cut", asUTF16(string(f.data))[:2+at])
		case 4:
			add("noise", mutate(r, f.data))
			add("spliced", other[:min(at, len(other))], f.data)
		}
	}
	return all
}

// asUTF16 is a text with a mark, little endian.
func asUTF16(s string) []byte {
	out := []byte{0xff, 0xfe}
	for _, u := range utf16.Encode([]rune(s)) {
		out = append(out, byte(u), byte(u>>8))
	}
	return out
}

// linesOf counts lines by the definition of the account: a last one without
// its end counts.
func linesOf(data []byte) int {
	if text, ok := bytes.CutPrefix(data, []byte{0xff, 0xfe}); ok {
		n, last := 0, uint16('\n')
		for i := 0; i+1 < len(text); i += 2 {
			if last = uint16(text[i]) | uint16(text[i+1])<<8; last == '\n' {
				n++
			}
		}
		if last != '\n' {
			n++
		}
		return n
	}
	data = bytes.TrimPrefix(data, []byte("\ufeff"))
	n := bytes.Count(data, []byte("\n"))
	if len(data) > 0 && data[len(data)-1] != '\n' {
		n++
	}
	return n
}

// TestAccountOfReaders reads members through readers of all manners: sums close,
// lines are those of the member, spans lie in it, and how bytes come changes
// nothing.
func TestAccountOfReaders(t *testing.T) {
	manners := []struct {
		name string
		of   func(io.Reader) io.Reader
	}{
		{"whole", func(r io.Reader) io.Reader { return r }},
		{"one byte", iotest.OneByteReader}, {"half", iotest.HalfReader}, {"data with the end", iotest.DataErrReader},
	}
	read := 0
	for _, m := range madeMembers(t) {
		format, _ := parsers.Detect(m.name, m.data[:min(len(m.data), parsers.HeadSize)])
		if format.Name == "" {
			continue
		}
		read++
		var first event.Account
		for i, manner := range manners {
			if manner.name == "one byte" && len(m.data) > 64<<10 {
				continue
			}
			in := &parsers.Input{Path: m.name, Reader: manner.of(bytes.NewReader(m.data))}
			var covered [][2]int64
			capture := format.Name == "capture" // spans of packets
			see := func(e *event.Event) error {
				if capture {
					return nil
				}
				covered = append(covered, [2]int64{e.Where.Offset, e.Where.Offset + int64(e.Where.Length)})
				return spanOf(e, m.data)
			}
			in.Begin = func(parsers.Format, event.Source) (int, parsers.Filter, parsers.Emit) { return 0, nil, see }
			if err := format.Read(context.Background(), in, see); err != nil {
				t.Errorf("%s as %s, %s: %v", m.name, format.Name, manner.name, err)
				continue
			}
			a := in.Account
			if i == 0 {
				first = a
			} else if a != first {
				t.Errorf("%s as %s, %s: %+v, and read at once %+v", m.name, format.Name, manner.name, a, first)
			}
			if what := closes(a, m.data, format.Name == "capture"); what != "" || in.Stopped {
				t.Errorf("%s as %s, %s: %s; stopped: %v; %+v", m.name, format.Name, manner.name, what, in.Stopped, a)
			}
			// Of records, spans and unparsed bytes give the member back.
			if out := outside(covered, m.data); format.Lines != nil && i == 0 && out > a.Unparsed && !bytes.HasPrefix(m.data, []byte{0xff, 0xfe}) {
				t.Errorf("%s as %s: %d bytes lie in no record, %d are unparsed", m.name, format.Name, out, a.Unparsed)
			}
		}
	}
	if read < 300 {
		t.Errorf("only %d members were read", read)
	}
}

// outside counts the bytes that no span covers, without marks and blank lines.
func outside(covered [][2]int64, data []byte) (n int64) {
	slices.SortFunc(covered, func(a, b [2]int64) int { return int(a[0] - b[0]) })
	at := int64(0)
	for _, c := range append(covered, [2]int64{int64(len(data)), int64(len(data))}) {
		if c[0] > at {
			between := bytes.TrimPrefix(data[at:c[0]], []byte("\ufeff"))
			for line := range bytes.Lines(between) {
				if len(bytes.TrimSpace(line)) > 0 {
					n += int64(len(line))
				}
			}
		}
		at = max(at, c[1])
	}
	return n
}

// TestAccountOfLongOutputs reads an output that is longer than what is held of
// one, cut in a line and not.
func TestAccountOfLongOutputs(t *testing.T) {
	head := "Filesystem     1K-blocks     Used Available Use% Mounted on\n"
	row := "/dev/sda1       41151808 30864568   8173792  80% /\n"
	for _, end := range []string{"", "/dev/sdb1 "} {
		data := []byte(head + strings.Repeat(row, (17<<20)/len(row)) + end)
		format, _ := parsers.Detect("df.txt", data[:parsers.HeadSize])
		in := &parsers.Input{Path: "df.txt", Reader: bytes.NewReader(data)}
		if err := format.Read(context.Background(), in, func(*event.Event) error { return nil }); err != nil {
			t.Fatal(err)
		}
		if what := closes(in.Account, data, false); what != "" || in.Account.Unparsed == 0 || format.Name != "df" {
			t.Errorf("%s: %s: %+v", format.Name, what, in.Account)
		}
	}
}

// spanOf holds that an event lies in its member.
func spanOf(e *event.Event, data []byte) error {
	w := e.Where
	if w.Offset < 0 || w.Length < 0 || w.Offset+int64(w.Length) > int64(len(data)) || w.First < 1 || w.Last < w.First || w.Last > linesOf(data) {
		return fmt.Errorf("%s: span %+v does not lie in %d bytes, %d lines", e.Kind, w, len(data), linesOf(data))
	}
	return nil
}

// closes says which sum of an account does not close.
func closes(a event.Account, data []byte, capture bool) string {
	switch {
	case a.Bytes != int64(len(data)):
		return fmt.Sprintf("%d bytes of %d", a.Bytes, len(data))
	case a.Bytes != a.Claimed+a.Unparsed+a.Skipped, a.Claimed < 0, a.Unparsed < 0, a.Skipped < 0:
		return "bytes do not add up"
	case a.UnparsedLines > a.Lines, a.UnparsedLines < 0:
		return "more unparsed lines than lines"
	case capture && a.Lines != 0, !capture && a.Packets+a.PartPackets+a.BadPackets != 0:
		return "lines of a capture, or packets of a text"
	case !capture && a.Lines != linesOf(data):
		return fmt.Sprintf("%d lines of %d", a.Lines, linesOf(data))
	case !capture && (a.Unparsed > 0) != (a.UnparsedLines > 0) && !bytes.HasPrefix(data, []byte{0xff, 0xfe}):
		return "unparsed bytes without unparsed lines, or the reverse"
	}
	return ""
}

// TestAccountOfBundles analyses members in a folder and in archives: each is a
// source or skipped, once, with all its bytes.
func TestAccountOfBundles(t *testing.T) {
	var members []made
	for i, m := range madeMembers(t) {
		if i%6 == 0 || os.Getenv("SOAK") != "" {
			members = append(members, m)
		}
	}
	dir := t.TempDir()
	folder := filepath.Join(dir, "folder")
	if err := os.Mkdir(folder, 0o700); err != nil {
		t.Fatal(err)
	}
	for _, m := range members {
		if err := os.WriteFile(filepath.Join(folder, m.name), m.data, 0o600); err != nil {
			t.Fatal(err)
		}
	}
	archive := map[string][]byte{"a.tar": tarred(t, members), "a.zip": zipped(t, members)}
	archive["a.tgz"] = gzipped(t, archive["a.tar"])
	paths := []string{folder}
	for name, data := range archive {
		path := filepath.Join(dir, name)
		if err := os.WriteFile(path, data, 0o600); err != nil {
			t.Fatal(err)
		}
		paths = append(paths, path)
	}
	for _, path := range paths {
		r, err := forensic.Analyze(context.Background(), []string{path}, hashing())
		if err != nil {
			t.Fatal(err)
		}
		seen := accounted(t, filepath.Base(path), r)
		if len(seen) != len(members) {
			t.Errorf("%s: %d members are told of %d", filepath.Base(path), len(seen), len(members))
		}
		for _, m := range members {
			if n, ok := seen[m.name]; !ok || n != int64(len(m.data)) {
				t.Errorf("%s: %s: %d bytes of %d, told: %v", filepath.Base(path), m.name, n, len(m.data), ok)
			}
		}
	}
	// Cut and damaged archives: nothing is told twice, and what is told closes.
	rnd := rand.New(rand.NewPCG(10, 2))
	for name, data := range archive {
		for round := range 3 {
			broken := data[:len(data)/4+rnd.IntN(len(data)/2)]
			if round > 0 {
				broken = bytes.Clone(data)
				for range round * 20 {
					broken[rnd.IntN(len(broken))] ^= 1 << rnd.IntN(8)
				}
			}
			path := filepath.Join(dir, "broken-"+name)
			if err := os.WriteFile(path, broken, 0o600); err != nil {
				t.Fatal(err)
			}
			r, err := forensic.Analyze(context.Background(), []string{path}, hashing())
			if err != nil {
				t.Fatal(err)
			}
			accounted(t, path, r)
			faults := 0
			for _, in := range r.Inputs {
				faults += len(in.Faults)
			}
			for i := range r.Sources {
				faults += len(r.Sources[i].Problems)
			}
			if round == 0 && faults == 0 {
				t.Errorf("%s, cut: nobody says so", name)
			}
		}
	}
}

// accounted holds that each member is told once and that each account closes,
// and returns the bytes of the members.
func accounted(t *testing.T, name string, r *forensic.Result) map[string]int64 {
	t.Helper()
	for _, sum := range report.Unclosed(report.New(r, report.Options{})) {
		t.Errorf("%s: %s", name, sum)
	}
	seen := map[string]int64{}
	note := func(path string, bytes int64) {
		if _, twice := seen[path]; twice {
			t.Errorf("%s: %s is told twice", name, path)
		}
		seen[path] = bytes
	}
	for i := range r.Sources {
		s := &r.Sources[i]
		a := s.Account
		if a.Bytes != a.Claimed+a.Unparsed+a.Skipped || a.UnparsedLines > a.Lines {
			t.Errorf("%s: %s: %+v", name, s.Path, a)
		}
		for _, p := range s.Problems {
			if strings.Contains(p.What, "a bug of ours") || strings.Contains(p.What, "were not read by the reader") {
				t.Errorf("%s: %s: %s", name, s.Path, p.What)
			}
		}
		if s.Section == "" {
			note(s.Path, a.Bytes)
		}
	}
	for _, s := range r.Skipped {
		if s.Why == "" {
			t.Errorf("%s: %s is skipped without a reason", name, s.Path)
		}
		note(s.Path, s.Bytes)
	}
	return seen
}

func tarred(t testing.TB, members []made) []byte {
	t.Helper()
	var b bytes.Buffer
	w := tar.NewWriter(&b)
	for _, m := range members {
		if err := w.WriteHeader(&tar.Header{Name: m.name, Mode: 0o644, Size: int64(len(m.data))}); err != nil {
			t.Fatal(err)
		}
		if _, err := w.Write(m.data); err != nil {
			t.Fatal(err)
		}
	}
	if err := w.Close(); err != nil {
		t.Fatal(err)
	}
	return b.Bytes()
}

func zipped(t testing.TB, members []made) []byte {
	t.Helper()
	var b bytes.Buffer
	w := zip.NewWriter(&b)
	for _, m := range members {
		f, err := w.Create(m.name)
		if err != nil {
			t.Fatal(err)
		}
		if _, err := f.Write(m.data); err != nil {
			t.Fatal(err)
		}
	}
	if err := w.Close(); err != nil {
		t.Fatal(err)
	}
	return b.Bytes()
}

func gzipped(t testing.TB, data []byte) []byte {
	t.Helper()
	var b bytes.Buffer
	w := gzip.NewWriter(&b)
	if _, err := w.Write(data); err != nil {
		t.Fatal(err)
	}
	if err := w.Close(); err != nil {
		t.Fatal(err)
	}
	return b.Bytes()
}

// mutate damages a copy of data in one of the ways that inputs are damaged in.
func mutate(r *rand.Rand, data []byte) []byte {
	m := bytes.Clone(data)
	if len(m) == 0 {
		return m
	}
	switch r.IntN(6) {
	case 0: // noise in one byte of fifty
		for range 1 + len(m)/50 {
			m[r.IntN(len(m))] = byte(r.Uint32())
		}
	case 1:
		for range 1 + r.IntN(8) {
			m[r.IntN(len(m))] ^= 1 << r.IntN(8)
		}
	case 2:
		m = m[:r.IntN(len(m))]
	case 3: // a number as large, or as negative, as it can be
		extremes := [][]byte{{0xff, 0xff}, {0x7f, 0xff}, {0x80, 0}, {0xff, 0x7f}, {0, 0}, {0xff, 0xff, 0xff, 0xff}, {0x7f, 0xff, 0xff, 0xff}, {0xff, 0xff, 0xff, 0x7f}, {0x80, 0, 0, 0}, {0, 0, 0, 0x80}, {0, 0, 0, 0}}
		for range 1 + r.IntN(3) {
			copy(m[r.IntN(len(m)):], extremes[r.IntN(len(extremes))])
		}
	case 4: // a piece once more
		from := r.IntN(len(m))
		to := from + r.IntN(min(len(m)-from, 4096)+1)
		m = slices.Insert(m, r.IntN(len(m)), slices.Clone(m[from:to])...)
	case 5: // a piece over another
		from := r.IntN(len(m))
		copy(m[r.IntN(len(m)):], bytes.Clone(m[from:min(from+4096, len(m))]))
	}
	return m
}

// hashing are options with which lines are counted a second time, on the way to
// the hash.
func hashing() (opt forensic.Options) {
	opt.Limits.Hash = true
	return opt
}
