package parsers

import (
	"slices"
	"strings"

	"forensic/event"
)

func newApplication(sample string) *application {
	a := &application{}
	lines := sampleOf(sample)
	for _, line := range lines {
		a.coloured = a.coloured || strings.Contains(line, "\x1b[")
	}
	if a.coloured {
		for i := range lines {
			lines[i] = withoutColours(lines[i])
		}
		lines = slices.DeleteFunc(lines, func(s string) bool { return s == "" })
	}
	a.order, a.openOrder = learnOrder(sample)
	a.unindent(lines)
	a.choose(lines)
	for _, l := range a.layouts {
		for c, yes := range l.first {
			a.first[c] = a.first[c] || yes
		}
	}
	for c := '!'; a.undated && c < 256; c++ {
		a.first[c] = true
	}
	for _, s := range a.shapes {
		if s.mark != 0 {
			a.first[s.mark] = true
		} else {
			for c := range a.first {
				b := byte(c)
				a.first[c] = a.first[c] || isDigit(b) || b|0x20 >= 'a' && b|0x20 <= 'z' || b >= 0xc3
			}
		}
	}
	return a
}

// unindent notices records that are all indented, as Consul prints them.
func (a *application) unindent(lines []string) {
	n := 0
	for _, line := range lines {
		if strings.HasPrefix(line, "  ") && a.stampBehindBlanks(line) > 0 {
			n++
		}
	}
	if a.indented = n > 0 && 2*n >= len(lines); !a.indented {
		return
	}
	for i, line := range lines {
		lines[i] = line[a.stampBehindBlanks(line):]
	}
}

// stampBehindBlanks is how many blanks stand before the time that a line begins
// with, or 0.
func (a *application) stampBehindBlanks(line string) int {
	n := 0
	for n < len(line) && line[n] == ' ' {
		n++
	}
	if n == 0 || n == len(line) {
		return 0
	}
	if _, k := stampOrdered(line[n:], a.order); k == 0 {
		return 0
	}
	return n
}

// sampleOf is the lines of a sample, as Head will see them.
func sampleOf(sample string) []string {
	var lines []string
	for line := range strings.Lines(sample) {
		if len(lines) == sampleLines {
			break
		}
		if line = cleanLine(strings.TrimRight(line, "\r\n")); line != "" {
			lines = append(lines, line[:min(len(line), 2000)])
		}
	}
	return lines
}

// choose orders the layouts: those of the sample first.
func (a *application) choose(lines []string) {
	a.strict, a.plain = true, true
	seen, open, plain, dated := a.known(lines)
	if plain > 0 && 2*plain < dated {
		// Few records begin with a word and a colon: those words are messages'.
		a.plain, a.strong, a.shapes = false, 0, nil
		seen, open, _, _ = a.known(lines)
	}
	for i, l := range knownLayouts {
		if l.loose && 5*a.fit(l, open) > 4*len(open) && len(open) > 0 {
			seen[i], a.strong = len(open), a.strong+len(open)
			open = nil
		}
	}
	for i, l := range knownLayouts {
		if seen[i] > 0 {
			a.layouts = append(a.layouts, l)
		}
	}
	learnt := learnLayouts(open, a.order, a.strong == 0)
	for _, l := range learnt {
		if a.strong == 0 || 4*a.fit(l, open) > a.strong {
			a.layouts, a.learnt = append(a.layouts, l), true
		}
	}
	if a.strong == 0 {
		a.chooseUndated(lines)
	}
	for i, l := range knownLayouts {
		if seen[i] == 0 && !l.loose {
			a.layouts = append(a.layouts, l)
		}
	}
	a.strict = false
	for _, line := range open {
		if a.read(line) {
			a.begin++
			if a.likened {
				a.same++
			}
		}
	}
	a.begin += a.strong
}

// known tries the layouts of the tables: how many lines each has, which lines
// have none, how many have a logger that is a word in lower case, and how many
// begin with a time.
func (a *application) known(lines []string) (seen []int, open []string, plain, dated int) {
	seen = make([]int, len(knownLayouts))
	for _, line := range lines {
		a.at = -1
		has := a.open(line)
		if a.end > 0 {
			dated++
		}
		found := false
		for i, l := range knownLayouts {
			if !l.loose && l.first[line[0]] && has[l.opening] && a.match(l, line) {
				seen[i]++
				a.strong++
				found = true
				a.shape(line)
				if isPlainWord(a.component) {
					plain++
				}
				break
			}
		}
		if !found {
			open = append(open, line)
		}
	}
	return seen, open, plain, dated
}

// fit is how many lines have a layout.
func (a *application) fit(l *layout, lines []string) int {
	n := 0
	for _, line := range lines {
		a.at = -1
		if l.first[line[0]] && a.match(l, line) {
			n++
		}
	}
	return n
}

var undatedKnown = layoutsOf(undatedLayouts)

// chooseUndated takes layouts without a time where most records have one: lines
// that look like the rest of a record are not asked. A time that a few of them
// mention is their message's.
func (a *application) chooseUndated(lines []string) {
	var heads []string
	for _, line := range lines {
		if !isRest(line) {
			heads = append(heads, line)
		}
	}
	best, most := -1, 0
	for i, l := range undatedKnown {
		if n := a.fit(l, heads); n > most {
			best, most = i, n
		}
	}
	if best < 0 || 2*most < len(heads) || 2*most == len(heads) && len(heads) < len(lines) || len(heads) > 3 && 4*most < len(lines) {
		return
	}
	dated := 0
	for _, l := range a.layouts {
		dated = max(dated, a.fit(l, heads))
	}
	if 3*dated > most {
		return
	}
	a.undated, a.layouts, a.learnt = true, nil, false
	for _, l := range undatedKnown {
		if 10*a.fit(l, lines) > most {
			a.layouts = append(a.layouts, l)
		}
	}
}

// shape notes what the time of a line just matched looks like.
func (a *application) shape(line string) {
	if a.stamp.Has&event.HasTime == 0 || a.stamp.Impossible {
		return
	}
	s := shape{has: a.stamp.Has, fine: a.stamp.Step < 1e9, seen: 1}
	if c := line[0]; c == '[' || c == '<' || c == '(' {
		s.mark = c
	}
	for i := range a.shapes {
		if t := &a.shapes[i]; t.has == s.has && t.fine == s.fine && t.mark == s.mark {
			t.seen++
			return
		}
	}
	if len(a.shapes) < 8 {
		a.shapes = append(a.shapes, s)
	}
}
