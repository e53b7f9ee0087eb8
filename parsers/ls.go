package parsers

import (
	"strconv"
	"strings"

	"forensic/event"
)

// What ls -l prints: with sizes in any unit, dates in any language, and modes
// that a web page has shortened. The year of a date is as written, or not.
//
//	-rw-------. 1 root root  53K Jan  4 18:53 licmcore.log
var _ = addSnapshot(Format{
	Name:  "ls",
	Doc:   "ls -l: files with their sizes and times.",
	Files: []string{"ls_*", "ls-*", "ls.txt"},
	Kinds: []event.Kind{fileListed, event.HostClock},
	Sniff: func(head []byte) Score {
		rows := 0
		sc := snapshotScore(head, func(line string) bool {
			var e event.Event
			if lsRow(line, &e) {
				rows++
				return true
			}
			return lsTotal(line) || lsDir(line) != "" || strings.HasPrefix(line, "ls: ")
		})
		if rows == 0 {
			return Score{0, "no file is listed"}
		}
		return sc
	},
	Parse: snapshotOf(lsRead),
})

var fileListed = event.Kind{
	Name: "file.listed", Doc: "A file in a listing; bytes is its size as a number, rounded as the listing rounded it.",
	Attrs: []string{"name", "dir", "mode", "links", "owner", "group", "size", "bytes", "modified", "target", "inode"},
}

func lsRead(s *snapshot) {
	dir := lsAsked(commandOf(s.in))
	for i := range s.n() {
		line := s.line(i)
		switch {
		case lsRow(line, s.trial()):
			e := s.begin(fileListed.Name, i, i)
			lsRow(line, e)
			e.Set("dir", dir)
			name, target := e.Attrs.Get("name"), e.Attrs.Get("target")
			s.send()
			if name == "/etc/localtime" || name == "localtime" && strings.TrimSuffix(dir, "/") == "/etc" {
				if _, zone, ok := strings.Cut(target, "zoneinfo/"); ok && zoneKnown(zone) {
					zoneSend(s, i, zone, "localtime")
				}
			}
		case lsDir(line) != "":
			dir = lsDir(line)
			s.claim(i)
		case lsTotal(line):
			s.claim(i)
		case strings.HasPrefix(line, "ls: "):
			s.claim(i)
			s.odd(i, "ls could not list all it was asked")
		}
	}
}

// lsAsked is the one directory that the command names.
func lsAsked(command string) string {
	parts := shellParts(command)
	if len(parts) == 0 || parts[0].program != "ls" && parts[0].program != "ll" {
		return ""
	}
	if args, _ := shellArgs(parts[0].words); len(args) == 1 && strings.HasSuffix(args[0], "/") {
		return args[0]
	}
	return ""
}

// lsTotal recognises "total 92K" in some languages.
func lsTotal(line string) bool {
	word, size, ok := strings.Cut(line, " ")
	switch word {
	case "total", "总用量", "总计", "insgesamt", "合計", "총계", "итого", "всего", "totale", "totaal", "總計":
		_, good := sizeBytes(strings.TrimSpace(size), 1)
		return ok && good
	}
	return false
}

// lsDir is the directory whose listing begins: "/var/log:".
func lsDir(line string) string {
	if d, ok := strings.CutSuffix(line, ":"); ok && d != "" && (d[0] == '/' || d[0] == '.') && len(d) < 4096 {
		return d
	}
	return ""
}

// lsRow reads a file's row: [inode] [blocks] mode links owner group size date
// name. A device has two numbers for a size.
func lsRow(line string, e *event.Event) bool {
	var w words
	w.split(line)
	m := 0
	for m < 2 && m < w.n && !lsMode(w.at(m)) {
		if _, ok := sizeBytes(w.at(m), 1); !ok {
			return false
		}
		m++
	}
	if m+6 >= w.n || !lsMode(w.at(m)) || !isNumber(w.at(m+1)) {
		return false
	}
	size := m + 4
	if _, ok := sizeBytes(w.at(size), 1); !ok && !strings.HasSuffix(w.at(size), ",") {
		if _, ok := sizeBytes(w.at(m+3), 1); !ok { // -o or -g leaves out a name
			if _, ok = sizeBytes(w.at(m+5), 1); !ok { // -Z puts a context in
				return false
			}
			size = m + 5
		} else {
			size = m + 3
		}
	}
	date := size + 1
	if strings.HasSuffix(w.at(size), ",") {
		date++
	}
	name := lsDate(&w, date)
	if name == 0 || name >= w.n {
		return false
	}
	if m > 0 && isNumber(w.at(0)) {
		e.Set("inode", w.at(0))
	}
	e.Set("mode", w.at(m))
	e.Set("links", w.at(m+1))
	e.Set("owner", w.at(m+2))
	if size > m+3 {
		e.Set("group", w.at(m+3))
	}
	e.Set("size", w.between(size, date))
	if n, ok := sizeBytes(w.at(size), 1); ok && date == size+1 {
		e.Set("bytes", strconv.FormatInt(n, 10))
	}
	e.Set("modified", w.between(date, name))
	file, target, _ := strings.Cut(w.rest(name), " -> ")
	e.Set("name", file)
	e.Set("target", target)
	return true
}

// lsMode recognises a mode, of ten characters and perhaps one more; eight and
// nine are met where a web page took dashes for a line.
func lsMode(s string) bool {
	if len(s) < 8 || len(s) > 11 || strings.IndexByte("-dlcbpsDCM?", s[0]) < 0 {
		return false
	}
	for i := 1; i < len(s); i++ {
		if strings.IndexByte("-rwxsStTl", s[i]) < 0 && (i < 8 || strings.IndexByte(".+@", s[i]) < 0) {
			return false
		}
	}
	return true
}

// lsDate finds where the name behind the date that begins at field i is: 0
// where there is no date.
func lsDate(w *words, i int) int {
	a, b, c := w.at(i), w.at(i+1), w.at(i+2)
	if len(a) == 10 && a[4] == '-' && a[7] == '-' { // 2026-11-20 10:13:14.953847936 +0000
		if len(b) < 5 || b[2] != ':' {
			return 0
		}
		if len(c) == 5 && (c[0] == '+' || c[0] == '-') && isNumber(c[1:]) {
			return i + 3
		}
		return i + 2
	}
	if len(a) == 5 && a[2] == '-' && isNumber(a[:2]) && strings.Contains(b, ":") { // 01-04 18:53
		return i + 2
	}
	month, day, rest := a, b, c
	if isNumber(strings.TrimRight(a, ".日")) && !isNumber(strings.TrimRight(b, ".日")) { // 4. Jan 18:53
		month, day = b, a
	}
	if !lsMonth(month) || !isNumber(strings.TrimRight(day, ".日")) {
		return 0
	}
	if len(rest) == 4 && isNumber(rest) || len(rest) >= 4 && strings.Contains(rest, ":") {
		if y := w.at(i + 3); strings.Count(rest, ":") == 2 && len(y) == 4 && isNumber(y) { // BSD's ls -T
			return i + 4
		}
		return i + 3
	}
	return 0
}

// lsMonth tells a month by its name in any language, which is short and no
// number, or "11月".
func lsMonth(s string) bool {
	if month3(s) > 0 && len(s) == 3 {
		return true
	}
	_, n := localMonth(s)
	return n > 0 && n == len(s)
}
