package parsers

import (
	"maps"
	"slices"
	"strings"

	"forensic/event"
)

// What a learnToken says about itself.
const (
	learnWord     = iota // a header field only if one that is certain follows
	learnField           // certain
	learnColumnar        // certain, of a meaning that its values decide
)

// A learnToken is one field of a line's head, and how a layout writes it.
type learnToken struct {
	pat   string
	n     int
	class int
	named bool // it is the logger
	value string
}

// learnAgree looks for a learnToken that nearly all rests begin with, and returns what
// stands behind it in those that do.
func learnAgree(rests []string, named bool) (best learnToken, next []string, values []string) {
	count := map[string]int{}
	tokens := make([]learnToken, len(rests))
	for i, r := range rests {
		tokens[i] = learnTokenAt(r)
		count[learnFamily(tokens[i])]++
	}
	var top string
	for _, f := range slices.Sorted(maps.Keys(count)) {
		if top == "" || count[f] > count[top] {
			top = f
		}
	}
	n := len(rests)
	if top == "" || count[top]*10 < n*9 && (n >= 10 || count[top] < n-1 || count[top] < 3) {
		return learnToken{}, nil, nil
	}
	pats := map[string]int{}
	for i, t := range tokens {
		if learnFamily(t) == top {
			pats[t.pat]++
			next = append(next, rests[i][t.n:])
			values = append(values, t.value)
			best = t
		}
	}
	best.pat, best.class, best.named = learnGeneral(best, pats, len(next))
	if best.named && named || best.pat == "" {
		return learnToken{}, nil, nil
	}
	if len(next) < 3 && best.named && !learnDotted(values) {
		return learnToken{}, nil, nil // two lines that begin with a word and a colon are no layout
	}
	return best, next, values
}

// learnFamily is what tokens of one column have in common.
func learnFamily(t learnToken) string {
	if t.pat == "" {
		return ""
	}
	switch t.pat[0] {
	case '[', '(', '<', '{':
		return t.pat[:1]
	}
	if t.pat == "%P" || t.pat == "%w" {
		return "%w"
	}
	return t.pat
}

// learnGeneral is the pattern of a column whose lines have these.
func learnGeneral(t learnToken, pats map[string]int, n int) (pat string, class int, named bool) {
	for p, k := range pats {
		if k*10 >= n*9 {
			c := t.class
			if p == "%P" || p == "%w" {
				c = learnWord
			} else if strings.Contains(p, "%x") {
				c = learnColumnar
			} else {
				c = learnField
			}
			return p, c, strings.Contains(p, "%c")
		}
	}
	if f := learnFamily(t); f != "%w" {
		open := strings.IndexByte("[(<{", f[0])
		return f + "%x" + "])>}"[open:open+1], learnColumnar, false
	}
	return "%w", learnWord, false
}

// learnTokenAt reads one header field at the start of s.
func learnTokenAt(s string) learnToken {
	if s == "" {
		return learnToken{}
	}
	switch c := s[0]; {
	case c == '[' || c == '(' || c == '<' || c == '{':
		return learnBracket(s)
	case strings.IndexByte("-|:,;*#=>~])}", c) >= 0:
		n := 1
		for n < len(s) && s[n] == c && n < 3 {
			n++
		}
		if n < len(s) && s[n] != ' ' && s[n] != '\t' && c != '|' && c != ':' && c != ',' && c != ';' && c != ']' && c != ')' && c != '}' {
			return learnToken{}
		}
		return learnToken{pat: s[:n], n: n, class: learnField}
	case c == '_' || c == '$' || c == '/' || c >= 0x80 || c|0x20 >= 'a' && c|0x20 <= 'z':
		return learnWordAt(s)
	case isDigit(c):
		n := strings.IndexAny(s, " \t|,:]")
		if n < 0 {
			return learnToken{}
		}
		if leadingDigits(s[:n]) != s[:n] {
			if strings.ContainsAny(s[:n], "./-") || n > 18 {
				return learnToken{}
			}
			return learnToken{pat: "%w", n: n}
		}
		if s[n] == '|' {
			return learnToken{pat: "%P|", n: n + 1, class: learnField}
		}
		return learnToken{pat: "%P", n: n}
	}
	return learnToken{}
}

