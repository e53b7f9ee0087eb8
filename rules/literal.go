package rules

import (
	"regexp/syntax"
	"slices"
	"strings"
	"unicode"
	"unicode/utf8"
)

// A Literal is a text that a filter can look for. Where Fold is set it is lower
// case and ASCII letters match in either case.
type Literal struct {
	Text string
	Fold bool
}

const (
	minLiteral   = 3  // shorter ones are in every block
	maxVariants  = 32 // texts that one run of a pattern may stand for
	maxLiteral   = 64 // bytes of one
	maxUnion     = 64 // literals of one pattern
	enoughLength = 12 // longer ones select no better
)

// A set is texts of which one stands in whatever matches.
type set struct {
	texts []string
	fold  bool
}

// finder walks a parsed pattern. Where careful is set the engine folds letters
// in ways of its own, and folded letters that have relatives beyond ASCII are
// not trusted.
type finder struct{ careful bool }

// literalsOf returns texts of which one must occur in any match of re, or none.
func literalsOf(re *syntax.Regexp, careful bool) []Literal {
	s := finder{careful}.required(re)
	if s.shortest() < minLiteral {
		return nil
	}
	var texts []string
	for _, t := range s.texts {
		contained := func(u string) bool { return u != t && strings.Contains(t, u) }
		if !slices.Contains(texts, t) && !slices.ContainsFunc(s.texts, contained) {
			texts = append(texts, t)
		}
	}
	slices.Sort(texts)
	out := make([]Literal, len(texts))
	for i, t := range texts {
		out[i] = Literal{t, s.fold}
	}
	return out
}

// required returns the best set that is known to be needed.
func (f finder) required(re *syntax.Regexp) set {
	if s, ok := f.exact(re); ok {
		return s
	}
	switch re.Op {
	case syntax.OpCapture, syntax.OpPlus:
		return f.required(re.Sub[0])
	case syntax.OpRepeat:
		if re.Min > 0 {
			return f.required(re.Sub[0])
		}
	case syntax.OpLiteral:
		return f.broken(re.Rune, re.Flags&syntax.FoldCase != 0)
	case syntax.OpConcat:
		return f.concat(re.Sub)
	case syntax.OpAlternate:
		var all set
		for _, sub := range re.Sub {
			s := f.required(sub)
			if s.shortest() == 0 || len(all.texts)+len(s.texts) > maxUnion {
				return set{}
			}
			all = all.or(s)
		}
		return all
	}
	return set{}
}

// concat joins neighbours that are exactly known into runs and takes the best
// run, or the best that one part needs.
func (f finder) concat(subs []*syntax.Regexp) set {
	best, run := set{}, set{texts: []string{""}}
	for _, sub := range flat(nil, subs) {
		s, ok := f.exact(sub)
		if ok {
			if longer, fits := run.then(s); fits {
				run = longer
				continue
			}
			best, run = best.orBetter(run), s
			continue
		}
		best = best.orBetter(run)
		if longer, fits := run.then(f.prefixes(sub)); fits {
			best = best.orBetter(longer)
		}
		run = set{texts: []string{""}}
		best = best.orBetter(f.required(sub))
	}
	return best.orBetter(run)
}

// prefixes returns texts of which one begins whatever re matches: the parser
// takes out what alternatives begin with, and only together do they say much.
func (f finder) prefixes(re *syntax.Regexp) set {
	if s, ok := f.exact(re); ok {
		return s
	}
	all := set{texts: []string{""}}
	switch re.Op {
	case syntax.OpCapture, syntax.OpPlus:
		return f.prefixes(re.Sub[0])
	case syntax.OpRepeat:
		if re.Min > 0 {
			return f.prefixes(re.Sub[0])
		}
	case syntax.OpConcat:
		for _, sub := range re.Sub {
			s, ok := f.exact(sub)
			if !ok {
				s = f.prefixes(sub)
			}
			longer, fits := all.then(s)
			if !fits {
				return all
			}
			if all = longer; !ok {
				return all
			}
		}
	case syntax.OpAlternate:
		var some set
		for _, sub := range re.Sub {
			s := f.prefixes(sub)
			if len(some.texts)+len(s.texts) > maxVariants {
				return all
			}
			some = some.or(s)
		}
		return some
	}
	return all
}

// flat takes concatenations out of the groups around them.
func flat(to, subs []*syntax.Regexp) []*syntax.Regexp {
	for _, sub := range subs {
		for sub.Op == syntax.OpCapture {
			sub = sub.Sub[0]
		}
		if sub.Op == syntax.OpConcat {
			to = flat(to, sub.Sub)
		} else {
			to = append(to, sub)
		}
	}
	return to
}

// broken handles a literal that holds letters nothing can be said of: they end
// a run.
func (f finder) broken(runes []rune, fold bool) set {
	best, from := set{}, 0
	for i := 0; i <= len(runes); i++ {
		if i < len(runes) && i-from < maxLiteral/utf8.UTFMax && runes[i] != utf8.RuneError && (!fold || f.trusted(runes[i])) {
			continue
		}
		part := string(runes[from:i])
		if fold {
			part = lowerASCII(part)
		}
		best = best.orBetter(set{[]string{part}, fold})
		from = i + 1
	}
	return best
}

