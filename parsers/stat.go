package parsers

import (
	"strings"

	"forensic/event"
)

// What stat prints of files: GNU's lines, or the one line of the BSDs and
// macOS.
//
//	File: /var/log/licmcore.log
//	Size: 54272     	Blocks: 112        IO Block: 4096   regular file
var _ = addSnapshot(Format{
	Name:  "stat",
	Doc:   "stat: files with their sizes, owners and times.",
	Files: []string{"stat_*", "stat.txt"},
	Kinds: []event.Kind{fileStat},
	Sniff: func(head []byte) Score {
		return snapshotScore(head, func(line string) bool { return statLine(line) || statBSD(line, &event.Event{}) })
	},
	Parse: snapshotOf(statRead),
})

var fileStat = event.Kind{
	Name: "file.stat", Doc: "A file as stat describes it.",
	Attrs: []string{
		"file", "target", "size", "blocks", "io_block", "type", "device", "inode", "links", "mode", "flags", "uid", "user", "gid", "group",
		"accessed", "modified", "changed", "born", "access_time", "modify_time", "change_time", "birth_time", "unix_device",
	},
}

// statLine recognises one of the lines of GNU's description.
func statLine(line string) bool {
	t := strings.TrimLeft(line, " ")
	for _, p := range [...]string{"File: ", "Size: ", "Device: ", "Access: ", "Modify: ", "Change: ", "Birth: ", "Context: ", "Birth:"} {
		if strings.HasPrefix(t, p) {
			return true
		}
	}
	return false
}

func statRead(s *snapshot) {
	for i := 0; i < s.n(); i++ {
		line := s.line(i)
		if statBSD(line, s.trial()) {
			statBSD(line, s.begin(fileStat.Name, i, i))
			s.send()
			continue
		}
		file, ok := strings.CutPrefix(strings.TrimLeft(line, " "), "File: ")
		if !ok {
			continue
		}
		last := i
		for last+1 < s.n() && statLine(s.line(last+1)) && !strings.HasPrefix(strings.TrimLeft(s.line(last+1), " "), "File: ") {
			last++
		}
		e := s.begin(fileStat.Name, i, last)
		file, target, _ := strings.Cut(file, " -> ")
		e.Set("file", strings.Trim(file, "'‘’\"`"))
		e.Set("target", strings.Trim(target, "'‘’\"`"))
		for k := i + 1; k <= last; k++ {
			statFields(s.line(k), e)
		}
		s.send()
		i = last
	}
}

// statFields takes what one line says.
func statFields(line string, e *event.Event) {
	t := strings.TrimLeft(line, " ")
	f := strings.Fields(t)
	value := func(name string) string {
		for i := 0; i+1 < len(f); i++ {
			if f[i] == name {
				return f[i+1]
			}
		}
		return ""
	}
	switch {
	case strings.HasPrefix(t, "Size: "):
		e.Set("size", value("Size:"))
		e.Set("blocks", value("Blocks:"))
		e.Set("io_block", value("Block:"))
		if _, rest, ok := strings.Cut(t, "IO Block: "); ok {
			_, kind, _ := strings.Cut(strings.TrimLeft(rest, " "), " ")
			e.Set("type", strings.TrimSpace(kind))
		}
	case strings.HasPrefix(t, "Device: "):
		e.Set("device", value("Device:"))
		e.Set("inode", value("Inode:"))
		e.Set("links", value("Links:"))
	case strings.HasPrefix(t, "Access: ("):
		mode, rest, _ := strings.Cut(t[len("Access: ("):], ")")
		bits, flags, _ := strings.Cut(mode, "/")
		e.Set("mode", bits)
		e.Set("flags", flags)
		statOwner(rest, "Uid: (", "uid", "user", e)
		statOwner(rest, "Gid: (", "gid", "group", e)
	case strings.HasPrefix(t, "Access: "):
		e.Set("accessed", strings.TrimSpace(t[8:]))
	case strings.HasPrefix(t, "Modify: "):
		e.Set("modified", strings.TrimSpace(t[8:]))
	case strings.HasPrefix(t, "Change: "):
		e.Set("changed", strings.TrimSpace(t[8:]))
	case strings.HasPrefix(t, "Birth: "):
		if b := strings.TrimSpace(t[7:]); b != "-" {
			e.Set("born", b)
		}
	}
}

// statOwner reads "Uid: (    0/    root)".
func statOwner(s, mark, id, name string, e *event.Event) {
	_, rest, ok := strings.Cut(s, mark)
	if !ok {
		return
	}
	inside, _, _ := strings.Cut(rest, ")")
	n, word, _ := strings.Cut(inside, "/")
	e.Set(id, strings.TrimSpace(n))
	e.Set(name, strings.TrimSpace(word))
}

// statBSD reads device inode mode links user group rdev size "atime" "mtime"
// "ctime" "btime" blksize blocks flags file.
func statBSD(line string, e *event.Event) bool {
	q := strings.Split(line, `"`)
	if len(q) < 7 {
		return false
	}
	front := strings.Fields(q[0])
	if len(front) != 8 || !isNumber(front[0]) || !isNumber(front[1]) || !lsMode(front[2]) {
		return false
	}
	for k, name := range [...]string{"unix_device", "inode", "flags", "links", "user", "group", "", "size"} {
		if name != "" {
			e.Set(name, front[k])
		}
	}
	for k, name := range [...]string{1: "access_time", 3: "modify_time", 5: "change_time", 7: "birth_time"} {
		if name != "" && k < len(q)-1 {
			e.Set(name, q[k])
		}
	}
	var w words
	w.split(q[len(q)-1])
	e.Set("io_block", w.at(0))
	e.Set("blocks", w.at(1))
	e.Set("file", w.rest(3))
	return w.n >= 4
}
