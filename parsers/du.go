package parsers

import (
	"strconv"
	"strings"

	"forensic/event"
)

// What du prints: a size, a tab, a path.
//
//	4.6M	/opt/LicServer/log
var _ = addSnapshot(Format{
	Name:  "du",
	Doc:   "du: what directories take.",
	Files: []string{"du", "du_*", "du.txt"},
	Kinds: []event.Kind{directorySize},
	Sniff: func(head []byte) Score {
		rows := 0
		sc := snapshotScore(head, func(line string) bool {
			if _, _, ok := duLine(line); ok {
				rows++
				return true
			}
			return strings.HasPrefix(line, "du: ")
		})
		if rows == 0 {
			return Score{0, "no path with a size"}
		}
		return sc
	},
	Parse: snapshotOf(func(s *snapshot) {
		for i := range s.n() {
			line := s.line(i)
			size, path, ok := duLine(line)
			switch {
			case ok:
				e := s.begin(directorySize.Name, i, i)
				e.Set("path", path)
				e.Set("size", size)
				if n, ok := sizeBytes(size, 1); ok && !isNumber(size) {
					e.Set("bytes", strconv.FormatInt(n, 10))
				}
				s.send()
			case strings.HasPrefix(line, "du: "):
				s.claim(i)
				s.odd(i, "du could not read all it was asked")
			}
		}
	}),
})

var directorySize = event.Kind{
	Name: "disk.directory", Doc: "What a directory or file takes on disk; bytes where the unit was printed.",
	Attrs: []string{"path", "size", "bytes"},
}

// duLine reads a size and a path. Where a paste turned the tab into blanks the
// path must look like one.
func duLine(line string) (size, path string, ok bool) {
	i := strings.IndexAny(line, "\t ")
	if i <= 0 {
		return "", "", false
	}
	size, path = line[:i], strings.TrimLeft(line[i:], " \t")
	if _, good := sizeBytes(size, 1); !good || path == "" {
		return "", "", false
	}
	return size, path, line[i] == '\t' && !strings.Contains(path, "\t") && !isNumber(path) || path[0] == '/' || strings.HasPrefix(path, "./") || path == "." || path == "total" || path == "总用量"
}
