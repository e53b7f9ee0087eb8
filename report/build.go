package report

import (
	"cmp"
	"fmt"
	"slices"
	"strconv"
	"strings"
	"time"
	"unicode/utf8"

	"forensic"
	"forensic/correlate"
	"forensic/event"
	"forensic/rules"
	"forensic/timeline"
)

// Options are how a result is told.
type Options struct {
	Lang     string         // "en" or "zh"; "" is English
	Severity rules.Severity // findings below are left out, and counted
	Version  string         // of the program
}

// New returns the report of a result.
func New(r *forensic.Result, o Options) *Report {
	b := builder{lang: cmp.Or(o.Lang, "en"), sources: map[int]*forensic.Source{}, floor: o.Severity}
	for i := range r.Sources {
		b.sources[r.Sources[i].ID] = &r.Sources[i]
	}
	out := &Report{
		Schema:   Schema,
		Tool:     Tool{Name: "forensic", Version: o.Version, Rules: len(r.Rules)},
		Complete: no(r.Complete),
		Lang:     b.lang,
	}
	_, out.Zone = r.Zone()
	for _, in := range r.Inputs {
		out.Inputs = append(out.Inputs, Input{in.Path, in.Bytes, in.SHA256, b.problems(in.Faults)})
	}
	for i := range r.Hosts {
		out.Hosts = append(out.Hosts, b.host(&r.Hosts[i]))
	}
	covered := map[int]*event.Covered{}
	for i := range r.Coverage {
		covered[r.Coverage[i].Source] = &r.Coverage[i]
	}
	for i := range r.Sources {
		s := b.source(&r.Sources[i], covered[r.Sources[i].ID])
		out.Sources = append(out.Sources, s)
		if r.Sources[i].Traffic != nil && s.DuplicateOf == "" {
			out.Traffic = append(out.Traffic, traffic(&r.Sources[i]))
		}
	}
	out.First, out.Last = between(out.Sources)
	for _, s := range r.Skipped {
		out.Skipped = append(out.Skipped, Skipped{s.Path, b.word(s.Why), s.Bytes})
	}
	for _, f := range r.Findings {
		if f.Severity < b.floor {
			out.Hidden++
			continue
		}
		out.Findings = append(out.Findings, b.finding(f))
	}
	for i := range r.Chains {
		if c, ok := b.chain(&r.Chains[i]); ok {
			out.Chains = append(out.Chains, c)
		}
	}
	out.Coverage = b.coverage(r, out)
	out.Measures = measures(r)
	for i := range r.Observed.Observed {
		out.Observations = append(out.Observations, b.observation(&r.Observed.Observed[i]))
	}
	return out
}

type builder struct {
	lang    string
	sources map[int]*forensic.Source
	floor   rules.Severity
}

// word says what packages below report in the language of the report.
func (b *builder) word(s string) string { return inLang(s, b.lang) }

func (b *builder) all(list []string) []string {
	if b.lang != "zh" {
		return list
	}
	var out []string
	for _, s := range list {
		out = append(out, b.word(s))
	}
	return out
}

func moment(at int64, step time.Duration, zone bool) Moment {
	if at == event.NoTime {
		return Moment{}
	}
	return Moment{at, step, true, zone}
}

func (b *builder) problems(ps []event.Problem) []Problem {
	var out []Problem
	for _, p := range ps {
		out = append(out, Problem{b.word(p.What), b.word(p.At), max(p.Times, 1)})
	}
	return out
}

// measures lists numbers that were seen more than once or have a limit.
func measures(r *forensic.Result) []Measure {
	var out []Measure
	for i := range r.Measures {
		m := &r.Measures[i]
		if len(m.Readings) < 2 && (len(m.Readings) == 0 || m.Readings[0].Of == 0) {
			continue
		}
		one := Measure{What: m.What, Of: m.Of, Host: m.Host, Key: Entities(m.Key), Rules: m.Rules, ZoneKnown: m.Zoned}
		for _, v := range m.Readings {
			one.Readings = append(one.Readings, Reading{moment(v.At, 0, m.Zoned), v.Value, v.Of})
		}
		out = append(out, one)
	}
	return out
}

func (b *builder) host(c *timeline.Clock) Host {
	h := Host{Name: c.Host, Addresses: c.Addresses, Why: b.all(c.Why)}
	if c.ZoneKnown {
		h.Zone = c.Zone
	}
	if c.OffsetKnown {
		h.Offset = seconds(c.Offset, c.Error)
		if c.Error > 0 {
			h.OffsetError = "±" + uncertainty(c.Error)
		}
		h.Joins = c.Joins
	}
	if len(c.Names) > 1 {
		h.Names = c.Names
	}
	if c.Drift != 0 {
		h.Drift = strconv.FormatFloat(c.Drift, 'f', 1, 64) + " ppm"
	}
	return h
}

// seconds writes an offset with a sign, to the millisecond, or finer where it
// is known better.
func seconds(d, uncertain time.Duration) string {
	digits := 3
	if uncertain > 0 && uncertain < 100*time.Microsecond {
		digits = 6
	}
	return fmt.Sprintf("%+.*fs", digits, d.Seconds())
}

