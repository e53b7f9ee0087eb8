package parsers

import (
	"fmt"
	"strings"
)

// Lines of logs as tools show them: grep with the file's name, the line's
// number or both, with lines around them behind a dash; less -N, cat -n, nl and
// editors with the number alone.
//
//	logs/app.log:812:2017-11-24 13:45:11,123 ERROR gone
//	logs/app.log-813-java.io.IOException: Broken pipe
//	    812 2017-11-24 13:45:11,123 ERROR gone
//
// Each file is read by its own format.
var _ = addWrapper(Format{
	Name:  "grep",
	Doc:   "Lines of logs behind their file's name or their number (grep -n, grep -H, less -N, cat -n), each file read by its own format.",
	Sniff: grepSniff,
}, wrapper{strip: grepStrip, section: func(s string) string {
	if s == "" {
		return "behind the line numbers"
	}
	return s
}})

// grepStrip takes the name and the number off a line.
func grepStrip(line string, w *wrapped) bool {
	name, sep, rest := grepName(line)
	number, text := grepNumber(rest, sep)
	if name == "" && number == "" {
		return false
	}
	w.stream, w.text = name, text
	return true
}

// grepName reads "logs/app.log:" or, before a line of context, "logs/app.log-":
// a path without blanks that has a folder or an ending. sep is what follows it, 0
// where there is no name.
func grepName(line string) (name string, sep byte, rest string) {
	end := 0
	for end < len(line) && end < 200 && (isWord(line[end]) || strings.IndexByte("./-+@%~#=,", line[end]) >= 0) {
		end++
	}
	for _, ending := range [...]string{".log-", ".out-", ".err-", ".txt-", ".log.1-", "messages-", "syslog-"} {
		i := strings.Index(line[:end], ending)
		if i < 1 {
			continue
		}
		n := i + len(ending)
		if d := len(leadingDigits(line[n:])); d > 0 && d < 8 && n+d < len(line) && line[n+d] == '-' || end == len(line) || line[end] != ':' {
			return line[:n-1], '-', line[n:]
		}
	}
	if end > 2 && end < len(line) && line[end] == ':' && grepIsPath(line[:end]) {
		return line[:end], ':', line[end+1:]
	}
	return "", 0, line
}

// grepIsPath tells names of files from other words before a colon: numbers,
// addresses, hosts, classes and levels.
func grepIsPath(w string) bool {
	if isDigit(w[0]) || w[0] == '-' || w[0] == '@' {
		return false
	}
	if strings.Contains(w, "://") || strings.HasSuffix(w, "/") {
		return false
	}
	base := w[strings.LastIndexByte(w, '/')+1:]
	if len(base) < len(w) {
		return base != "" && strings.IndexByte(base, '=') < 0
	}
	switch base {
	case "messages", "syslog", "secure", "maillog", "cron", "dmesg":
		return true
	}
	for _, ending := range [...]string{".log", ".out", ".err", ".txt", ".trc", ".json", ".stderr", ".stdout"} {
		if i := strings.LastIndex(base, ending); i > 0 && (i+len(ending) == len(base) || base[i+len(ending)] == '.' || base[i+len(ending)] == '-') {
			return true
		}
	}
	return false
}

// grepNumber reads "812:", "812-", "   812 " or "   812\t". Behind a name it has
// the name's mark; a number between blanks is one only at the start of the line.
func grepNumber(s string, sep byte) (number, rest string) {
	n := 0
	for n < len(s) && s[n] == ' ' {
		n++
	}
	number = leadingDigits(s[n:])
	end := n + len(number)
	if number == "" || len(number) > 9 || len(number) > 1 && number[0] == '0' {
		return "", s
	}
	switch {
	case end == len(s):
		return number, ""
	case n == 0 && (s[end] == ':' || s[end] == '-') && (sep == 0 || sep == s[end]):
		if rest = s[end+1:]; sep == '-' && len(number) == 4 && len(rest) > 5 && digits(rest, 2) && rest[2] == '-' && digits(rest[3:], 2) {
			return "", s // that is a date
		}
		return number, rest
	case sep == 0 && (s[end] == ' ' || s[end] == '\t'):
		return number, s[end+1:]
	}
	return "", s
}

