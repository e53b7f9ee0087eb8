package report

import (
	"cmp"
	"embed"
	"fmt"
	"io"
	"net/url"
	"reflect"
	"slices"
	"strconv"
	"strings"
	"text/template"
)

//go:embed templates/*.md
var markdownTemplates embed.FS

// Templates lists the shapes of Markdown that come with the program.
func Templates() []string {
	entries, err := markdownTemplates.ReadDir("templates")
	if err != nil {
		return nil
	}
	var names []string
	for _, e := range entries {
		names = append(names, strings.TrimSuffix(e.Name(), ".md"))
	}
	return names
}

// Bounds of a postmortem, beyond which it says how much is left out.
const (
	maxFindings  = 50
	maxMoments   = 60 // of its timeline
	maxQuoted    = 4  // pieces of evidence of a finding
	maxQuoteRows = 14 // lines of one of them
)

// Markdown writes the report in one of the shapes of Templates, or in that of a
// template of the user's, given as its text.
//
// A template sees the Report with every string escaped, so that whatever it
// prints is text and nothing else; what log lines say comes through quote, in a
// fence. Its functions are listed in page.funcs.
func Markdown(w io.Writer, r *Report, shape string) error {
	text := shape
	if slices.Contains(Templates(), shape) {
		b, err := markdownTemplates.ReadFile("templates/" + shape + ".md")
		if err != nil {
			return err
		}
		text = string(b)
	}
	some := *r
	some.Findings = r.Findings[:min(len(r.Findings), maxFindings)]
	some.Kept, some.Measures, some.Sources = nil, nil, slices.Clone(r.Sources) // what only a page draws
	for i := range some.Sources {
		some.Sources[i].Minutes = nil
	}
	p := &page{Report: escaped(&some), raw: &some, zone: zoneOf(r), lang: r.Lang, dropped: len(r.Findings) - len(some.Findings)}
	t, err := template.New("template").Funcs(p.funcs()).Parse(text)
	if err != nil {
		return err
	}
	var b strings.Builder
	if err := t.Execute(&b, p); err != nil {
		return err
	}
	_, err = io.WriteString(w, squeeze(b.String()))
	return err
}

// CheckTemplate tells what is wrong with a template of the user's, before
// anything is analysed.
func CheckTemplate(text string) error {
	p := &page{Report: &Report{}, raw: &Report{}}
	_, err := template.New("template").Funcs(p.funcs()).Parse(text)
	return err
}

// A page is what a template sees.
type page struct {
	*Report
	raw  *Report
	zone zone
	lang string

	dropped int // findings beyond maxFindings
}

func (p *page) funcs() template.FuncMap {
	return template.FuncMap{
		"t":         p.word,                                                // a word of the program's, in the language of the report
		"todo":      func(s string) string { return "TODO: " + p.word(s) }, // what only people know
		"utc":       func(m Moment) string { return m.String() },
		"local":     p.local,
		"zone":      func() string { return escape(p.zone.name) },
		"story":     p.story,
		"headline":  p.headline,
		"root":      p.root,
		"others":    p.others,
		"moments":   p.moments,
		"applied":   p.applied,
		"cautions":  p.cautions, // of all findings
		"steps":     p.steps,    // what to do first about each
		"tries":     p.tries,    // what operators did
		"seen":      p.seen,     // observations
		"span":      p.span,
		"earliest":  p.earliest,
		"notrun":    p.notRun,
		"at":        p.at,    // path:line of a piece of evidence, by its id
		"quote":     p.quote, // its lines, in a fence
		"quotes":    p.quotes,
		"left":      p.left,
		"gantt":     p.gantt,
		"join":      func(s []string) string { return strings.Join(s, p.words().Join) },
		"size":      size,
		"thousands": func(n int) string { return thousands(int64(n)) },
		"sentence":  func(s string) string { return sentence(s, p.words()) },
		"refs":      p.refs, // of a finding, by its id: links, where they are https
		"title":     p.titleOf,
		"word":      p.value, // a severity, confidence or strength in words
		"clocks":    p.clocks,
		"times":     p.times,
		"p":         p.stop,  // a Chinese stop in the language of the report
		"paren":     p.paren, // in brackets; nothing for nothing
		"level":     p.level, // a confidence in one word
		"inc":       func(n int) int { return n + 1 },
	}
}

