package report

import (
	"fmt"
	"slices"
	"strings"
)

// story tells what happened, what to do first and what not to do: what somebody
// reads who reads nothing else.
func (p *printer) story() {
	p.heading(p.t.WhatHappened, "")
	if len(p.r.Findings) == 0 || onlyNotes(p.r) {
		for _, s := range Story(p.r) {
			p.para(2, s)
		}
		return
	}
	root := &p.r.Findings[0]
	p.para(2, headline(root, p.t))
	told := map[string]bool{root.ID: true}
	for _, id := range p.below(root.ID) { // the table shows them
		told[id] = true
	}
	for i := range p.r.Findings {
		if f := &p.r.Findings[i]; !told[f.ID] && len(f.CausedBy) == 0 && f.Severity != "info" {
			p.para(2, fmt.Sprintf(p.t.Besides, headline(f, p.t)))
			break
		}
	}
	p.first(p.t.Next, root.next())
	p.first(p.t.Avoid, p.warning())
}

// first writes one line of advice below the story.
func (p *printer) first(label, text string) {
	if text != "" {
		label = pad(label, 7) + " "
		p.hanging("", "  "+p.paint(bold, label), 2+width(label), text)
	}
}

// next is the first thing to do.
func (f *Finding) next() string {
	if len(f.Next) == 0 {
		return ""
	}
	return strings.Join(strings.Fields(f.Next[0].Do), " ")
}

// warning is what not to do: what somebody has done already, else the first of
// the cause.
func (p *printer) warning() string {
	for i := range p.r.Findings {
		for _, c := range p.r.Findings[i].Avoid {
			if c.Applied != "" {
				return p.because(&c) + " (" + p.t.Applied + c.Applied + ")"
			}
		}
	}
	if a := p.r.Findings[0].Avoid; len(a) > 0 {
		return p.because(&a[0])
	}
	return ""
}

// because is a caution with its reason, where that is short.
func (p *printer) because(c *Caution) string {
	const most = 200
	s := strings.TrimRight(c.Do, ".。")
	if c.Why != "" && width(s)+width(c.Why) <= most {
		s += p.t.Colon + c.Why
	}
	return strings.Join(strings.Fields(s), " ")
}

// below lists the findings that follow from one, in the order of the table.
func (p *printer) below(id string) []string {
	var out []string
	in := false
	for _, b := range p.tree() {
		if b.depth == 0 {
			in = b.f.ID == id
		} else if in {
			out = append(out, b.f.ID)
		}
	}
	return out
}

// A treeRow is a row of the table: a finding below its cause.
type treeRow struct {
	f     *Finding
	depth int
	last  []bool // of each level: nothing follows below the same cause
}

// tree puts each finding below what brought it about most firmly; findings
// without a cause stand as they come.
func (p *printer) tree() []treeRow {
	at, parent := map[string]int{}, map[string]string{}
	for i := range p.r.Findings {
		at[p.r.Findings[i].ID] = i
	}
	children := map[string][]int{}
	for i := range p.r.Findings {
		f := &p.r.Findings[i]
		best := ""
		for _, l := range f.Links {
			if _, ok := at[l.Cause]; ok && l.Cause != f.ID && l.Strength != "coincides" && !descends(parent, l.Cause, f.ID) && (best == "" || l.Strength == "proves") {
				best = l.Cause
			}
		}
		if best != "" {
			parent[f.ID] = best
			children[best] = append(children[best], i)
		}
	}
	var out []treeRow
	var add func(i, depth int, last []bool)
	add = func(i, depth int, last []bool) {
		f := &p.r.Findings[i]
		out = append(out, treeRow{f, depth, last})
		below := children[f.ID]
		for k, c := range below {
			add(c, depth+1, append(slices.Clone(last), k == len(below)-1))
		}
	}
	for i := range p.r.Findings {
		if parent[p.r.Findings[i].ID] == "" {
			add(i, 0, nil)
		}
	}
	return out
}

