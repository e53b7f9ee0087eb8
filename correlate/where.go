package correlate

import (
	"slices"

	"forensic/event"
	"forensic/rules"
)

// value returns an attribute of an event: a named group of its pattern, what
// the parser set, or what every event has.
func value(ev *event.Event, groups event.Attrs, name string) string {
	if len(groups) > 0 {
		if v := groups.Get(name); v != "" {
			return v
		}
	}
	if v := ev.Attrs.Get(name); v != "" {
		return v
	}
	switch name {
	case event.Class:
		return ev.Trace.Class
	case "root":
		return ev.Trace.Root
	case "level":
		return ev.Level.String()
	case "component":
		return ev.Component
	}
	return ""
}

// passes tests a value; the pattern, if the test has one, is asked elsewhere.
func passes(t *rules.Test, v string) bool {
	if t.Absent {
		return v == ""
	}
	if len(t.OneOf) > 0 && !slices.Contains(t.OneOf, v) {
		return false
	}
	if t.AtLeast == nil && t.AtMost == nil {
		return t.Match == nil || v != ""
	}
	n, ok := rules.ReadNumber(v)
	return ok && (t.AtLeast == nil || n >= *t.AtLeast) && (t.AtMost == nil || n <= *t.AtMost)
}
