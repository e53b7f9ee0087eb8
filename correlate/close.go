package correlate

import (
	"cmp"
	"fmt"
	"slices"
	"strconv"
	"strings"

	"forensic/event"
	"forensic/rules"
)

// Close ends everything that is open and says what was found. Seen is what each
// source could have told.
func (e *Engine) Close(seen event.Coverage) *Conclusion {
	c := &Conclusion{}
	for _, m := range e.machines {
		m.end()
		for _, r := range m.ended {
			if f := e.finding(m, r, seen, &c.LimitsHit); f != nil {
				c.Findings = append(c.Findings, f)
			}
		}
		if why := m.impossible(seen); len(why) > 0 {
			c.NotRun = append(c.NotRun, NotRun{m.rule.Name, e.notRun(why)})
		}
	}
	c.stopped(e, seen)
	c.RulesRun = len(e.rules) - len(c.NotRun)
	c.mask()
	c.link(e)
	c.sort()
	c.number()
	c.chain()
	c.try(e, seen)
	c.account(e)
	c.Measures = e.measured()
	c.LimitsHit = append(c.LimitsHit, e.limitsHit()...)
	e.found = map[int][]*Finding{}
	for _, f := range c.Findings {
		for n, r := range e.rules {
			if r == f.rule {
				e.found[n] = append(e.found[n], f)
			}
		}
	}
	return c
}

// finding words a run; nil where the rule lets it pass.
func (e *Engine) finding(m *machine, r *run, seen event.Coverage, faults *[]map[string]string) *Finding {
	if u := m.rule.Unless; u != nil && r.rhythm.steady(u.Variation, u.Slower) {
		m.let(r, "as steady as a health check", "像健康检查一样规律")
		return nil
	}
	if m.rule.Baseline > 0 && !m.unusual(r, seen) {
		m.let(r, "not unusual for what came before, or too little came before to tell", "与之前相比并不反常，或此前的记录太少无法判断")
		return nil
	}
	f := &Finding{
		Rule: m.rule.Name, Severity: m.rule.Severity, Key: r.key, First: r.first, Last: r.last,
		Count: r.count, Distinct: len(r.distinct), Series: r.spread.series(), Refs: m.rule.Refs, rule: m.rule, run: r,
	}
	f.Host = r.attr(event.Host)
	s := &speaker{m: m, r: r, f: f, faults: faults}
	for i := range m.notes {
		s.context = append(s.context, m.notes[i].at(e, r))
	}
	for _, name := range m.rule.OnlyWith {
		if !s.present(name) {
			m.let(r, name+" is not there", "没有 "+name)
			return nil
		}
	}
	var why [2]string
	if m.rule.Match.Op == rules.Absence {
		why = f.judged(m, m.judge(r, seen))
	}
	f.Confidence = s.confidence()
	e.quote(s)
	s.word(why)
	return f
}

// judged counts only what somebody watched; where that is not enough the
// finding is open.
func (f *Finding) judged(m *machine, v verdict) (why [2]string) {
	enough := 1
	if m.rule.Match.Repeat != nil {
		enough = m.rule.Match.Repeat.AtLeast
	}
	if v.watched.Best < enough {
		f.Standing = Open
		return v.why
	}
	f.Count = v.watched
	if f.Count.High >= 0 && v.blind != (event.Times{}) {
		f.Count.High = -1
		if v.blind.High >= 0 {
			f.Count.High = v.watched.High + v.blind.High
		}
	}
	return [2]string{}
}

// confidence starts where the rule says, moves with what is present, and is not
// high where the certain occurrences alone do not suffice or the finding is
// open.
func (s *speaker) confidence() rules.Confidence {
	c := int(s.m.rule.Trust.Start)
	for _, name := range s.m.rule.Trust.Raise {
		if s.present(name) {
			c++
		}
	}
	for _, name := range s.m.rule.Trust.Lower {
		if s.present(name) {
			c--
		}
	}
	c = min(max(c, int(rules.Low)), int(rules.High))
	if !s.r.hitLow || s.f.Standing == Open {
		c = min(c, int(rules.Medium))
	}
	return rules.Confidence(c)
}

