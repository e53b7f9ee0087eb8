package correlate

import (
	"fmt"
	"strings"
	"time"

	"forensic/event"
	"forensic/rules"
)

// An Account says how far a rule came: what its selections took, and what kept
// it from firing.
type Account struct {
	Rule     string
	Findings []*Finding
	Masked   []*Finding // that a more specific finding stands for
	Took     []Taken
	Missing  []map[string]string // what was missing, the nearest miss first: "en", "zh"
}

// Taken is what one selection of a rule took.
type Taken struct {
	Name        string // "" of what only shows that a remedy was tried, or that a source would tell
	Enriches    bool   // it explains, and triggers nothing
	Records     int    // of its kinds
	Events      int    // of these that it took
	Count       event.Times
	First, Last Moment
	Where       event.Span          // of the first
	Refused     []map[string]string // why the others were not taken
}

// account words what the watch saw. It comes after the findings are numbered.
func (c *Conclusion) account(e *Engine) {
	m := e.watched
	if m == nil {
		return
	}
	a := &Account{Rule: m.rule.Name}
	for _, f := range c.Findings {
		if f.rule == m.rule {
			a.Findings = append(a.Findings, f)
		}
	}
	for _, f := range c.Masked {
		if f.rule == m.rule {
			a.Masked = append(a.Masked, f)
		}
	}
	for i := range m.watch.glances {
		a.Took = append(a.Took, e.taken(m, i))
	}
	t := teller{e: e, m: m, w: m.watch}
	if len(a.Findings)+len(a.Masked) == 0 {
		a.Missing = append(t.missing(), m.watch.passed...)
	}
	for _, n := range c.NotRun {
		if n.Rule == m.rule.Name {
			a.Missing = append([]map[string]string{n.Why}, a.Missing...)
		}
	}
	c.Account = a
}

func (e *Engine) taken(m *machine, i int) Taken {
	s, g := &e.selections[m.first+i], &m.watch.glances[i]
	t := Taken{
		Name: s.sel.Name, Enriches: s.part != matching, Records: g.records, Events: g.events, Count: g.count,
		First: g.first, Last: g.last, Where: g.where,
	}
	if g.records == 0 {
		if len(s.sel.Kinds) > 0 {
			kinds := strings.Join(s.sel.Kinds, ", ")
			t.Refused = append(t.Refused, both("there is no record of kind %s", "没有类型为 %s 的记录", kinds))
		}
		return t
	}
	if g.quiet > 0 {
		t.Refused = append(t.Refused, both("%d were below level %s", "%d 条低于级别 %s", g.quiet, s.sel.Level))
	}
	if g.other > 0 {
		p := s.sel.Text
		if p == nil {
			p = s.sel.Line
		}
		t.Refused = append(t.Refused, both("%d do not hold /%s/", "%d 条不含 /%s/", g.other, p))
	}
	for n := range g.failed {
		if f := &g.failed[n]; f.n > 0 {
			values := strings.Join(f.values, ", ")
			if values == "" {
				t.Refused = append(t.Refused, both("%d have no %s", "%d 条没有 %s", f.n, s.sel.Where[n].Attr))
			} else {
				t.Refused = append(t.Refused, both("%d have another %s: %s", "%d 条的 %s 不符：%s", f.n, s.sel.Where[n].Attr, values))
			}
		}
	}
	if lost := g.met - g.events; lost > 0 {
		t.Refused = append(t.Refused, both("%d lie outside the time that was asked for, or are copies", "%d 条不在所要求的时间内，或是重复内容", lost))
	}
	return t
}

// let notes why a run in which the pattern was met is no finding.
func (m *machine) let(r *run, en, zh string) {
	if m.watch == nil {
		return
	}
	t := teller{m.e, m, m.watch}
	m.watch.passed = append(m.watch.passed, t.both("the pattern was met by %s, and passed over: "+en, "%s 满足该模式，但被略过："+zh, t.whose(r)))
}

// A teller says what was missing.
type teller struct {
	e *Engine
	m *machine
	w *watch
}

