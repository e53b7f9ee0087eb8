package bundle

import "syscall"

const watchable = true

// tryWatch opens a watcher of our own and gives it back.
func tryWatch() error {
	fd, err := syscall.InotifyInit1(syscall.IN_CLOEXEC)
	if err != nil {
		return err
	}
	return syscall.Close(fd)
}
