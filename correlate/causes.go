package correlate

import (
	"cmp"
	"slices"
	"time"

	"forensic/event"
	"forensic/rules"
)

// mask takes out findings that a more specific one stands for: same host, same
// values of the keys both have, and times that overlap.
func (c *Conclusion) mask() {
	masked := map[*Finding]bool{}
	for _, f := range c.Findings {
		for _, g := range c.Findings {
			if f != g && slices.Contains(f.rule.Masks, g.Rule) && !masked[f] && !masked[g] && covers(f, g) {
				masked[g] = true
				f.Masks = append(f.Masks, g)
				c.Masked = append(c.Masked, g)
			}
		}
	}
	c.Findings = slices.DeleteFunc(c.Findings, func(f *Finding) bool { return masked[f] })
}

func covers(f, g *Finding) bool {
	if !comparable(f, g) || !samePlace(f, g) {
		return false
	}
	for _, a := range f.Key {
		if v := g.run.attr(a.Name); v != "" && v != a.Value {
			return false
		}
	}
	if !f.First.Known() || !g.First.Known() {
		return true
	}
	slack := int64(f.rule.Pause())
	return g.First.At <= f.Last.At+slack && f.First.At <= g.Last.At+slack
}

// comparable tells whether the times of two findings can be: both zones are
// known, or both unknown and the host the same.
func comparable(f, g *Finding) bool {
	return f.run.zoned == g.run.zoned && (f.run.zoned || samePlace(f, g))
}

// samePlace tells whether two findings are about one host. A host without a
// name equals no other: then it must be one source.
func samePlace(f, g *Finding) bool {
	return !f.run.mixed && !g.run.mixed && sameHost(f.run.host, f.run.place, g.run.host, g.run.place)
}

// link draws the causes that the rules name, firmest first, and never in a
// circle. What only coincides is no cause: it is noted on both sides, and where
// nothing firmer ties the two.
func (c *Conclusion) link(e *Engine) {
	var links []*Link
	for _, f := range c.Findings {
		for i := range f.rule.Causes {
			for _, g := range c.Findings {
				if f != g && g.Rule == f.rule.Causes[i].Rule {
					if gap, ok := follows(f, g, &f.rule.Causes[i], e.HostOf); ok {
						links = append(links, &Link{f, g, f.rule.Causes[i].Strength, gap, e.ordered(f, g)})
					}
				}
			}
		}
	}
	slices.SortStableFunc(links, func(a, b *Link) int {
		return cmp.Or(cmp.Compare(b.Strength, a.Strength), cmp.Compare(a.Gap.Abs(), b.Gap.Abs()))
	})
	for _, l := range links {
		switch {
		case l.Strength == rules.Coincides:
			if !reaches(l.Cause, l.Effect) && !reaches(l.Effect, l.Cause) && !coincide(l.Cause, l.Effect) {
				l.Cause.Coincides = append(l.Cause.Coincides, l)
				l.Effect.Coincides = append(l.Effect.Coincides, l)
			}
		case !reaches(l.Effect, l.Cause) && !slices.ContainsFunc(l.Cause.Explains, func(o *Link) bool { return o.Effect == l.Effect }):
			l.Cause.Explains = append(l.Cause.Explains, l)
			l.Effect.CausedBy = append(l.Effect.CausedBy, l)
		}
	}
}

// coincide tells whether that was noted already.
func coincide(f, g *Finding) bool {
	return slices.ContainsFunc(f.Coincides, func(l *Link) bool { return l.Cause == g || l.Effect == g })
}

// ordered tells whether it is sure that one finding began before the other.
func (e *Engine) ordered(f, g *Finding) bool {
	if e.Order == nil {
		return f.First.At < g.First.At
	}
	first, sure := e.Order(f.run.began(), g.run.began())
	return sure && first < 0
}

// follows tells whether g can be what f brings about: the entities agree, and g
// begins no earlier than f and no later than the rule allows. What a snapshot
// shows may have been read after its effect began, where the rule says so: then
// the gap is negative. Where a rule asks nothing to agree it is the host: what
// happens on two machines that have nothing in common are two stories.
func follows(f, g *Finding, c *rules.Cause, hostOf func(string) string) (time.Duration, bool) {
	if !comparable(f, g) || !f.First.Known() || !g.First.Known() {
		return 0, false
	}
	if len(c.Same) == 0 && !samePlace(f, g) {
		return 0, false
	}
	for _, s := range c.Same {
		if s.Here == event.Host && s.There == event.Host {
			if !samePlace(f, g) {
				return 0, false
			}
			continue
		}
		if !sameEntity(f.run.attr(s.Here), g.run.attr(s.There), hostOf) {
			return 0, false
		}
	}
	step := int64(max(f.First.Step, g.First.Step))
	late := f.First.At - g.First.At
	switch {
	case late > step && late <= int64(c.SeenLate):
		return time.Duration(-late), true
	case late > step || g.First.At > f.Last.At+int64(c.Within):
		return 0, false
	}
	return time.Duration(max(-late, 0)), true
}

// sameEntity tells whether two values name one thing: they are equal, or one is
// an address of the host that the other names.
func sameEntity(a, b string, hostOf func(string) string) bool {
	if a == "" || b == "" || a == b || hostOf == nil {
		return a != "" && a == b
	}
	resolve := func(s string) string {
		if name := hostOf(s); name != "" {
			return name
		}
		return s
	}
	return resolve(a) == resolve(b)
}

// reaches tells whether from brings about to, directly or not.
func reaches(from, to *Finding) bool {
	return from == to || slices.ContainsFunc(from.Explains, func(l *Link) bool { return reaches(l.Effect, to) })
}
