//go:build unix

package main

import (
	"bytes"
	"encoding/json"
	"fmt"

	"os"
	"os/exec"
	"path/filepath"
	"strings"
	"syscall"
	"testing"
	"time"
)

// forensicCommand is a command that runs this program.
func forensicCommand(t *testing.T, args ...string) *exec.Cmd {
	t.Helper()
	path, err := exec.LookPath("forensic") // made by TestMain
	if err != nil {
		t.Fatal(err)
	}
	return exec.Command(path, args...)
}

// A reader that goes away ("| head") ends the program quietly, and files are
// written all the same.
func TestClosedOutput(t *testing.T) {
	dir := t.TempDir()
	log := filepath.Join(dir, "app.log")
	if err := os.WriteFile(log, []byte("2024-03-02 10:14:03 INFO a: started\n"), 0o600); err != nil {
		t.Fatal(err)
	}
	r, w, err := os.Pipe()
	if err != nil {
		t.Fatal(err)
	}
	r.Close()
	out := filepath.Join(dir, "report.json")
	cmd := forensicCommand(t, "analyze", log, "-o", out)
	var stderr bytes.Buffer
	cmd.Stdout, cmd.Stderr = w, &stderr
	err = cmd.Run()
	w.Close()
	if err != nil || stderr.Len() > 0 {
		t.Errorf("%v, and says %q", err, stderr.String())
	}
	if text, err := os.ReadFile(out); err != nil || !json.Valid(text) {
		t.Errorf("the file was not written: %v", err)
	}
}

// The first interruption stops the reading; what was read is told, marked as
// incomplete, also when nothing more comes on standard input.
func TestInterrupt(t *testing.T) {
	cmd := forensicCommand(t, "analyze", "-f", "json", "-")
	in, err := cmd.StdinPipe()
	if err != nil {
		t.Fatal(err)
	}
	var stdout, stderr bytes.Buffer
	cmd.Stdout, cmd.Stderr = &stdout, &stderr
	if err := cmd.Start(); err != nil {
		t.Fatal(err)
	}
	for i := range 20_000 { // more than a pipe holds, so that reading has begun when this is through
		fmt.Fprintf(in, "2024-03-02 10:%02d:%02d INFO a: line %d\n", i/60%60, i%60, i)
	}
	interrupted := time.Now()
	if err := cmd.Process.Signal(syscall.SIGINT); err != nil {
		t.Fatal(err)
	}
	timer := time.AfterFunc(20*time.Second, func() { cmd.Process.Kill() })
	defer timer.Stop()
	state, err := cmd.Process.Wait()
	if err != nil {
		t.Fatal(err)
	}
	in.Close()
	if code := state.ExitCode(); code != exitInterrupted {
		t.Errorf("exit code %d after %v, stderr %q", code, time.Since(interrupted), stderr.String())
	}
	waitOutput(cmd)
	var r struct {
		Complete *bool
		Sources  []struct{ Lines int }
	}
	if err := json.Unmarshal(stdout.Bytes(), &r); err != nil {
		t.Fatalf("%v in %q", err, stdout.String())
	}
	if r.Complete == nil || *r.Complete {
		t.Error("the report does not say that it is incomplete")
	}
	if strings.Contains(stderr.String(), "bug") {
		t.Errorf("stderr: %s", stderr.String())
	}
}

// waitOutput lets what copies the output come to its end; the state of the
// process is known already.
func waitOutput(cmd *exec.Cmd) { _ = cmd.Wait() }
