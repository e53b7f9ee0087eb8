package correlate

import (
	"cmp"
	"math"
	"slices"
	"strconv"
	"time"

	"forensic/event"
	"forensic/rules"
)

// An Observation is something about the loud records that no rule was asked
// for: what is new, what burst, what stopped, what came first. It is named as
// seen, and never as a cause.
type Observation struct {
	ID         string   // O1, O2, ... the most remarkable first
	What       []string // of: first, new, burst, stopped, contrast
	Template   string   // the message, with <*> for what varies
	Level      event.Level
	Host       string
	Format     string
	Sources    []int // where it stands, in the order of their paths
	Count      int
	First      Moment
	Last       Moment
	Peak       int // the most of one minute
	PeakAt     Moment
	Where      event.Span // an example: the first
	Text       string     // its line as it was written, bounded
	Findings   []*Finding // whose rules took these records
	Say        map[string]string
	remarkable float64
}

// Seen is what observations rest on.
type Seen struct {
	Records  int // loud ones that were looked at
	Only     int // and those that were counted only
	Observed []Observation
	Limits   []map[string]string
}

const maxObserved = 20

// A settler turns a place in a source's own time into a time.
type settler func(source int, key int64, how uint32) (at int64, zoned bool)

// Observe merges what the miners noted, in the order of paths, and says what is
// remarkable. Within tells which times were asked for.
func (e *Engine) Observations(miners []*Miner, c *Conclusion, seen event.Coverage, within func(int64) bool, settle func(source int, key int64, how uint32) (at int64, zoned bool)) Seen {
	o := &observer{e: e, c: c, settle: settle, groups: map[groupKey]*group{}}
	for i := range seen {
		for _, m := range miners {
			if s := m.sources[seen[i].Source]; s != nil {
				o.take(&seen[i], s)
			}
		}
	}
	o.anchor()
	for _, g := range o.order {
		for _, t := range g.list {
			if t.into == nil && t.value.n > 0 {
				o.remark(g, t)
			}
		}
	}
	o.found = slices.DeleteFunc(o.found, func(x Observation) bool {
		return x.PeakAt.Known() && !within(x.First.At) && !within(x.PeakAt.At) && !within(x.Last.At)
	})
	slices.SortStableFunc(o.found, func(a, b Observation) int {
		return cmp.Or(cmp.Compare(b.remarkable, a.remarkable), cmp.Compare(a.First.At, b.First.At), cmp.Compare(a.Template, b.Template))
	})
	o.seen.Observed = o.found[:min(len(o.found), maxObserved)]
	for i := range o.seen.Observed {
		o.seen.Observed[i].ID = "O" + strconv.Itoa(i+1)
	}
	return o.seen
}

// A group is what one host's logs of one format say, comparable in time.
type group struct {
	groupKey
	begin, end int64
	forest     forest[observed]
	list       []*tree[observed]
}

type groupKey struct {
	host   string
	source int // where the host has no name
	format string
	zoned  bool
}

// An observed is a template of a group.
type observed struct {
	level             event.Level
	n                 int
	first, last, peak int64
	peakN             int
	where             event.Span
	sample            string
	sources           []int
	hits              map[uint16]int
}

type observer struct {
	e      *Engine
	c      *Conclusion
	settle settler
	groups map[groupKey]*group
	order  []*group
	seen   Seen
	found  []Observation
	before int64 // when the incident began; NoTime where there is none
	begun  *Finding
}

// take adds one source.
func (o *observer) take(from *event.Covered, s *mine) {
	if s.over+s.lost > 0 {
		o.seen.Only += s.over + s.lost
		if len(o.seen.Limits) < maxObserved {
			o.seen.Limits = append(o.seen.Limits, both("%s: %s loud records were counted and not compared with others: of a minute the first %s are, of a source %d kinds of messages",
				"%s：有 %s 条告警记录只计数、未比较：每分钟只比较前 %s 条，每个来源最多 %d 种消息", from.Path, rules.Thousands(s.over+s.lost), rules.Thousands(maxLooked), maxTemplates))
		}
	}
	for _, t := range s.list {
		if t.into == nil && t.value.n > 0 {
			o.add(from, t)
		}
	}
	for _, c := range s.contrasts() {
		o.contrast(from, &c)
	}
}

func (o *observer) add(from *event.Covered, t *tree[mined]) {
	m := t.value
	o.seen.Records += m.n
	at, zoned := o.settle(from.Source, m.first.key, m.first.how)
	last, _ := o.settle(from.Source, m.last.key, m.last.how)
	peak, _ := o.settle(from.Source, m.peak.minute.key, m.peak.minute.how)
	if timeless(at) || timeless(last) {
		return
	}
	key := groupKey{host: from.Host, format: from.Format, zoned: zoned}
	if from.Host == "" {
		key.source = from.Source
	}
	g := o.groups[key]
	if g == nil {
		g = &group{groupKey: key, begin: event.NoTime, end: math.MinInt64}
		o.groups[key] = g
		o.order = append(o.order, g)
	}
	if from.First != event.NoTime {
		g.begin, g.end = min(g.begin, from.First), max(g.end, from.Last)
	}
	fresh := &observed{
		level: m.level, n: m.n, first: min(at, last), last: max(at, last), peak: peak, peakN: m.peak.n,
		where:  event.Span{Source: from.Source, First: int(m.first.line), Last: int(m.first.line)},
		sample: m.sample, sources: []int{from.Source}, hits: map[uint16]int{},
	}
	for _, h := range m.hits {
		if h.n > 0 {
			fresh.hits[h.selection] += h.n
		}
	}
	isNew := false
	there := g.forest.place(t.text(), func() *observed { isNew = true; return &observed{} }, (*observed).join)
	there.value.join(fresh)
	if isNew && !slices.Contains(g.list, there) {
		g.list = append(g.list, there)
	}
}

