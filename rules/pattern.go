package rules

import (
	"errors"
	"fmt"
	"regexp"
	"regexp/syntax"
	"strings"
	"time"
	"unicode/utf8"

	"github.com/dlclark/regexp2/v2"

	"forensic/event"
)

const (
	maxPattern = 4 << 10  // bytes of a pattern
	maxGroups  = 100      // groups within groups; deeper ones overflow the stack of a compiler
	maxSubject = 64 << 10 // bytes of a text that the backtracking engine is shown at a time
	guard      = 4 << 10  // bytes at the inner ends of such a piece in which it is not believed
	timeout    = 100 * time.Millisecond
)

// A Pattern is a compiled regular expression. It is safe for use by several
// goroutines.
//
// The standard library compiles it if it can. What it refuses, look-around and
// back-references, is left to regexp2, which may take exponential time and is
// therefore stopped by a clock. Of its two major versions this is the second:
// over four log lines and four patterns (look-ahead, look-behind,
// back-reference, named group behind a look-behind) version 1.12.0 took 1.15,
// 12.8, 23.2 and 1.12 µs and 4 to 11 allocations a round, version 2.12.0 0.32,
// 5.6, 3.3 and 0.35 µs and none where nothing matched; it also bounds its
// backtracking stack.
type Pattern struct {
	source string
	words  []string // where the pattern is nothing but these texts, in the order of preference
	named  string   // and the group around them all
	std    *regexp.Regexp
	back   *regexp2.Regexp
	groups []string // of std: name of each group, "" for those without
	needed []Literal

	wide, ahead, behind bool // of back: see matchLong
}

// An Outcome is what came of a match.
type Outcome uint8

// The outcomes. Gave up is no answer: the engine was stopped by its clock or
// its stack, or the text is longer than one piece and what was asked may depend
// on all of it.
const (
	Missed Outcome = iota
	Matched
	GaveUp
)

func init() { regexp2.SetTimeoutCheckPeriod(time.Millisecond) }

// Compile reads a pattern.
func Compile(source string) (*Pattern, error) {
	if len(source) > maxPattern {
		return nil, fmt.Errorf("the pattern has %d bytes; at most %d are allowed", len(source), maxPattern)
	}
	if !utf8.ValidString(source) {
		return nil, errors.New("the pattern is not UTF-8")
	}
	if nesting(source) > maxGroups {
		return nil, fmt.Errorf("the pattern nests more than %d groups", maxGroups)
	}
	p := &Pattern{source: source}
	tree, err := syntax.Parse(source, syntax.Perl)
	var std *regexp.Regexp
	if err == nil {
		own := source
		if foldASCII(tree) {
			own = tree.String()
		}
		std, err = regexp.Compile(own)
	}
	if err == nil {
		p.std = std
		if names := std.SubexpNames(); strings.Join(names, "") != "" {
			p.groups = names
		}
		p.learn(tree, false)
		return p, nil
	}
	if !backtracks(err) {
		return nil, err
	}
	back, backErr := regexp2.Compile(strings.ReplaceAll(source, "(?P<", "(?<"), regexp2.OptionMaxBacktrackingStackSize(1<<20))
	if backErr != nil {
		return nil, backErr
	}
	back.MatchTimeout = timeout
	p.back = back
	p.wide = strings.ContainsAny(source, "*+{")
	p.ahead, p.behind = strings.Contains(source, "(?!"), strings.Contains(source, "(?<!")
	if loose, ok := loosen(source); ok {
		if tree, err := syntax.Parse(loose, syntax.Perl); err == nil {
			p.learn(tree, true)
		}
	}
	return p, nil
}

// backtracks tells whether the standard library refused something that the
// other engine knows.
func backtracks(err error) bool {
	var e *syntax.Error
	if !errors.As(err, &e) {
		return false
	}
	switch e.Code {
	case syntax.ErrInvalidPerlOp, syntax.ErrInvalidEscape, syntax.ErrInvalidNamedCapture:
		return true
	}
	return false
}

