package forensic_test

import (
	"context"
	"os"
	"path/filepath"
	"runtime"
	"testing"
	"time"

	"forensic"
)

// open counts the goroutines and descriptors of this process.
func open() (goroutines, descriptors int) {
	entries, err := os.ReadDir("/proc/self/fd")
	if err != nil {
		return runtime.NumGoroutine(), 0
	}
	return runtime.NumGoroutine(), len(entries)
}

// TestNothingLeaks analyses folders, archives, broken archives and captures, to
// their end and interrupted: no goroutine and no descriptor is left.
func TestNothingLeaks(t *testing.T) {
	dir := t.TempDir()
	members := madeMembers(t)[:40]
	folder := filepath.Join(dir, "folder")
	if err := os.Mkdir(folder, 0o700); err != nil {
		t.Fatal(err)
	}
	for _, m := range members {
		if err := os.WriteFile(filepath.Join(folder, m.name), m.data, 0o600); err != nil {
			t.Fatal(err)
		}
	}
	archive := gzipped(t, tarred(t, members))
	paths := []string{folder}
	for name, data := range map[string][]byte{"a.tgz": archive, "cut.tgz": archive[:len(archive)/2], "a.zip": zipped(t, members), "a.tar.gz.gz": gzipped(t, archive)} {
		path := filepath.Join(dir, name)
		if err := os.WriteFile(path, data, 0o600); err != nil {
			t.Fatal(err)
		}
		paths = append(paths, path)
	}
	run := func() {
		for _, path := range paths {
			for _, after := range []int{0, 1, 5} { // members after which it is interrupted; 0: never
				ctx, stop := context.WithCancel(context.Background())
				opt := hashing()
				opt.KeepAll, opt.Temp = true, dir
				opt.Progress = func(p forensic.Progress) {
					if p.Members == after {
						stop()
					}
				}
				r, err := forensic.Analyze(ctx, []string{path}, opt)
				stop()
				if err != nil {
					t.Fatalf("%s, interrupted at %d: %v", path, after, err)
				}
				accounted(t, path, r)
				if after == 0 != r.Complete {
					t.Errorf("%s, interrupted at %d: complete: %v", path, after, r.Complete)
				}
			}
		}
	}
	run() // what is made once is made
	goroutines, descriptors := open()
	for range rounds(2, 50) {
		run()
	}
	for range 1000 { // who ends may still be on the way out
		if g, _ := open(); g <= goroutines {
			break
		}
		time.Sleep(time.Millisecond)
	}
	if g, d := open(); g > goroutines || d > descriptors {
		t.Errorf("%d goroutines before, %d after; %d descriptors before, %d after", goroutines, g, descriptors, d)
	}
	if left, err := filepath.Glob(filepath.Join(dir, "forensic-*")); err != nil || len(left) > 0 {
		t.Errorf("temporary folders are left: %v, %v", left, err)
	}
}