// join adds what another source, or another template that is the same, tells.
func (t *observed) join(o *observed) {
	if o.n == 0 {
		return
	}
	if t.n == 0 {
		*t = *o
		return
	}
	t.n += o.n
	t.level = max(t.level, o.level)
	if o.first < t.first {
		t.first, t.where, t.sample = o.first, o.where, o.sample
	}
	t.last = max(t.last, o.last)
	switch {
	case o.peak == t.peak:
		t.peakN += o.peakN
	case o.peakN > t.peakN:
		t.peak, t.peakN = o.peak, o.peakN
	}
	for _, s := range o.sources {
		if !slices.Contains(t.sources, s) {
			t.sources = append(t.sources, s)
		}
	}
	for s, n := range o.hits {
		t.hits[s] += n
	}
}

// anchor is when the incident began, as far as a rule tells: at the first root
// cause that is not harmless.
func (o *observer) anchor() {
	o.before = event.NoTime
	for _, f := range o.c.Findings {
		if f.Severity >= rules.Warning && len(f.CausedBy) == 0 && f.First.Known() {
			o.before, o.begun = f.First.At, f
			return
		}
	}
}

// What is remarkable, in figures.
const (
	fewMinutes  = 5 * int64(time.Minute) // of history before anything is new
	expectNew   = 3                      // how many would have come before at this rate
	expectGone  = 5                      // and after
	leastBurst  = 10                     // in a minute
	timesBurst  = 10                     // what the other minutes have
	firstBefore = int64(time.Hour)       // how long before the incident first errors are shown
	closeBy     = int64(10 * time.Minute)
)

// remark decides what is to be said of a template, if anything.
func (o *observer) remark(g *group, t *tree[observed]) {
	v := t.value
	x := Observation{
		Template: display(t.text()), Level: v.level, Host: g.host, Format: g.format, Sources: v.sources, Count: v.n,
		First: o.moment(g, v.first), Last: o.moment(g, v.last), Peak: v.peakN, PeakAt: Moment{v.peak, time.Minute, g.zoned},
		Where: v.where, Text: v.sample, Say: map[string]string{},
	}
	s := sayer{o: o, g: g, v: v, x: &x}
	s.first()
	s.new()
	s.burst()
	s.stopped()
	if len(x.What) == 0 {
		return
	}
	x.Findings = o.known(g, v)
	x.remarkable = o.score(g, v, &x)
	o.found = append(o.found, x)
}

func (o *observer) moment(g *group, at int64) Moment { return Moment{at, time.Second, g.zoned} }

// known lists the findings whose rules took most of these records.
func (o *observer) known(g *group, v *observed) []*Finding {
	var out []*Finding
	for _, f := range o.c.Findings {
		for id, n := range v.hits {
			s := &o.e.selections[id]
			if s.part == matching && o.e.rules[s.rule] == f.rule && 2*n >= v.n && (f.Host == g.host || f.Host == "") && !slices.Contains(out, f) {
				out = append(out, f)
			}
		}
	}
	return out
}

// score orders observations: by what they are, how loud, how many, how close to
// the incident, and last what a finding explains already.
func (o *observer) score(g *group, v *observed, x *Observation) float64 {
	s := math.Min(math.Log10(float64(v.n)), 3) / 2
	for _, what := range x.What {
		s += map[string]float64{"new": 3, "burst": 3, "first": 2, "stopped": 2}[what]
	}
	switch {
	case v.level >= event.Critical:
		s += 3
	case v.level >= event.Error:
		s += 2
	case v.level == event.Warning:
		s++
	}
	if o.before != event.NoTime {
		near := min(abs(v.first-o.before), abs(v.peak-o.before))
		switch {
		case near <= closeBy:
			s += 2
		case near <= firstBefore:
			s++
		}
	}
	if len(x.Findings) > 0 {
		s -= 4
	}
	return s
}

func abs(n int64) int64 { return max(n, -n) }

// contrast says what stands in a run that failed and in one that succeeded.
func (o *observer) contrast(from *event.Covered, c *contrast) {
	where := c.only[0].where
	at, zoned := from.First, from.ZoneKnown
	x := Observation{
		What: []string{"contrast"}, Template: display(c.only[0].form), Level: event.Error, Host: c.failed.host, Format: from.Format,
		Sources: []int{from.Source}, Count: 1, First: Moment{at, time.Second, zoned}, Last: Moment{at, time.Second, zoned},
		PeakAt: Moment{At: event.NoTime}, Where: where, Text: c.only[0].text, remarkable: 6,
	}
	instead := [2]string{}
	if len(c.instead) > 0 {
		instead = [2]string{"; that one has \"" + c.instead[0].text + "\" instead", "；后者的对应内容为“" + c.instead[0].text + "”"}
	}
	en := "\"%[1]s\" failed in line %[2]d and succeeded in line %[3]d: this line stands in the first run alone%[4]s. \"%[5]s\" stands in both and is no cause of the difference."
	zh := "“%[1]s”在第 %[2]d 行失败、在第 %[3]d 行成功：此行只出现在失败的那次%[6]s。“%[5]s”两次都有，不是差异的原因。"
	x.Say = both(en, zh, c.failed.command, c.failed.ran.First, c.succeeded.ran.First, instead[0], c.both[0].text, instead[1])
	o.found = append(o.found, x)
}
