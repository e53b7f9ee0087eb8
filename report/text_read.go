package report

import (
	"fmt"
	"slices"
	"strconv"
	"strings"

	"forensic/rules"
)

// fewSources are listed one by one; of more, those that have something to say.
const fewSources = 12

// read lists what was read: every source where they are few, else the members
// with most records.
func (p *printer) read() {
	r := p.r
	if len(r.Sources) == 0 {
		return
	}
	p.heading(p.t.Read, "")
	listed, left, events := 0, 0, 0
	pathW, formatW := 0, 0
	members := 0
	for i := range r.Sources {
		if p.folds(&r.Sources[i]) {
			continue
		}
		members++
		pathW = min(max(pathW, width(shown(sourceName(&r.Sources[i])))), p.style.Width/2)
		formatW = min(max(formatW, len(r.Sources[i].Format)), 16)
	}
	for i := range r.Sources {
		s := &r.Sources[i]
		switch {
		case p.folds(s):
			continue
		case listed >= fewSources && members > fewSources+2 && !p.style.Verbose:
			left++
			events += s.Events
			continue
		}
		listed++
		p.source(s, pathW, formatW)
	}
	if left > 0 {
		p.colored(dim, 2, fmt.Sprintf(p.t.MoreSources, left)+p.t.Join+amount(events, p.t.Event))
	}
	p.account()
}

// folds tells whether a source is a section that is told with its member.
func (p *printer) folds(s *Source) bool { return s.Section != "" && !p.style.Verbose }

// sections lists the formats of a member's sections.
func (p *printer) sections(path string) string {
	var formats []string
	for i := range p.r.Sources {
		if s := &p.r.Sources[i]; s.Path == path && p.folds(s) && !slices.Contains(formats, s.Format) {
			formats = append(formats, s.Format)
		}
	}
	return list(formats, 8, p.t.Join)
}

// sourceName is the path, with the section where it is one.
func sourceName(s *Source) string {
	if s.Section == "" {
		return s.Path
	}
	return s.Path + ":" + strconv.Itoa(s.SectionLine) + " " + s.Section
}

// source writes a line: name, format, records, times; what else there is to
// say stands below it.
func (p *printer) source(s *Source, pathW, formatW int) {
	when := ""
	if s.First.Known {
		when = p.zone.short(s.First)
		if s.First.At != s.Last.At {
			when += " " + p.t.To + " " + p.shortUntil(s.First, s.Last)
		}
	}
	name := shown(sourceName(s))
	if width(name) > pathW {
		p.para(2, name)
		name = ""
	}
	events, left := amount(s.Events, p.t.Event), pathW+formatW+22
	var notes []string
	if left+width(when) > p.style.Width {
		notes, when = append(notes, when), ""
	}
	format := Cut(shown(s.Format), formatW)
	p.b.WriteString(strings.TrimRight("  "+pad(name, pathW)+"  "+p.paint(dim, format)+strings.Repeat(" ", formatW-width(format)+2)+pad(events, 14)+"  "+when, " "))
	p.blank()
	if s.First.Known && s.ZoneKnown != nil && p.zone.name != "" {
		notes = append(notes, p.t.SomeZone)
	}
	if formats := p.sections(s.Path); formats != "" && s.Section == "" {
		notes = append(notes, fmt.Sprintf(p.t.Sections, formats))
	}
	if s.Year != "" && !strings.Contains(s.Year, "its own stamps") {
		notes = append(notes, s.Year)
	}
	if s.Unparsed > 0 {
		notes = append(notes, fmt.Sprintf(p.t.UnparsedLines, amount(s.Unparsed, p.t.Line)))
	}
	if s.DuplicateOf != "" {
		notes = append(notes, fmt.Sprintf(p.t.Duplicate, s.DuplicateOf))
	}
	p.colored(dim, 6, strings.Join(append(notes, s.Notes...), p.t.Join))
}

func thousands(n int64) string { return rules.Thousands(int(n)) }

// notRead lists what was seen and not read, with the reasons.
func (p *printer) notRead() {
	if len(p.r.Skipped) == 0 {
		return
	}
	p.heading(p.t.NotRead, "")
	first := p.r.Skipped
	if len(first) > 2*fewSources && !p.style.Verbose {
		first = first[:2*fewSources]
	}
	for _, s := range first {
		p.hanging("", "  ", 4, shown(s.Path)+p.t.Colon+s.Why)
	}
	if n := len(p.r.Skipped) - len(first); n > 0 {
		p.colored(dim, 2, fmt.Sprintf(p.t.MoreSources, n))
	}
}

// problems lists what was odd in what was read.
func (p *printer) problems() {
	heading := false
	show := func(path string, ps []Problem) {
		for _, problem := range ps {
			if !heading {
				p.heading(p.t.Problems, "")
				heading = true
			}
			line := shown(path) + p.t.Colon + problem.What
			at := problem.At
			if problem.Times > 1 {
				at = strings.TrimPrefix(at+p.t.Join+fmt.Sprintf(p.t.Times, rules.Thousands(problem.Times)), p.t.Join)
			}
			if at != "" {
				line += " (" + at + ")"
			}
			p.hanging("", "  ", 4, line)
		}
	}
	for _, in := range p.r.Inputs {
		show(in.Path, in.Problems)
	}
	for i := range p.r.Sources {
		s := &p.r.Sources[i]
		show(sourceName(s), s.Problems)
	}
}

// notes is everything that is to be said of a source: why it was read as it
// was, its year, when it was taken, and what its clock was found to do.
func (p *printer) notes(s *Source) string {
	var notes []string
	for _, n := range append([]string{s.Why, s.Year, s.Taken}, s.Notes...) {
		if n != "" {
			notes = append(notes, n)
		}
	}
	if s.DuplicateOf != "" {
		notes = append(notes, fmt.Sprintf(p.t.Duplicate, s.DuplicateOf))
	}
	return strings.Join(notes, p.t.Semicolon)
}