func (p *page) words() *words { return wordsFor(p.lang) }

// escaped is a copy of the report in which every string is Markdown for itself.
func escaped(r *Report) *Report {
	return deepEscape(reflect.ValueOf(r)).Interface().(*Report)
}

// local is a time in the zone of the report, "" where that is UTC.
func (p *page) local(m Moment) string {
	if !m.Known {
		return ""
	}
	s := p.zone.civil(m)
	if !m.ZoneKnown {
		s += " (" + p.words().SomeZone + ")"
	}
	return s
}

// story is the summary, escaped.
func (p *page) story() string {
	var out []string
	for _, s := range Story(p.raw) {
		if id, rest, ok := strings.Cut(s, " "); ok && p.titleOf(id) != "" && !strings.HasPrefix(rest, "→") {
			s = id + p.words().Colon + rest
		}
		out = append(out, escape(s))
	}
	return strings.Join(out, "\n")
}

// root is the first finding: the cause of all, as far as is known.
func (p *page) root() *Finding {
	if len(p.Findings) == 0 {
		return nil
	}
	return &p.Findings[0]
}

func (p *page) headline() string {
	if f := p.root(); f != nil {
		return f.Title
	}
	return p.word("nothing found")
}

// others are the findings after the first.
func (p *page) others() []Finding {
	if len(p.Findings) < 2 {
		return nil
	}
	return p.Findings[1:]
}

// A happening is one line of the timeline of a postmortem.
type happening struct {
	At      Moment
	Host    string
	Finding string
	Say     string
	ID      string // of the evidence
}

// moments are the evidence of all findings in order of time, each line once, and
// of what comes again and again the first two and the last.
func (p *page) moments() []happening {
	var all []happening
	at := map[string]int{}
	for i := range p.raw.Findings {
		f := &p.raw.Findings[i]
		for _, e := range fewOfEach(f.Evidence) {
			if !e.At.Known {
				continue
			}
			key := fmt.Sprintf("%s:%d:%d", e.Source, e.Line, e.Packet)
			if k, known := at[key]; known {
				if !strings.Contains(all[k].Finding, escape(f.ID)) {
					all[k].Finding += p.words().Join + escape(f.ID)
				}
				continue
			}
			at[key] = len(all)
			all = append(all, happening{e.At, escape(cmp.Or(e.Host, f.Host)), escape(f.ID), codeSpan(gist(e.Text)), e.ID})
		}
	}
	slices.SortStableFunc(all, func(a, b happening) int { return cmp.Compare(a.At.At, b.At.At) })
	if len(all) > maxMoments {
		half := maxMoments / 2
		all = slices.Concat(all[:half], all[len(all)-half:])
	}
	return all
}

// fewOfEach leaves of each role the first two and the last.
func fewOfEach(all []Evidence) []*Evidence {
	count, seen := map[string]int{}, map[string]int{}
	for i := range all {
		count[all[i].Role]++
	}
	var out []*Evidence
	for i := range all {
		e := &all[i]
		if seen[e.Role]++; seen[e.Role] <= 2 || seen[e.Role] == count[e.Role] {
			out = append(out, e)
		}
	}
	return out
}

// gist is the first line of a record, and its second where there is one: what
// was thrown stands there.
func gist(text string) string {
	first, rest, _ := strings.Cut(text, "\n")
	second, _, _ := strings.Cut(rest, "\n")
	first = Cut(shown(first), 200)
	if second = strings.TrimSpace(shown(second)); second != "" {
		first += " ⏎ " + Cut(second, 200)
	}
	return first
}

