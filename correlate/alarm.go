package correlate

import (
	"forensic/event"
	"forensic/rules"
)

// alarms are words of failure, for records that do not say how loud they are.
// They are in the filter of every format, after all literals of rules, so that
// looking for them costs nothing where they are not. None is shorter than what
// the filter finds in its large steps.
var alarms = []string{
	" failed", "failure", "exception", "traceback", " error:", "error: ", " error ", "[error]", " fatal ", "fatal: ", "panic: ",
	" refused", "rejected", " denied", "forbidden", "timed out", "timeout", "expired", "cannot ", " can't ", "could not", "unable to",
	"aborted", "aborting", "corrupt", "overflow", "dropped", "dropping", "no space left", "out of memory", "too many", "exceeded",
	"unreachable", "no route to", "not responding", "reset by", "broken pipe", "lost connection", "link is down", "link down",
	"killed process", "segfault", "i/o error", "call trace", "blocked for", "hung task", "deadlock", "stalled", "crashed", "unexpected",
}

// literalsOfAlarms returns them as the filter takes them.
func literalsOfAlarms() []rules.Literal {
	out := make([]rules.Literal, len(alarms))
	for i, a := range alarms {
		out[i] = rules.Literal{Text: a, Fold: true}
	}
	return out
}

// Alarmed tells whether a record holds a word of failure: as the filter marked
// it, or, where nobody ran the filter over its text, by looking.
func (s *Selector) Alarmed(ev *event.Event) bool {
	if ev.Page == nil || ev.Rewritten {
		return alarming(ev.Text)
	}
	if s.filter == nil {
		return alarming(ev.Raw)
	}
	for _, m := range ev.Marks {
		if int(m.Literal) >= s.alarm {
			return true
		}
	}
	return false
}

// alarming looks for the words in a text.
func alarming(text string) bool {
	for i := 0; i+shortest <= len(text); i++ {
		for _, a := range alarms {
			if i+len(a) <= len(text) && (text[i]|0x20 == a[0] || text[i] == a[0]) && foldEqual(text[i:i+len(a)], a) {
				return true
			}
		}
	}
	return false
}

// nothingAsked tells whether marks are alarms alone: no rule has to look.
func (p *plan) nothingAsked(marks []event.Mark) bool {
	for _, m := range marks {
		if int(m.Literal) < p.alarm {
			return false
		}
	}
	return true
}