// uncertainty writes ±0.4ms, ±12ms, ±1.5s: milliseconds, and seconds from one on.
func uncertainty(d time.Duration) string {
	d = d.Round(roundTo(d))
	if d >= time.Second {
		return strconv.FormatFloat(d.Seconds(), 'f', -1, 64) + "s"
	}
	return strconv.FormatFloat(d.Seconds()*1e3, 'f', -1, 64) + "ms"
}

// roundTo leaves two digits of a duration.
func roundTo(d time.Duration) time.Duration {
	unit := time.Duration(1)
	for d >= 100*unit {
		unit *= 10
	}
	return unit
}

func (b *builder) source(s *forensic.Source, c *event.Covered) Source {
	a, f := &s.Account, &s.Settled
	out := Source{
		ID: s.ID, Path: s.Path, Format: s.Format, Why: b.word(s.Why), Host: f.Host,
		Bytes: a.Bytes, SHA256: s.SHA256, Lines: a.Lines,
		Events: a.Events, Unparsed: a.UnparsedLines,
		First: moment(f.First, f.Step, f.ZoneKnown), Last: moment(f.Last, f.Step, f.ZoneKnown),
		Year: b.word(f.Year), Problems: b.problems(s.Problems),
		Section: s.Section, SectionLine: s.Line, HostWhy: b.word(f.HostWhy),
		Taken: b.word(f.Taken), DuplicateOf: f.Duplicate, Notes: b.all(f.Notes),
		BytesClaimed: a.Claimed, BytesUnparsed: a.Unparsed, BytesSkipped: a.Skipped,
		Miscounted: a.Miscounted, Packets: a.Packets, PacketsPartly: a.PartPackets, PacketsNot: a.BadPackets,
	}
	if c != nil {
		out.Events = max(a.Events, c.Events)
		out.Loud = c.ByLevel[event.Error] + c.ByLevel[event.Critical]
		out.Minutes, out.Width = c.Minutes, c.Width
	}
	if f.ZoneKnown {
		out.Zone = f.Zone
	} else if out.First.Known {
		out.ZoneKnown = no(false)
	}
	return out
}

func (b *builder) finding(f *correlate.Finding) Finding {
	w, ok := f.Wording[b.lang]
	if !ok {
		w = f.Wording["en"]
	}
	count := f.Count.Or1()
	out := Finding{
		ID: f.ID, Rule: f.Rule, Title: w.Title,
		Severity: f.Severity.String(), Confidence: f.Confidence.String(), Standing: f.Standing.String(),
		Host: f.Host, Entities: Entities(f.Key.Sorted()),
		First: b.moment(f.First), Last: b.moment(f.Last),
		Count: count.Best, CountLow: count.Low,
		Say: w.Say, Because: strings.TrimSpace(w.Because), Impact: strings.TrimSpace(w.Impact),
		RuledOut: w.RuledOut, Refs: f.Refs, Open: w.Open,
	}
	if count.High >= 0 {
		out.CountHigh = &count.High
	}
	if f.First.Known() && !f.First.ZoneKnown {
		out.ZoneKnown = no(false)
	}
	for _, s := range w.Next {
		out.Next = append(out.Next, Step(s))
	}
	for _, c := range w.Avoid {
		out.Avoid = append(out.Avoid, Caution(c))
	}
	for _, v := range f.Facts {
		out.Facts = append(out.Facts, Fact(v))
	}
	if len(f.Series.Counts) > 0 {
		out.Series = &Series{duration(f.Series.Step), moment(f.Series.Start, f.Series.Step, f.First.ZoneKnown), f.Series.Counts}
	}
	for i := range f.Evidence {
		out.Evidence = append(out.Evidence, b.evidence(&f.Evidence[i]))
	}
	for _, l := range f.CausedBy {
		if l.Cause.Severity >= b.floor {
			out.CausedBy = append(out.CausedBy, l.Cause.ID)
			out.Links = append(out.Links, Link{l.Cause.ID, l.Strength.String(), gap(l.Gap)})
		}
	}
	for _, l := range f.Explains {
		if l.Effect.Severity >= b.floor {
			out.Explains = append(out.Explains, l.Effect.ID)
		}
	}
	for _, l := range f.Coincides {
		other := l.Cause
		if other == f {
			other = l.Effect
		}
		if other.Severity >= b.floor {
			out.Coincides = append(out.Coincides, Coincidence{other.ID, gap(l.Gap), l.Coincidence(f)[b.lang]})
		}
	}
	for i := range f.Tried {
		out.Tried = append(out.Tried, b.trial(&f.Tried[i]))
	}
	for _, m := range f.Masks {
		if mw, ok := m.Wording[b.lang]; ok {
			out.Masks = append(out.Masks, mw.Title)
		}
	}
	return out
}

func gap(d time.Duration) string {
	if d == 0 {
		return ""
	}
	return duration(d)
}

