package report

import (
	"errors"
	"fmt"
	"os"
	"path/filepath"
	"strings"
	"syscall"
	"testing"
)

// A failingDisk fails its nth call, once or from then on.
type failingDisk struct {
	realDisk
	calls, nth int
	forever    bool
	err        error
	what       string // the call that failed first
}

func (d *failingDisk) fails(what string) bool {
	d.calls++
	if d.calls == d.nth || d.forever && d.calls > d.nth {
		if d.what == "" {
			d.what = what
		}
		return true
	}
	return false
}

func (d *failingDisk) open(name string, flag int) (diskFile, error) {
	if d.fails("open") {
		return nil, &os.PathError{Op: "open", Path: name, Err: d.err}
	}
	f, err := d.realDisk.open(name, flag)
	if err != nil {
		return nil, err
	}
	return &failingFile{f, d}, nil
}

func (d *failingDisk) rename(from, to string) error {
	if d.fails("rename") {
		return &os.LinkError{Op: "rename", Old: from, New: to, Err: d.err}
	}
	return d.realDisk.rename(from, to)
}

func (d *failingDisk) syncFolder(dir string) error {
	if d.fails("sync of the folder") {
		return d.err
	}
	return d.realDisk.syncFolder(dir)
}

type failingFile struct {
	diskFile
	d *failingDisk
}

func (f *failingFile) Write(b []byte) (int, error) {
	if f.d.fails("write") {
		n, _ := f.diskFile.Write(b[:len(b)/2])
		return n, f.d.err
	}
	return f.diskFile.Write(b)
}

func (f *failingFile) Sync() error {
	if f.d.fails("sync") {
		return f.d.err
	}
	return f.diskFile.Sync()
}

func (f *failingFile) Chmod(m os.FileMode) error {
	if f.d.fails("chmod") {
		return f.d.err
	}
	return f.diskFile.Chmod(m)
}

func (f *failingFile) Close() error {
	err := f.diskFile.Close()
	if f.d.fails("close") {
		return f.d.err
	}
	return err
}

// TestNthCallFails writes two files to a disk that fails its first, second, ...
// call, once and for ever, until a run passes: each file is the earlier one or
// the new one, whole; who is told that all went well finds the new ones; nothing
// else is left in the folder.
func TestNthCallFails(t *testing.T) {
	earlier, later := strings.Repeat("earlier\n", 100), strings.Repeat("later\n", 50_000)
	seen := map[string]bool{}
	for _, forever := range []bool{false, true} {
		for _, cause := range []error{syscall.ENOSPC, syscall.EIO} {
			for nth := 1; ; nth++ {
				dir := t.TempDir()
				targets := []string{filepath.Join(dir, "a.json"), filepath.Join(dir, "b.md")}
				for _, target := range targets {
					if err := os.WriteFile(target, []byte(earlier), 0o644); err != nil {
						t.Fatal(err)
					}
				}
				d := &failingDisk{nth: nth, forever: forever, err: cause}
				err := writeAll(&Files{disk: d}, targets, later)
				name := fmt.Sprintf("call %d, %s, for ever: %v", nth, d.what, forever)
				if d.what != "" {
					seen[d.what] = true
				}
				entries, _ := os.ReadDir(dir)
				if len(entries) != 2 {
					t.Errorf("%s: left in the folder: %v", name, entries)
				}
				for _, target := range targets {
					text, readErr := os.ReadFile(target)
					if s := string(text); readErr != nil || s != earlier && s != later {
						t.Fatalf("%s: %s is neither whole: %d bytes, %v", name, target, len(s), readErr)
					} else if err == nil && s != later {
						t.Errorf("%s: no error, and %s is the earlier one", name, target)
					}
				}
				if d.calls < nth { // the run passed without it
					if err != nil {
						t.Errorf("%s: %v", name, err)
					}
					break
				}
				var w *WriteError
				if !errors.As(err, &w) || !errors.Is(err, cause) || !strings.HasPrefix(w.Target, dir) {
					t.Errorf("%s: nobody is told: %v", name, err)
				}
			}
		}
	}
	for _, what := range []string{"open", "write", "sync", "chmod", "close", "rename", "sync of the folder"} {
		if !seen[what] {
			t.Errorf("no %s ever failed", what)
		}
	}
}

func writeAll(fs *Files, targets []string, text string) error {
	var files []*File
	for _, target := range targets {
		f, err := fs.Create(target)
		if err != nil {
			fs.Discard()
			return err
		}
		files = append(files, f)
	}
	for _, f := range files {
		if _, err := f.Write([]byte(text)); err != nil {
			fs.Discard()
			return err
		}
	}
	return fs.Commit()
}
