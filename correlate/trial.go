package correlate

import (
	"cmp"
	"slices"
	"strings"
	"time"

	"forensic/event"
	"forensic/rules"
)

// A Trial is something an operator did while a finding stood, and whether the
// symptom moved afterwards. That it moved does not show that this is what moved
// it.
type Trial struct {
	Command string // as it was typed, bounded
	Changes string // what it changes, in the parser's words
	Host    string
	At      Moment
	Where   event.Span
	Effect  Effect
	Say     map[string]string // the figures before and after: "en", "zh"; none where the effect is unknown
}

// An Effect is what became of a symptom after a trial.
type Effect uint8

// The effects.
const (
	Untold Effect = iota // too little was recorded afterwards
	Ceased               // none came any more
	Fewer                // less than half
	Same                 // it went on
	More                 // more than twice
)

// String returns the word reports print.
func (e Effect) String() string {
	return [...]string{"unknown", "stopped", "fewer", "same", "more"}[e]
}

const (
	maxActs    = 2_000
	maxTrials  = 8   // of one finding
	maxCommand = 200 // bytes
	maxSamples = 256 // values of one key
)

// An act is a command that changes something.
type act struct {
	sight
	command, changes string
}

// act notes what an operator did.
func (e *Engine) act(ev *event.Event) {
	changes := ev.Attrs.Get("changes")
	if changes == "" || len(e.acts) >= maxActs {
		return
	}
	a := act{sight: e.see(ev, &selection{sel: &rules.Selection{}}, nil), changes: strings.Clone(changes)}
	a.command = cut(ev.Attrs.Get("command"), maxCommand)
	a.own(nil)
	e.acts = append(e.acts, a)
}

// cut copies the beginning of a text, whole characters.
func cut(s string, most int) string {
	if len(s) > most {
		for most > 0 && s[most]&0xc0 == 0x80 {
			most--
		}
		s = s[:most] + "..."
	}
	return strings.Clone(s)
}

// A sample is a number of one key as one snapshot showed it; of is its limit, 0
// where there is none.
type sample struct {
	at, seq   int64
	value, of float64
}

// samples are the numbers of one key, and whose they are.
type samples struct {
	host   string
	source int
	zoned  bool
	key    event.Attrs
	list   []sample
}

// sample remembers a number for comparison.
func (m *machine) sample(key string, s *sight, value, of float64) {
	if m.samples == nil {
		m.samples = map[string]*samples{}
	}
	all := m.samples[key]
	if all == nil {
		if len(m.samples) >= maxRuns {
			return
		}
		all = &samples{host: s.host, source: s.where.Source, zoned: s.zoned}
		for _, name := range m.by() {
			if v := s.get(name); v != "" && name != event.Host {
				all.key = append(all.key, event.Attr{Name: name, Value: strings.Clone(v)})
			}
		}
		m.samples[key] = all
	}
	if len(all.list) < maxSamples {
		all.list = append(all.list, sample{s.at, s.seq, value, of})
	}
}

// try adds to each finding what was tried while it stood.
func (c *Conclusion) try(e *Engine, seen event.Coverage) {
	for _, f := range c.Findings {
		var acts []*act
		for i := range e.acts {
			if a := &e.acts[i]; a.while(f) && len(acts) < maxTrials {
				acts = append(acts, a)
			}
		}
		for i, a := range acts {
			t := Trial{Command: a.command, Changes: a.changes, Host: a.host, At: a.moment(), Where: a.where}
			j := judgement{e: e, f: f, act: a}
			if i > 0 {
				j.previous = acts[i-1]
			}
			if i+1 < len(acts) {
				j.next = acts[i+1]
			}
			j.until = j.ends(seen)
			t.Effect, t.Say = j.judge(c)
			f.Tried = append(f.Tried, t)
		}
	}
	for _, f := range c.Findings {
		f.Tried = slices.DeleteFunc(f.Tried, func(t Trial) bool { return t.Effect == Untold && f.toldByCause(&t, 0) })
	}
}

// toldByCause tells whether something that brings the finding about names the
// same command: where nothing shows that the symptom moved, once is enough.
func (f *Finding) toldByCause(t *Trial, depth int) bool {
	if depth > maxTrials {
		return false
	}
	for _, l := range f.CausedBy {
		if slices.ContainsFunc(l.Cause.Tried, func(u Trial) bool { return u.Where == t.Where }) || l.Cause.toldByCause(t, depth+1) {
			return true
		}
	}
	return false
}

// while tells whether a command was run when a finding stood, or soon after, on
// its host or for a whole cluster.
func (a *act) while(f *Finding) bool {
	cluster := strings.HasPrefix(a.command, "kubectl ") || strings.HasPrefix(a.command, "oc ")
	if !cluster && (f.run.mixed || !sameHost(a.host, a.place, f.run.host, f.run.place)) {
		return false
	}
	if timeless(a.at) || !f.First.Known() || a.zoned != f.run.zoned {
		return false
	}
	if a.at < f.First.At || a.at == f.First.At && a.seq < f.run.seq {
		return false
	}
	return f.rule.Pause() == 0 || a.at <= f.Last.At+int64(max(f.rule.Pause(), 10*time.Minute))
}

