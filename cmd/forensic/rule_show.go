package main

import (
	"fmt"
	"strconv"
	"strings"
	"time"

	"forensic/event"
	"forensic/report"
	"forensic/rules"
)

// show prints a rule: what it selects, when it fires, and its texts as they
// are written.
func (p *program) show(r *rules.Rule, lang string) {
	w := r.En
	if lang == "zh" {
		w = r.Zh
	}
	line := func(label, text string) {
		for i, part := range strings.Split(strings.TrimSpace(text), "\n") {
			if text == "" {
				return
			}
			if i > 0 {
				label = ""
			}
			fmt.Fprintf(p.stdout, "  %-11s %s\n", label, report.Visible(part))
		}
	}
	fmt.Fprintf(p.stdout, "%s: %s\n", r.Name, report.Visible(w.Title.Source))
	line("severity", r.Severity.String())
	for i := range r.Select {
		line(label(i, "select"), selectionText(&r.Select[i]))
	}
	for i := range r.Context {
		line(label(i, "context"), selectionText(&r.Context[i]))
	}
	line("match", matchText(r))
	line("say", w.Say.Source)
	line("because", w.Because.Source)
	line("impact", w.Impact.Source)
	for i, s := range w.Next {
		line(label(i, "next"), s.Do.Source)
	}
	for i, a := range w.Avoid {
		line(label(i, "avoid"), a.Do.Source+": "+a.Why.Source)
	}
	for i, cause := range r.Causes {
		line(label(i, "causes"), fmt.Sprintf("%s (%s)", cause.Rule, cause.Strength))
	}
	line("masks", strings.Join(r.Masks, ", "))
	for i, ref := range r.Refs {
		line(label(i, "refs"), ref)
	}
	line("file", r.File)
}

func label(i int, name string) string {
	if i > 0 {
		return ""
	}
	return name
}

// selectionText writes the conditions of a selection in one line.
func selectionText(s *rules.Selection) string {
	parts := []string{s.Name + ":"}
	if len(s.Kinds) > 0 {
		parts = append(parts, strings.Join(s.Kinds, " or "))
	} else {
		parts = append(parts, "any kind")
	}
	if s.Level != event.NoLevel {
		parts = append(parts, "level "+s.Level.String()+" and above")
	}
	if s.Text != nil {
		parts = append(parts, "text /"+s.Text.String()+"/")
	}
	if s.Line != nil {
		parts = append(parts, "line /"+s.Line.String()+"/")
	}
	for i := range s.Where {
		parts = append(parts, testText(&s.Where[i]))
	}
	return strings.Join(parts, " ")
}

func testText(t *rules.Test) string {
	switch {
	case t.Absent:
		return t.Attr + " absent"
	case len(t.OneOf) > 0:
		return t.Attr + "=" + strings.Join(t.OneOf, "|")
	case t.Match != nil:
		return t.Attr + " /" + t.Match.String() + "/"
	case t.AtLeast != nil && t.AtMost != nil:
		return t.Attr + " " + number(*t.AtLeast) + ".." + number(*t.AtMost)
	case t.AtLeast != nil:
		return t.Attr + ">=" + number(*t.AtLeast)
	case t.AtMost != nil:
		return t.Attr + "<=" + number(*t.AtMost)
	}
	return t.Attr
}

func number(f float64) string { return strconv.FormatFloat(f, 'g', -1, 64) }

// matchText writes when a rule fires.
func matchText(r *rules.Rule) string {
	m := &r.Match
	var names []string
	for _, n := range m.Names {
		name := n.Selection
		if n.Optional {
			name += "?"
		}
		names = append(names, name)
	}
	var s string
	switch m.Op {
	case rules.Growth:
		s = fmt.Sprintf("growth of %s over %d points", valueText(m.Of), m.Points)
	case rules.Limit:
		s = fmt.Sprintf("%s at %s of %s", valueText(m.Use), number(m.Share), valueText(m.Of))
	case rules.Absence:
		s = fmt.Sprintf("%s, and no %s", names[0], names[1])
	default:
		s = m.Op.String() + " " + strings.Join(names, ", ")
	}
	if m.AtLeast > 0 {
		s += fmt.Sprintf(", at least %d", m.AtLeast)
	}
	if m.Distinct != "" {
		s += " values of " + m.Distinct
	}
	s += within(m.Within) + by(m.By)
	if m.Repeat != nil {
		s += fmt.Sprintf("; this at least %d times", m.Repeat.AtLeast) + within(m.Repeat.Within) + by(m.Repeat.By)
	}
	if r.Unless != nil {
		s += fmt.Sprintf("; not when it is as steady as %s and slower than %s", number(r.Unless.Variation), r.Unless.Slower)
	}
	return s
}

func valueText(v rules.Value) string {
	if v.Selection == "" {
		return number(v.Number)
	}
	return v.Selection + "." + v.Attr
}

func within(d time.Duration) string {
	if d == 0 {
		return ""
	}
	return " within " + strings.TrimSuffix(d.String(), "m0s") + map[bool]string{true: "m"}[strings.HasSuffix(d.String(), "m0s")]
}

func by(attrs []string) string {
	if len(attrs) == 0 {
		return ""
	}
	return " by " + strings.Join(attrs, ", ")
}
