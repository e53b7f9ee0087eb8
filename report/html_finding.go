package report

import (
	"fmt"
	"slices"
	"strconv"
	"strings"
	"unicode/utf8"

	"forensic/rules"
)

// An htmlFinding is one finding in full.
type htmlFinding struct {
	ID, Severity, Where, Span      string
	Word, Title, Times, Confidence said
	Standing, Say, Because, Impact said
	Masks, Arithmetic, Left        said
	First, Last                    htmlTime
	NoZone                         bool
	Spark                          *htmlSpark
	Causes, Effects                []htmlTie
	Beside                         []said
	Tried                          []htmlTrial
	Next                           []htmlStep
	Avoid                          []htmlCaution
	RuledOut                       []said
	Facts                          []htmlFact
	Refs                           []htmlRef
	Quotes                         []htmlQuote
}

type htmlTie struct {
	ID              string
	Title, Strength said
	Gap             string
}

// An htmlTrial is what was done while a finding stood.
type htmlTrial struct {
	At                   htmlTime
	Command, Host, Place string
	Effect, Say          said
}

type (
	htmlStep    struct{ Do, Risk, Verify said }
	htmlCaution struct{ Do, Why, Applied said }
)

type htmlFact struct {
	Name, Value, Evidence string
	Linked                bool // the evidence stands on this page
}

type htmlRef struct {
	Text string
	Link bool
}

// An htmlQuote is a piece of a source.
type htmlQuote struct {
	Place   string
	Items   []htmlItem
	Packets said
	Lines   []htmlLine
}

type htmlItem struct {
	ID, Role string
	At       htmlTime
	NoZone   bool
}

type htmlLine struct {
	No, Text    string
	Said        said // instead of Text, where it is ours
	Proof, Skip bool
}

func (p *htmlPage) finding(i int) htmlFinding {
	f := &p.en.r.Findings[i]
	of := func(q *printer) *Finding { return &q.r.Findings[i] }
	out := htmlFinding{
		ID: line(f.ID), Severity: severityClass(f.Severity), Where: line(p.en.where(f)),
		Word: p.pair(func(q *printer) string { return q.severity(f.Severity) }), Title: p.titles[f.ID],
		First: p.time(f.First), NoZone: f.ZoneKnown != nil,
		Confidence: p.pair(func(q *printer) string { return q.t.Confidence[f.Confidence] }),
		Times:      p.pair(func(q *printer) string { return howOften(f, q.t) }),
		Say:        p.pair(func(q *printer) string { return sentence(of(q).Say, q.t) }),
		Because:    p.pair(func(q *printer) string { return reflow(of(q).Because) }),
		Impact:     p.pair(func(q *printer) string { return reflow(of(q).Impact) }),
		Masks:      p.pair(func(q *printer) string { return strings.Join(of(q).Masks, q.t.Join) }),
		Arithmetic: p.pair(func(q *printer) string { return arithmetic(f, q.r.Lang) }),
		Spark:      p.spark(f),
	}
	if f.Last.Known && f.Last.At != f.First.At {
		out.Last, out.Span = p.time(f.Last), span(f.First, f.Last)
	}
	if f.Standing == "open" {
		out.Standing = p.pair(func(q *printer) string {
			if open := of(q).Open; open != "" {
				return fmt.Sprintf(q.t.OpenFor, open)
			}
			return q.t.OpenWord
		})
	}
	p.advise(&out, i)
	for _, l := range f.Links {
		out.Causes = append(out.Causes, htmlTie{line(l.Cause), p.titles[l.Cause], p.pair(func(q *printer) string { return q.t.Strength[l.Strength] }), line(l.Gap)})
	}
	for _, id := range f.Explains {
		out.Effects = append(out.Effects, htmlTie{ID: line(id), Title: p.titles[id]})
	}
	for k := range f.Coincides {
		out.Beside = append(out.Beside, p.pair(func(q *printer) string { return of(q).Coincides[k].Say }))
	}
	for k := range f.Tried {
		t := &f.Tried[k]
		out.Tried = append(out.Tried, htmlTrial{
			At: p.time(t.At), Command: line(t.Command), Host: line(t.Host), Place: line(t.Source + ":" + strconv.Itoa(t.Line)),
			Effect: p.pair(func(q *printer) string { return q.t.Effect[t.Effect] }), Say: p.pair(func(q *printer) string { return of(q).Tried[k].Say }),
		})
	}
	for _, ref := range f.Refs {
		out.Refs = append(out.Refs, htmlRef{line(ref), strings.HasPrefix(ref, "https://")})
	}
	p.quote(&out, f)
	return out
}

// howOften says how many times, and how many of them are certain.
func howOften(f *Finding, t *words) string {
	if f.Count == 1 && f.CountLow == 1 {
		return ""
	}
	if f.CountLow < f.Count {
		return fmt.Sprintf(t.TimesSure, rules.Thousands(f.Count), rules.Thousands(f.CountLow))
	}
	return fmt.Sprintf(t.Times, rules.Thousands(f.Count))
}

