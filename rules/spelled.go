package rules

import (
	"regexp/syntax"
	"slices"
	"strings"
	"unicode/utf8"

	"forensic/event"
)

// wordsOf returns the texts that a pattern stands for where it is nothing but
// those, in the order in which the engine prefers them, and the name of the
// group around them: many rules look for one of a few wordings, and comparing
// texts takes a tenth of the time an engine takes.
func wordsOf(re *syntax.Regexp) (words []string, named string) {
	if re.Op == syntax.OpCapture && re.Name != "" {
		re, named = re.Sub[0], re.Name
	}
	words = spelled(re)
	if len(words) > maxWords {
		return nil, ""
	}
	for _, w := range words {
		if w == "" {
			return nil, ""
		}
	}
	return words, named
}

const maxWords = 8

// spelled returns all texts that re matches, nil where it is more than texts:
// captures, repetition, folded letters, assertions.
func spelled(re *syntax.Regexp) []string {
	switch re.Op {
	case syntax.OpLiteral:
		if re.Flags&syntax.FoldCase == 0 && !slices.Contains(re.Rune, utf8.RuneError) {
			return []string{string(re.Rune)}
		}
	case syntax.OpCharClass:
		var out []string
		for i := 0; i+1 < len(re.Rune); i += 2 {
			for r := re.Rune[i]; r <= re.Rune[i+1]; r++ {
				if len(out) == maxWords || r == utf8.RuneError { // that also matches a byte that is no UTF-8
					return nil
				}
				out = append(out, string(r))
			}
		}
		return out
	case syntax.OpEmptyMatch:
		return []string{""}
	case syntax.OpQuest:
		some := spelled(re.Sub[0])
		switch {
		case some == nil:
			return nil
		case re.Flags&syntax.NonGreedy != 0:
			return append([]string{""}, some...)
		}
		return append(some, "")
	case syntax.OpConcat:
		out := []string{""}
		for _, sub := range re.Sub {
			next := spelled(sub)
			if next == nil || len(out)*len(next) > maxWords {
				return nil
			}
			var longer []string
			for _, a := range out {
				for _, b := range next {
					longer = append(longer, a+b)
				}
			}
			out = longer
		}
		return out
	case syntax.OpAlternate:
		var out []string
		for _, sub := range re.Sub {
			next := spelled(sub)
			if next == nil || len(out)+len(next) > maxWords {
				return nil
			}
			out = append(out, next...)
		}
		return out
	}
	return nil
}

// matchWords finds the leftmost of the words, and of those that begin there the
// one that the pattern prefers.
func (p *Pattern) matchWords(text string, to event.Attrs) (event.Attrs, Outcome) {
	at, found := -1, ""
	within := text
	for _, w := range p.words {
		if i := strings.Index(within, w); i >= 0 && (at < 0 || i < at) {
			at, found = i, w
			// Only what begins earlier can still be better.
			within = text[:min(len(text), at+maxWordLength(p.words)-1)]
		}
	}
	if at < 0 {
		return to, Missed
	}
	if p.named != "" {
		to = append(to, event.Attr{Name: p.named, Value: text[at : at+len(found)]})
	}
	return to, Matched
}

func maxWordLength(words []string) int {
	n := 0
	for _, w := range words {
		n = max(n, len(w))
	}
	return n
}
