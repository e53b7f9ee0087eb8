//go:build linux

package main

import (
	"bytes"
	"encoding/json"
	"errors"
	"fmt"
	"math/rand/v2"
	"os"
	"os/exec"
	"path/filepath"
	"strconv"
	"strings"
	"sync"
	"syscall"
	"testing"
	"time"
)

// rounds is how often a test tries: few times, or long with SOAK=1; SOAK=0.1 is a
// tenth of long.
func rounds(few, long int) int {
	if share, err := strconv.ParseFloat(os.Getenv("SOAK"), 64); err == nil {
		return max(few, int(float64(long)*share))
	}
	return few
}

// someLog writes a log of n lines, with what the rules look for here and there,
// so that something spills and something is found.
func someLog(t *testing.T, n int) string {
	t.Helper()
	var b bytes.Buffer
	for i := range n {
		fmt.Fprintf(&b, "2024-03-02 10:%02d:%02d,%03d [myid:1] - INFO  [NIOServerCxn.Factory:0.0.0.0/0.0.0.0:2181:NIOServerCnxnFactory@197] - Accepted socket connection from /192.0.2.%d:%d\n", i/60000%60, i/1000%60, i%1000, i%200, 1024+i%60000)
	}
	path := filepath.Join(t.TempDir(), "zookeeper.out")
	if err := os.WriteFile(path, b.Bytes(), 0o600); err != nil {
		t.Fatal(err)
	}
	return path
}

// outputs are result files of a run, written by hand or by the program.
type outputs struct{ dir string }

func (o outputs) args() []string {
	return []string{"-o", filepath.Join(o.dir, "r.json"), "-o", filepath.Join(o.dir, "events.csv")}
}

const earlier = "{\"earlier\": true}\n"

// whole holds that each file is the earlier one or a whole new one.
func (o outputs) whole(t *testing.T, what string) {
	t.Helper()
	text, err := os.ReadFile(filepath.Join(o.dir, "r.json"))
	if err != nil || !json.Valid(text) {
		t.Errorf("%s: half a report: %d bytes, %v", what, len(text), err)
	}
	text, err = os.ReadFile(filepath.Join(o.dir, "events.csv"))
	if s := string(text); err != nil || s != earlier && (!strings.HasSuffix(s, "\n") || strings.Count(s, "\n") < 20_000) {
		t.Errorf("%s: half a list: %d bytes, %v", what, len(text), err)
	}
}

func newOutputs(t *testing.T) outputs {
	t.Helper()
	o := outputs{t.TempDir()}
	for _, name := range []string{"r.json", "events.csv"} {
		if err := os.WriteFile(filepath.Join(o.dir, name), []byte(earlier), 0o600); err != nil {
			t.Fatal(err)
		}
	}
	return o
}

// TestKilled kills runs at random moments: no file is ever a half one, and the
// run after them leaves nothing of them behind, neither beside the outputs nor
// among the temporary files.
func TestKilled(t *testing.T) {
	input, temp, o := someLog(t, 20_000), t.TempDir(), newOutputs(t)
	args := append([]string{"analyze", "-q", "--temp", temp, input}, o.args()...)
	begun := time.Now()
	if err := forensicCommand(t, args...).Run(); err != nil {
		t.Fatal(err)
	}
	long := time.Since(begun)
	r := rand.New(rand.NewPCG(1, 1))
	killed, left := 0, 0
	for i := range rounds(15, 500) {
		cmd := forensicCommand(t, args...)
		if err := cmd.Start(); err != nil {
			t.Fatal(err)
		}
		time.Sleep(time.Duration(r.Int64N(int64(long)))) // the moment is what is tried here
		if err := cmd.Process.Kill(); err != nil && !errors.Is(err, os.ErrProcessDone) {
			t.Fatal(err)
		}
		if cmd.Wait() != nil {
			killed++
		}
		o.whole(t, fmt.Sprintf("kill %d", i))
		if entries, _ := os.ReadDir(o.dir); len(entries) > 2 {
			left++
		}
	}
	if killed == 0 || left == 0 {
		t.Errorf("%d runs were killed, %d left something: nothing was tried", killed, left)
	}
	if err := forensicCommand(t, args...).Run(); err != nil {
		t.Fatal(err)
	}
	for dir, want := range map[string]int{o.dir: 2, temp: 0} {
		if entries, err := os.ReadDir(dir); err != nil || len(entries) != want {
			t.Errorf("left behind: %v, %v", entries, err)
		}
	}
	t.Logf("%d runs killed at random moments: 0 half files", killed)
}

