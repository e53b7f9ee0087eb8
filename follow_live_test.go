package forensic_test

import (
	"context"
	"fmt"
	"os"
	"path/filepath"
	"runtime"
	"slices"
	"strings"
	"sync"
	"testing"
	"time"

	"forensic"
	"forensic/rules"
)

// How long after its line is written a finding is told, while 20,000 other lines
// a second are: the machine decides about that, so it is told and only absurd
// values fail. Memory stays flat meanwhile.
func TestFollowLatency(t *testing.T) {
	rs, err := rules.Builtin()
	if err != nil {
		t.Fatal(err)
	}
	path := filepath.Join(t.TempDir(), "messages")
	f, err := os.Create(path)
	if err != nil {
		t.Fatal(err)
	}
	defer f.Close()
	var mu sync.Mutex
	written := map[string]time.Time{}
	var took []time.Duration
	opt := forensic.FollowOptions{KeepBytes: 32 << 20, Changed: func(c forensic.Change) {
		now := time.Now()
		mu.Lock()
		defer mu.Unlock()
		if at, ok := written[c.Finding.Host]; ok && c.State == forensic.Opened && c.Finding.Rule == "memory/oom-kill" {
			took = append(took, now.Sub(at))
		}
	}}
	opt.Rules = rs
	ctx, stop := context.WithCancel(context.Background())
	done := make(chan error)
	var r *forensic.Result
	go func() {
		var err error
		r, err = forensic.Follow(ctx, []string{path}, opt)
		done <- err
	}()
	time.Sleep(300 * time.Millisecond)
	length := 4 * time.Second
	if os.Getenv("SOAK") != "" {
		length = time.Minute
	}
	began, lines, hosts := time.Now(), 0, 0
	var half, end runtime.MemStats
	for time.Since(began) < length {
		stamp := time.Now().UTC().Format("Jan _2 15:04:05")
		var b strings.Builder
		for range 200 {
			fmt.Fprintf(&b, "%s web1 app[7]: request %d was answered in time\n", stamp, lines)
			lines++
		}
		if lines%2000 == 0 {
			host := fmt.Sprintf("web%d", 1000+hosts)
			hosts++
			fmt.Fprintf(&b, "%s %s kernel: Out of memory: Killed process 1234 (java) total-vm:1000kB, anon-rss:500kB, file-rss:0kB, shmem-rss:0kB, UID:0 pgtables:100kB oom_score_adj:0\n", stamp, host)
			mu.Lock()
			written[host] = time.Now()
			mu.Unlock()
		}
		if _, err := f.WriteString(b.String()); err != nil {
			t.Fatal(err)
		}
		if half.HeapAlloc == 0 && time.Since(began) > length/2 {
			runtime.GC()
			runtime.ReadMemStats(&half)
		}
		time.Sleep(time.Duration(lines)*time.Second/20_000 - time.Since(began))
	}
	runtime.GC()
	runtime.ReadMemStats(&end)
	time.Sleep(2 * time.Second)
	stop()
	if err := <-done; err != nil {
		t.Fatal(err)
	}
	mu.Lock()
	defer mu.Unlock()
	slices.Sort(took)
	if len(took) < hosts*9/10 || len(took) == 0 {
		t.Fatalf("%d of %d findings were told", len(took), hosts)
	}
	t.Logf("%d lines in %s, %d findings: from write to finding median %s, 99th percentile %s; heap half the way %d KiB, at the end %d KiB; %d findings in the report",
		lines, time.Since(began).Round(time.Millisecond), hosts, took[len(took)/2].Round(time.Millisecond), took[len(took)*99/100].Round(time.Millisecond), half.HeapAlloc>>10, end.HeapAlloc>>10, len(r.Findings))
	if took[len(took)/2] > 5*time.Second {
		t.Errorf("median %s", took[len(took)/2])
	}
}