// grepSniff wants numbers that grow, or names, before nearly every line, and a
// log behind them.
func grepSniff(head []byte) Score {
	bare := []byte(nil)
	numbered, named, other := 0, 0, 0
	last, first := "", ""
	tight, dashes := 0, 0
	for line := range strings.Lines(wholeLines(head)) {
		if line = cleanLine(strings.TrimRight(line, "\r\n")); line == "" || line == "--" {
			continue
		}
		if numbered+named+other == sampleLines {
			break
		}
		name, sep, rest := grepName(line)
		number, text := grepNumber(rest, sep)
		switch {
		case name != "":
			named, tight = named+1, tight+1
			if first == "" {
				first = name
			}
		case number == "":
			other++
			continue
		case longer(number, last) || last == "":
			numbered++
			if strings.HasPrefix(rest, number+"-") {
				dashes++
			}
			if !strings.HasPrefix(rest, " ") && !strings.HasPrefix(rest, number+" ") {
				tight++
			}
		default:
			return Score{0, "numbers that do not grow"}
		}
		if name == "" {
			last = number
		}
		if name == first || name == "" {
			bare = append(append(bare, text...), '\n')
		}
	}
	n := numbered + named
	if n == 0 || named > 0 && numbered > 0 || other*10 > n || dashes == n {
		return Score{0, "no names or numbers before the lines"}
	}
	best := Score{}
	for _, f := range formats {
		if wrappers[f.Name] || snapshots[f.Name] || f.Name == "mixed" || f.Name == "shell" || f.Name == "lines" {
			continue
		}
		if s := f.sniff(bare); s.Points > best.Points {
			best = Score{s.Points, f.Name}
		}
	}
	if best.Points < leastPoints {
		return Score{0, "what its lines carry is no log"}
	}
	worth := best.Points + 0.05
	if tight == 0 { // a number and a blank may be the log's own
		worth = best.Points - 0.05
	}
	return Score{min(worth, 1) * float64(n) / float64(n+other), fmt.Sprintf("%d lines behind names or numbers; inside is %s", n, best.Why)}
}

// longer tells whether a number is greater than another, both in digits.
func longer(a, b string) bool {
	return len(a) > len(b) || len(a) == len(b) && a > b
}

// What tail, head and more show of several files: the name of each before its
// lines. A file whose name comes again goes on.
//
//	==> /var/log/nginx/error.log <==
//	2017/11/24 13:45:11 [error] 12#12: *7 connect() failed
var _ = addWrapper(Format{
	Name:  "tail",
	Doc:   "Output of tail or head over several files, each file read by its own format.",
	Sniff: tailSniff,
}, wrapper{begin: func() func(string, *wrapped) bool {
	file := ""
	return func(line string, w *wrapped) bool {
		if name, ok := tailBanner(line); ok {
			file = strings.Clone(name)
			w.blank = true
			return true
		}
		w.stream, w.text = file, line
		return true
	}
}, section: func(s string) string {
	if s == "" {
		return "before the first name"
	}
	return s
}})

func tailBanner(line string) (string, bool) {
	name, ok := strings.CutPrefix(line, "==> ")
	if !ok {
		return "", false
	}
	return strings.CutSuffix(name, " <==")
}

// tailSniff wants a name on the first line, or on two further down.
func tailSniff(head []byte) Score {
	names, lines := 0, 0
	for line := range strings.Lines(string(head)) {
		line = strings.TrimRight(line, "\r\n")
		if line == "" {
			continue
		}
		lines++
		if _, ok := tailBanner(line); ok {
			if names++; lines == 1 {
				names++
			}
		}
	}
	if names < 2 {
		return Score{0, "no names of files"}
	}
	return Score{0.95, fmt.Sprintf("names of files before their lines, the first of %d lines", lines)}
}
