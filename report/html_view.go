package report

import (
	"cmp"
	"fmt"
	"html/template"
	"slices"
	"strconv"
	"strings"
	"unicode/utf8"

	"forensic/rules"
)

// What a page holds at most. What is left out is counted on it and stands in
// full in the JSON.
const (
	htmlFullFindings = 250
	htmlRows         = 2000    // of any table or list
	htmlTextRunes    = 6000    // of a text
	htmlCellRunes    = 400     // of a text in a long table
	htmlLineRunes    = 2500    // of a quoted line
	htmlQuoteLines   = 120     // of one quotation
	htmlQuotedBytes  = 3 << 20 // of all quotations, with what their elements weigh
)

// An htmlPage is everything the template fills in.
type htmlPage struct {
	Lang, Title, Version, CSP, Hosts, Data string
	Style, Script                          template.HTML
	Nav                                    []htmlAnchor
	Amounts, Zone, Blind, Hidden           said
	First, Last                            htmlTime
	Interrupted                            bool
	Story                                  []saidIn
	Graph                                  *htmlGraph
	Table                                  []htmlRow
	Findings                               []htmlFinding
	Clocks                                 []htmlClock
	Inputs                                 []htmlInput
	Sources                                []htmlSource
	Skipped, Problems                      []htmlProblem
	NotRun                                 []htmlNotRun
	Limits                                 []said
	SourcesLeft, SkippedLeft, ProblemsLeft said
	Account, RulesRan                      said
	Observed                               []htmlObservation
	ObservedLeft                           said
	Measures                               []htmlMeasure
	MeasuresLeft                           said

	en, zh *printer // the same report in both languages, where there are both
	titles map[string]said
	quoted int // bytes of quotations so far
	shift  int // seconds that the page's zone is ahead of UTC
}

type htmlAnchor struct {
	ID   string
	Text said
}

// An htmlTime is a time as people read it, and in UTC for programs.
type htmlTime struct{ UTC, Text string }

type htmlRow struct {
	ID, Severity, Host, Count string
	Full                      bool // it stands in full below
	Word, Title               said
	First                     htmlTime
}

type htmlClock struct {
	Name, Also, Zone, Offset string
	Told                     said
	Why                      []said
}

type htmlInput struct{ Path, Bytes, SHA256 string }

type htmlSource struct {
	Path, Host, Format, Events, Loud string
	Notes                            said
	First, Last                      htmlTime
	NoZone                           bool
}

type htmlProblem struct {
	Where    string
	What, At said
}

type htmlNotRun struct {
	Why   said
	Rules string
}

func newHTMLPage(reports []*Report) *htmlPage {
	r := reports[0]
	p := &htmlPage{Lang: "en", Version: shown(r.Tool.Version), Interrupted: r.Complete != nil, titles: map[string]said{}}
	if r.Lang == "zh" {
		p.Lang = "zh"
	}
	p.en, p.zh = newPrinter(r, Style{}), newPrinter(r, Style{})
	for _, one := range reports {
		if one.Lang == "zh" {
			p.zh = newPrinter(one, Style{})
		} else {
			p.en = newPrinter(one, Style{})
		}
	}
	p.head(r)
	for i := range r.Findings {
		p.titles[r.Findings[i].ID] = p.pair(func(q *printer) string { return q.r.Findings[i].Title })
	}
	p.tell()
	p.Graph = p.graph()
	p.list(r)
	for i := range r.Findings[:min(len(r.Findings), htmlFullFindings)] {
		p.Findings = append(p.Findings, p.finding(i))
	}
	p.observationRows(r)
	p.measureRows(r)
	p.clockRows(r)
	p.sourceRows(r)
	p.problemRows(r)
	p.ruleRows(r)
	p.Data = p.data(r)
	p.navigate()
	return p
}

// pair words something in both languages.
func (p *htmlPage) pair(word func(*printer) string) said {
	return say(clip(word(p.en)), clip(word(p.zh)))
}

// row is pair for a row of a table that may have many.
func (p *htmlPage) row(word func(*printer) string) said {
	return say(cell(word(p.en)), cell(word(p.zh)))
}

// clip makes untrusted text safe to show, and bounds it.
func clip(s string) string {
	s = shorten(s, htmlTextRunes)
	lines := strings.Split(s, "\n")
	for i := range lines {
		lines[i] = Visible(strings.TrimSuffix(lines[i], "\r"))
	}
	return strings.Join(lines, "\n")
}

// shorten keeps so many characters, and says how many more there are.
func shorten(s string, most int) string {
	if len(s) <= most {
		return s
	}
	n := utf8.RuneCountInString(s)
	if n <= most {
		return s
	}
	cut := 0
	for range most {
		_, size := utf8.DecodeRuneInString(s[cut:])
		cut += size
	}
	return s[:cut] + " … +" + strconv.Itoa(n-most)
}

