package rules

import "strings"

// loosen rewrites a pattern for the backtracking engine as one that the
// standard parser reads and that matches wherever the original does, and maybe
// elsewhere: good for finding literals, not for matching. It gives up on what
// it does not know.
//
// A look-ahead (?=X) becomes X.* and a look-behind (?<=X) becomes .*X, so that
// what stands beside them stays beside them; negative ones vanish; a
// back-reference becomes .*, a class any one character.
func loosen(source string) (string, bool) {
	l := loosener{src: source}
	ok := l.run()
	return l.out.String(), ok
}

const anything = "(?s:.*)"

type loosener struct {
	src    string
	at     int
	out    strings.Builder
	closes []string // what ends each open group
}

func (l *loosener) run() bool {
	for l.at < len(l.src) {
		ok := true
		switch c := l.src[l.at]; c {
		case '\\':
			ok = l.escape()
		case '[':
			if ok = l.class(); ok {
				l.out.WriteString("(?s:.)")
			}
		case '(':
			ok = l.open()
		case ')':
			if ok = len(l.closes) > 0; ok {
				l.out.WriteString(l.closes[len(l.closes)-1])
				l.closes = l.closes[:len(l.closes)-1]
				l.at++
			}
		default:
			l.out.WriteByte(c)
			l.at++
		}
		if !ok {
			return false
		}
	}
	return len(l.closes) == 0
}

// escape copies an escape that means the same to both engines.
func (l *loosener) escape() bool {
	if l.at+1 >= len(l.src) {
		return false
	}
	c := l.src[l.at+1]
	switch {
	case '1' <= c && c <= '9':
		l.at += 2
		for l.at < len(l.src) && '0' <= l.src[l.at] && l.src[l.at] <= '9' {
			l.at++
		}
		l.out.WriteString(anything)
		return true
	case c == 'k':
		end := strings.IndexAny(l.src[min(l.at+3, len(l.src)):], ">'}")
		if end < 0 {
			return false
		}
		l.at += 3 + end + 1
		l.out.WriteString(anything)
		return true
	case c == 'Z' || c == 'G':
		l.out.WriteString("(?:)")
	case strings.IndexByte("dDwWsSbBAznrtfva.", c) >= 0, c < 0x80 && !isLetterOrDigit(c):
		l.out.WriteString(l.src[l.at : l.at+2])
	default:
		return false
	}
	l.at += 2
	return true
}

func isLetterOrDigit(c byte) bool {
	return '0' <= c && c <= '9' || 'a' <= c|0x20 && c|0x20 <= 'z'
}

// class goes behind a character class; one that holds another bracket is not
// understood.
func (l *loosener) class() bool {
	i := l.at + 1
	if i < len(l.src) && l.src[i] == '^' {
		i++
	}
	if i < len(l.src) && l.src[i] == ']' {
		i++
	}
	for ; i < len(l.src); i++ {
		switch l.src[i] {
		case '\\':
			i++
		case '[':
			return false
		case ']':
			l.at = i + 1
			return true
		}
	}
	return false
}

// open begins a group.
func (l *loosener) open() bool {
	rest := l.src[l.at:]
	starts := func(p string) bool { return strings.HasPrefix(rest, p) }
	begin := func(skip int, write, closing string) bool {
		l.at += skip
		l.out.WriteString(write)
		l.closes = append(l.closes, closing)
		return true
	}
	switch {
	case !starts("(?"):
		return begin(1, "(?:", ")")
	case starts("(?:"), starts("(?>"):
		return begin(3, "(?:", ")")
	case starts("(?="):
		return begin(3, "(?:(?:", ")"+anything+")")
	case starts("(?<="):
		return begin(4, "(?:"+anything+"(?:", "))")
	case starts("(?!"), starts("(?<!"):
		l.out.WriteString("(?:)")
		return l.skip()
	case starts("(?P<"), starts("(?<"), starts("(?'"):
		end := strings.IndexAny(rest[3:], ">'")
		if starts("(?P<") {
			end = strings.IndexByte(rest[3:], '>')
		}
		return end >= 0 && begin(3+end+1, "(?:", ")")
	}
	return l.flags(rest)
}

// flags copies "(?i)" and "(?i:".
func (l *loosener) flags(rest string) bool {
	end := strings.IndexAny(rest[2:], ":)")
	if end < 0 || strings.Trim(rest[2:2+end], "ims-") != "" {
		return false
	}
	end += 3
	l.out.WriteString(rest[:end])
	if rest[end-1] == ':' {
		l.closes = append(l.closes, ")")
	}
	l.at += end
	return true
}

// skip goes behind the group that begins here.
func (l *loosener) skip() bool {
	depth := 0
	for l.at < len(l.src) {
		switch l.src[l.at] {
		case '\\':
			l.at++
		case '[':
			if !l.class() {
				return false
			}
			continue
		case '(':
			depth++
		case ')':
			depth--
		}
		l.at++
		if depth == 0 {
			return true
		}
	}
	return false
}