func (t *teller) missing() []map[string]string {
	if none := t.nothingTaken(); none != nil {
		return none
	}
	match := &t.m.rule.Match
	var out []map[string]string
	switch match.Op {
	case rules.Any, rules.Count:
		out = t.count()
	case rules.Sequence:
		out = t.sequence()
	case rules.Absence:
		out = t.absence()
	case rules.Join:
		out = t.join()
	case rules.Growth:
		out = t.growth()
	case rules.Limit:
		out = t.limit()
	}
	if r := match.Repeat; r != nil && t.w.again.got > 0 && t.w.again.got < r.AtLeast {
		out = append(out, t.both("the pattern came %d times%s, for %s; it must come at least %d times", "该模式%[2]s出现 %[1]d 次（%[3]s）；至少需要 %[4]d 次",
			t.w.again.got, t.within(r.Within), t.whose(t.w.again.run), r.AtLeast))
	}
	return out
}

// nothingTaken names the mandatory selections that took nothing, where the rule
// cannot do without them.
func (t *teller) nothingTaken() []map[string]string {
	match := &t.m.rule.Match
	var out []map[string]string
	wanted, found := 0, 0
	for i := range t.w.glances {
		s := &t.e.selections[t.m.first+i]
		if s.part != matching || t.optional(s.sel.Name) {
			continue
		}
		wanted++
		if t.w.glances[i].events > 0 {
			found++
			continue
		}
		out = append(out, both("nothing was taken by %s", "%s 没有选中任何记录", s.sel.Name))
	}
	switch match.Op {
	case rules.Any, rules.Count:
		if found > 0 {
			return nil
		}
	case rules.Absence:
		if t.w.glances[t.index(match.Names[0].Selection)].events > 0 {
			return nil
		}
		return []map[string]string{both("nothing was taken by %s", "%s 没有选中任何记录", match.Names[0].Selection)}
	case rules.Growth:
		if t.w.glances[t.index(match.Of.Selection)].events > 0 {
			return nil
		}
	}
	if found == wanted {
		return nil
	}
	return out
}

// optional tells whether the rule can do without a selection.
func (t *teller) optional(name string) bool {
	for _, n := range t.m.rule.Match.Names {
		if n.Selection == name {
			return n.Optional
		}
	}
	return false
}

func (t *teller) index(name string) int {
	for i := range t.w.glances {
		if t.e.selections[t.m.first+i].sel.Name == name {
			return i
		}
	}
	return 0
}

// both words something; lengths of time and keys are worded in each language.
func (t *teller) both(en, zh string, args ...any) map[string]string {
	out := map[string]string{}
	for i, lang := range languages {
		worded := make([]any, len(args))
		for n, a := range args {
			switch a := a.(type) {
			case func(chinese bool) string:
				worded[n] = a(i == 1)
			case time.Duration:
				worded[n] = lengthText(a, i == 1)
			default:
				worded[n] = a
			}
		}
		out[lang] = fmt.Sprintf([...]string{en, zh}[i], worded...)
	}
	return out
}

// within words a window.
func (t *teller) within(d time.Duration) func(bool) string {
	return func(chinese bool) string {
		switch {
		case d == 0:
			return ""
		case chinese:
			return "在 " + lengthText(d, true) + "内"
		}
		return " within " + lengthText(d, false)
	}
}

// whose names the key of a run, and when it began.
func (t *teller) whose(r *run) func(bool) string {
	return func(chinese bool) string {
		if r == nil {
			return "?"
		}
		var parts []string
		for _, a := range r.key {
			parts = append(parts, a.Name+" "+a.Value)
		}
		if r.host != "" && !r.mixed {
			parts = append(parts, r.host)
		}
		parts = append(parts, t.e.timeText(r.first, chinese))
		return strings.Join(parts, ", ")
	}
}

func (t *teller) count() []map[string]string {
	match := &t.m.rule.Match
	what, zh := "", "条"
	if match.Distinct != "" {
		what, zh = " different values of "+match.Distinct, "个不同的 "+match.Distinct
	}
	if t.w.near.got == 0 || t.w.near.got >= match.AtLeast {
		return nil
	}
	return []map[string]string{t.both("at most %d"+what+" came together%s, for %s; at least %d are needed", "%[2]s最多出现 %[1]d "+zh+"（%[3]s）；至少需要 %[4]d "+zh,
		t.w.near.got, t.within(match.Within), t.whose(t.w.near.run), match.AtLeast)}
}

