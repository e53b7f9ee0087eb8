package report

import (
	"cmp"
	"fmt"
	"slices"
	"strconv"
	"strings"
	"unicode/utf8"
)

// evidence quotes the lines that prove the finding, each as path:line among its
// neighbours. Quotations that touch stand together.
func (p *printer) evidence(f *Finding) {
	if len(f.Evidence) == 0 {
		return
	}
	chosen := f.Evidence
	if !p.style.Verbose {
		chosen = choose(f.Evidence)
	}
	note := ""
	if n := len(f.Evidence) - len(chosen); n > 0 {
		note = p.paint(dim, fmt.Sprintf(p.t.MoreEvidence, n))
	}
	p.b.WriteString(strings.TrimRight("    "+p.paint(bold, p.t.Evidence)+"  "+note, " "))
	p.blank()
	for _, q := range quotations(chosen) {
		p.quotation(&q)
	}
}

// choose takes the first two of each role and the last, and what the facts
// name.
func choose(all []Evidence) []Evidence {
	count, seen := map[string]int{}, map[string]int{}
	for i := range all {
		count[all[i].Role]++
	}
	var out []Evidence
	for i := range all {
		role := all[i].Role
		seen[role]++
		if seen[role] <= 2 || seen[role] == count[role] {
			out = append(out, all[i])
		}
	}
	return out
}

// A quotation is a piece of a source: evidence and the lines around it.
type quotation struct {
	source string
	packet int
	first  int // line of the first evidence
	last   int // of lines that are known
	items  []*Evidence
	lines  map[int]quoted
}

// quoted is one line of a quotation.
type quoted struct {
	text  string
	id    string // of the evidence that begins here
	proof bool   // belongs to evidence, not to what is around it
	none  bool   // no text of the evidence was kept
}

// quotations groups evidence whose lines touch, in the order of the earliest.
func quotations(all []Evidence) []quotation {
	byPlace := make([]int, len(all))
	for i := range byPlace {
		byPlace[i] = i
	}
	slices.SortStableFunc(byPlace, func(a, b int) int {
		return cmp.Or(strings.Compare(all[a].Source, all[b].Source), cmp.Compare(all[a].Line, all[b].Line), cmp.Compare(a, b))
	})
	type group struct {
		quotation
		order int
	}
	var groups []group
	for _, i := range byPlace {
		e := &all[i]
		from, to := e.Line-len(e.Before), max(e.LastLine, e.Line)+len(e.After)
		if n := len(groups) - 1; n >= 0 && e.Line > 0 && groups[n].packet == 0 && groups[n].source == e.Source && from <= groups[n].last+1 {
			g := &groups[n]
			g.items, g.last, g.order = append(g.items, e), max(g.last, to), min(g.order, i)
			continue
		}
		groups = append(groups, group{quotation{source: e.Source, packet: e.Packet, first: e.Line, last: to, items: []*Evidence{e}}, i})
	}
	slices.SortStableFunc(groups, func(a, b group) int { return cmp.Compare(a.order, b.order) })
	out := make([]quotation, len(groups))
	for i := range groups {
		out[i] = groups[i].quotation
		out[i].fill()
	}
	return out
}

// fill lays the lines of the evidence, and of what is around it, on top of each
// other.
func (q *quotation) fill() {
	q.lines = map[int]quoted{}
	around := func(n int, text string) {
		if _, ok := q.lines[n]; !ok {
			q.lines[n] = quoted{text: text}
		}
	}
	for _, e := range q.items {
		text := e.Text
		if e.TextBase64 != nil {
			text = string(e.TextBase64)
		}
		for i, line := range strings.Split(strings.TrimSuffix(text, "\n"), "\n") {
			l := quoted{text: line, proof: true, none: text == ""}
			if i == 0 {
				l.id = strings.Trim(q.lines[e.Line].id+" "+shown(e.ID), " ")
			} else {
				l.id = q.lines[e.Line+i].id
			}
			q.lines[e.Line+i] = l
		}
	}
	for _, e := range q.items {
		for i, line := range e.Before {
			around(e.Line-len(e.Before)+i, line)
		}
		for i, line := range e.After {
			around(max(e.LastLine, e.Line)+1+i, line)
		}
	}
}

