package rules

import (
	"regexp/syntax"
)

// foldASCII makes (?i) mean the two cases of an ASCII letter, where the standard
// library also lets the Kelvin sign stand for a k and the long s for an s. No
// log means those, and with them nothing could be said of a text's bytes: the
// filter could look for no literal that holds a k or an s. It tells whether
// anything was changed.
func foldASCII(re *syntax.Regexp) bool {
	changed := false
	for _, sub := range re.Sub {
		changed = foldASCII(sub) || changed
	}
	if re.Op != syntax.OpLiteral || re.Flags&syntax.FoldCase == 0 {
		return changed
	}
	var parts []*syntax.Regexp
	from := 0
	runs := func(to int) {
		if to > from {
			parts = append(parts, &syntax.Regexp{Op: syntax.OpLiteral, Flags: re.Flags, Rune: re.Rune[from:to]})
		}
	}
	for i, r := range re.Rune {
		if r != 'k' && r != 'K' && r != 's' && r != 'S' {
			continue
		}
		runs(i)
		upper, lower := r&^0x20, r|0x20
		parts = append(parts, &syntax.Regexp{Op: syntax.OpCharClass, Flags: re.Flags &^ syntax.FoldCase, Rune: []rune{upper, upper, lower, lower}})
		from = i + 1
	}
	if parts == nil {
		return changed
	}
	runs(len(re.Rune))
	if len(parts) == 1 {
		*re = *parts[0]
		return true
	}
	*re = syntax.Regexp{Op: syntax.OpConcat, Flags: re.Flags &^ syntax.FoldCase, Sub: parts}
	return true
}
