package forensic_test

import (
	"bytes"
	"context"
	"encoding/json"
	"fmt"
	"io/fs"
	"math/rand/v2"
	"os"
	"path/filepath"
	"regexp"
	"slices"
	"strings"
	"testing"
	"time"

	"forensic"
	"forensic/fixtures"
	"forensic/report"
	"forensic/rules"
)

// asJSON is the report of a result, without what names its inputs.
func asJSON(t *testing.T, r *forensic.Result) string {
	t.Helper()
	var b bytes.Buffer
	if err := report.JSON(&b, report.New(r, report.Options{})); err != nil {
		t.Fatal(err)
	}
	var v map[string]any
	if err := json.Unmarshal(b.Bytes(), &v); err != nil {
		t.Fatal(err)
	}
	delete(v, "inputs")
	text, err := json.MarshalIndent(v, "", " ")
	if err != nil {
		t.Fatal(err)
	}
	return string(text)
}

var rotatedName = regexp.MustCompile(`[-._](old|[0-9][-0-9]*)(\.|$)`)

// feed writes the files of a folder into another one, in random pieces, all of
// them growing at the same time, and gives them the times they have there.
func feed(t *testing.T, from, to string, rnd *rand.Rand, pause func()) {
	t.Helper()
	type growing struct {
		name string
		rest []byte
		at   time.Time
	}
	var files []*growing
	err := filepath.WalkDir(from, func(name string, d fs.DirEntry, err error) error {
		if err != nil || d.IsDir() {
			return err
		}
		info, err := d.Info()
		if err != nil {
			return err
		}
		b, err := os.ReadFile(name)
		rel, _ := filepath.Rel(from, name)
		files = append(files, &growing{rel, b, info.ModTime()})
		return err
	})
	if err != nil {
		t.Fatal(err)
	}
	all := slices.Clone(files)
	for len(files) > 0 {
		i := rnd.IntN(len(files))
		g := files[i]
		n := min(len(g.rest), 1+rnd.IntN(1+len(g.rest)))
		if i = slices.IndexFunc(files, func(g *growing) bool { return rotatedName.MatchString(filepath.Base(g.name)) }); i >= 0 {
			g, n = files[i], len(files[i].rest) // one that is not written to any more
		} else {
			i = slices.Index(files, g)
		}
		name := filepath.Join(to, g.name)
		if err := os.MkdirAll(filepath.Dir(name), 0o700); err != nil {
			t.Fatal(err)
		}
		f, err := os.OpenFile(name, os.O_WRONLY|os.O_CREATE|os.O_APPEND, 0o600)
		if err != nil {
			t.Fatal(err)
		}
		if _, err := f.Write(g.rest[:n]); err != nil {
			t.Fatal(err)
		}
		f.Close()
		if g.rest = g.rest[n:]; len(g.rest) == 0 {
			files = slices.Delete(files, i, i+1)
		}
		pause()
	}
	for _, g := range all {
		if err := os.Chtimes(filepath.Join(to, g.name), g.at, g.at); err != nil {
			t.Fatal(err)
		}
	}
}

// Every line and capture fixture, fed in random pieces to files that are
// followed, gives in the end the report that analyze gives of the same bytes.
func TestFollowEndsAsAnalyze(t *testing.T) {
	var cases []fixtures.Case
	for _, dir := range []string{"fixtures/rules", "fixtures/formats", "fixtures/bundles"} {
		cs, err := fixtures.Under(dir)
		if err != nil {
			t.Fatal(err)
		}
		cases = append(cases, cs...)
	}
	if len(cases) < 300 {
		t.Fatalf("%d fixtures, there are more", len(cases))
	}
	rs, err := rules.Builtin()
	if err != nil {
		t.Fatal(err)
	}
	var opened, found, missed int
	var unseen []string
	const together = 25
	for n := 0; n*together < len(cases); n++ {
		group := cases[n*together : min((n+1)*together, len(cases))]
		t.Run(fmt.Sprintf("%s to %s", group[0].Path, group[len(group)-1].Path), func(t *testing.T) {
			rnd := rand.New(rand.NewPCG(uint64(n), 5))
			src, dir := t.TempDir(), filepath.Join(t.TempDir(), "logs")
			for i, c := range group {
				if err := c.Write(filepath.Join(src, fmt.Sprintf("case%d", i))); err != nil {
					t.Fatal(err)
				}
			}
			if err := os.Mkdir(dir, 0o700); err != nil {
				t.Fatal(err)
			}
			ctx, stop := context.WithCancel(context.Background())
			defer stop()
			seen := map[string]bool{}
			opt := forensic.FollowOptions{Whole: true, Poll: n%2 == 0, Changed: func(c forensic.Change) {
				if c.State == forensic.Opened {
					seen[c.Finding.Rule] = true
				}
			}}
			opt.Rules = rs
			var r *forensic.Result
			var err error
			done := make(chan struct{})
			begin := func() {
				go func() {
					defer close(done)
					r, err = forensic.Follow(ctx, []string{dir}, opt)
				}()
			}
			// It begins while the files grow; those of rotation are there by then.
			pieces := 0
			feed(t, src, dir, rnd, func() {
				if pieces++; pieces == 40 {
					begin()
				}
				if pieces > 40 && rnd.IntN(20) == 0 {
					time.Sleep(time.Millisecond)
				}
			})
			if pieces < 40 {
				begin()
			}
			stop()
			<-done
			if err != nil {
				t.Fatal(err)
			}
			want, err := forensic.Analyze(context.Background(), []string{dir}, forensic.Options{Rules: rs})
			if err != nil {
				t.Fatal(err)
			}
			if got, want := asJSON(t, r), asJSON(t, want); got != want {
				t.Errorf("not as analyze:\n%s", whereDiffers(want, got))
			}
			for _, f := range want.Findings {
				found++
				if seen[f.Rule] {
					opened++
				} else {
					missed++
					unseen = append(unseen, f.Rule)
				}
			}
		})
	}
	slices.Sort(unseen)
	t.Logf("%d of %d findings were told while following, not: %s", opened, found, strings.Join(slices.Compact(unseen), " "))
}

func whereDiffers(a, b string) string {
	x, y := strings.Split(a, "\n"), strings.Split(b, "\n")
	for i := 0; i < max(len(x), len(y)); i++ {
		if i >= len(x) || i >= len(y) || x[i] != y[i] {
			from := max(0, i-3)
			return fmt.Sprintf("line %d\n- %s\n+ %s", i, strings.Join(x[from:min(len(x), i+3)], "\n- "), strings.Join(y[from:min(len(y), i+3)], "\n+ "))
		}
	}
	return ""
}
