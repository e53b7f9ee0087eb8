package timeline

import (
	"math"
	"slices"
	"strconv"
	"time"

	"forensic/event"
)

// A boot is when a machine started, as one source tells it: a record that shows
// both the time and how long the machine has been up.
type boot struct {
	seen   bool
	family family
	key    int64 // of the start
	upto   float64
}

// up notes a kernel message that shows its time and its uptime. The logger may
// have read it late, never early, so the earliest start is the best; an uptime
// that falls back means another start.
func (s *tally) up(uptime string) {
	v, err := strconv.ParseFloat(uptime, 64)
	if err != nil || v < 0 || v > 1e9 || s.family == timeless || s.family == sinceBoot {
		return
	}
	key := s.key - int64(v*1e9)
	if !s.boot.seen || v < s.boot.upto-1 || s.boot.family != s.family {
		s.boot = boot{seen: true, family: s.family, key: key, upto: v}
		return
	}
	s.boot.key, s.boot.upto = min(s.boot.key, key), v
}

// settleBoots places stamps that count from the start of the machine.
func (t *Timeline) settleBoots() {
	for _, p := range t.places {
		sp := &p.tally.spans[sinceBoot]
		if !sp.seen || p.duplicate != nil {
			continue
		}
		if at, why, ok := t.bootOf(p); ok {
			p.boot, p.bootKnown = at, true
			p.note("its stamps count from the start of the machine, which was at %s: %s", Format(at, time.Second), why)
			continue
		}
		m, ok := p.modified()
		if ok && slices.Contains(p.src.Kinds, event.LogMessage.Name) {
			p.boot, p.bootKnown = m-sp.high, true
			p.note("its stamps count from a start nobody states; the last is taken to be of the file's time")
			continue
		}
		p.note("its stamps count from the start of the machine, and nothing tells when that was")
	}
}

// bootOf asks the host's other sources: records with both times, then what
// uptime printed.
func (t *Timeline) bootOf(p *place) (at int64, why string, ok bool) {
	at = math.MinInt64
	for _, q := range t.places {
		if q.duplicate != nil || !(q.src.Path == p.src.Path || p.host != nil && q.host == p.host || p.host == nil && q.host == nil && sameFolder(p, q)) {
			continue
		}
		if b := q.tally.boot; b.seen {
			if start := q.convert(b.family, b.key); start != event.NoTime && start > at {
				at, why, ok = start, "by the records of "+q.name()+" that show both times", true
			}
		}
		if up := q.tally.uptime; up > 0 && q.taken.at != event.NoTime && !ok {
			at, why, ok = q.taken.at-up*int64(time.Second), "by "+q.name(), true
		}
	}
	return at, why, ok
}
