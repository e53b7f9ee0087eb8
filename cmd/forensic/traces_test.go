//go:build linux

package main

import (
	"bytes"
	"encoding/json"
	"fmt"
	"math/rand/v2"
	"os"
	"path/filepath"
	"strings"
	"syscall"
	"testing"
	"time"
)

// Interrupted at random moments a run ends soon, tells what it has read, and
// leaves whole files.
func TestInterruptedAtRandom(t *testing.T) {
	input := someLog(t, 50_000)
	begun := time.Now()
	if err := forensicCommand(t, "analyze", "-q", input, "-o", filepath.Join(t.TempDir(), "r.json")).Run(); err != nil {
		t.Fatal(err)
	}
	long := time.Since(begun)
	r := rand.New(rand.NewPCG(2, 2))
	interrupted := 0
	for i := range rounds(8, 200) {
		o := newOutputs(t)
		cmd := forensicCommand(t, append([]string{"analyze", "-q", input}, o.args()...)...)
		var stderr bytes.Buffer
		cmd.Stderr = &stderr
		if err := cmd.Start(); err != nil {
			t.Fatal(err)
		}
		time.Sleep(time.Duration(r.Int64N(int64(long)))) // the moment is what is tried here
		at := time.Now()
		if err := cmd.Process.Signal(syscall.SIGINT); err != nil && !strings.Contains(err.Error(), "finished") {
			t.Fatal(err)
		}
		err := cmd.Wait()
		code := cmd.ProcessState.ExitCode()
		// Before it is listening, the signal ends it as it ends any program.
		killed := cmd.ProcessState.Sys().(syscall.WaitStatus).Signaled()
		if code != exitDone && code != exitInterrupted && !killed || strings.Contains(stderr.String(), "bug") {
			t.Errorf("run %d: exit %d, %v, %q", i, code, err, stderr.String())
		}
		if took := time.Since(at); took > 2*time.Second+4*long {
			t.Errorf("run %d: it took %s to end", i, took)
		}
		text, err := os.ReadFile(filepath.Join(o.dir, "r.json"))
		var report struct{ Complete *bool }
		if err != nil || json.Unmarshal(text, &report) != nil {
			t.Fatalf("run %d: half a report, %v", i, err)
		}
		if code == exitInterrupted {
			interrupted++
			if report.Complete == nil || *report.Complete {
				t.Errorf("run %d: the report does not say that it is incomplete", i)
			}
		}
		if entries, _ := os.ReadDir(o.dir); len(entries) != 2 && !killed {
			t.Errorf("run %d: left %v", i, entries)
		}
	}
	t.Logf("%d runs were interrupted while they read", interrupted)
}

// What an input holds goes into reports, and nowhere else: not into errors, not
// into progress, and no temporary file is left with it.
func TestNoTraces(t *testing.T) {
	const secret = "Xq9-hunter2-Lm4"
	dir := t.TempDir()
	temp := filepath.Join(dir, "temp")
	if err := os.Mkdir(temp, 0o700); err != nil {
		t.Fatal(err)
	}
	var b strings.Builder
	for i := range 60_000 {
		fmt.Fprintf(&b, "2024-03-02 10:%02d:%02d,123 ERROR [main] com.example.Store - cannot log in with password=%s to 192.0.2.7:%d\n", i/60%60, i%60, secret, i)
	}
	inputs := map[string]string{
		"good.log": b.String(), "prose.txt": "the password is " + secret + "\n", "cut.gz": "\x1f\x8b\x08\x00\x00\x00\x00\x00\x00\x03password=" + secret,
		"json.log": strings.Repeat(`{"password":"`+secret+`","a":[[[`+"\n", 50), "rule.yaml": "rule: " + secret + "\n  bad: [\n",
	}
	for name, text := range inputs {
		if err := os.WriteFile(filepath.Join(dir, name), []byte(text), 0o600); err != nil {
			t.Fatal(err)
		}
	}
	for _, args := range [][]string{
		{"good.log"}, {"prose.txt"}, {"cut.gz"}, {"json.log"}, {"good.log", "prose.txt", "cut.gz"},
		{"good.log", "--strict"}, {"good.log", "-o", "/dev/full"}, {"good.log", "-o", "missing/r.json"}, {"good.log", "--rules", "."},
	} {
		cmd := forensicCommand(t, append([]string{"timeline", "--progress", "always", "-v", "--temp", temp}, args...)...)
		cmd.Dir = dir
		var stderr bytes.Buffer
		cmd.Stderr = &stderr
		err := cmd.Run()
		if code := cmd.ProcessState.ExitCode(); code < 0 || code > 4 {
			t.Errorf("%v: %v", args, err)
		}
		if strings.Contains(stderr.String(), secret) || strings.Contains(stderr.String(), "hunter2") {
			t.Errorf("%v: standard error tells the secret: %q", args, stderr.String())
		}
	}
	if left, err := os.ReadDir(temp); err != nil || len(left) > 0 {
		t.Errorf("temporary files are left: %v, %v", left, err)
	}
}
