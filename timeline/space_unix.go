//go:build linux || darwin

package timeline

import "syscall"

// free is how many bytes may still be written below a folder; false where the
// system does not say.
func free(dir string) (uint64, bool) {
	var st syscall.Statfs_t
	if err := syscall.Statfs(dir, &st); err != nil {
		return 0, false
	}
	return st.Bavail * uint64(st.Bsize), true
}