// cell is line for a row of a table that may have many.
func cell(s string) string { return line(shorten(s, htmlCellRunes)) }

// line is clip for what takes one line.
func line(s string) string { return clip(strings.ReplaceAll(s, "\n", `\x0a`)) }

func (p *htmlPage) time(m Moment) htmlTime {
	if !m.Known {
		return htmlTime{}
	}
	return htmlTime{m.String(), p.en.zone.civil(m)}
}

func (p *htmlPage) head(r *Report) {
	var names []string
	for _, in := range r.Inputs {
		names = append(names, line(in.Path))
	}
	p.Title = cmp.Or(list(names, 8, ", "), "forensic")
	p.Amounts = p.pair(func(q *printer) string {
		what := []string{amount(len(r.Sources), q.t.Source)}
		if r.Coverage.Lines > 0 {
			what = append(what, amount(r.Coverage.Lines, q.t.Line))
		}
		if n := q.packets(); n > 0 {
			what = append(what, amount(n, q.t.Packets))
		}
		return strings.Join(append(what, size(r.Coverage.Bytes)), q.t.Join)
	})
	p.Hosts = clip(p.en.hosts())
	p.First, p.Last = p.time(r.First), p.time(r.Last)
	p.Zone = p.pair(func(q *printer) string { return cmp.Or(q.zone.name, q.t.ZoneUnknown) })
	if r.Hidden > 0 && len(r.Findings) > 0 {
		p.Hidden = say(fmt.Sprintf("%d milder findings are not shown: a severity was asked for.", r.Hidden), fmt.Sprintf("另有 %d 个较轻的发现未显示：指定了最低级别。", r.Hidden))
	}
}

// tell fills the story in: sentences of both languages.
func (p *htmlPage) tell() {
	for _, q := range []*printer{p.en, p.zh} {
		if q == p.zh && p.zh.r == p.en.r {
			break
		}
		lang := "en"
		if q == p.zh {
			lang = "zh"
		}
		for _, s := range Story(q.r) {
			p.Story = append(p.Story, saidIn{lang, clip(s)})
		}
		if len(q.r.Findings) > 0 && !onlyNotes(q.r) {
			for _, advice := range [][2]string{{q.t.Next, q.r.Findings[0].next()}, {q.t.Avoid, q.warning()}} {
				if advice[1] != "" {
					p.Story = append(p.Story, saidIn{lang, clip(advice[0] + q.t.Colon + advice[1])})
				}
			}
		}
	}
	if p.zh.r == p.en.r {
		for i := range p.Story {
			p.Story[i].Lang = p.Lang
		}
	}
	p.Blind = p.pair(func(q *printer) string {
		b := newPrinter(q.r, Style{Width: 1 << 20})
		b.blindness()
		return strings.TrimSpace(b.b.String())
	})
}

// list fills the table of findings in.
func (p *htmlPage) list(r *Report) {
	for i := range r.Findings[:min(len(r.Findings), htmlRows)] {
		f := &r.Findings[i]
		p.Table = append(p.Table, htmlRow{
			ID: line(f.ID), Severity: severityClass(f.Severity), Host: cell(f.Host), Count: p.en.count(f), Full: i < htmlFullFindings,
			Word: p.pair(func(q *printer) string { return q.severity(f.Severity) }), Title: p.titles[f.ID], First: p.time(f.First),
		})
	}
	if n := len(r.Findings) - htmlFullFindings; n > 0 {
		p.Hidden = append(p.Hidden, say(fmt.Sprintf(" %d findings are only listed here; the JSON report has them in full.", n), fmt.Sprintf(" 有 %d 个发现此处仅列出，完整内容见 JSON 报告。", n))...)
	}
}

// severityClass is one of four words, whatever is given.
func severityClass(s string) string {
	switch s {
	case "critical", "error", "warning":
		return s
	}
	return "info"
}

func (p *htmlPage) clockRows(r *Report) {
	for i := range r.Hosts[:min(len(r.Hosts), htmlRows)] {
		h := &r.Hosts[i]
		c := htmlClock{Name: line(h.Name), Zone: line(h.Zone), Told: p.pair(func(q *printer) string { return q.offset(h) })}
		if h.Offset != "" {
			c.Offset = strings.TrimSpace(h.Offset + " " + h.OffsetError)
		}
		also := slices.Concat(h.Addresses, h.Names)
		c.Also = line(list(also, 12, ", "))
		for k := range h.Why {
			c.Why = append(c.Why, p.row(func(q *printer) string { return q.r.Hosts[i].Why[k] }))
		}
		p.Clocks = append(p.Clocks, c)
	}
}

