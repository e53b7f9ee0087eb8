package forensic

import (
	"crypto/sha256"
	"encoding/hex"
	"errors"
	"os"
	"path/filepath"
	"strconv"
	"strings"
	"sync"
	"syscall"
)

// RunName names this run in temporary files and folders: the machine, the
// process, and when that began. No other run has it, and RunIsOver can tell when
// nobody needs what carries it.
func RunName() string { return ourName() }

var ourName = sync.OnceValue(func() string {
	pid := os.Getpid()
	return machine() + "-" + strconv.Itoa(pid) + "-" + began(pid)
})

// RunIsOver tells that the run of that name was one of this machine and is no
// more. Of names of other machines, or of containers with processes of their
// own, which may share a folder with us, nothing is known.
func RunIsOver(name string) bool {
	parts := strings.Split(name, "-")
	if len(parts) != 3 || parts[0] != machine() {
		return false
	}
	pid, err := strconv.Atoi(parts[1])
	if err != nil || pid <= 0 {
		return false
	}
	p, err := os.FindProcess(pid)
	if err != nil {
		return true
	}
	if err := p.Signal(syscall.Signal(0)); err != nil && !errors.Is(err, os.ErrPermission) {
		return true
	}
	now := began(pid)
	return now != parts[2] && now != "0" && parts[2] != "0"
}

// machine tells apart those who may share a folder: a host by its name, and the
// processes that see each other by what the system calls their space.
var machine = sync.OnceValue(func() string {
	host, err := os.Hostname()
	if err != nil {
		host = "?"
	}
	space, err := os.Readlink("/proc/self/ns/pid")
	if err != nil {
		space = "?"
	}
	sum := sha256.Sum256([]byte(host + "\n" + space))
	return hex.EncodeToString(sum[:4])
})

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

// tempPrefix begins the names of our folders for temporary files.
const tempPrefix = "forensic-"

// temporary makes a private folder for the temporary files of this run, below
// parent ("": the system's), and takes away those that dead runs left. Where
// none can be made, parent itself is returned: who has something to write there
// learns why not.
func temporary(parent string) (dir string, remove func()) {
	if parent == "" {
		parent = os.TempDir()
	}
	sweep(parent)
	dir, err := os.MkdirTemp(parent, tempPrefix+RunName()+"-")
	if err != nil {
		return parent, func() {}
	}
	return dir, func() { os.RemoveAll(dir) } // best effort: the next run tries again
}

// sweep removes the folders of dead runs. Our files lose their names as soon as
// they are open, so what a killed run leaves are empty folders, one inside the
// other; nothing else is removed, whatever its name.
func sweep(parent string) {
	found, _ := filepath.Glob(filepath.Join(globQuote(parent), tempPrefix+"*"))
	for _, path := range found {
		name, _, _ := cutLast(strings.TrimPrefix(filepath.Base(path), tempPrefix), "-")
		if !RunIsOver(name) {
			continue
		}
		inside, _ := filepath.Glob(filepath.Join(globQuote(path), tempPrefix+"*"))
		for _, p := range append(inside, path) {
			os.Remove(p) // a folder with something in it stays
		}
	}
}

func cutLast(s, sep string) (before, after string, ok bool) {
	if i := strings.LastIndex(s, sep); i >= 0 {
		return s[:i], s[i+len(sep):], true
	}
	return s, "", false
}

// globQuote makes a folder's name stand for itself in a pattern.
func globQuote(dir string) string {
	return strings.NewReplacer(`\`, `\\`, `*`, `\*`, `?`, `\?`, `[`, `\[`).Replace(dir)
}