// left says how much is left out, "" for nothing.
func (p *page) left() string {
	n, shown := 0, len(p.moments())
	for i := range p.raw.Findings {
		for j := range p.raw.Findings[i].Evidence {
			if p.raw.Findings[i].Evidence[j].At.Known {
				n++
			}
		}
	}
	var out []string
	if n > shown && shown > 0 {
		out = append(out, fmt.Sprintf(p.word("left out"), n-shown))
	}
	if p.dropped > 0 {
		out = append(out, fmt.Sprintf(p.word("findings left out"), p.dropped))
	}
	return strings.Join(out, " ")
}

func (p *page) evidenceNamed(id string) *Evidence {
	for i := range p.raw.Findings {
		for j := range p.raw.Findings[i].Evidence {
			if e := &p.raw.Findings[i].Evidence[j]; e.ID == id {
				return e
			}
		}
	}
	return nil
}

// at is where a piece of evidence stands, as code.
func (p *page) at(id string) string {
	e := p.evidenceNamed(id)
	switch {
	case e == nil:
		return ""
	case e.Packet > 0:
		return codeSpan(e.Source) + " " + fmt.Sprintf(p.words().Packet, e.Packet)
	}
	return codeSpan(e.Source + ":" + strconv.Itoa(e.Line))
}

// quotes are the ids of the evidence of a finding that is worth quoting.
func (p *page) quotes(id string) []string {
	var ids []string
	for i := range p.raw.Findings {
		if p.raw.Findings[i].ID != id {
			continue
		}
		seen := map[string]bool{}
		for _, e := range choose(p.raw.Findings[i].Evidence) {
			if place := p.at(e.ID); len(ids) < maxQuoted && !seen[place] {
				seen[place] = true
				ids = append(ids, e.ID)
			}
		}
	}
	return ids
}

// quote is a piece of evidence in a fence.
func (p *page) quote(id string) string {
	e := p.evidenceNamed(id)
	if e == nil {
		return ""
	}
	text := e.Text
	if e.TextBase64 != nil {
		text = string(e.TextBase64)
	}
	var lines []string
	for line := range strings.SplitSeq(strings.TrimSuffix(text, "\n"), "\n") {
		lines = append(lines, Visible(strings.TrimRight(line, "\r")))
	}
	if n := len(lines) - maxQuoteRows; n > 0 {
		lines = append(lines[:maxQuoteRows], fmt.Sprintf(p.words().MoreLines, n))
	}
	return fence(lines)
}

// titleOf is the title of another finding.
func (p *page) titleOf(id string) string {
	for i := range p.Findings {
		if p.Findings[i].ID == id {
			return p.Findings[i].Title
		}
	}
	return ""
}

// value words a severity, a confidence or a strength.
func (p *page) value(s string) string {
	w := p.words()
	switch s {
	case "critical":
		return w.Critical
	case "error":
		return w.Error
	case "warning":
		return w.Warning
	case "info":
		return w.Info
	}
	return cmp.Or(w.Confidence[s], w.Strength[s], s)
}

// clocks says of each host how its clock was settled.
func (p *page) clocks() []string {
	pr := &printer{t: p.words(), r: p.raw}
	var out []string
	for i := range p.raw.Hosts {
		h := &p.raw.Hosts[i]
		parts := []string{cmp.Or(h.Zone, p.words().UnknownZone)}
		if s := pr.offset(h); s != "" {
			parts = append(parts, s)
		}
		line := cmp.Or(h.Name, p.words().NoHost) + p.words().Colon + strings.Join(append(parts, h.Why...), p.words().Semicolon)
		out = append(out, escape(line))
	}
	return out
}

// refs are the references of a finding. Only a rule's https addresses are links.
func (p *page) refs(id string) []string {
	var out []string
	for i := range p.raw.Findings {
		if p.raw.Findings[i].ID != id {
			continue
		}
		for _, ref := range p.raw.Findings[i].Refs {
			u, err := url.Parse(ref)
			if err == nil && u.Scheme == "https" && u.Host != "" && u.User == nil && !strings.ContainsAny(ref, "<>\"'`\\ ") && Visible(ref) == ref {
				out = append(out, "<"+ref+">")
			} else {
				out = append(out, codeSpan(ref))
			}
		}
	}
	return out
}
