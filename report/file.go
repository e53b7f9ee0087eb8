package report

import (
	"bufio"
	"errors"
	"fmt"
	"os"
	"path/filepath"
	"strconv"
	"strings"
	"sync/atomic"
	"syscall"
)

// Files are results on their way to disk. Each is written to a temporary file
// beside its target, and all of them get their names together at the end, so
// that a reader sees the whole of the earlier one or the whole of the new one.
type Files struct{ all []*File }

// A File is one of them.
type File struct {
	target string
	temp   *os.File
	buf    *bufio.Writer
	direct bool // a device or pipe, which is written to and never replaced
	done   bool
}

// A WriteError says why a result file was not written.
type WriteError struct {
	Target  string
	Err     error
	Earlier bool // there is an earlier one, unchanged
}

func (e *WriteError) Error() string { return "write " + e.Target + ": " + e.Err.Error() }

// Unwrap returns what the system said.
func (e *WriteError) Unwrap() error { return e.Err }

// tempPrefix begins the names of temporary files; what follows is the number of
// the process and when it began, so that those of dead runs can be told.
const tempPrefix = ".forensic-"

// Create begins a file.
func (fs *Files) Create(target string) (*File, error) {
	if info, err := os.Stat(target); err == nil && info.IsDir() {
		return nil, &WriteError{Target: target, Err: errors.New("it is a folder")}
	} else if err == nil && !info.Mode().IsRegular() {
		return fs.device(target)
	}
	if info, err := os.Lstat(target); err == nil && info.Mode()&os.ModeSymlink != 0 {
		if real, err := filepath.EvalSymlinks(target); err == nil {
			target = real // the link stays a link
		}
	}
	dir := filepath.Dir(target)
	removeDead(dir)
	temp, err := os.OpenFile(filepath.Join(dir, tempName()), os.O_WRONLY|os.O_CREATE|os.O_EXCL, 0o600)
	if err != nil {
		return nil, writeError(target, err)
	}
	f := &File{target: target, temp: temp, buf: bufio.NewWriterSize(temp, 64<<10)}
	fs.all = append(fs.all, f)
	return f, nil
}

// device opens what is no regular file.
func (fs *Files) device(target string) (*File, error) {
	to, err := os.OpenFile(target, os.O_WRONLY, 0)
	if err != nil {
		return nil, writeError(target, err)
	}
	f := &File{target: target, temp: to, buf: bufio.NewWriterSize(to, 64<<10), direct: true}
	fs.all = append(fs.all, f)
	return f, nil
}

// Write adds to the file.
func (f *File) Write(b []byte) (int, error) {
	n, err := f.buf.Write(b)
	if err != nil {
		err = writeError(f.target, err)
	}
	return n, err
}

// Commit makes all files durable and then gives them their names.
func (fs *Files) Commit() error {
	for _, f := range fs.all {
		if err := f.settle(); err != nil {
			fs.Discard()
			return err
		}
	}
	dirs := map[string]bool{}
	for _, f := range fs.all {
		if f.direct {
			f.done = true
			continue
		}
		if err := os.Rename(f.temp.Name(), f.target); err != nil {
			fs.Discard()
			return writeError(f.target, err)
		}
		f.done = true
		if dir := filepath.Dir(f.target); !dirs[dir] {
			dirs[dir] = true
			syncDir(dir)
		}
	}
	return nil
}

// settle writes what is left and waits until the disk has it.
func (f *File) settle() error {
	err := f.buf.Flush()
	if err == nil && !f.direct {
		err = f.temp.Chmod(modeFor(f.target))
	}
	if err == nil && !f.direct {
		err = f.temp.Sync()
	}
	if closing := f.temp.Close(); err == nil {
		err = closing
	}
	if err != nil {
		return writeError(f.target, err)
	}
	return nil
}

// modeFor is the mode of the file that is replaced, else private: a report
// quotes what somebody sent in confidence.
func modeFor(target string) os.FileMode {
	if info, err := os.Stat(target); err == nil {
		return info.Mode().Perm()
	}
	return 0o600
}

// Discard removes what has not got its name.
func (fs *Files) Discard() {
	for _, f := range fs.all {
		if !f.done {
			f.temp.Close()
			if !f.direct {
				os.Remove(f.temp.Name())
			}
			f.done = true
		}
	}
}

func writeError(target string, err error) error {
	var already *WriteError
	if errors.As(err, &already) {
		return err
	}
	info, missing := os.Stat(target)
	return &WriteError{Target: target, Err: err, Earlier: missing == nil && info.Mode().IsRegular()}
}

// syncDir makes renames in a folder durable. Not every system can; the files
// are whole all the same.
func syncDir(dir string) {
	if d, err := os.Open(dir); err == nil {
		d.Sync()
		d.Close()
	}
}

// tempFiles counts those of this process: several Files may write to one folder.
var tempFiles atomic.Int64

func tempName() string {
	pid := os.Getpid()
	return fmt.Sprintf("%s%d-%s-%d.tmp", tempPrefix, pid, began(pid), tempFiles.Add(1))
}

// began tells when a process began, in a form that only needs to differ from
// those of other processes with its number; "0" where the system does not say.
func began(pid int) string {
	stat, err := os.ReadFile(filepath.Join("/proc", strconv.Itoa(pid), "stat"))
	if err != nil {
		return "0"
	}
	_, rest, _ := strings.Cut(string(stat), ") ") // the name may hold blanks
	if fields := strings.Fields(rest); len(fields) > 19 {
		return fields[19]
	}
	return "0"
}

// removeDead removes temporary files of runs that are no more.
func removeDead(dir string) {
	found, _ := filepath.Glob(filepath.Join(globQuote(dir), tempPrefix+"*.tmp"))
	for _, path := range found {
		parts := strings.Split(strings.TrimSuffix(strings.TrimPrefix(filepath.Base(path), tempPrefix), ".tmp"), "-")
		if len(parts) != 3 {
			continue
		}
		if pid, err := strconv.Atoi(parts[0]); err == nil && pid > 0 && !alive(pid, parts[1]) {
			os.Remove(path)
		}
	}
}

// alive tells whether the process that began then still runs.
func alive(pid int, then string) bool {
	p, err := os.FindProcess(pid)
	if err != nil {
		return false
	}
	if err := p.Signal(syscall.Signal(0)); err != nil && !errors.Is(err, os.ErrPermission) {
		return false
	}
	now := began(pid)
	return now == then || now == "0" || then == "0"
}

// globQuote makes a folder's name stand for itself in a pattern.
func globQuote(dir string) string {
	return strings.NewReplacer(`\`, `\\`, `*`, `\*`, `?`, `\?`, `[`, `\[`).Replace(dir)
}
