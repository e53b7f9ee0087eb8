package report

import (
	"cmp"
	"fmt"
	"io"
	"slices"
	"strings"

	"forensic/rules"
)

// Text writes the report for a terminal: first what happened and a table of the
// findings, which fit a screen, then each finding with its evidence, then how
// the clocks were settled and what was and was not read.
func Text(w io.Writer, r *Report, s Style) error {
	p := newPrinter(r, s)
	p.title()
	p.story()
	p.table()
	p.blindness()
	p.chains()
	for i := range r.Findings {
		p.blank()
		p.finding(&r.Findings[i])
	}
	p.observations()
	p.traffic()
	p.clocks()
	p.read()
	p.notRead()
	p.problems()
	p.rules()
	p.limits()
	_, err := io.WriteString(w, p.b.String())
	return err
}

// Findings writes the findings alone, one after another.
func Findings(w io.Writer, r *Report, s Style) error {
	p := newPrinter(r, s)
	for i := range r.Findings {
		if i > 0 {
			p.blank()
		}
		p.finding(&r.Findings[i])
	}
	_, err := io.WriteString(w, p.b.String())
	return err
}

func newPrinter(r *Report, s Style) *printer {
	s.Width = max(cmp.Or(s.Width, defaultWidth), 40)
	return &printer{style: s, t: wordsFor(r.Lang), r: r, zone: zoneOf(r)}
}

// title says what was looked at: names, amounts, the time it spans, the hosts.
func (p *printer) title() {
	var names []string
	for _, in := range p.r.Inputs {
		names = append(names, shown(in.Path))
	}
	c := &p.r.Coverage
	what := []string{amount(len(p.r.Sources), p.t.Source)}
	if c.Lines > 0 {
		what = append(what, amount(c.Lines, p.t.Line))
	}
	if n := p.packets(); n > 0 {
		what = append(what, amount(n, p.t.Packets))
	}
	what = append(what, size(c.Bytes))
	p.colored(bold, 0, strings.Join(names, p.t.Join))
	p.para(0, strings.Join(what, p.t.Join))
	when := p.t.Untimed
	if p.r.First.Known {
		when = p.zone.civil(p.r.First) + " " + p.t.To + " " + p.until(p.r.First, p.r.Last) + " " + cmp.Or(p.zone.name, p.t.ZoneUnknown)
	}
	if hosts := p.hosts(); hosts != "" {
		when += " · " + hosts
	}
	p.para(0, when)
	if p.r.Complete != nil {
		p.blank()
		p.colored(boldRed, 0, p.t.Interrupted)
	}
}

// until writes the end of a span, without the date where it is the same.
func (p *printer) until(a, b Moment) string {
	from, to := p.zone.civil(a), p.zone.civil(b)
	if from[:10] == to[:10] {
		return to[11:]
	}
	return to
}

func (p *printer) packets() int {
	n := 0
	for i := range p.r.Sources {
		n += p.r.Sources[i].Packets
	}
	return n
}

func (p *printer) hosts() string {
	var names []string
	for _, h := range p.r.Hosts {
		if h.Name != "" {
			names = append(names, shown(h.Name))
		}
	}
	if len(names) > 6 {
		names = append(names[:5], fmt.Sprintf("… %d", len(names)-5))
	}
	return strings.Join(names, p.t.Join)
}

// Story returns the sentences that sum a report up.
func Story(r *Report) []string {
	t := wordsFor(r.Lang)
	if len(r.Findings) == 0 {
		return nothing(r, t)
	}
	if onlyNotes(r) {
		return []string{fmt.Sprintf(t.OnlyNotes, amount(r.Coverage.RulesRun, t.Rule)), loud(r, t)}
	}
	var out []string
	told := map[string]bool{}
	root := &r.Findings[0]
	out = append(out, headline(root, t))
	told[root.ID] = true
	if c := chainFrom(r, root.ID); c != nil && c.Say != "" {
		out = append(out, sentence(c.Say, t))
		for _, id := range c.Findings {
			told[id] = true
		}
	} else if len(root.Explains) > 0 {
		out = append(out, fmt.Sprintf(t.Explains, strings.Join(root.Explains, t.Join)))
	}
	for _, id := range root.Explains {
		told[id] = true
	}
	rest := 0
	for i := range r.Findings {
		f := &r.Findings[i]
		switch {
		case told[f.ID]:
		case len(out) < 3 && len(f.CausedBy) == 0 && f.Severity != "info":
			out = append(out, fmt.Sprintf(t.Besides, headline(f, t)))
		default:
			rest++
		}
	}
	if rest > 0 {
		out = append(out, fmt.Sprintf(t.More, rest))
	}
	return out
}

// onlyNotes tells whether nothing was found that somebody has to act upon.
func onlyNotes(r *Report) bool {
	for i := range r.Findings {
		if r.Findings[i].Severity != "info" {
			return false
		}
	}
	return len(r.Findings) > 0
}

