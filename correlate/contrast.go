package correlate

import (
	"strings"

	"forensic/event"
)

// An outputOf is what one run of a command printed.
type outputOf struct {
	host, command string
	ran           event.Span
	lines         []printed
}

// A printed is one line of it.
type printed struct {
	text  string // as it was written
	form  string // what varies taken out
	where event.Span
	bad   bool
}

const (
	maxRunsOf  = 256 // of a source
	maxPrinted = 200 // lines of one run
)

// Transcript notes what a command printed, of a source that is a transcript:
// lines that stand in a run that failed and in one that succeeded are no cause.
func (m *Miner) Transcript(ev *event.Event) {
	s := m.cur
	if s == nil || s.id != ev.Where.Source {
		s = m.enter(ev.Where.Source)
	}
	if ev.Kind == event.OperatorRan.Name {
		if len(s.runs) < maxRunsOf {
			s.runs = append(s.runs, &outputOf{
				host: strings.Clone(ev.Attrs.Get(event.Host)), command: cut(strings.Join(strings.Fields(ev.Attrs.Get("command")), " "), maxCommand), ran: ev.Where,
			})
		}
		return
	}
	if len(s.runs) == 0 || ev.Kind != outputKind {
		return
	}
	r := s.runs[len(s.runs)-1]
	if len(r.lines) < maxPrinted && ev.Attrs.Get("command") != "" {
		text := strings.TrimSpace(ev.Text)
		r.lines = append(r.lines, printed{cut(text, maxSample), masked(text), ev.Where, ev.Level >= event.Error || alarming(" "+text+" ")})
	}
}

// outputKind is the kind of a line that a command printed.
const outputKind = "shell.output"

// A contrast is two runs of one command, of which the first failed and the
// second did not.
type contrast struct {
	failed, succeeded *outputOf
	only              []*printed // failures of the first alone
	instead           []*printed // what the second has in their place
	both              []*printed // failures of both: no cause of the difference
}

// contrasts compares each run of a command that failed with the next that
// succeeded.
func (s *mine) contrasts() []contrast {
	var out []contrast
	for i, a := range s.runs {
		for _, b := range s.runs[i+1:] {
			if a.command != b.command || a.host != b.host || len(a.lines) == 0 || len(b.lines) == 0 {
				continue
			}
			if c := compare(a, b); len(c.only) > 0 && len(c.both) > 0 {
				out = append(out, c)
			}
			break
		}
	}
	return out
}

// compare finds what two runs share and where they differ; there is nothing to
// say where the second has failures of its own.
func compare(a, b *outputOf) contrast {
	c := contrast{failed: a, succeeded: b}
	for i := range a.lines {
		switch l := &a.lines[i]; {
		case !l.bad:
		case b.has(l.form):
			c.both = append(c.both, l)
		default:
			c.only = append(c.only, l)
		}
	}
	for i := range b.lines {
		switch l := &b.lines[i]; {
		case a.has(l.form):
		case l.bad:
			return contrast{}
		default:
			c.instead = append(c.instead, l)
		}
	}
	return c
}

func (o *outputOf) has(form string) bool {
	for i := range o.lines {
		if o.lines[i].form == form {
			return true
		}
	}
	return false
}