func (b *builder) moment(m correlate.Moment) Moment { return moment(m.At, m.Step, m.ZoneKnown) }

func (b *builder) evidence(e *correlate.Evidence) Evidence {
	out := Evidence{
		ID: e.ID, Role: e.Role, At: b.moment(e.At), Host: e.Host,
		Text: e.Text, Before: e.Before, After: e.After,
	}
	if e.At.Known() && !e.At.ZoneKnown {
		out.ZoneKnown = no(false)
	}
	if !utf8.ValidString(e.Text) {
		out.TextBase64 = []byte(e.Text)
	}
	unit := "line"
	if s := b.sources[e.Where.Source]; s != nil {
		out.Source, unit = s.Path, s.Unit
	}
	if unit == "packet" {
		out.Packet, out.LastPacket = e.Where.First, e.Where.Last
	} else {
		out.Line, out.LastLine = e.Where.First, max(e.Where.First, e.Where.Last)
	}
	return out
}

func (b *builder) observation(o *correlate.Observation) Observation {
	out := Observation{
		ID: o.ID, What: o.What, Template: o.Template, Say: o.Say[b.lang], Level: o.Level.String(), Host: o.Host, Format: o.Format,
		Count: o.Count, First: b.moment(o.First), Last: b.moment(o.Last), Text: o.Text,
	}
	if o.PeakAt.Known() && o.Peak > 1 {
		out.Peak, out.PeakAt = o.Peak, b.moment(o.PeakAt)
	}
	for _, id := range o.Sources {
		if s := b.sources[id]; s != nil {
			out.Sources = append(out.Sources, s.Path)
		}
	}
	slices.Sort(out.Sources)
	if out.Sources = slices.Compact(out.Sources); len(out.Sources) < 2 {
		out.Sources = nil
	}
	out.Line = o.Where.First
	if s := b.sources[o.Where.Source]; s != nil {
		out.Source = s.Path
		if s.Unit == "packet" {
			out.Line, out.Packet = 0, o.Where.First
		}
	}
	for _, f := range o.Findings {
		if f.Severity >= b.floor {
			out.Findings = append(out.Findings, f.ID)
		}
	}
	return out
}

func (b *builder) trial(t *correlate.Trial) Trial {
	out := Trial{
		Command: t.Command, Changes: t.Changes, Host: t.Host, At: b.moment(t.At),
		Line: t.Where.First, Effect: t.Effect.String(), Say: t.Say[b.lang],
	}
	if s := b.sources[t.Where.Source]; s != nil {
		out.Source = s.Path
	}
	return out
}

func (b *builder) chain(c *correlate.Chain) (Chain, bool) {
	out := Chain{Say: c.Say[b.lang], Refute: c.Refute[b.lang], Confidence: c.Confidence.String()}
	for _, f := range c.Findings {
		if f.Severity < b.floor {
			return out, false
		}
		out.Findings = append(out.Findings, f.ID)
	}
	if w := c.Weakest; w != nil {
		out.Weakest = w.Cause.ID + "→" + w.Effect.ID
	}
	return out, len(out.Findings) > 1
}

func (b *builder) coverage(r *forensic.Result, out *Report) Coverage {
	c := Coverage{RulesRun: len(r.Rules) - len(r.NotRun)}
	c.Compared, c.OnlyCounted = r.Observed.Records, r.Observed.Only
	for _, l := range r.Limits {
		c.LimitsHit = append(c.LimitsHit, cmp.Or(l[b.lang], inLang(l["en"], b.lang)))
	}
	for i := range out.Sources {
		s := &out.Sources[i]
		c.Bytes += s.Bytes
		c.Lines += s.Lines
		c.Events += s.Events
		c.Unparsed += s.Unparsed
		c.BytesClaimed += s.BytesClaimed
		c.BytesUnparsed += s.BytesUnparsed
		c.BytesSkipped += s.BytesSkipped
		c.Packets += s.Packets
		c.PacketsPartly += s.PacketsPartly
		c.PacketsNot += s.PacketsNot
		if s.Section == "" {
			c.Read++
		}
	}
	for _, s := range out.Skipped {
		c.Bytes += s.Bytes
		c.BytesSkipped += s.Bytes
	}
	c.LinesClaimed = c.Lines - c.Unparsed
	c.Members, c.NotRead = r.Members, len(out.Skipped)
	for _, n := range r.NotRun {
		c.RulesNotRun = append(c.RulesNotRun, NotRun{n.Rule, cmp.Or(n.Why[b.lang], n.Why["en"])})
	}
	return c
}

// duration writes a length of time without the zeros that time.Duration adds:
// 1m, not 1m0s.
func duration(d time.Duration) string {
	s := d.String()
	if strings.HasSuffix(s, "m0s") {
		s = strings.TrimSuffix(s, "0s")
	}
	if strings.HasSuffix(s, "h0m") {
		s = strings.TrimSuffix(s, "0m")
	}
	return strings.Replace(s, "µs", "us", 1)
}
