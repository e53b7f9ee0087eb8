package report

import (
	"fmt"
	"slices"
	"strconv"
	"strings"
	"time"

	"forensic/rules"
)

// finding writes everything about one finding.
func (p *printer) finding(f *Finding) {
	id := shown(f.ID)
	label := p.paint(bold, id) + " " + p.paint(severityColor(f.Severity), p.severity(f.Severity)) + " "
	p.hanging(bold, label, width(id)+width(p.severity(f.Severity))+2, f.Title)
	p.colored(dim, 4, p.where(f))
	p.colored(dim, 4, p.when(f))
	if f.Say != "" {
		p.blank()
		p.para(4, sentence(f.Say, p.t))
	}
	p.blank()
	p.labelled(p.t.Why, f.Because)
	p.labelled(p.t.Impact, f.Impact)
	p.ties(f)
	p.tried(f)
	for i, s := range f.Next {
		p.step(i, &s)
	}
	for i, c := range f.Avoid {
		p.caution(i, &c)
	}
	for i, s := range f.RuledOut {
		p.labelled(first(i, p.t.RuledOut), s)
	}
	p.facts(f)
	p.series(f)
	p.evidence(f)
	for i, ref := range f.Refs {
		p.labelled(first(i, p.t.Refs), ref)
	}
}

// first is the label of the first of several, blank before the others.
func first(i int, label string) string {
	if i > 0 {
		return ""
	}
	return label
}

// where says which rule fired, on which host, for whom.
func (p *printer) where(f *Finding) string {
	parts := []string{f.Rule}
	if f.Host != "" {
		parts = append(parts, f.Host)
	}
	for _, e := range f.Entities {
		parts = append(parts, e.Name+" "+e.Value)
	}
	return strings.Join(parts, " · ")
}

// when says from when to when, how often, and how sure.
func (p *printer) when(f *Finding) string {
	var parts []string
	if f.First.Known {
		s := p.zone.short(f.First)
		if f.Last.Known && f.Last.At != f.First.At {
			s += " " + p.t.To + " " + p.shortUntil(f.First, f.Last) + " (" + span(f.First, f.Last) + ")"
		}
		if f.ZoneKnown != nil && p.zone.name != "" {
			s += " " + p.t.SomeZone
		}
		parts = append(parts, s)
	}
	count := fmt.Sprintf(p.t.Times, rules.Thousands(f.Count))
	if f.CountLow < f.Count {
		count = fmt.Sprintf(p.t.TimesSure, rules.Thousands(f.Count), rules.Thousands(f.CountLow))
	}
	if f.Count > 1 {
		parts = append(parts, count)
	}
	parts = append(parts, p.t.Confidence[f.Confidence])
	switch {
	case f.Open != "":
		parts = append(parts, fmt.Sprintf(p.t.OpenFor, f.Open))
	case f.Standing == "open":
		parts = append(parts, p.t.OpenWord)
	}
	return strings.Join(parts, " · ")
}

// shortUntil is until in the short form.
func (p *printer) shortUntil(a, b Moment) string {
	if p.zone.civil(a)[:10] == p.zone.civil(b)[:10] {
		return p.zone.civil(b)[11:]
	}
	return p.zone.short(b)
}

// ties says what brought the finding about and what it brings about.
func (p *printer) ties(f *Finding) {
	for i, l := range f.Links {
		s := l.Cause + " " + p.titleOf(l.Cause)
		s += " (" + p.t.Strength[l.Strength] + ")"
		p.labelled(first(i, p.t.CausedBy), s)
	}
	for i, id := range f.Explains {
		p.labelled(first(i, p.t.ExplainsIDs), id+" "+p.titleOf(id))
	}
	for i, c := range f.Coincides {
		p.labelled(first(i, p.t.Beside), c.Say)
	}
	p.labelled(p.t.StandsFor, strings.Join(f.Masks, p.t.Join))
}

// tried lists what was done while the finding stood, and what came of it.
func (p *printer) tried(f *Finding) {
	for i, t := range f.Tried {
		s := t.Command + p.t.Colon + p.t.Effect[t.Effect]
		if t.At.Known && t.At.At != f.First.At { // else it is the time of the file they stand in
			s = p.zone.short(t.At) + " " + s
		}
		if t.Say != "" {
			s += " (" + t.Say + ")"
		}
		p.labelled(first(i, p.t.Tried), s)
	}
}

// titleOf is the title of another finding.
func (p *printer) titleOf(id string) string {
	for i := range p.r.Findings {
		if p.r.Findings[i].ID == id {
			return p.r.Findings[i].Title
		}
	}
	return ""
}

func (p *printer) step(i int, s *Step) {
	p.item(first(i, p.t.Next), strconv.Itoa(i+1)+". ", s.Do)
	if s.Risk != "" && !none(s.Risk) {
		p.item("", "   ", p.t.Risk+s.Risk)
	}
	if s.Verify != "" {
		p.item("", "   ", p.t.Verify+s.Verify)
	}
}

// none tells whether a text says that there is nothing to say.
func none(s string) bool {
	switch strings.TrimRight(strings.ToLower(s), ".。") {
	case "none", "无", "没有":
		return true
	}
	return false
}

func (p *printer) caution(i int, c *Caution) {
	s := c.Do
	if c.Why != "" {
		s += p.t.Colon + c.Why
	}
	p.labelled(first(i, p.t.Avoid), s)
	if c.Applied != "" {
		p.labelled("", p.t.Applied+c.Applied)
	}
}

func (p *printer) facts(f *Finding) {
	for i, v := range f.Facts {
		s := v.Name + " = " + v.Value
		if v.Evidence != "" {
			s += " (" + v.Evidence + ")"
		}
		p.labelled(first(i, p.t.Facts), s)
	}
}

// series draws how the events spread, in at most so many columns.
func (p *printer) series(f *Finding) {
	if f.Series == nil || len(f.Series.Counts) < 3 {
		return
	}
	const columns = 48
	counts := f.Series.Counts
	per := (len(counts) + columns - 1) / columns
	var bars []int
	most := 0
	for chunk := range slices.Chunk(counts, per) {
		sum := 0
		for _, n := range chunk {
			sum += n
		}
		bars = append(bars, sum)
		most = max(most, sum)
	}
	if most == 0 {
		return
	}
	var b strings.Builder
	for _, n := range bars {
		if n == 0 {
			b.WriteByte('.')
			continue
		}
		b.WriteRune([]rune("▁▂▃▄▅▆▇█")[(n*8-1)/most])
	}
	step := f.Series.Step
	if d, err := time.ParseDuration(step); err == nil {
		step = duration(d * time.Duration(per))
	}
	p.labelled(p.t.OverTime, b.String()+"  "+fmt.Sprintf(p.t.Series, step, rules.Thousands(most)))
}