// exact returns all the texts that re matches, if they are few.
func (f finder) exact(re *syntax.Regexp) (set, bool) {
	switch re.Op {
	case syntax.OpEmptyMatch, syntax.OpBeginLine, syntax.OpEndLine, syntax.OpBeginText, syntax.OpEndText, syntax.OpWordBoundary, syntax.OpNoWordBoundary:
		return set{texts: []string{""}}, true
	case syntax.OpLiteral:
		return f.literal(re)
	case syntax.OpCharClass:
		return f.class(re.Rune)
	case syntax.OpCapture:
		return f.exact(re.Sub[0])
	case syntax.OpQuest:
		s, ok := f.exact(re.Sub[0])
		if !ok || len(s.texts) >= maxVariants {
			return set{}, false
		}
		return s.or(set{texts: []string{""}}), true
	case syntax.OpConcat:
		return f.product(re.Sub)
	case syntax.OpAlternate:
		var all set
		for _, sub := range re.Sub {
			s, ok := f.exact(sub)
			if !ok || len(all.texts)+len(s.texts) > maxVariants {
				return set{}, false
			}
			all = all.or(s)
		}
		return all, true
	}
	return set{}, false
}

func (f finder) product(subs []*syntax.Regexp) (set, bool) {
	all := set{texts: []string{""}}
	for _, sub := range subs {
		s, ok := f.exact(sub)
		if !ok {
			return set{}, false
		}
		if all, ok = all.then(s); !ok {
			return set{}, false
		}
	}
	return all, true
}

func (f finder) literal(re *syntax.Regexp) (set, bool) {
	if slices.Contains(re.Rune, utf8.RuneError) { // it also matches a byte that is no UTF-8
		return set{}, false
	}
	if re.Flags&syntax.FoldCase == 0 {
		s := string(re.Rune)
		return set{texts: []string{s}}, len(s) <= maxLiteral
	}
	if len(re.Rune) > maxLiteral || slices.ContainsFunc(re.Rune, func(r rune) bool { return !f.trusted(r) }) {
		return set{}, false
	}
	return set{[]string{lowerASCII(string(re.Rune))}, true}, true
}

func (f finder) class(ranges []rune) (set, bool) {
	if len(ranges) == 4 && ranges[0] == ranges[1] && ranges[2] == ranges[3] && ranges[2] == ranges[0]|0x20 && 'A' <= ranges[0] && ranges[0] <= 'Z' {
		return set{[]string{string(ranges[2])}, true}, true // [Kk]
	}
	var s set
	for i := 0; i+1 < len(ranges); i += 2 {
		if ranges[i+1]-ranges[i] > 3 {
			return set{}, false
		}
		for r := ranges[i]; r <= ranges[i+1]; r++ {
			if r == utf8.RuneError || len(s.texts) == 4 {
				return set{}, false
			}
			s.texts = append(s.texts, string(r))
		}
	}
	return s, len(s.texts) > 0
}

// trusted tells whether folding r stays within the two cases of an ASCII
// letter: in some engines k also matches the Kelvin sign, s the long s, and i
// the dotted I. Where the standard library is asked, foldASCII has taken the
// folded k and s out.
func (f finder) trusted(r rune) bool {
	switch r {
	case 'k', 'K', 's', 'S', utf8.RuneError:
		return false
	case 'i', 'I':
		return !f.careful
	}
	return r < utf8.RuneSelf || unicode.SimpleFold(r) == r && !f.careful
}

func lowerASCII(s string) string {
	return strings.Map(func(r rune) rune {
		if 'A' <= r && r <= 'Z' {
			r += 'a' - 'A'
		}
		return r
	}, s)
}

// shortest returns the length of the shortest text; 0 of an empty set.
func (s set) shortest() int {
	if len(s.texts) == 0 {
		return 0
	}
	n := len(s.texts[0])
	for _, t := range s.texts {
		n = min(n, len(t))
	}
	return n
}

// same brings a set to the folding of a joint one.
func (s set) same(fold bool) []string {
	if !fold || s.fold {
		return s.texts
	}
	texts := make([]string, len(s.texts))
	for i, t := range s.texts {
		texts[i] = lowerASCII(t)
	}
	slices.Sort(texts)
	return slices.Compact(texts)
}

// or returns a set of which s or t holds.
func (s set) or(t set) set {
	fold := s.fold || t.fold
	return set{slices.Concat(s.same(fold), t.same(fold)), fold}
}

// then returns the texts of s followed by those of t, if they are few.
func (s set) then(t set) (set, bool) {
	out := set{fold: s.fold || t.fold}
	before, behind := s.same(out.fold), t.same(out.fold)
	if len(before)*len(behind) > maxVariants {
		return set{}, false
	}
	for _, a := range before {
		for _, b := range behind {
			if len(a)+len(b) > maxLiteral {
				return set{}, false
			}
			out.texts = append(out.texts, a+b)
		}
	}
	return out, true
}

// orBetter returns whichever of two needed sets selects better.
func (s set) orBetter(t set) set {
	a, b := min(s.shortest(), enoughLength), min(t.shortest(), enoughLength)
	if b > a || b == a && len(t.texts) < len(s.texts) {
		return t
	}
	return s
}