func (t *teller) sequence() []map[string]string {
	b := t.w.broken
	if b == nil {
		return nil
	}
	var there, gone []string
	for i, n := range t.m.rule.Match.Names {
		switch {
		case b.filled[i]:
			there = append(there, n.Selection)
		case !n.Optional:
			gone = append(gone, n.Selection)
		}
	}
	at := func(chinese bool) string { return t.e.timeText(b.began(), chinese) }
	out := []map[string]string{t.both("the longest match had %s (%s) and was not followed by %s%s", "最长的匹配有 %s（%s），%[4]s没有等到 %[3]s",
		strings.Join(there, ", "), at, strings.Join(gone, ", "), t.within(t.m.rule.Match.Within))}
	if t.w.late > 0 {
		out = append(out, t.both("what would have followed came %s after its begin, too late", "后续的记录在开始 %s 后才到来，已超过时限", t.w.late))
	}
	return out
}

// began is when a match began.
func (a *attempt) began() Moment {
	for i := range a.seen {
		if a.filled[i] {
			return a.seen[i].moment()
		}
	}
	return Moment{At: event.NoTime}
}

func (t *teller) absence() []map[string]string {
	names := t.m.rule.Match.Names
	if t.w.waits[0] == 0 || t.w.waits[1] > 0 {
		return nil
	}
	return []map[string]string{t.both("all %d %s were followed by %s, the slowest after %s; it would have to be missing for %s", "全部 %d 个 %s 之后都有 %s，最慢的在 %s 之后；需要缺失 %s 才会命中",
		t.w.waits[0], names[0].Selection, names[1].Selection, t.w.slowest, t.m.rule.Match.Within)}
}

func (t *teller) join() []map[string]string {
	names := t.m.rule.Match.Names
	if g := t.w.span; g != nil {
		at := func(chinese bool) string { return t.e.timeText(Moment{g.at, time.Second, true}, chinese) }
		return []map[string]string{t.both("all came, %s apart at best (%s); they must lie within %s", "全部出现过，最近相隔 %s（%s）；必须在 %s 之内", g.apart, at, t.m.rule.Match.Within)}
	}
	var gone []string
	for i, n := range names {
		if i >= len(t.w.seen) || !t.w.seen[i] {
			gone = append(gone, n.Selection)
		}
	}
	if len(gone) > 0 {
		return []map[string]string{t.both("%s never came", "%s 从未出现", strings.Join(gone, ", "))}
	}
	return []map[string]string{t.both("all came, but never for the same %s", "全部出现过，但从未属于同一个 %s", strings.Join(t.m.rule.Match.By, ", "))}
}

func (t *teller) growth() []map[string]string {
	g, match := &t.w.rise, &t.m.rule.Match
	if g.points == 0 {
		return []map[string]string{both("no number could be read from %s.%s, or no time", "无法从 %s.%s 读出数值或时间", match.Of.Selection, match.Of.Attr)}
	}
	out := []map[string]string{t.both("the longest rise is from %s to %s over %d points, for %s; %d points are needed", "最长的上升是从 %s 到 %s，共 %d 个点（%s）；需要 %d 个点",
		rules.Number(g.from), rules.Number(g.to), g.points, t.whose(t.w.near.run), match.Points)}
	if match.Rise > 0 && g.points >= match.Points {
		out[0] = t.both("the largest rise is %s, for %s; %s is needed", "最大的上升为 %s（%s）；需要 %s", rules.Number(g.to-g.from), t.whose(t.w.near.run), rules.Number(match.Rise))
	}
	return out
}

func (t *teller) limit() []map[string]string {
	match := &t.m.rule.Match
	if t.w.used.of > 0 {
		return []map[string]string{t.both("the highest usage was %s of %s (%d %%); %d %% is needed", "最高用量为 %[2]s 中的 %[1]s（%[3]d %%）；需要 %[4]d %%",
			rules.Number(t.w.used.used), rules.Number(t.w.used.of), int(100*t.w.used.used/t.w.used.of), int(100*match.Share))}
	}
	waiting := 0
	if q, ok := t.m.op.(*limits); ok {
		for _, l := range q.open {
			waiting += len(l)
		}
	}
	return []map[string]string{both("%d usages were read, and no limit of the same host (%s.%s)", "读到 %d 个用量，但没有同一主机的上限（%s.%s）", waiting, match.Of.Selection, match.Of.Attr)}
}