// quote lists the evidence by time: what was kept of each role, the context,
// and the facts read from it.
func (e *Engine) quote(s *speaker) {
	var seen []sight
	for i := range s.r.roles {
		seen = append(seen, s.r.roles[i].sights()...)
	}
	for _, c := range s.context {
		if c != nil {
			seen = append(seen, *c)
		}
	}
	slices.SortStableFunc(seen, func(a, b sight) int {
		return cmp.Or(cmp.Compare(a.at, b.at), cmp.Compare(a.seq, b.seq))
	})
	for i := range seen {
		x := &seen[i]
		ev := Evidence{Role: x.name, At: x.moment(), Host: x.host, Where: x.where}
		if e.Quote != nil {
			ev.Text, ev.Before, ev.After = e.Quote(&event.Event{Where: x.where, Host: x.host, At: x.at, ZoneKnown: x.zoned})
		}
		if ev.Text == "" {
			ev.Text = x.text
		}
		s.f.Evidence = append(s.f.Evidence, ev)
	}
	for _, fact := range s.m.rule.Facts {
		if text, from := s.value(fact.Value); text != "" {
			at := slices.IndexFunc(s.f.Evidence, func(ev Evidence) bool { return ev.Role == from.name && ev.Where == from.where })
			s.f.Facts = append(s.f.Facts, Fact{fact.Name, text, strconv.Itoa(at)}) // the place, until evidence is numbered
		}
	}
}

// sort puts root causes first, then severity, then time.
func (c *Conclusion) sort() {
	caused := func(f *Finding) int { return min(len(f.CausedBy), 1) }
	order := func(a, b *Finding) int {
		return cmp.Or(
			cmp.Compare(caused(a), caused(b)),
			cmp.Compare(b.Severity, a.Severity),
			cmp.Compare(a.First.At, b.First.At),
			strings.Compare(a.Rule, b.Rule),
			strings.Compare(a.Host, b.Host),
			strings.Compare(keyText(a.Key), keyText(b.Key)),
			cmp.Compare(a.run.seq, b.run.seq),
		)
	}
	slices.SortStableFunc(c.Findings, order)
	slices.SortStableFunc(c.Masked, order)
}

func keyText(key event.Attrs) string {
	var b strings.Builder
	for _, a := range key {
		b.WriteString(a.Name + "=" + a.Value + "\x00")
	}
	return b.String()
}

// number gives findings and evidence their ids.
func (c *Conclusion) number() {
	n := 0
	for i, f := range c.Findings {
		f.ID = "F" + strconv.Itoa(i+1)
		for j := range f.Evidence {
			n++
			f.Evidence[j].ID = "E" + strconv.Itoa(n)
		}
		for j := range f.Facts {
			at, err := strconv.Atoi(f.Facts[j].Evidence)
			f.Facts[j].Evidence = ""
			if err == nil && at >= 0 && at < len(f.Evidence) {
				f.Facts[j].Evidence = f.Evidence[at].ID
			}
		}
	}
}

// impossible lists the kinds without which the rule cannot find anything; none
// where some source may have them.
func (m *machine) impossible(seen event.Coverage) []string {
	has := func(name string) bool {
		sel := m.rule.Lookup(name)
		return sel == nil || slices.ContainsFunc(seen, func(c event.Covered) bool { return declaresAny(c.Kinds, sel.Kinds) })
	}
	match := &m.rule.Match
	var wanted []string
	for i, n := range match.Names {
		if !n.Optional && (match.Op != rules.Absence || i == 0) {
			wanted = append(wanted, n.Selection)
		}
	}
	if match.Op == rules.Limit && match.Of.Selection != "" {
		wanted = append(wanted, match.Of.Selection)
	}
	var missing []string
	for _, name := range wanted {
		if !has(name) {
			missing = append(missing, m.rule.Lookup(name).Kinds...)
		} else if match.Op == rules.Any || match.Op == rules.Count {
			return nil // one of them is enough
		}
	}
	slices.Sort(missing)
	return slices.Compact(missing)
}

// notRun words why a rule found nothing to look at.
func (e *Engine) notRun(kinds []string) map[string]string {
	why := map[string]string{}
	for i, format := range []string{"nothing in the input tells of %s", "输入中没有 %s"} {
		var names []string
		for _, k := range kinds {
			name := k
			if e.Sources != nil {
				if s := e.Sources(k, languages[i]); s != "" {
					name = s
				}
			}
			if !slices.Contains(names, name) {
				names = append(names, name)
			}
		}
		why[languages[i]] = fmt.Sprintf(format, strings.Join(names, ", "))
	}
	return why
}
