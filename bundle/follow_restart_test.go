package bundle

import (
	"bytes"
	"context"
	"encoding/json"
	"fmt"
	"io"
	"math/rand/v2"
	"os"
	"os/exec"
	"path/filepath"
	"strings"
	"testing"
	"time"
)

// keptText is everything that is kept of a Following's logs, oldest first.
func keptText(t testing.TB, f *Following) string {
	t.Helper()
	v := f.view()
	var b strings.Builder
	f.kept.mu.Lock()
	files := f.kept.files
	f.kept.mu.Unlock()
	for _, x := range files {
		for _, m := range v.files {
			if m.f != x {
				continue
			}
			r, err := v.Open(m.name)
			if err != nil {
				t.Fatal(err)
			}
			if _, err := io.Copy(&b, r.(io.Reader)); err != nil {
				t.Fatal(err)
			}
		}
	}
	return b.String()
}

// TestFollowKilled is the process that is killed by the test below.
func TestFollowKilled(t *testing.T) {
	path := os.Getenv("FOLLOW_KILLED")
	if path == "" {
		t.Skip("it is run by TestFollowRestart")
	}
	f, err := Follow(context.Background(), []string{path}, FollowOptions{Checkpoint: path + ".checkpoint", Poll: true, Whole: true})
	if err != nil {
		t.Fatal(err)
	}
	for l := range f.Logs() {
		io.Copy(io.Discard, l)
	}
}

// A process that follows is killed again and again while the log is written to
// and rotated; whoever resumes last has every line once.
func TestFollowRestart(t *testing.T) {
	path := filepath.Join(t.TempDir(), "app.log")
	w := newWriter(t, path, 3)
	rnd := rand.New(rand.NewPCG(1, 1))
	for round := range 6 {
		cmd := exec.Command(os.Args[0], "-test.run=^TestFollowKilled$")
		cmd.Env = append(os.Environ(), "FOLLOW_KILLED="+path)
		var out bytes.Buffer
		cmd.Stdout, cmd.Stderr = &out, &out
		if err := cmd.Start(); err != nil {
			t.Fatal(err)
		}
		for end := time.Now().Add(time.Duration(300+rnd.IntN(1200)) * time.Millisecond); time.Now().Before(end); time.Sleep(3 * time.Millisecond) {
			w.write(1 + rnd.IntN(40))
			if rnd.IntN(60) == 0 {
				w.rename()
			}
		}
		cmd.Process.Kill()
		cmd.Wait()
		if strings.Contains(out.String(), "FAIL") {
			t.Fatalf("round %d: %s", round, out.String())
		}
		w.write(50) // while nobody follows
		if round%2 == 0 {
			w.rename()
			w.write(5)
		}
	}
	r := follow(t, FollowOptions{Checkpoint: path + ".checkpoint", Poll: true, Whole: true}, path)
	r.await(t, "app.log", w.next)
	r.stop()
	r.wg.Wait()
	if got := tallyNumbered(keptText(t, r.Following), w.next); got.lost+got.twice+got.torn > 0 {
		t.Errorf("of %d lines kept: %+v; told %q", w.next, got, r.told())
	}
	if got := tallyNumbered(r.got("app.log"), w.next); got.lost+got.twice+got.torn > 0 {
		t.Errorf("of %d lines given: %+v; told %q", w.next, got, r.told())
	}
	if err := r.Close(); err != nil {
		t.Error(err)
	}
}

func TestCheckpointRefused(t *testing.T) {
	dir := t.TempDir()
	path := filepath.Join(dir, "app.log")
	for name, text := range map[string]string{
		"damaged":       `{"version":1,"pa`,
		"of version 2,": `{"version":2}`,
		"other files":   `{"version":1,"paths":["b.log"]}`,
		"damaged one":   `{"version":1,"paths":["` + path + `"],"files":[{"id":7}]}`,
		"cannot be":     `{"version":1,"paths":["` + path + `"],"segment":3,"at":10}`,
	} {
		at := filepath.Join(dir, "checkpoint")
		if err := os.WriteFile(at, []byte(text), 0o600); err != nil {
			t.Fatal(err)
		}
		f, err := Follow(context.Background(), []string{path}, FollowOptions{Checkpoint: at})
		if err == nil {
			f.Close()
		}
		if err == nil || !strings.Contains(err.Error(), name) || strings.Contains(err.Error(), "\n") {
			t.Errorf("%s: %v", text, err)
		}
	}
}

func FuzzCheckpoint(f *testing.F) {
	b, err := json.Marshal(&checkpoint{
		Version: 1, Paths: []string{"a"}, Next: 3,
		Logs:  []logState{{Label: "a", Path: "a", Gens: []generationState{{File: 1, Head: []byte("x"), At: 4}}}},
		Files: []fileState{{ID: 1, Log: "a", At: 4}},
	})
	if err != nil {
		f.Fatal(err)
	}
	f.Add(b)
	f.Add([]byte(`{"version":1,"files":[{"id":-1}]}`))
	f.Fuzz(func(t *testing.T, b []byte) {
		c, err := parseCheckpoint(b)
		if err != nil {
			if strings.Contains(fmt.Sprint(err), "\n") {
				t.Errorf("%v is not one line", err)
			}
			return
		}
		for _, x := range c.Files {
			if x.ID <= 0 || x.At < 0 {
				t.Errorf("%+v is let through", x)
			}
		}
	})
}
