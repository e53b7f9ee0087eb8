package report

import (
	"errors"
	"io"
	"os"
	"syscall"
)

// A disk is what result files are written to. There is one, but for tests in
// which it fails.
type disk interface {
	open(name string, flag int) (diskFile, error)
	rename(from, to string) error
	syncFolder(dir string) error
}

// A diskFile is an open file of it.
type diskFile interface {
	io.WriteCloser
	Name() string
	Stat() (os.FileInfo, error)
	Chmod(os.FileMode) error
	Sync() error
}

type realDisk struct{}

func (realDisk) open(name string, flag int) (diskFile, error) {
	f, err := os.OpenFile(name, flag, 0o600)
	if err != nil {
		return nil, err
	}
	return f, nil
}

func (realDisk) rename(from, to string) error { return os.Rename(from, to) }

// syncFolder makes renames in a folder durable. Not every system can, and those
// say so; the files are whole all the same.
func (realDisk) syncFolder(dir string) error {
	d, err := os.Open(dir)
	if err != nil {
		return nil // a folder that may be written to but not read cannot be synced
	}
	defer d.Close()
	err = d.Sync()
	if errors.Is(err, syscall.EINVAL) || errors.Is(err, syscall.ENOTSUP) || errors.Is(err, syscall.EBADF) || errors.Is(err, os.ErrPermission) {
		return nil
	}
	return err
}