// A run that is alive keeps its temporary files when another one sweeps.
func TestLiveRunIsNotSwept(t *testing.T) {
	temp, o := t.TempDir(), newOutputs(t)
	cmd := forensicCommand(t, append([]string{"analyze", "-q", "--temp", temp, "-"}, o.args()...)...)
	in, err := cmd.StdinPipe()
	if err != nil {
		t.Fatal(err)
	}
	var stderr bytes.Buffer
	cmd.Stderr = &stderr
	if err := cmd.Start(); err != nil {
		t.Fatal(err)
	}
	log, err := os.ReadFile(someLog(t, 20_000))
	if err != nil {
		t.Fatal(err)
	}
	if _, err := in.Write(log[:len(log)/2]); err != nil { // more than a pipe holds: it reads
		t.Fatal(err)
	}
	// Both names of dead runs: of one whose number nobody has, and of one that
	// had the number of a process that began at another time.
	for _, dead := range []string{"4194304-1", fmt.Sprint(cmd.Process.Pid, "-1")} {
		mine, err := filepath.Glob(filepath.Join(temp, "forensic-*"))
		if err != nil || len(mine) != 1 {
			t.Fatal(mine, err)
		}
		machine, _, _ := strings.Cut(strings.TrimPrefix(filepath.Base(mine[0]), "forensic-"), "-")
		for _, name := range []string{machine + "-" + dead, "00000000-" + dead} {
			if err := os.Mkdir(filepath.Join(temp, "forensic-"+name+"-77"), 0o700); err != nil {
				t.Fatal(err)
			}
		}
		if out, err := forensicCommand(t, append([]string{"analyze", "-q", "--temp", temp, someLog(t, 10)}, "-o", filepath.Join(o.dir, "x.json"))...).CombinedOutput(); err != nil {
			t.Fatalf("%v: %s", err, out)
		}
		if _, err := os.Stat(filepath.Join(temp, "forensic-"+machine+"-"+dead+"-77")); err == nil {
			t.Errorf("the folder of %s is left", dead)
		}
		if err := os.Remove(filepath.Join(temp, "forensic-00000000-"+dead+"-77")); err != nil {
			t.Errorf("a folder of another machine is gone: %v", err)
		}
	}
	if _, err := in.Write(log[len(log)/2:]); err != nil {
		t.Fatal(err)
	}
	in.Close()
	if err := cmd.Wait(); err != nil {
		t.Errorf("%v: %s", err, stderr.String())
	}
	o.whole(t, "the first run")
	if text, _ := os.ReadFile(filepath.Join(o.dir, "r.json")); string(text) == earlier {
		t.Error("the first run wrote nothing")
	}
}

// Of runs with one output the last wins whole.
func TestRunsWithOneOutput(t *testing.T) {
	o := newOutputs(t)
	input := someLog(t, 20_000)
	var wg sync.WaitGroup
	stop := make(chan struct{})
	wg.Go(func() {
		for {
			select {
			case <-stop:
				return
			default:
				o.whole(t, "while they run")
			}
		}
	})
	var runs sync.WaitGroup
	for range rounds(4, 20) {
		runs.Go(func() {
			if out, err := forensicCommand(t, append([]string{"analyze", "-q", input}, o.args()...)...).CombinedOutput(); err != nil {
				t.Errorf("%v: %s", err, out)
			}
		})
	}
	runs.Wait()
	close(stop)
	wg.Wait()
	if entries, _ := os.ReadDir(o.dir); len(entries) != 2 {
		t.Errorf("left: %v", entries)
	}
}

// TestFileSizeLimit lets the system refuse bytes behind the first, second, ...
// block of any file: what the run says is one line, the earlier files stay, and
// the run passes once there is room.
func TestFileSizeLimit(t *testing.T) {
	input, temp := someLog(t, 20_000), t.TempDir()
	for blocks := uint64(1); ; blocks *= 4 {
		o := newOutputs(t)
		args := append([]string{"analyze", "-q", "--temp", temp, input}, o.args()...)
		code, said := limited(t, syscall.Rlimit{Cur: blocks * 1024, Max: blocks * 1024}, args...)
		o.whole(t, fmt.Sprintf("%d blocks", blocks))
		if code == 0 {
			if blocks == 1 {
				t.Error("nothing was refused")
			}
			break
		}
		if code != 1 || strings.Count(said, "\n") != 1 || !strings.HasPrefix(said, "forensic: write ") || !strings.Contains(said, "larger than this user may write") {
			t.Errorf("%d blocks: exit %d, %q", blocks, code, said)
		}
		if entries, _ := os.ReadDir(o.dir); len(entries) != 2 {
			t.Errorf("%d blocks: left %v", blocks, entries)
		}
		if blocks > 1<<30 {
			t.Fatal("it never passes")
		}
	}
	if entries, _ := os.ReadDir(temp); len(entries) != 0 {
		t.Errorf("temporary files are left: %v", entries)
	}
}

// limited runs the program with a limit on the size of files.
func limited(t *testing.T, lim syscall.Rlimit, args ...string) (code int, said string) {
	t.Helper()
	path, err := exec.LookPath("forensic")
	if err != nil {
		t.Fatal(err)
	}
	cmd := exec.Command("sh", append([]string{"-c", fmt.Sprintf(`ulimit -f %d; exec "$0" "$@"`, lim.Cur/512), path}, args...)...)
	var stderr bytes.Buffer
	cmd.Stderr = &stderr
	err = cmd.Run()
	var exit *exec.ExitError
	if err != nil && !errors.As(err, &exit) {
		t.Fatal(err)
	}
	return cmd.ProcessState.ExitCode(), stderr.String()
}