// learn finds the literals of which one occurs in whatever matches.
func (p *Pattern) learn(re *syntax.Regexp, folds bool) {
	if !folds {
		p.words, p.named = wordsOf(re)
	}
	p.needed = literalsOf(re, folds)
}

// String returns the pattern as the rule wrote it.
func (p *Pattern) String() string { return p.source }

// Engine names what runs it: "literal", "regexp" or "regexp2".
func (p *Pattern) Engine() string {
	switch {
	case p.words != nil:
		return "literal"
	case p.std != nil:
		return "regexp"
	}
	return "regexp2"
}

// Literals returns texts of which at least one occurs in whatever matches; none
// where nothing can be said.
func (p *Pattern) Literals() []Literal { return p.needed }

// Groups returns the names of the named groups.
func (p *Pattern) Groups() []string {
	var names []string
	if p.std != nil {
		for _, g := range p.groups {
			if g != "" {
				names = append(names, g)
			}
		}
		return names
	}
	for _, g := range p.back.GetGroupNames() {
		if g[0] < '0' || g[0] > '9' {
			names = append(names, g)
		}
	}
	return names
}

// Match asks whether the pattern occurs in text, and appends the values of its
// named groups to the given attributes. The values are pieces of text.
func (p *Pattern) Match(text string, to event.Attrs) (event.Attrs, Outcome) {
	switch {
	case p.words != nil:
		return p.matchWords(text, to)
	case p.std != nil:
		return p.matchStd(text, to)
	}
	return p.matchBack(text, to)
}

// lacks tells that none of the literals stands in text of which one must. It is
// asked where looking for them costs less than the engine does.
func (p *Pattern) lacks(text string) bool {
	if len(p.needed) == 0 || len(p.needed) > 8 {
		return false
	}
	for _, l := range p.needed {
		if l.Fold && containsFold(text, l.Text) || !l.Fold && strings.Contains(text, l.Text) {
			return false
		}
	}
	return true
}

// containsFold is strings.Contains for a text in lower case, ASCII letters in
// either case.
func containsFold(s, low string) bool {
	for i := 0; i+len(low) <= len(s); i++ {
		if s[i]|0x20 != low[0]|0x20 {
			continue
		}
		n := 0
		for n < len(low) {
			c := s[i+n]
			if 'A' <= c && c <= 'Z' {
				c |= 0x20
			}
			if c != low[n] {
				break
			}
			n++
		}
		if n == len(low) {
			return true
		}
	}
	return false
}

func (p *Pattern) matchStd(text string, to event.Attrs) (event.Attrs, Outcome) {
	if p.lacks(text) {
		return to, Missed
	}
	if p.groups == nil {
		if p.std.MatchString(text) {
			return to, Matched
		}
		return to, Missed
	}
	at := p.std.FindStringSubmatchIndex(text)
	if at == nil {
		return to, Missed
	}
	for i, name := range p.groups {
		if name != "" && at[2*i] >= 0 && at[2*i] < at[2*i+1] {
			to = append(to, event.Attr{Name: name, Value: text[at[2*i]:at[2*i+1]]})
		}
	}
	return to, Matched
}

// nesting returns how deep the groups of a pattern go, escapes and classes left
// aside.
func nesting(source string) int {
	depth, deepest, class := 0, 0, false
	for i := 0; i < len(source); i++ {
		switch c := source[i]; {
		case c == '\\':
			i++
		case class:
			class = c != ']'
		case c == '[':
			class = true
			if rest := strings.TrimPrefix(source[i+1:], "^"); strings.HasPrefix(rest, "]") {
				i = len(source) - len(rest)
			}
		case c == '(':
			depth++
			deepest = max(deepest, depth)
		case c == ')':
			depth--
		}
	}
	return deepest
}
