package timeline

import (
	"cmp"
	"slices"
	"strconv"

	"forensic/event"
)

// A statement is an event that says something of its host's clock or name. They
// are few, and Settle needs them before anything can be replayed.
type statement struct {
	source int
	line   int
	kind   string
	level  event.Level
	stamp  event.Stamp
	key    int64
	family family
	attrs  event.Attrs
}

const (
	maxStatements = 1 << 14 // a lane
	maxLocals     = 64      // addresses of its own that a source shows
)

// state takes note of what an added event says of its host.
func (l *Lane) state(ev *event.Event, s *tally) {
	switch ev.Kind {
	case "host.clock", "host.name":
		if len(l.statements) < maxStatements {
			c := statement{
				source: s.id, line: ev.Where.First, kind: ev.Kind, level: ev.Level,
				stamp: ev.Stamp, key: s.key, family: s.family, attrs: ev.Attrs.Clone(),
			}
			c.stamp.Text = cloneShort(ev.Stamp.Text)
			l.statements = append(l.statements, c)
		} else {
			l.unheard++
		}
	case "kernel.message":
		if up := ev.Attrs.Get("uptime"); up != "" {
			s.up(up)
		}
	case "clock.stepped":
		s.wasSet(ev.Attrs)
	case "host.load":
		if up, err := strconv.ParseInt(ev.Attrs.Get("uptime"), 10, 64); err == nil && up < 1<<31 {
			s.uptime = up
		}
	case "kube.pod", "kube.node", "kube.service", "kube.workload", "kube.object":
		s.age(ev.Attrs)
	case "socket.row":
		addr, _ := event.SplitAddr(ev.Attrs.Get("local"))
		switch {
		case addr == "" || addr == "*" || slices.Contains(s.locals, addr):
		case len(s.locals) < maxLocals:
			s.locals = append(s.locals, cloneShort(addr))
		default:
			s.unlisted++
		}
	}
}

// statements lists all of them in the order of sources and lines.
func (t *Timeline) statements() []statement {
	if t.stated != nil {
		return t.stated
	}
	for _, l := range t.lanes {
		t.stated = append(t.stated, l.statements...)
	}
	slices.SortStableFunc(t.stated, func(a, b statement) int {
		return cmp.Or(cmp.Compare(t.byID[a.source].rank, t.byID[b.source].rank), cmp.Compare(a.line, b.line))
	})
	return t.stated
}
