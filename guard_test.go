package forensic

import (
	"context"
	"fmt"
	"os"
	"path/filepath"
	"strings"
	"testing"

	"forensic/event"
	"forensic/parsers"
)

// A planted reader that panics after ten bytes, and one that panics before it
// read any: one problem each, all bytes of the member unparsed or claimed, and
// the members before and behind read as ever.
func TestGuardKeepsTheOthers(t *testing.T) {
	dir := t.TempDir()
	line := "2024-03-02 10:14:01,123 ERROR [main] com.example.Store - cannot reach 192.0.2.7\n"
	for name, text := range map[string]string{"a.log": line, "bad.log": "planted\n" + strings.Repeat("x\n", 200_000), "worse.log": "planted", "z.log": line} {
		if err := os.WriteFile(filepath.Join(dir, name), []byte(text), 0o600); err != nil {
			t.Fatal(err)
		}
	}
	before := detect
	defer func() { detect = before }()
	detect = func(member string, head []byte) (parsers.Format, []parsers.Guess) {
		if !strings.HasPrefix(string(head), "planted") {
			return before(member, head)
		}
		return parsers.Format{Name: "planted", Parse: func(_ context.Context, in *parsers.Input, _ parsers.Emit) error {
			if strings.HasPrefix(member, "bad") {
				n, err := in.Read(make([]byte, 10))
				if err != nil {
					return err
				}
				in.Account = event.Account{Bytes: int64(n), Claimed: int64(n), Lines: 2}
			}
			panic(fmt.Errorf("index %d out of range of %T", 7, in))
		}}, []parsers.Guess{{Format: "planted", Score: parsers.Score{Points: 1, Why: "planted"}}}
	}
	r, err := Analyze(context.Background(), []string{dir}, Options{})
	if err != nil {
		t.Fatal(err)
	}
	if len(r.Sources) != 4 || len(r.Skipped) != 0 {
		t.Fatalf("%d sources, skipped: %v", len(r.Sources), r.Skipped)
	}
	for i, want := range []event.Account{
		{Bytes: int64(len(line)), Claimed: int64(len(line)), Lines: 1, Events: 1},
		{Bytes: 400_008, Claimed: 10, Unparsed: 399_998, Lines: 2},
		{Bytes: 7, Unparsed: 7},
		{Bytes: int64(len(line)), Claimed: int64(len(line)), Lines: 1, Events: 1},
	} {
		s := &r.Sources[i]
		if s.Account != want {
			t.Errorf("%s: %+v, not %+v", s.Path, s.Account, want)
		}
		stopped := s.Format == "planted"
		if (len(s.Problems) == 1) != stopped {
			t.Errorf("%s: problems %+v", s.Path, s.Problems)
		}
		for _, p := range s.Problems {
			if !strings.Contains(p.What, "a bug of ours; what follows is kept as unparsed") || strings.Contains(p.What, "parsers.") || strings.Contains(p.What, "index") {
				t.Errorf("%s: %q", s.Path, p.What)
			}
		}
	}
}