func (p *htmlPage) sourceRows(r *Report) {
	for _, in := range r.Inputs[:min(len(r.Inputs), htmlRows)] {
		row := htmlInput{Path: line(in.Path), SHA256: line(in.SHA256)}
		if in.Bytes > 0 {
			row.Bytes = thousands(in.Bytes)
		}
		p.Inputs = append(p.Inputs, row)
	}
	for i := range r.Sources[:min(len(r.Sources), htmlRows)] {
		s := &r.Sources[i]
		row := htmlSource{
			Path: cell(sourceName(s)), Host: cell(s.Host), Format: cell(s.Format),
			Events: rules.Thousands(s.Events), First: p.time(s.First), Last: p.time(s.Last), NoZone: s.First.Known && s.ZoneKnown != nil,
		}
		if s.Loud > 0 {
			row.Loud = rules.Thousands(s.Loud)
		}
		row.Notes = p.row(func(q *printer) string { return q.notes(&q.r.Sources[i]) })
		p.Sources = append(p.Sources, row)
	}
	p.SourcesLeft = leftOut(len(r.Sources) - len(p.Sources))
	p.Account = p.pair(func(q *printer) string { return strings.Join(q.sums(), "; ") })
}

// leftOut says how many rows are only in the JSON.
func leftOut(n int) said {
	if n <= 0 {
		return nil
	}
	return say(fmt.Sprintf("%s more stand in the JSON report.", rules.Thousands(n)), fmt.Sprintf("另有 %s 项见 JSON 报告。", rules.Thousands(n)))
}

func (p *htmlPage) problemRows(r *Report) {
	for i, s := range r.Skipped[:min(len(r.Skipped), htmlRows)] {
		p.Skipped = append(p.Skipped, htmlProblem{Where: cell(s.Path), What: p.row(func(q *printer) string { return q.r.Skipped[i].Why })})
	}
	p.SkippedLeft = leftOut(len(r.Skipped) - len(p.Skipped))
	n := 0
	add := func(path string, of func(r *Report) []Problem) {
		for k, problem := range of(p.en.r) {
			if n++; n > htmlRows {
				continue
			}
			p.Problems = append(p.Problems, htmlProblem{
				Where: cell(path),
				What:  p.row(func(q *printer) string { return of(q.r)[k].What }),
				At: p.row(func(q *printer) string {
					at := of(q.r)[k].At
					if problem.Times > 1 {
						at = strings.TrimPrefix(at+q.t.Join+"×"+rules.Thousands(problem.Times), q.t.Join)
					}
					return at
				}),
			})
		}
	}
	for i, in := range r.Inputs {
		add(in.Path, func(r *Report) []Problem { return r.Inputs[i].Problems })
	}
	for i := range r.Sources {
		add(sourceName(&r.Sources[i]), func(r *Report) []Problem { return r.Sources[i].Problems })
	}
	p.ProblemsLeft = leftOut(n - len(p.Problems))
}

// ruleRows folds the rules that could not run by their reason.
func (p *htmlPage) ruleRows(r *Report) {
	c := &r.Coverage
	p.RulesRan = p.pair(func(q *printer) string { return fmt.Sprintf(q.t.RulesRan, c.RulesRun, len(c.RulesNotRun)) })
	at := map[string]int{}
	for i, n := range c.RulesNotRun[:min(len(c.RulesNotRun), htmlRows)] {
		k, ok := at[n.Why]
		if !ok {
			k = len(p.NotRun)
			at[n.Why] = k
			p.NotRun = append(p.NotRun, htmlNotRun{Why: p.pair(func(q *printer) string { return q.r.Coverage.RulesNotRun[i].Why })})
		} else {
			p.NotRun[k].Rules += ", "
		}
		p.NotRun[k].Rules += line(n.Rule)
	}
	for i := range c.LimitsHit[:min(len(c.LimitsHit), htmlRows)] {
		p.Limits = append(p.Limits, p.row(func(q *printer) string { return q.r.Coverage.LimitsHit[i] }))
	}
}

// navigate lists the sections there are.
func (p *htmlPage) navigate() {
	p.Nav = append(p.Nav, htmlAnchor{"story", w("story")})
	if p.Graph != nil {
		p.Nav = append(p.Nav, htmlAnchor{"chain", w("chain")})
	}
	p.Nav = append(p.Nav, htmlAnchor{"findings", w("findings")})
	if len(p.Observed) > 0 {
		p.Nav = append(p.Nav, htmlAnchor{"observed", w("observed")})
	}
	if len(p.Measures) > 0 {
		p.Nav = append(p.Nav, htmlAnchor{"measures", w("measures")})
	}
	p.Nav = append(p.Nav, htmlAnchor{"clocks", w("clocks")}, htmlAnchor{"read", w("read")})
	if len(p.Skipped) > 0 {
		p.Nav = append(p.Nav, htmlAnchor{"skipped", w("not read")})
	}
	p.Nav = append(p.Nav, htmlAnchor{"rules", w("rules not run")})
}
