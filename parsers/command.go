package parsers

import (
	"io"
	"path"
	"strings"
)

// A section is the text of one command inside a transcript. As the Reader of an
// Input it carries what was run, which some outputs do not say themselves.
type section struct {
	io.Reader
	command string
	claimed []bool // filled in when a snapshot has been read: which of its lines
}

// commandOf is what printed a text: the command a prompt shows, the file it was
// copied from ("/etc/hosts"), or "" where nothing tells.
func commandOf(in *Input) string {
	if s, ok := in.Reader.(*section); ok {
		return s.command
	}
	p := in.Path
	if i := strings.LastIndex(p, "!/"); i >= 0 {
		p = p[i+2:]
	}
	for _, root := range [...]string{"proc/", "etc/", "sys/"} {
		if strings.HasPrefix(p, root) {
			return "/" + p
		}
		if i := strings.Index(p, "/"+root); i >= 0 {
			return p[i:]
		}
	}
	return fileCommand(path.Base(p))
}

// fileCommand gives back the command a file is named for, as the common
// collectors write it: "netstat_-W_-neopa", "ss_-s.txt", "sysctl_-a".
func fileCommand(base string) string {
	base = strings.TrimSuffix(strings.TrimSuffix(strings.TrimSuffix(base, ".txt"), ".log"), ".out")
	return strings.ReplaceAll(base, "_", " ")
}
