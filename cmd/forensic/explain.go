package main

import (
	"errors"
	"fmt"
	"strings"
	"time"

	"github.com/urfave/cli/v2"

	"forensic"
	"forensic/correlate"
	"forensic/report"
	"forensic/rules"
	"forensic/timeline"
)

func (p *program) explain() *cli.Command {
	return &cli.Command{
		Name: "explain", Usage: "why a rule fired, or what was missing", ArgsUsage: "RULE [PATH...]",
		Description: "Without a PATH it says what the rule looks for. With one it says what of that was there,\nwhat was missing, and the nearest miss.",
		Flags:       append(readingFlags(), lookFlags()...),
		Action:      p.runExplain,
	}
}

func (p *program) runExplain(c *cli.Context) error {
	if c.NArg() == 0 {
		return &failure{exitUsage, "explain", "it takes the name of a rule", `"forensic rules list" names them`}
	}
	lang, _, err := p.langFlag(c)
	if err != nil {
		return err
	}
	style, err := p.style(c)
	if err != nil {
		return err
	}
	opt, err := options(c)
	if err != nil {
		return err
	}
	name := c.Args().First()
	r, err := ruleNamed(opt.Rules, name)
	if err != nil {
		return err
	}
	x := &explainer{p: p, rule: r, all: opt.Rules, chinese: lang == "zh", width: style.Width}
	if c.NArg() == 1 {
		x.whole()
		return nil
	}
	paths, unread := p.readableOf(c, c.Args().Tail())
	if len(paths) == 0 {
		return unread
	}
	opt.Watch = name
	res, err := p.run(c, paths, opt)
	if res == nil {
		return errors.Join(unread, err)
	}
	problems := []error{unread, err}
	if len(res.Sources) == 0 && res.Complete {
		problems = append(problems, nothingRead(paths, res))
	} else {
		x.here(res)
	}
	return errors.Join(append(problems, closes(res), verdict(c, res, 0))...)
}

// An explainer prints for people.
type explainer struct {
	p       *program
	rule    *rules.Rule
	all     []rules.Rule
	chinese bool
	width   int
	res     *forensic.Result
}

// or chooses by language.
func (x *explainer) or(en, zh string) string {
	if x.chinese {
		return zh
	}
	return en
}

func (x *explainer) said(words map[string]string) string {
	if s := words[x.or("en", "zh")]; s != "" {
		return s
	}
	return words["en"]
}

// title is what the rule is called.
func (x *explainer) title() string {
	if x.chinese {
		return x.rule.Zh.Title.Source
	}
	return x.rule.En.Title.Source
}

// line prints a text in lines, those after the first further in.
func (x *explainer) line(indent int, label, text string) {
	width := x.width
	if width == 0 {
		width = 100
	}
	first, hang := strings.Repeat(" ", indent)+label, indent
	for _, r := range label {
		if hang++; r >= 0x2e80 {
			hang++
		}
	}
	for i, l := range report.Wrap(report.Visible(text), width-hang) {
		if i > 0 {
			first = strings.Repeat(" ", hang)
		}
		fmt.Fprintln(x.p.stdout, first+l)
	}
}

// here says how far the rule came in what was read.
func (x *explainer) here(res *forensic.Result) {
	x.res = res
	a := res.Account
	x.line(0, "", x.rule.Name+": "+x.title())
	switch n := len(a.Findings); {
	case n == 0 && len(a.Masked) > 0:
		x.line(0, "", x.or("It fired, and a more specific finding stands for it.", "它已命中，但由更具体的发现代表。"))
	case n == 0:
		x.line(0, "", x.or("It did not fire here.", "它在此处没有命中。"))
	case n == 1:
		x.line(0, "", x.or("It fired once here.", "它在此处命中一次。"))
	default:
		x.line(0, "", fmt.Sprintf(x.or("It fired %d times here.", "它在此处命中 %d 次。"), n))
	}
	fmt.Fprintln(x.p.stdout)
	for _, f := range a.Findings {
		x.finding(f)
	}
	if len(a.Missing) > 0 {
		x.line(0, "", x.or("What was missing:", "缺少的条件："))
		for _, m := range a.Missing {
			x.line(2, "- ", x.said(m))
		}
		fmt.Fprintln(x.p.stdout)
	}
	x.line(0, "", x.or("It fires when:", "命中条件："))
	x.line(2, "", x.fires())
	fmt.Fprintln(x.p.stdout)
	x.line(0, "", x.or("What its selections took:", "各选择条件选中的记录："))
	for i := range a.Took {
		x.took(&a.Took[i])
	}
}

