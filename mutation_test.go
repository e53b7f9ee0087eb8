package forensic_test

import (
	"bytes"
	"compress/gzip"
	"context"
	"errors"
	"fmt"
	"io"
	"math/rand/v2"
	"os"
	"os/exec"
	"path/filepath"
	"runtime"
	"strconv"
	"strings"
	"syscall"
	"testing"
	"time"

	"forensic"
	"forensic/fixtures"
)

const (
	stepLimit   = 2 * time.Second // of processor time, for one mutated input
	hangLimit   = time.Minute     // of a wall clock, for a batch: longer is a hang
	memoryLimit = 512 << 20
)

// rounds is how often a test tries: few times, or long with SOAK=1; SOAK=0.1 is a
// tenth of long.
func rounds(few, long int) int {
	if share, err := strconv.ParseFloat(os.Getenv("SOAK"), 64); err == nil {
		return max(few, int(float64(long)*share))
	}
	return few
}

// spent is the processor time of this process.
func spent() time.Duration {
	var u syscall.Rusage
	if err := syscall.Getrusage(syscall.RUSAGE_SELF, &u); err != nil {
		return 0
	}
	return time.Duration(u.Utime.Nano() + u.Stime.Nano())
}

// TestMutatedMembers damages fixtures of formats and captures and analyses them
// by the folder: no panic, no caught one, no member that takes too long, and an
// account that closes.
func TestMutatedMembers(t *testing.T) {
	var files []made
	for _, folder := range []string{"fixtures/formats", "fixtures/flows"} {
		cases, err := fixtures.Under(folder)
		if err != nil {
			t.Fatal(err)
		}
		for _, c := range cases {
			for _, f := range c.Files {
				files = append(files, made{filepath.Base(f.Name), f.Data})
			}
		}
	}
	r := rand.New(rand.NewPCG(11, uint64(rounds(1, 2))))
	tried := 0
	defer func() { t.Logf("%d mutated members in this process", tried) }()
	for range rounds(4, 4000) {
		dir, err := os.MkdirTemp(t.TempDir(), "")
		if err != nil {
			t.Fatal(err)
		}
		for i := range 250 {
			f := files[r.IntN(len(files))]
			data := mutate(r, f.data)
			if r.IntN(3) == 0 {
				data = mutate(r, data)
			}
			if err := os.WriteFile(filepath.Join(dir, fmt.Sprintf("%03d-%s", i, f.name)), data, 0o600); err != nil {
				t.Fatal(err)
			}
		}
		analyzeMutated(t, dir)
		tried += 250
		if err := os.RemoveAll(dir); err != nil {
			t.Fatal(err)
		}
	}
}

// analyzeMutated runs the whole pipeline over a folder or file of damaged input.
func analyzeMutated(t *testing.T, path string) {
	t.Helper()
	member, begun := "the start", spent()
	opt := forensic.Options{Jobs: 1, KeepAll: true, Progress: func(p forensic.Progress) {
		if took := spent() - begun; took > stepLimit && member != "the start" {
			t.Errorf("%s: %s took %s", path, member, took)
		}
		member, begun = p.Member, spent()
	}}
	opt.Limits.Hash = true
	ctx, stop := context.WithTimeout(context.Background(), hangLimit)
	defer stop()
	result, err := forensic.Analyze(ctx, []string{path}, opt)
	if err != nil {
		keep(t, path)
		t.Fatalf("at %s: %v", member, err)
	}
	if !result.Complete {
		keep(t, path)
		t.Fatalf("hangs at %s", member)
	}
	accounted(t, path, result)
	var m runtime.MemStats
	runtime.ReadMemStats(&m)
	if m.Sys-m.HeapReleased > memoryLimit {
		t.Errorf("%d bytes of memory after %s", m.Sys-m.HeapReleased, path)
	}
	if t.Failed() {
		keep(t, path)
		t.FailNow()
	}
}

// keep copies what made a test fail to where it outlives the test.
func keep(t *testing.T, path string) {
	t.Helper()
	to, err := os.MkdirTemp("", "forensic-mutated-")
	if err != nil {
		t.Error(err)
		return
	}
	if info, err := os.Stat(path); err == nil && info.IsDir() {
		err = os.CopyFS(to, os.DirFS(path))
		t.Logf("kept in %s, %v", to, err)
		return
	}
	data, err := os.ReadFile(path)
	if err == nil {
		err = os.WriteFile(filepath.Join(to, filepath.Base(path)), data, 0o600)
	}
	t.Logf("kept in %s, %v", to, err)
}