// chainFrom returns the chain that begins with a finding.
func chainFrom(r *Report, id string) *Chain {
	for i := range r.Chains {
		if r.Chains[i].Findings[0] == id {
			return &r.Chains[i]
		}
	}
	return nil
}

// headline is one finding in one sentence.
func headline(f *Finding, t *words) string {
	s := sentence(f.Say, t)
	if s == "" {
		s = sentence(f.Title, t)
	}
	return f.ID + " " + s
}

// sentence makes sure that a text ends as one.
func sentence(s string, t *words) string {
	s = strings.Join(strings.Fields(s), " ")
	if s == "" || strings.ContainsAny(s[len(s)-1:], ".!?") || strings.HasSuffix(s, "。") {
		return s
	}
	return s + t.Stop
}

// nothing is the story where no rule found anything: it says so, and where the
// loudest source is.
func nothing(r *Report, t *words) []string {
	if r.Hidden > 0 {
		return []string{fmt.Sprintf(t.NothingFloor, r.Hidden)}
	}
	out := []string{fmt.Sprintf(t.Nothing, amount(len(r.Sources), t.Source), amount(r.Coverage.RulesRun, t.Rule))}
	if said := failedConnections(r); said != "" {
		out = append(out, said)
	}
	return append(out, loud(r, t))
}

// loud says how many records are loud by themselves, and where most of them are.
func loud(r *Report, t *words) string {
	total, loudest := 0, 0
	for i := range r.Sources {
		total += r.Sources[i].Loud
		if r.Sources[i].Loud > r.Sources[loudest].Loud {
			loudest = i
		}
	}
	if total == 0 {
		return t.Quietness
	}
	s := &r.Sources[loudest]
	return fmt.Sprintf(t.Loudest, rules.Thousands(total), sourceName(s), rules.Thousands(s.Loud))
}

// tally counts the findings of each severity.
func (p *printer) tally() string {
	n := map[string]int{}
	for i := range p.r.Findings {
		n[p.r.Findings[i].Severity]++
	}
	var parts []string
	for _, s := range []string{"critical", "error", "warning", "info"} {
		if n[s] > 0 {
			parts = append(parts, p.paint(severityColor(s), fmt.Sprintf("%d %s", n[s], p.severity(s))))
		}
	}
	return strings.Join(parts, p.t.Join)
}

// count is the short form of how often: 517×.
func (p *printer) count(f *Finding) string {
	s := rules.Thousands(f.Count) + "×"
	if f.CountLow < f.Count {
		s = "~" + s
	}
	return s
}

// blindness says in one line what the findings do not rest on.
func (p *printer) blindness() {
	problems := 0
	for i := range p.r.Sources {
		problems += len(p.r.Sources[i].Problems)
	}
	for _, in := range p.r.Inputs {
		problems += len(in.Problems)
	}
	var parts []string
	for _, part := range []struct {
		n    int
		what string
	}{
		{len(p.r.Skipped), p.t.BlindMembers}, {problems, p.t.BlindProblems},
		{len(p.r.Coverage.RulesNotRun), p.t.BlindRules}, {len(p.r.Coverage.LimitsHit), p.t.BlindLimits},
	} {
		if part.n > 0 {
			parts = append(parts, fmt.Sprintf(part.what, rules.Thousands(part.n)))
		}
	}
	if len(parts) > 0 {
		p.blank()
		p.colored(dim, 2, fmt.Sprintf(p.t.Blind, strings.Join(parts, p.t.Join)))
	}
}

// list joins the first few of some strings.
func list(all []string, most int, join string) string {
	if len(all) <= most {
		return strings.Join(all, join)
	}
	return strings.Join(all[:most], join) + fmt.Sprintf(" … +%d", len(all)-most)
}

// limits names the bounds that were reached.
func (p *printer) limits() {
	if len(p.r.Coverage.LimitsHit) == 0 {
		return
	}
	p.heading(p.t.Limits, "")
	for _, l := range p.r.Coverage.LimitsHit {
		p.para(2, l)
	}
}

// rules folds the rules that could not run by their reason.
func (p *printer) rules() {
	c := &p.r.Coverage
	if len(c.RulesNotRun) == 0 {
		return
	}
	p.heading(p.t.RulesNotRun, fmt.Sprintf(p.t.RulesRan, c.RulesRun, len(c.RulesNotRun)))
	byWhy := map[string][]string{}
	var whys []string
	for _, n := range c.RulesNotRun {
		if byWhy[n.Why] == nil {
			whys = append(whys, n.Why)
		}
		byWhy[n.Why] = append(byWhy[n.Why], n.Rule)
	}
	slices.SortStableFunc(whys, func(a, b string) int { return cmp.Compare(len(byWhy[b]), len(byWhy[a])) })
	for _, why := range whys {
		most := 3
		if p.style.Verbose {
			most = len(byWhy[why])
		}
		p.hanging(dim, "  ", 4, why+p.t.Colon+list(byWhy[why], most, p.t.Join))
	}
}