// arithmetic says where the count comes from.
func arithmetic(f *Finding, lang string) string {
	sum := 0
	if f.Series != nil {
		for _, n := range f.Series.Counts {
			sum += n
		}
	}
	best, low := rules.Thousands(f.Count), rules.Thousands(f.CountLow)
	s, most, none := "best estimate %s; certain from the text %s; ", "at most %s", "nothing bounds it from above"
	if lang == "zh" {
		s, most, none = "最佳估计 %s；原文可确定 %s；", "至多 %s", "上限未知"
	}
	s = fmt.Sprintf(s, best, low)
	if f.CountHigh != nil && *f.CountHigh == f.Count && f.CountLow == f.Count {
		if s = best + ", certain from the text"; lang == "zh" {
			s = best + "，原文可确定"
		}
	} else if f.CountHigh == nil {
		s += none
	} else {
		s += fmt.Sprintf(most, rules.Thousands(*f.CountHigh))
	}
	if sum > 0 {
		s += fmt.Sprintf(" (Σ %s, %d × %s)", rules.Thousands(sum), len(f.Series.Counts), f.Series.Step)
	}
	return s
}

// advise fills in what to do, what not to do, what is out of question, and the
// facts.
func (p *htmlPage) advise(out *htmlFinding, i int) {
	f := &p.en.r.Findings[i]
	other := &p.zh.r.Findings[i]
	for k, s := range f.Next {
		z := s
		if k < len(other.Next) {
			z = other.Next[k]
		}
		if none(s.Risk) {
			s.Risk, z.Risk = "", ""
		}
		out.Next = append(out.Next, htmlStep{pairOf(reflow(s.Do), reflow(z.Do)), pairOf(reflow(s.Risk), reflow(z.Risk)), pairOf(reflow(s.Verify), reflow(z.Verify))})
	}
	for k, c := range f.Avoid {
		z := c
		if k < len(other.Avoid) {
			z = other.Avoid[k]
		}
		out.Avoid = append(out.Avoid, htmlCaution{pairOf(c.Do, z.Do), pairOf(reflow(c.Why), reflow(z.Why)), pairOf(c.Applied, z.Applied)})
	}
	for k, s := range f.RuledOut {
		z := s
		if k < len(other.RuledOut) {
			z = other.RuledOut[k]
		}
		out.RuledOut = append(out.RuledOut, pairOf(s, z))
	}
	onPage := map[string]bool{}
	for k := range f.Evidence {
		onPage[f.Evidence[k].ID] = true
	}
	for _, v := range f.Facts {
		out.Facts = append(out.Facts, htmlFact{line(v.Name), line(v.Value), line(v.Evidence), onPage[v.Evidence]})
	}
}

func pairOf(en, zh string) said { return say(clip(en), clip(zh)) }

// quote fills the evidence in, as long as there is room on the page.
func (p *htmlPage) quote(out *htmlFinding, f *Finding) {
	left := 0
	for _, q := range quotations(f.Evidence) {
		if p.quoted > htmlQuotedBytes {
			left += len(q.items)
			continue
		}
		quote := htmlQuote{Place: line(q.source)}
		switch {
		case q.packet > 0:
			e := q.items[0]
			if e.LastPacket > e.Packet {
				quote.Packets = say(fmt.Sprintf("packets %d–%d", e.Packet, e.LastPacket), fmt.Sprintf("第 %d–%d 个报文", e.Packet, e.LastPacket))
			} else {
				quote.Packets = pairOf(fmt.Sprintf(english.Packet, q.packet), fmt.Sprintf(chinese.Packet, q.packet))
			}
		case q.first > 0:
			quote.Place += ":" + strconv.Itoa(q.first)
		}
		for _, e := range q.items {
			quote.Items = append(quote.Items, htmlItem{line(e.ID), line(e.Role), p.time(e.At), e.ZoneKnown != nil})
		}
		p.quoted += 300 * (1 + len(q.items))
		quote.Lines = p.quoteLines(&q)
		out.Quotes = append(out.Quotes, quote)
	}
	if left > 0 {
		out.Left = say(fmt.Sprintf("%d more quotations stand in the JSON report.", left), fmt.Sprintf("另有 %d 处引文见 JSON 报告。", left))
	}
}

// quoteLines lists the lines of a quotation; of a very long one its middle is
// left out.
func (p *htmlPage) quoteLines(q *quotation) []htmlLine {
	numbers := make([]int, 0, len(q.lines))
	for n := range q.lines {
		numbers = append(numbers, n)
	}
	slices.Sort(numbers)
	var out []htmlLine
	for i, n := range numbers {
		if skip := len(numbers) - htmlQuoteLines; skip > 0 && i >= htmlQuoteLines-20 && i < htmlQuoteLines-20+skip {
			if i == htmlQuoteLines-20 {
				out = append(out, htmlLine{Said: pairOf(fmt.Sprintf(english.MoreLines, skip), fmt.Sprintf(chinese.MoreLines, skip)), Skip: true})
			}
			continue
		}
		l := q.lines[n]
		text := strings.TrimRight(l.text, "\r\n")
		one := htmlLine{Proof: l.proof}
		if q.packet == 0 && n > 0 {
			one.No = strconv.Itoa(n)
		}
		if l.none {
			one.Said = say(english.NoText, chinese.NoText)
		} else {
			one.Text = quotedLine(text)
		}
		p.quoted += len(one.Text) + 200 // what its elements weigh
		out = append(out, one)
	}
	return out
}

// quotedLine makes a quoted line safe, and bounds it.
func quotedLine(s string) string {
	left := 0
	if len(s) > htmlLineRunes {
		cut := htmlLineRunes
		for cut > htmlLineRunes-4 && !utf8.RuneStart(s[cut]) {
			cut--
		}
		left = utf8.RuneCountInString(s[cut:])
		s = s[:cut]
	}
	s = Visible(s)
	if left > 0 {
		s += " … +" + strconv.Itoa(left)
	}
	return s
}
