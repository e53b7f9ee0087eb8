package correlate

import (
	"cmp"
	"slices"
	"strings"
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
	return !f.run.mixed && !g.run.mixed && sameHost(f.run.host, f.run.source, g.run.host, g.run.source)
}

// link draws the causes that the rules name, firmest first, and never in a
// circle.
func (c *Conclusion) link(hostOf func(string) string) {
	var links []*Link
	for _, f := range c.Findings {
		for i := range f.rule.Causes {
			for _, g := range c.Findings {
				if f != g && g.Rule == f.rule.Causes[i].Rule {
					if gap, ok := follows(f, g, &f.rule.Causes[i], hostOf); ok {
						links = append(links, &Link{f, g, f.rule.Causes[i].Strength, gap})
					}
				}
			}
		}
	}
	slices.SortStableFunc(links, func(a, b *Link) int {
		return cmp.Or(cmp.Compare(b.Strength, a.Strength), cmp.Compare(a.Gap.Abs(), b.Gap.Abs()))
	})
	for _, l := range links {
		twice := slices.ContainsFunc(l.Cause.Explains, func(o *Link) bool { return o.Effect == l.Effect })
		if !twice && !reaches(l.Effect, l.Cause) {
			l.Cause.Explains = append(l.Cause.Explains, l)
			l.Effect.CausedBy = append(l.Effect.CausedBy, l)
		}
	}
}

// follows tells whether g can be what f brings about: the entities agree, and g
// begins no earlier than f and no later than the rule allows. What a snapshot
// shows may have been read after its effect began, where the rule says so: then
// the gap is negative.
func follows(f, g *Finding, c *rules.Cause, hostOf func(string) string) (time.Duration, bool) {
	if !comparable(f, g) || !f.First.Known() || !g.First.Known() {
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

// chain tells each story from its root.
func (c *Conclusion) chain() {
	for _, f := range c.Findings {
		if len(f.CausedBy) == 0 && len(f.Explains) > 0 {
			c.Chains = append(c.Chains, tell(f))
		}
	}
}

// tell walks from a root over everything it brings about, by time.
func tell(root *Finding) Chain {
	ch := Chain{Findings: []*Finding{root}, Confidence: root.Confidence, Say: map[string]string{}}
	in := map[*Finding]bool{root: true}
	var links []*Link
	for {
		var next *Link
		for _, f := range ch.Findings {
			for _, l := range f.Explains {
				if !in[l.Effect] && (next == nil || cmp.Or(cmp.Compare(l.Effect.First.At, next.Effect.First.At), cmp.Compare(next.Strength, l.Strength), strings.Compare(l.Effect.ID, next.Effect.ID)) < 0) {
					next = l
				}
			}
		}
		if next == nil {
			break
		}
		in[next.Effect] = true
		ch.Findings = append(ch.Findings, next.Effect)
		links = append(links, next)
		if w := ch.Weakest; w == nil || next.Strength < w.Strength || next.Strength == w.Strength && next.Gap.Abs() > w.Gap.Abs() {
			ch.Weakest = next
		}
		ch.Confidence = min(ch.Confidence, next.Effect.Confidence, firmness(next.Strength))
	}
	for i, lang := range languages {
		ch.Say[lang] = narrate(root, links, ch.Weakest, i == 1)
	}
	return ch
}

// firmness is how sure a chain can be over a link.
func firmness(s rules.Strength) rules.Confidence {
	return [...]rules.Confidence{rules.Low, rules.Medium, rules.High}[s]
}

// narrate words a chain. What only coincides is never said to be the reason.
func narrate(root *Finding, links []*Link, weakest *Link, chinese bool) string {
	lang := languages[0]
	if chinese {
		lang = languages[1]
	}
	name := func(f *Finding) string { return f.Wording[lang].Title + " (" + f.ID + ")" }
	var b strings.Builder
	if chinese {
		b.WriteString("起点：" + name(root) + "。")
	} else {
		b.WriteString("It begins with: " + name(root) + ".")
	}
	for _, l := range links {
		gap := lengthText(l.Gap, chinese)
		switch {
		case chinese && l.Gap < 0 && l.Strength == rules.Coincides:
			b.WriteString("与 " + l.Cause.ID + " 同一时段（在读到前者之前 " + gap + "）：" + name(l.Effect) + "；没有证据表明前者导致了后者。")
		case chinese && l.Gap < 0:
			b.WriteString(l.Cause.ID + " 可以解释 " + name(l.Effect) + "；前者是一种状态，在后者开始 " + gap + " 后才被读到。")
		case l.Gap < 0 && l.Strength == rules.Coincides:
			b.WriteString(" In the same period as " + l.Cause.ID + ", " + gap + " before that was read: " + name(l.Effect) + "; nothing shows that the one brought about the other.")
		case l.Gap < 0:
			b.WriteString(" " + l.Cause.ID + " explains: " + name(l.Effect) + ", which had begun " + gap + " before that state was read.")
		case chinese && l.Strength == rules.Coincides:
			b.WriteString("与 " + l.Cause.ID + " 同一时段（相隔 " + gap + "）：" + name(l.Effect) + "；没有证据表明前者导致了后者。")
		case chinese:
			b.WriteString(l.Cause.ID + " 可以解释 " + name(l.Effect) + "，后者在 " + gap + " 后开始。")
		case l.Strength == rules.Coincides:
			b.WriteString(" In the same period as " + l.Cause.ID + ", " + gap + " after it began: " + name(l.Effect) + "; nothing shows that the one brought about the other.")
		case l.Strength == rules.Explains:
			b.WriteString(" " + l.Cause.ID + " explains: " + name(l.Effect) + ", which began " + gap + " later.")
		default:
			b.WriteString(" " + l.Cause.ID + " is the reason for: " + name(l.Effect) + ", which began " + gap + " later.")
		}
	}
	if len(links) > 1 {
		if chinese {
			b.WriteString("最弱的一环是 " + weakest.Cause.ID + "→" + weakest.Effect.ID + "。")
		} else {
			b.WriteString(" The weakest link is " + weakest.Cause.ID + "→" + weakest.Effect.ID + ".")
		}
	}
	return b.String()
}