// quotation writes path:line, which evidence stands there, and the lines.
func (p *printer) quotation(q *quotation) {
	at := shown(q.source)
	if q.packet > 0 {
		at += " " + fmt.Sprintf(p.t.Packet, q.packet)
	} else if q.first > 0 {
		at += ":" + strconv.Itoa(q.first)
	}
	p.hanging(cyan, "      ", 6, at)
	numbers := make([]int, 0, len(q.lines))
	for n := range q.lines {
		numbers = append(numbers, n)
	}
	slices.Sort(numbers)
	p.roles(q)
	idW, numW := 0, 0
	for _, n := range numbers {
		idW = max(idW, min(len(q.lines[n].id), 9))
	}
	if q.packet == 0 {
		numW = len(strconv.Itoa(numbers[len(numbers)-1]))
	}
	for i := 0; i < len(numbers); i++ {
		if skip := p.fold(q, numbers, i); skip > 0 {
			p.b.WriteString(strings.Repeat(" ", 8+idW+numW) + p.paint(dim, " ┊ "+fmt.Sprintf(p.t.MoreLines, skip)))
			p.blank()
			i += skip - 1
			continue
		}
		p.quoted(q.lines[numbers[i]], numbers[i], idW, numW)
	}
}

// fold returns how many lines from the i-th are left out: of the frames of a
// stack trace all but the first, and the last where that is the innermost; of
// any other long record its middle.
func (p *printer) fold(q *quotation, numbers []int, i int) int {
	sort := q.sortOf(numbers[i])
	if p.style.Verbose || sort == 0 {
		return 0
	}
	from, to := i, i+1
	for from > 0 && q.sortOf(numbers[from-1]) == sort {
		from--
	}
	for to < len(numbers) && q.sortOf(numbers[to]) == sort {
		to++
	}
	begin, end := 1, 0
	switch {
	case sort == other:
		begin, end = 5, 3
	case strings.HasPrefix(strings.TrimSpace(q.lines[numbers[from]].text), "File "):
		begin, end = 2, 2 // Python: the innermost frame comes last
	}
	if left := to - from - begin - end; left >= 3 && i == from+begin {
		return left
	}
	return 0
}

// What a line of evidence that does not begin it may be.
const (
	frame = 1 + iota // of a stack trace
	other
)

func (q *quotation) sortOf(n int) int {
	l := q.lines[n]
	switch {
	case !l.proof || l.id != "":
		return 0
	case isFrame(l.text):
		return frame
	}
	return other
}

// isFrame tells whether a line of a record is indented, as frames of stack
// traces are.
func isFrame(line string) bool {
	return line != "" && (line[0] == '\t' || line[0] == ' ')
}

// roles names the evidence of a quotation, where there is more to say than its
// number.
func (p *printer) roles(q *quotation) {
	var parts []string
	for _, e := range q.items {
		s := e.ID + " " + e.Role
		if e.At.Known {
			s += " " + p.zone.short(e.At)
		}
		parts = append(parts, s)
	}
	p.colored(dim, 8, list(parts, 6, p.t.Join))
}

// quoted writes one line. Evidence is shown to its end, over several rows if it
// must be; a neighbour gets one row.
func (p *printer) quoted(l quoted, n, idW, numW int) {
	number := ""
	if numW > 0 {
		number = strconv.Itoa(n)
	}
	label := "      " + p.paint(bold, Cut(l.id, idW)) + strings.Repeat(" ", idW-width(Cut(l.id, idW))) + strings.Repeat(" ", 2+numW-len(number)) + p.paint(dim, number)
	indent := 6 + idW + 2 + numW + 3
	text := shown(strings.TrimRight(l.text, "\r\n"))
	room := max(p.style.Width-indent, 20)
	if !l.proof {
		p.b.WriteString(strings.TrimRight(label+p.paint(dim, " │ "+Cut(text, room)), " "))
		p.blank()
		return
	}
	if l.none {
		text = p.t.NoText
	}
	if !p.style.Verbose && l.id == "" && isFrame(l.text) {
		text = Cut(text, room)
	}
	const rows = 6
	if limit := room * rows; !p.style.Verbose && width(text) > limit {
		kept := Cut(text, limit-30)
		text = kept + fmt.Sprintf(p.t.MoreCharacters, utf8.RuneCountInString(text)-utf8.RuneCountInString(kept))
	}
	for i, row := range chop(text, room) {
		if i > 0 {
			label = strings.Repeat(" ", indent-3)
		}
		p.b.WriteString(label + p.paint(dim, " ┃ ") + row)
		p.blank()
	}
}

// chop cuts a text into rows of so many columns, nothing left out: quotations
// can be copied. A row ends behind a blank where there is one near its end.
func chop(s string, columns int) []string {
	near := min(24, columns/2)
	var rows []string
	n, from, blank, since := 0, 0, 0, 0 // blank: behind the last one; since: columns from there
	for i, r := range s {
		w := runeWidth(r)
		if n+w > columns {
			end := i
			if blank > from && since < near {
				end, n = blank, since
			} else {
				n = 0
			}
			rows = append(rows, s[from:end])
			from = end
		}
		n += w
		since += w
		if r == ' ' {
			blank, since = i+1, 0
		}
	}
	return append(rows, s[from:])
}
