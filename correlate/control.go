package correlate

import (
	"strings"

	"forensic/event"
)

// A verdict is what can be said of an absence.
type verdict struct {
	watched, blind event.Times // occurrences with and without somebody watching
	ends           int64       // where the evidence of the best witness ends; NoTime: no witness
	why            [2]string   // of the first blind one, English and Chinese
}

// judge asks of every window of a run whether some source would have shown what
// is missing: one of the same host, whose format declares its kind, that speaks
// from before the window to behind it without a gap, and that shows, where the
// rule names how, that it prints such events at all.
func (m *machine) judge(r *run, seen event.Coverage) verdict {
	v := verdict{ends: event.NoTime}
	asked := m.rule.Lookup(m.rule.Match.Names[1].Selection).Kinds
	var witnesses []*event.Covered
	shown := false
	for i := range seen {
		c := &seen[i]
		if !declaresAny(c.Kinds, asked) || !sameHost(c.Host, m.e.place(c.Source), r.host, r.place) || c.ZoneKnown != r.zoned || c.First == event.NoTime {
			continue
		}
		shown = true
		if m.rule.Visible == nil || m.prove[c.Source] {
			witnesses = append(witnesses, c)
		}
	}
	switch {
	case m.evicted > 0:
		v.why = [2]string{"some matches were given up for want of room", "有些匹配因容量限制被放弃"}
	case m.e.stopsOf(m.number) > 0:
		v.why = [2]string{"some patterns were stopped before they gave an answer", "有些模式在得出结果之前被中止"}
	case !shown:
		v.why = [2]string{"no source of that host could have shown it: " + strings.Join(asked, ", "), "该主机上没有任何来源能够显示它：" + strings.Join(asked, ", ")}
	case len(witnesses) == 0:
		v.why = [2]string{"nothing shows that the source prints such events at all (its level or version may hide them)", "没有迹象表明该来源会输出此类事件（可能被日志级别或版本隐藏）"}
	}
	if v.why[0] != "" {
		v.blind = r.count
		return v
	}
	for _, w := range r.waits {
		ok, ends := watched(w, witnesses)
		if ok {
			v.watched = v.watched.Plus(w.count)
			continue
		}
		v.blind = v.blind.Plus(w.count)
		if v.ends == event.NoTime || ends > v.ends {
			v.ends = ends
		}
	}
	if v.blind != (event.Times{}) {
		until := m.e.timeText(Moment{At: v.ends, ZoneKnown: r.zoned}, false)
		v.why = [2]string{"the evidence ends or has a gap before the time is over (" + until + ")", "证据在时限结束之前中断或有空白（" + until + "）"}
	}
	return v
}

// watched tells whether one witness spans a window, and if not, until when the
// one that reaches farthest does.
func watched(w wait, witnesses []*event.Covered) (bool, int64) {
	ends := witnesses[0].First
	for _, c := range witnesses {
		from, to := c.First, c.Last
		for _, g := range c.Gaps {
			switch {
			case g.To <= w.from: // over before it
			case g.From < to && g.From >= w.from || g.From <= w.from:
				to = min(to, g.From)
			}
		}
		if from <= w.from && to >= w.to {
			return true, 0
		}
		ends = max(ends, to)
	}
	return false, ends
}