// recordedBundles are the bundles that were recorded for the rules, as they are
// and unpacked.
func recordedBundles(t *testing.T) []made {
	t.Helper()
	paths, err := filepath.Glob("fixtures/bundles/*/*.tgz")
	if err != nil || len(paths) == 0 {
		t.Fatal("no bundles", err)
	}
	var all []made
	for _, path := range paths {
		data, err := os.ReadFile(path)
		if err != nil {
			t.Fatal(err)
		}
		z, err := gzip.NewReader(bytes.NewReader(data))
		if err != nil {
			t.Fatal(err)
		}
		inner, err := io.ReadAll(z)
		if err != nil {
			t.Fatal(err)
		}
		all = append(all, made{filepath.Base(path), data}, made{strings.TrimSuffix(filepath.Base(path), "gz") + "ar", inner})
	}
	return all
}

// TestMutatedBundles damages whole bundles.
func TestMutatedBundles(t *testing.T) {
	bundles := recordedBundles(t)
	r := rand.New(rand.NewPCG(12, uint64(rounds(1, 2))))
	dir := t.TempDir()
	for i := range rounds(5*len(bundles), 3000) {
		b := bundles[i%len(bundles)]
		path := filepath.Join(dir, b.name)
		if err := os.WriteFile(path, mutate(r, b.data), 0o600); err != nil {
			t.Fatal(err)
		}
		analyzeMutated(t, path)
	}
}

// TestMutatedProcesses runs the program itself on damaged input, under a watch
// that ends it at a limit of memory or time. It says what it could not do, if so,
// in one line.
func TestMutatedProcesses(t *testing.T) {
	program := filepath.Join(t.TempDir(), "forensic")
	if out, err := exec.Command("go", "build", "-o", program, "./cmd/forensic").CombinedOutput(); err != nil {
		t.Fatalf("%v\n%s", err, out)
	}
	files := append(madeMembers(t), recordedBundles(t)...)
	dir := t.TempDir()
	r := rand.New(rand.NewPCG(13, uint64(rounds(1, 2))))
	tried, worst := 0, int64(0)
	defer func() { t.Logf("%d mutated inputs, a process each; the most memory was %d MiB", tried, worst>>20) }()
	for i := range rounds(20, 20_000) {
		f := files[r.IntN(len(files))]
		if i%5 == 4 {
			f = files[len(files)-1-r.IntN(6)]
		}
		path := filepath.Join(dir, f.name)
		if err := os.WriteFile(path, mutate(r, f.data), 0o600); err != nil {
			t.Fatal(err)
		}
		code, peak, said := watched(t, program, "analyze", "-f", "json", path)
		tried, worst = tried+1, max(worst, peak)
		if code != 0 && code != 1 || strings.Contains(said, "panic") || strings.Contains(said, "goroutine") || strings.Contains(said, "bug") || peak > memoryLimit {
			keep(t, path)
			t.Errorf("%s: exit %d, peak %d bytes, said:\n%s", f.name, code, peak, said)
		}
		if code == 1 && (!strings.HasPrefix(said, "forensic: ") || strings.Count(said, "\n") != 1) {
			keep(t, path)
			t.Errorf("%s: exit 1 with %q", f.name, said)
		}
		if err := os.Remove(path); err != nil {
			t.Fatal(err)
		}
	}
}

// watched runs a program and returns its exit code (-1: it was ended), its peak
// of memory and what it said on standard error.
func watched(t *testing.T, program string, args ...string) (code int, peak int64, said string) {
	t.Helper()
	var stderr bytes.Buffer
	cmd := exec.Command(program, args...)
	cmd.Stderr = &stderr
	if err := cmd.Start(); err != nil {
		t.Fatal(err)
	}
	done := make(chan error, 1)
	go func() { done <- cmd.Wait() }()
	begun, tick := time.Now(), time.NewTicker(5*time.Millisecond)
	defer tick.Stop()
	for {
		select {
		case err := <-done:
			var exit *exec.ExitError
			if err != nil && !errors.As(err, &exit) {
				t.Fatal(err)
			}
			// What the system says at the end has in it what this process took before
			// the program was started.
			if u, ok := cmd.ProcessState.SysUsage().(*syscall.Rusage); ok && runtime.GOOS == "linux" && u.Maxrss<<10 > highWater(os.Getpid()) {
				peak = max(peak, u.Maxrss<<10)
			}
			return cmd.ProcessState.ExitCode(), peak, stderr.String()
		case <-tick.C:
			peak = max(peak, highWater(cmd.Process.Pid))
			if peak > memoryLimit || time.Since(begun) > hangLimit {
				if err := cmd.Process.Kill(); err != nil && !errors.Is(err, os.ErrProcessDone) {
					t.Error(err)
				}
			}
		}
	}
}

// highWater is the peak of memory of a process, 0 where nothing tells it.
func highWater(pid int) int64 {
	status, err := os.ReadFile(fmt.Sprintf("/proc/%d/status", pid))
	if err != nil {
		return 0
	}
	_, after, ok := strings.Cut(string(status), "VmHWM:")
	if fields := strings.Fields(after); ok && len(fields) > 0 {
		if kb, err := strconv.ParseInt(fields[0], 10, 64); err == nil {
			return kb << 10
		}
	}
	return 0
}
