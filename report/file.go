package report

import (
	"bufio"
	"errors"
	"fmt"
	"os"
	"path/filepath"
	"strings"
	"sync/atomic"

	"forensic"
)

// Files are results on their way to disk. Each is written to a temporary file
// beside its target, and all of them get their names together at the end, so
// that a reader sees the whole of the earlier one or the whole of the new one.
type Files struct {
	all  []*File
	disk disk // nil: the real one
}

func (fs *Files) on() disk {
	if fs.disk == nil {
		return realDisk{}
	}
	return fs.disk
}

// A File is one of them.
type File struct {
	target string
	temp   diskFile
	buf    *bufio.Writer
	direct bool   // a device or pipe, which is written to and never replaced
	folder string // instead of temp: a folder on its way to its name
	secret bool   // nobody else may read it, whatever was there before
	done   bool

	mine, earlier os.FileInfo // the temporary file, and what it will replace
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

// tempPrefix begins the names of temporary files; what follows is the name of
// the run, so that those of dead runs can be told.
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
	temp, err := fs.on().open(filepath.Join(dir, tempName()), os.O_WRONLY|os.O_CREATE|os.O_EXCL)
	if err != nil {
		return nil, writeError(target, err)
	}
	f := &File{target: target, temp: temp, buf: bufio.NewWriterSize(temp, 64<<10)}
	if f.mine, err = temp.Stat(); err != nil {
		f.mine = nil
	}
	if f.earlier, err = os.Stat(target); err != nil {
		f.earlier = nil
	}
	fs.all = append(fs.all, f)
	return f, nil
}

// CreateFolder begins a folder, and returns where to write what is to be in it.
// What has the name must be nothing, or a folder without anything in it.
func (fs *Files) CreateFolder(target string) (string, error) {
	if info, err := os.Lstat(target); err == nil {
		if !info.IsDir() {
			return "", &WriteError{Target: target, Err: errors.New("there is something of this name that is no folder")}
		}
		if all, err := os.ReadDir(target); err != nil || len(all) > 0 {
			return "", &WriteError{Target: target, Err: errors.New("the folder is not empty")}
		}
	}
	dir := filepath.Dir(filepath.Clean(target))
	removeDead(dir)
	temp := filepath.Join(dir, tempName())
	if err := os.Mkdir(temp, 0o700); err != nil {
		return "", writeError(target, err)
	}
	fs.all = append(fs.all, &File{target: filepath.Clean(target), folder: temp})
	return temp, nil
}

// KeepSecret makes the file readable for its owner alone, whatever it replaces.
func (f *File) KeepSecret() { f.secret = true }

// path is where the file stands before it gets its name.
func (f *File) path() string {
	if f.folder != "" {
		return f.folder
	}
	return f.temp.Name()
}

// device opens what is no regular file.
func (fs *Files) device(target string) (*File, error) {
	to, err := fs.on().open(target, os.O_WRONLY)
	if err != nil {
		return nil, writeError(target, err)
	}
	f := &File{target: target, temp: to, buf: bufio.NewWriterSize(to, 64<<10), direct: true}
	fs.all = append(fs.all, f)
	return f, nil
}

// Own tells that a file is one of these: the one being written, or the one that
// it will replace. Neither is input of the run that writes it.
func (fs *Files) Own(info os.FileInfo) bool {
	for _, f := range fs.all {
		if f.mine != nil && os.SameFile(f.mine, info) || f.earlier != nil && os.SameFile(f.earlier, info) {
			return true
		}
	}
	return false
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
		if f.folder != "" {
			continue
		}
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
		if err := fs.on().rename(f.path(), f.target); err != nil {
			fs.Discard()
			return writeError(f.target, err)
		}
		f.done = true
	}
	for _, f := range fs.all {
		if dir := filepath.Dir(f.target); !f.direct && !dirs[dir] {
			dirs[dir] = true
			if err := fs.on().syncFolder(dir); err != nil {
				return &WriteError{Target: f.target, Err: fmt.Errorf("it is there, but may be lost if the machine stops now: %w", err)}
			}
		}
	}
	return nil
}

// settle writes what is left and waits until the disk has it.
func (f *File) settle() error {
	err := f.buf.Flush()
	if mode := modeFor(f.target); err == nil && !f.direct && !f.secret && mode != 0o600 {
		err = f.temp.Chmod(mode)
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
		switch {
		case f.done:
		case f.folder != "":
			os.RemoveAll(f.folder)
			f.done = true
		default:
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

// tempFiles counts those of this process: several Files may write to one folder.
var tempFiles atomic.Int64

func tempName() string {
	return fmt.Sprintf("%s%s-%d.tmp", tempPrefix, forensic.RunName(), tempFiles.Add(1))
}

// removeDead removes temporary files of runs that are no more.
func removeDead(dir string) {
	found, _ := filepath.Glob(filepath.Join(globQuote(dir), tempPrefix+"*.tmp"))
	for _, path := range found {
		if i := strings.LastIndexByte(path, '-'); i > 0 && forensic.RunIsOver(strings.TrimPrefix(filepath.Base(path[:i]), tempPrefix)) {
			os.RemoveAll(path)
		}
	}
}

// globQuote makes a folder's name stand for itself in a pattern.
func globQuote(dir string) string {
	return strings.NewReplacer(`\`, `\\`, `*`, `\*`, `?`, `\?`, `[`, `\[`).Replace(dir)
}
