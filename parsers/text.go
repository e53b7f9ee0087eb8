package parsers

import (
	"slices"
	"strings"

	"forensic/event"
)

// Any other log with dates: where in its lines the dates stand is learnt from
// the first ones, so that a date inside a message begins no record.
//
//	2024-03-02 10:14:03.120 WARN  [pool-1] order: payment is late
//	[02/Mar/2024:10:14:03 +0100] worker 7 restarted
var _ = add(Format{
	Name:   "text",
	Doc:    "Any text with dates. Cut into records with their time, level and component where these can be told.",
	Files:  []string{"*.log", "*.out", "*.txt"},
	Kinds:  slices.Concat([]event.Kind{event.LogMessage}, zookeeperKinds, threaddumpKinds),
	Sniff:  textSniff,
	Lines:  &Lines{Head: applicationHead, Decode: applicationDecode, Learn: textLearn, Share: 0.3, Joins: zookeeperJoins},
	Around: withThreaddumps,
})

// textLearn takes what the layouts known and the lines themselves tell.
func textLearn(sample string) *Lines {
	a := newApplication(sample)
	if len(a.shapes) == 0 && a.strong == 0 && !a.undated && !a.learnt {
		return nil
	}
	l := a.lines()
	l.Share = 0.3
	if a.undated {
		l.Share = 0.2
	}
	return l
}

// textFields looks for a level among the first words of a line, and takes what
// stands before it, or directly behind it, for the component.
func textFields(s string) (level event.Level, component, text string) {
	rest := s
	for word := 0; word < 6 && rest != "" && len(s)-len(rest) < 96; word++ {
		rest = strings.TrimLeft(rest, " [({<|-:;\t")
		end := strings.IndexAny(rest, " ])}>|:;\t,/")
		w := rest
		if end >= 0 {
			w = rest[:end]
		}
		if v, ok := strings.CutPrefix(w, "level="); ok {
			w, rest = strings.Trim(v, `"`), strings.TrimLeft(rest[len("level="):], `"`)
		}
		if l := levelWord(w); l != event.NoLevel {
			after := strings.TrimLeft(rest[len(w):], "\" ])}>|:;\t,-/")
			component, text = textComponent(after)
			return l, component, text
		}
		if w != "" && w[0] >= 0xc3 {
			if l, n := localLevelAt(w); l != event.NoLevel {
				component, text = textComponent(strings.TrimLeft(strings.TrimPrefix(rest[n:], "："), " ])}>|:;\t,-/"))
				return l, component, text
			}
		}
		if end < 0 {
			break
		}
		rest = rest[end+1:]
	}
	component, text = textComponent(s)
	return event.NoLevel, component, text
}

// textComponent takes "[main] com.example.Order - message" and "Order: message"
// apart; a component is one word with a dot, or in brackets.
func textComponent(s string) (component, text string) {
	if name, rest, ok := strings.Cut(s, " - "); ok && len(name) < 80 && strings.Count(name, " ") < 3 {
		if i := strings.LastIndexByte(name, ' '); i >= 0 {
			name = name[i+1:]
		}
		return strings.Trim(name, "[]:"), rest
	}
	if name, rest, ok := strings.Cut(s, ": "); ok && len(name) < 60 && !strings.ContainsAny(name, " \t=\"'/") && strings.IndexByte(name, '.') > 0 {
		return name, rest
	}
	return "", s
}
