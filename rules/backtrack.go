package rules

import (
	"unicode/utf8"

	"github.com/dlclark/regexp2/v2"

	"forensic/event"
)

// matchBack asks the backtracking engine, of a long text piece by piece.
func (p *Pattern) matchBack(text string, to event.Attrs) (event.Attrs, Outcome) {
	if len(text) > maxSubject {
		return p.matchLong(text, to)
	}
	m, err := p.find(text)
	switch {
	case err != nil:
		return to, GaveUp
	case m == nil:
		return to, Missed
	}
	return groupsOf(m, text, to), Matched
}

// find grants a second try: the engine's clock is the wall's, and on a loaded
// machine, or after a pause of the process, it may strike at a match that has
// just begun.
func (p *Pattern) find(text string) (*regexp2.Match, error) {
	m, err := p.back.FindStringMatch(text)
	if err != nil {
		m, err = p.back.FindStringMatch(text)
	}
	return m, err
}

// next goes on behind a match, with a second try as well.
func (p *Pattern) next(m *regexp2.Match) (*regexp2.Match, error) {
	n, err := p.back.FindNextMatch(m)
	if err != nil {
		n, err = p.back.FindNextMatch(m)
	}
	return n, err
}

// matchLong asks about pieces that overlap. A match is believed where the
// engine saw enough around it: not at the inner end of a piece, where ^, $ and
// what looks around are mistaken for those of the text, but there the neighbour
// sees it whole. What denies something at any distance, such as (?!.*x), is
// believed only where the piece reaches the end of the text on that side.
//
// A pattern of bounded length that no piece matches has no match. One that may
// be longer than a piece has no answer.
func (p *Pattern) matchLong(text string, to event.Attrs) (event.Attrs, Outcome) {
	doubt := p.wide
	for from := 0; ; {
		end := runeStart(text, min(from+maxSubject, len(text)))
		last := end == len(text)
		piece := text[from:end]
		m, err := p.find(piece)
		for ; err == nil && m != nil; m, err = p.next(m) {
			at := byteOf(piece, m.RuneIndex)
			over := at + byteOf(piece[at:], m.RuneLength)
			if from > 0 && at < guard || !last && over > len(piece)-guard {
				continue
			}
			if p.wide && (p.ahead && !last || p.behind && from > 0) {
				doubt = true
				break
			}
			return groupsOf(m, piece, to), Matched
		}
		switch {
		case err != nil, last && doubt:
			return to, GaveUp
		case last:
			return to, Missed
		}
		from = runeStart(text, end-2*guard)
	}
}

// runeStart goes back to where a rune begins.
func runeStart(text string, at int) int {
	for i := at; i > at-utf8.UTFMax && i > 0 && i < len(text); i-- {
		if utf8.RuneStart(text[i]) {
			return i
		}
	}
	return at
}

// groupsOf appends the named groups of a match.
func groupsOf(m *regexp2.Match, text string, to event.Attrs) event.Attrs {
	for _, g := range m.Groups() {
		if g.Name == "" || g.Name[0] >= '0' && g.Name[0] <= '9' || len(g.Captures) == 0 {
			continue
		}
		from := byteOf(text, g.RuneIndex)
		to = append(to, event.Attr{Name: g.Name, Value: text[from : from+byteOf(text[from:], g.RuneLength)]})
	}
	return to
}

// byteOf turns a count of runes into a count of bytes. A byte that is no UTF-8
// is a rune of its own, to the engine as to range.
func byteOf(text string, runes int) int {
	for i := range text {
		if runes == 0 {
			return i
		}
		runes--
	}
	return len(text)
}