func learnBracket(s string) learnToken {
	open, shut := s[0], "])>}"[strings.IndexByte("[(<{", s[0])]
	depth, end := 0, -1
	for i := 0; i < len(s) && i < 120; i++ {
		switch s[i] {
		case open:
			depth++
		case shut:
			if depth--; depth == 0 {
				end = i
			}
		}
		if end > 0 {
			break
		}
	}
	if end < 0 {
		return learnToken{}
	}
	inside := strings.Trim(s[1:end], " ")
	t := learnToken{n: end + 1, class: learnField, value: inside}
	l := levelWord(inside)
	if local, n := levelAt(inside); n == len(inside) {
		l = local
	}
	switch {
	case inside == "":
		t.pat = s[:1] + "%i" + string(shut)
	case l != event.NoLevel:
		t.pat = s[:1] + "%p" + string(shut)
	case len(inside) == 1 && inside[0] >= 'A' && inside[0] <= 'Z' && levelLetter(inside[0]) != event.NoLevel:
		t.pat = s[:1] + "%l" + string(shut)
	case leadingDigits(inside) == inside && inside == s[1:end]:
		t.pat = s[:1] + "%P" + string(shut)
	default:
		t.pat, t.class = s[:1]+"%x"+string(shut), learnColumnar
	}
	return t
}

func learnWordAt(s string) learnToken {
	if v, ok := strings.CutPrefix(s, "level="); ok { // named among fields that are not
		if _, n := levelAt(v); n > 0 && (n == len(v) || strings.IndexByte(" \t,;|]", v[n]) >= 0) {
			return learnToken{pat: "level=%p", n: len("level=") + n, class: learnField}
		}
	}
	if _, n := levelAt(s); n > 0 && (n == len(s) || strings.IndexByte(" \t:,;|]-/)", s[n]) >= 0 || strings.HasPrefix(s[n:], "：")) {
		return learnToken{pat: "%p", n: n, class: learnField}
	}
	n := strings.IndexAny(s, " \t")
	if n < 0 {
		n = len(s)
	}
	w := s[:n]
	if bar := strings.IndexByte(w, '|'); bar > 0 {
		return learnToken{pat: "%x|", n: bar + 1, class: learnColumnar, value: w[:bar]}
	}
	if semi := strings.IndexByte(w, ';'); semi > 0 && isName(w[:semi], true) {
		return learnToken{pat: "%x;", n: semi + 1, class: learnColumnar, value: w[:semi]}
	}
	if comma := strings.IndexByte(w, ','); comma > 0 && comma+1 < len(w) && isName(w[:comma], true) {
		return learnToken{pat: "%x,", n: comma + 1, class: learnColumnar, value: w[:comma]}
	}
	if name, ok := strings.CutSuffix(w, ":"); ok && n < len(s) {
		if tag, pid, ok := strings.Cut(name, "["); ok && strings.HasSuffix(pid, "]") && isName(tag, true) && leadingDigits(pid) == pid[:len(pid)-1] {
			return learnToken{pat: "%c:", n: n, class: learnField, named: true, value: tag}
		}
		if isName(name, true) && !strings.ContainsAny(name, "([{") {
			return learnToken{pat: "%c:", n: n, class: learnField, named: true, value: name}
		}
		return learnToken{}
	}
	rest := strings.TrimLeft(s[n:], " \t")
	if isName(w, true) && (strings.HasPrefix(rest, "- ") || strings.HasPrefix(rest, "| ") || strings.HasPrefix(rest, ": ")) || javaName(s) == n && n > 0 {
		return learnToken{pat: "%c", n: n, class: learnField, named: true, value: w}
	}
	return learnToken{pat: "%w", n: n}
}
