package parsers

import "strings"

// Words are the fields of a line, parted by blanks.
type words struct {
	line string
	n    int
	from [maxWords]int
	to   [maxWords]int
}

const maxWords = 40

// split finds the fields of a line; what is behind the last one that is counted
// belongs to it.
func (w *words) split(line string) {
	w.line, w.n = line, 0
	for i := 0; i < len(line) && w.n < maxWords; {
		if line[i] == ' ' || line[i] == '\t' {
			i++
			continue
		}
		w.from[w.n] = i
		for i < len(line) && line[i] != ' ' && line[i] != '\t' {
			i++
		}
		w.to[w.n] = i
		w.n++
	}
}

// at is field i, or "" where there are fewer.
func (w *words) at(i int) string {
	if i < 0 || i >= w.n {
		return ""
	}
	return w.line[w.from[i]:w.to[i]]
}

// rest is everything from field i on.
func (w *words) rest(i int) string {
	if i < 0 || i >= w.n {
		return ""
	}
	return strings.TrimRight(w.line[w.from[i]:], " \t")
}

// between is everything from field i up to field j.
func (w *words) between(i, j int) string {
	if i < 0 || i >= w.n || j <= i {
		return ""
	}
	return w.line[w.from[i]:w.to[min(j, w.n)-1]]
}

// isNumber tells whether s is nothing but digits.
func isNumber(s string) bool {
	return s != "" && len(s) < 20 && strings.Trim(s, "0123456789") == ""
}