// finding prints what fired, and on which evidence.
func (x *explainer) finding(f *correlate.Finding) {
	w := f.Wording[x.or("en", "zh")]
	x.line(0, f.ID+" ", w.Say)
	var parts []string
	if f.Host != "" {
		parts = append(parts, f.Host)
	}
	for _, a := range f.Key {
		parts = append(parts, a.Name+" "+a.Value)
	}
	parts = append(parts, fmt.Sprintf(x.or("%d times, from %s to %s", "%d 次，%s 至 %s"), f.Count.Best, x.moment(f.First), x.moment(f.Last)))
	if w.Open != "" {
		parts = append(parts, x.or("open: ", "未定：")+w.Open)
	}
	x.line(2, "", strings.Join(parts, x.or(", ", "，")))
	shown := map[string]int{}
	for i := range f.Evidence {
		e := &f.Evidence[i]
		if shown[e.Role]++; shown[e.Role] > 2 {
			continue
		}
		x.line(2, "", e.Role+": "+x.place(e.Where.Source, e.Where.First)+": "+report.Cut(report.Visible(firstLine(e.Text)), 160))
	}
	fmt.Fprintln(x.p.stdout)
}

func firstLine(s string) string {
	s, _, _ = strings.Cut(s, "\n")
	return s
}

// took prints one selection: how many records, and why not the others.
func (x *explainer) took(t *correlate.Taken) {
	name := t.Name
	switch {
	case name == "":
		name = x.or("(what was tried, or that it would show)", "（曾尝试的措施，或可见性证明）")
	case t.Enriches:
		name += x.or(" (explains only)", "（仅用于说明）")
	}
	of := fmt.Sprintf(x.or("%d of %d records", "%d 条（共 %d 条）"), t.Events, t.Records)
	if t.Count.Best > t.Events {
		of += fmt.Sprintf(x.or(", which stand for %d", "，代表 %d 次"), t.Count.Best)
	}
	if t.Events > 0 {
		of += fmt.Sprintf(x.or(", from %s (%s) to %s", "，%s（%s）至 %s"), x.moment(t.First), x.place(t.Where.Source, t.Where.First), x.moment(t.Last))
	}
	x.line(2, name+": ", of)
	for _, r := range t.Refused {
		x.line(4, "- ", x.said(r))
	}
}

// place is a line of a source.
func (x *explainer) place(source, line int) string {
	for i := range x.res.Sources {
		if s := &x.res.Sources[i]; s.ID == source {
			if s.Unit == "packet" {
				return fmt.Sprintf(x.or("%s packet %d", "%s 第 %d 个报文"), s.Path, line)
			}
			return fmt.Sprintf("%s:%d", s.Path, line)
		}
	}
	return "?"
}

// moment is a time in the zone of the incident.
func (x *explainer) moment(m correlate.Moment) string {
	if !m.Known() {
		return x.or("unknown", "未知")
	}
	in, _ := x.res.Zone()
	at := m.At
	if m.ZoneKnown {
		_, seconds := time.Unix(0, at).In(in).Zone()
		at += int64(seconds) * int64(time.Second)
	}
	return strings.TrimSuffix(strings.Replace(timeline.Format(at, m.Step), "T", " ", 1), "Z")
}
