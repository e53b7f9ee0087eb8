//go:build unix

package rules

import (
	"os"
	"os/exec"
	"strings"
	"syscall"
	"testing"
	"time"
)

const asChild = "FORENSIC_TEST_HARMLESS"

// A process that is stopped and goes on gives the same answers: the time it
// slept is not held against a harmless match.
func TestHarmlessAcrossStop(t *testing.T) {
	if os.Getenv(asChild) != "" {
		p, text, err := harmless()
		if err != nil {
			t.Fatal(err)
		}
		n := 0
		for begun := time.Now(); time.Since(begun) < 900*time.Millisecond; n++ {
			if _, out := p.Match(text, nil); out != Matched {
				t.Fatalf("match %d says %v", n, out)
			}
		}
		if n == 0 {
			t.Fatal("nothing was matched")
		}
		return
	}
	child := exec.Command(os.Args[0], "-test.run=^TestHarmlessAcrossStop$", "-test.count=1")
	child.Env = append(os.Environ(), asChild+"=1")
	var out strings.Builder
	child.Stdout, child.Stderr = &out, &out
	if err := child.Start(); err != nil {
		t.Fatal(err)
	}
	for range 2 { // how long it stands still is the test, so there is nothing to wait for but time
		for _, sig := range []syscall.Signal{syscall.SIGSTOP, syscall.SIGCONT} {
			time.Sleep(150 * time.Millisecond)
			if err := child.Process.Signal(sig); err != nil {
				break // it is over
			}
		}
	}
	if err := child.Wait(); err != nil {
		t.Errorf("%v\n%s", err, out.String())
	}
}