// A judgement compares before and after a command.
type judgement struct {
	e              *Engine
	f              *Finding
	act            *act
	previous, next *act // commands before and after it; nil where there are none
	until          int64
}

// ends is when the time after a command ends: with the next command, or where
// the last source ends that could have shown the symptom.
func (j *judgement) ends(seen event.Coverage) int64 {
	last := j.act.at
	for k := range seen {
		s := &seen[k]
		if s.Last != event.NoTime && s.ZoneKnown == j.f.run.zoned && sameHost(s.Host, j.e.place(s.Source), j.f.run.host, j.f.run.place) && declaresAny(s.Kinds, j.f.rule.Select[0].Kinds) {
			last = max(last, s.Last)
		}
	}
	if j.next != nil {
		last = min(last, j.next.at)
	}
	return last
}

func (j *judgement) judge(c *Conclusion) (Effect, map[string]string) {
	m := j.machine()
	if all := m.samples[j.f.run.id]; all != nil {
		return j.byValue(m, all.list)
	}
	return j.byRate(c)
}

func (j *judgement) machine() *machine {
	for _, m := range j.e.machines {
		if m.rule == j.f.rule {
			return m
		}
	}
	return nil
}

// byValue compares the last number before with the first after.
func (j *judgement) byValue(m *machine, list []sample) (Effect, map[string]string) {
	slices.SortStableFunc(list, func(a, b sample) int { return cmp.Or(cmp.Compare(a.at, b.at), cmp.Compare(a.seq, b.seq)) })
	earlier := func(s *sample, a *act) bool { return s.at < a.at || s.at == a.at && s.seq < a.seq }
	var before, after *sample
	for i := range list {
		switch s := &list[i]; {
		case earlier(s, j.act):
			before = s
		case after == nil && (j.next == nil || earlier(s, j.next)):
			after = s
		}
	}
	if before == nil || after == nil {
		return Untold, nil
	}
	say := both("%s before it, %s after it", "之前 %s，之后 %s", before, after)
	if j.previous != nil && earlier(before, j.previous) {
		say = both("%s before it and what was done just before, %s after", "连同之前的操作：之前 %s，之后 %s", before, after)
	}
	switch share := m.rule.Match.Share; {
	case m.rule.Match.Op == rules.Limit && after.value < after.of*share:
		return Fewer, say
	case m.rule.Match.Op == rules.Limit, after.value >= before.value:
		return Same, say
	}
	return Fewer, say
}

// String prints a number, with its limit.
func (s *sample) String() string {
	if s.of > 0 {
		return rules.Number(s.value).String() + "/" + rules.Number(s.of).String()
	}
	return rules.Number(s.value).String()
}

// enough is how many occurrences the time after a command must have had room
// for before their absence means anything.
const enough = 3

// byRate compares how often the symptom came.
func (j *judgement) byRate(c *Conclusion) (Effect, map[string]string) {
	at := j.act.at
	before := j.count(c, floor(j.f.First.At, int64(24*time.Hour)), at)
	long, after := time.Duration(at-j.f.First.At), time.Duration(j.until-at)
	if before < 2 || long < time.Second || after <= 0 {
		return Untold, nil
	}
	again := j.count(c, at, j.until+1)
	if again > 0 {
		after = min(after, long) // as long as before
	}
	expected := float64(before) / long.Seconds() * after.Seconds()
	if expected < enough {
		return Untold, nil
	}
	n := j.count(c, at, at+int64(after))
	say := map[string]string{}
	for i, lang := range languages {
		was, is := rateText(float64(before), long, i == 1), rateText(float64(n), after, i == 1)
		lasted := lengthText(after, i == 1)
		switch {
		case i == 1 && again == 0:
			say[lang] = "此前" + was + "，此后 " + lasted + " 内没有"
		case i == 1 && n == 0:
			say[lang] = "此前" + was + "，此后 " + lasted + " 内没有，之后又出现"
		case i == 1:
			say[lang] = "此前" + was + "，此后" + is
		case again == 0:
			say[lang] = was + " before it, none in the " + lasted + " after it"
		case n == 0:
			say[lang] = was + " before it, none in the " + lasted + " after it, and then again"
		default:
			say[lang] = was + " before it, " + is + " after it"
		}
	}
	switch r := float64(n) / expected; {
	case again == 0:
		return Ceased, say
	case r < 0.5:
		return Fewer, say
	case r > 2:
		return More, say
	}
	return Same, say
}

// count adds up the symptom between two times, later episodes of the same key
// included.
func (j *judgement) count(c *Conclusion, from, to int64) int {
	n := 0
	for _, g := range c.Findings {
		if g == j.f || g.rule == j.f.rule && g.run.id == j.f.run.id {
			n += g.run.spread.between(from, to)
		}
	}
	return n
}

// between counts the events of the buckets that begin in a time; what shares a
// bucket with a command counts as before it.
func (s *spread) between(from, to int64) int {
	n := 0
	for i, k := range s.counts {
		if at := s.start + int64(i)*s.step(); at >= from && at < to {
			n += k
		}
	}
	return n
}
