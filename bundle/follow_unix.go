//go:build unix

package bundle

import (
	"io/fs"
	"syscall"
)

// idOf returns what tells a file from others at one time. Numbers of files are
// given out again, so it is not enough to know one by later.
func idOf(info fs.FileInfo) fileID {
	if s, ok := info.Sys().(*syscall.Stat_t); ok {
		return fileID{uint64(s.Dev), uint64(s.Ino)}
	}
	return fileID{}
}

// linksOf is how many names a file has; 0 once it is deleted.
func linksOf(info fs.FileInfo) int {
	if s, ok := info.Sys().(*syscall.Stat_t); ok {
		return int(s.Nlink)
	}
	return 1
}

const openFlags = syscall.O_NONBLOCK | syscall.O_CLOEXEC
