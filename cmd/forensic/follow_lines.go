package main

import (
	"fmt"
	"strings"
	"time"

	"forensic/report"
)

// lines lays the screen out: a headline, the findings with their last lines,
// then notes and keys.
func (s *screen) lines(width, height int, now time.Time) []string {
	zh := s.tell.people.Lang == "zh"
	say := func(en, cn string) string {
		if zh {
			return cn
		}
		return en
	}
	standing := 0
	for i := range s.rows {
		if s.rows[i].State != "cleared" {
			standing++
		}
	}
	head := fmt.Sprintf(say("forensic follow  %s  for %s  %d standing, %d seen", "forensic follow  %s  已 %s  持续中 %d，共 %d"),
		strings.Join(s.paths, " "), now.Sub(s.began).Round(time.Second), standing, len(s.rows))
	if s.paused {
		head = say("PAUSED  ", "已暂停  ") + head
	}
	if s.ending {
		head = say("ENDING  ", "正在结束  ") + head
	}
	out := []string{s.paintText("1", cut(head, width)), ""}
	foot := []string{"", s.paintText("2", cut(say("q end   p pause   up/down choose   enter evidence     times are provisional until the end", "q 结束   p 暂停   上/下 选择   回车 证据     时间在结束前均为暂定"), width))}
	if n := len(s.notes); n > 0 {
		last := s.notes[max(0, n-2):]
		for i := len(last) - 1; i >= 0; i-- {
			foot = append([]string{s.paintText("2", cut(last[i], width))}, foot...)
		}
		foot = append([]string{""}, foot...)
	}
	room := height - len(out) - len(foot)
	var body []string
	if s.open >= 0 && s.open < len(s.rows) {
		body = s.evidence(&s.rows[s.open], width)
	} else {
		if len(s.rows) == 0 {
			body = append(body, say("  nothing yet", "  暂无"))
		}
		first := max(0, s.at-(room/3-1))
		for i := first; i < len(s.rows) && len(body) < room; i++ {
			body = append(body, s.row(&s.rows[i], i == s.at, width, now)...)
		}
	}
	if len(body) > room {
		body = body[:max(room, 0)]
	}
	for len(body) < room {
		body = append(body, "")
	}
	return append(append(out, body...), foot...)
}

// row is one finding: what it is, how often, and its last line.
func (s *screen) row(r *row, chosen bool, width int, now time.Time) []string {
	lang := s.tell.people.Lang
	mark := "  "
	if chosen {
		mark = "> "
	}
	f := &r.Finding
	what := mark + fmt.Sprintf("%-4s %s  %s  %s", r.ID, report.Visible(r.StateWord(lang)), r.opened.Local().Format("15:04:05"), report.Visible(f.Title))
	if f.Host != "" {
		what += "  " + report.Visible(f.Host)
	}
	how := "       " + r.Amount(lang)
	if r.State == "cleared" {
		what = s.paintText("2", cut(what, width))
	} else {
		what = s.paintText(severityPaint(f.Severity), cut(what, width))
	}
	last := "       "
	if r.Source != "" {
		last += fmt.Sprintf("%s:%d ", r.Source, r.Line)
	}
	text, _, _ := strings.Cut(r.Text, "\n")
	last += text
	return []string{what, cut(how, width), s.paintText("2", cut(report.Visible(last), width))}
}

// evidence is everything about one finding.
func (s *screen) evidence(r *row, width int) []string {
	f := &r.Finding
	wrap := func(indent, text string) []string {
		var out []string
		for _, para := range strings.Split(strings.TrimSpace(text), "\n") {
			for _, l := range report.Wrap(report.Visible(para), width-len(indent)-1) {
				out = append(out, indent+l)
			}
		}
		return out
	}
	out := []string{s.paintText(severityPaint(f.Severity), cut(report.Visible(r.ID+" "+f.Title), width)), cut("  "+f.Rule+"  "+r.Amount(s.tell.people.Lang), width), ""}
	out = append(out, wrap("  ", f.Say)...)
	if f.Because != "" {
		out = append(append(out, ""), wrap("  ", f.Because)...)
	}
	for i, n := range f.Next {
		if i == 0 {
			out = append(out, "")
		}
		out = append(out, wrap("  ", fmt.Sprintf("%d. %s", i+1, n.Do))...)
	}
	out = append(out, "")
	for _, e := range f.Evidence {
		text, _, _ := strings.Cut(e.Text, "\n")
		out = append(out, cut(report.Visible(fmt.Sprintf("  %s:%d  %s", e.Source, max(e.Line, e.Packet), text)), width))
	}
	if r.Text != "" {
		text, _, _ := strings.Cut(r.Text, "\n")
		out = append(out, s.paintText("1", cut(report.Visible(fmt.Sprintf("  %s:%d  %s", r.Source, r.Line, text)), width)))
	}
	return out
}

func cut(s string, width int) string { return report.Cut(s, width-1) }

func (s *screen) paintText(code, text string) string {
	if !s.tell.style.Color || text == "" || code == "" {
		return text
	}
	return "\x1b[" + code + "m" + text + "\x1b[0m"
}

func severityPaint(severity string) string {
	switch severity {
	case "critical", "error":
		return "1;31"
	case "warning":
		return "33"
	}
	return "36"
}