// descends tells whether a finding stands somewhere below another.
func descends(parent map[string]string, id, above string) bool {
	for n := 0; id != "" && n <= len(parent); n++ {
		if id == above {
			return true
		}
		id = parent[id]
	}
	return false
}

// lines draws where a row hangs.
func (b *treeRow) lines() string {
	var s strings.Builder
	for i, last := range b.last[:max(min(len(b.last), 6), 0)] {
		switch deepest := i == len(b.last)-1; {
		case deepest && last:
			s.WriteString("└ ")
		case deepest:
			s.WriteString("├ ")
		case last:
			s.WriteString("  ")
		default:
			s.WriteString("│ ")
		}
	}
	return s.String()
}

// A tableColumn is a column of the table of findings.
type tableColumn struct {
	cells []string
	width int
	color func(f *Finding) string
}

// table lists the findings, each below its cause.
func (p *printer) table() {
	if len(p.r.Findings) == 0 {
		return
	}
	p.heading(p.t.Findings, p.tally())
	all := p.tree()
	rows := len(all)
	if rows > 14 && !p.style.Verbose {
		rows = 12
	}
	const id, severity, title, host, when, count = 0, 1, 2, 3, 4, 5
	var columns [6]tableColumn
	add := func(k int, s string, most int) {
		c := &columns[k]
		c.cells = append(c.cells, s)
		c.width = min(max(c.width, width(s)), most)
	}
	hosts := map[string]bool{}
	for _, b := range all[:rows] {
		add(id, shown(b.f.ID), 6)
		add(severity, p.severity(b.f.Severity), 20)
		add(title, b.lines()+shown(b.f.Title), 1<<20)
		add(host, shown(b.f.Host), 16)
		add(when, p.roughly(b.f.First), 40)
		add(count, p.count(b.f), 20)
		hosts[b.f.Host] = true
	}
	show := []int{id, severity, title, host, when, count}
	room := func() int {
		n := p.style.Width
		for _, k := range show {
			if n -= 2; k != title {
				n -= columns[k].width
			}
		}
		return n
	}
	if len(hosts) == 1 && len(p.r.Hosts) < 2 || room() < min(columns[title].width, 34) {
		show = slices.Delete(show, 3, 4) // the head names it, or each finding does
	}
	columns[title].width = min(columns[title].width, max(room(), 20))
	columns[id].color = func(*Finding) string { return bold }
	columns[severity].color = func(f *Finding) string { return severityColor(f.Severity) }
	for i := range all[:rows] {
		var row []string
		for _, k := range show {
			c := &columns[k]
			cell := pad(Cut(c.cells[i], c.width), c.width)
			if k == count {
				cell = c.cells[i]
			}
			if c.color != nil {
				cell = p.paint(c.color(all[i].f), cell)
			}
			row = append(row, cell)
		}
		p.b.WriteString("  " + strings.TrimRight(strings.Join(row, "  "), " "))
		p.blank()
	}
	if rows < len(all) {
		p.para(2, fmt.Sprintf(p.t.More, len(all)-rows))
	}
}

// roughly is a time without what is below the second.
func (p *printer) roughly(m Moment) string {
	s, _, _ := strings.Cut(p.zone.short(m), ".")
	return s
}

// fewChains are told; the JSON report has all.
const fewChains = 3

// chains says how findings hang together, and what would show that they do not.
func (p *printer) chains() {
	if len(p.r.Chains) == 0 {
		return
	}
	p.heading(p.t.Together, "")
	for i := range p.r.Chains[:min(len(p.r.Chains), fewChains)] {
		c := &p.r.Chains[i]
		p.para(2, sentence(c.Say, p.t)+" ("+p.t.Confidence[c.Confidence]+")")
		p.colored(dim, 2, c.Refute)
	}
	if n := len(p.r.Chains) - fewChains; n > 0 {
		p.colored(dim, 2, fmt.Sprintf(p.t.MoreInJSON, n))
	}
}
