package timeline

import (
	"fmt"
	"time"

	"forensic/event"
)

// An offset is what joins and the user say of a host's clock.
type offset struct {
	known bool
	user  bool
	value time.Duration
	err   time.Duration
	rate  float64
	joins int
	pairs []Pair
}

// clockFor is the deviation that a source's times are corrected by.
func (p *place) clockFor(h *host) *drift {
	if h == nil {
		h = p.host
	}
	if h == nil {
		return nil
	}
	return h.skew
}

// settleOffsets decides how far each host's clock is ahead.
func (t *Timeline) settleOffsets(opt Options) {
	for _, h := range t.hosts.list {
		h.skew, h.offset = nil, offset{}
		if off, ok := userOffset(opt.Offsets, h); ok {
			h.offset = offset{known: true, user: true, value: off}
			h.say("offset %s: given by the user", signed(off))
			if off != 0 {
				h.skew = &drift{offset: int64(off)}
			}
		}
	}
}

func userOffset(m map[string]time.Duration, h *host) (time.Duration, bool) {
	if len(m) == 0 {
		return 0, false
	}
	byPtr := map[string]*time.Duration{}
	for k, v := range m {
		byPtr[k] = &v
	}
	if v := forHost(byPtr, h); v != nil {
		return *v, true
	}
	return 0, false
}

func signed(d time.Duration) string { return fmt.Sprintf("%+.3fs", d.Seconds()) }

// clocks lists what was settled, by host; sources without one come last.
func (t *Timeline) clocks() []Clock {
	var all []Clock
	for _, h := range t.hosts.list {
		all = append(all, Clock{
			Host: h.name, Names: h.names, Addresses: h.addrs,
			Zone: h.zone.name, ZoneKnown: h.zone.known,
			Offset: h.offset.value, OffsetKnown: h.offset.known, Error: h.offset.err,
			Drift: h.offset.rate * 1e6, Joins: h.offset.joins, Pairs: h.offset.pairs, Why: h.why,
		})
	}
	return all
}

// A joinTable keeps the few values of join events that offsets rest on.
type joinTable struct{}

func (j *joinTable) take(ev *event.Event, s *tally) (thin bool) { return false }
