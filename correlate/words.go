package correlate

import (
	"strconv"
	"strings"
	"time"

	"forensic/rules"
)

// A speaker words one finding.
type speaker struct {
	m       *machine
	r       *run
	f       *Finding
	context []*sight // of each context selection; nil where it is absent
	faults  *[]map[string]string
}

// word fills in all texts in both languages.
func (s *speaker) word(open [2]string) {
	s.f.Wording = map[string]Wording{}
	for i, w := range []*rules.Words{&s.m.rule.En, &s.m.rule.Zh} {
		words := s.wording(w, i == 1, open[i])
		words.Say += s.toldAgain(i == 1)
		s.f.Wording[languages[i]] = words
	}
}

func (s *speaker) wording(w *rules.Words, chinese bool, open string) Wording {
	places := s.places(chinese)
	fill := func(t rules.Text) string {
		out, err := t.Fill(places)
		if err != nil {
			*s.faults = append(*s.faults, both("rule %s: %v", "规则 %s：%v", s.m.rule.Name, err))
			return t.Source
		}
		if rest, ok := strings.CutPrefix(out, "at least "); ok { // a count that begins a sentence
			return "At least " + rest
		}
		return out
	}
	out := Wording{Title: fill(w.Title), Say: fill(w.Say), Because: fill(w.Because), Impact: fill(w.Impact), Open: open}
	for _, n := range w.Next {
		out.Next = append(out.Next, Step{fill(n.Do), fill(n.Risk), fill(n.Verify)})
	}
	for i, a := range w.Avoid {
		out.Avoid = append(out.Avoid, Caution{fill(a.Do), fill(a.Why), s.applied(i, chinese)})
	}
	for i, name := range s.m.rule.RuledOut {
		if s.present(name) {
			out.RuledOut = append(out.RuledOut, fill(w.RuledOut[i]))
		}
	}
	return out
}

// applied says when a remedy was tried on the host of the finding.
func (s *speaker) applied(i int, chinese bool) string {
	a := s.m.tried[i].at(s.m.e, s.r)
	if a == nil {
		return ""
	}
	return s.m.e.timeText(a.moment(), chinese)
}

// present tells whether a context selection saw something.
func (s *speaker) present(name string) bool {
	for i := range s.m.rule.Context {
		if s.m.rule.Context[i].Name == name {
			return s.context[i] != nil
		}
	}
	return false
}

// places are what a text can name.
func (s *speaker) places(chinese bool) map[string]any {
	f, r := s.f, s.r
	p := map[string]any{
		"Count": counted{f.Count, chinese}, "Best": f.Count.Best, "Low": f.Count.Low,
		"High": bound(f.Count.High, chinese), "Span": spanText(f.First, f.Last, chinese),
		"First": s.m.e.timeText(f.First, chinese), "Last": s.m.e.timeText(f.Last, chinese),
		"Host": f.Host, "Distinct": f.Distinct, "Rate": "", "Growth": rules.Values(nil), "Limit": rules.Values(nil),
	}
	if f.First.Known() && f.Last.Known() {
		p["Rate"] = rateText(float64(f.Count.Best), time.Duration(f.Last.At-f.First.At), chinese)
	}
	key := rules.Values{}
	for _, a := range f.Key {
		key[a.Name] = a.Value
	}
	p["Key"] = key
	for i := range s.m.rule.Select {
		name := s.m.rule.Select[i].Name
		p[name] = rules.Values(nil)
		for j := range r.roles {
			if l := &r.roles[j]; l.name == name {
				p[name] = s.values(&l.first[0], l.attrs.Get, name, chinese)
			}
		}
	}
	for i := range s.m.rule.Context {
		name := s.m.rule.Context[i].Name
		p[name] = rules.Values(nil)
		if c := s.context[i]; c != nil {
			p[name] = s.values(c, c.attrs.Get, name, chinese)
		}
	}
	if r.rise.points > 0 {
		p["Growth"] = s.growth(chinese)
	}
	if r.usage.of > 0 {
		p["Limit"] = rules.Values{"used": rules.Number(r.usage.used).String(), "of": rules.Number(r.usage.of).String(),
			"share": strconv.Itoa(int(100*r.usage.used/r.usage.of)) + "%"}
	}
	return p
}

// values are the attributes of an event that the rule asks for, and its time,
// so that they are never none.
func (s *speaker) values(at *sight, get func(string) string, name string, chinese bool) rules.Values {
	v := rules.Values{"at": s.m.e.timeText(at.moment(), chinese), "host": at.host}
	for _, attr := range s.m.needs(name) {
		v[attr] = get(attr)
	}
	return v
}

// growth are the figures of a number that rises: from, to, slope, and when it
// reaches the limit, if there is one.
func (s *speaker) growth(chinese bool) rules.Values {
	g := &s.r.rise
	v := rules.Values{"from": rules.Number(g.from).String(), "to": rules.Number(g.to).String(), "points": strconv.Itoa(g.points),
		"rise": rules.Number(g.to - g.from).String(), "span": lengthText(time.Duration(g.end-g.start), chinese)}
	slope, _, ok := g.slope()
	if !ok {
		return v
	}
	v["slope"] = perText(slope, chinese)
	limit, ok := s.number(s.m.rule.Match.Until)
	if !ok {
		return v
	}
	v["limit"] = rules.Number(limit).String()
	if at, early, late, ok := g.reaches(limit); ok {
		when := func(at int64) string { return s.m.e.timeText(Moment{at, time.Minute, s.r.zoned}, chinese) }
		v["reached"], v["early"], v["late"] = when(at), when(early), when(late)
	}
	return v
}

// number reads a value of the rule.
func (s *speaker) number(v rules.Value) (float64, bool) {
	if v.Selection == "" {
		return v.Number, v.Number != 0
	}
	text, _ := s.value(v)
	return rules.ReadNumber(text)
}

// value returns an attribute that the rule names, and the event it is from.
func (s *speaker) value(v rules.Value) (string, *sight) {
	for i := range s.m.rule.Context {
		if s.m.rule.Context[i].Name == v.Selection && s.context[i] != nil {
			return s.context[i].attrs.Get(v.Attr), s.context[i]
		}
	}
	for i := range s.r.roles {
		if l := &s.r.roles[i]; l.name == v.Selection {
			return l.attrs.Get(v.Attr), &l.first[0]
		}
	}
	return "", nil
}
