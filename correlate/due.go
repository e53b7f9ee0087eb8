package correlate

import (
	"cmp"
	"slices"
	"time"

	"forensic/event"
)

// livePause is how long a rule that has no window is silent before what it
// found counts as over, while events are still coming.
const livePause = 10 * time.Minute

// maxStanding bounds how many findings of one rule stand at the same time, while
// events are still coming.
const maxStanding = 1_000

// A Progress is how far a finding has come since Due returned it.
type Progress struct {
	*Finding
	Count event.Times
	Last  Moment
	Where event.Span // of the last event
	Over  bool       // it cleared: nothing more of it came for its rule's pause
}

// Live prepares the engine for events that keep coming for months: what is over
// is forgotten once Changes has told it. It is called before Observe; Close is
// not for such an engine.
func (e *Engine) Live() {
	e.live = true
	for _, m := range e.machines {
		m.pause = cmp.Or(m.pause, livePause)
	}
}

// Due returns, while events are still coming, the findings that have begun
// since it was last asked, worded with what is known so far. They have no ids,
// causes or chains, which are Close's. An absence is among them where Seen shows
// that somebody was watching.
func (e *Engine) Due() []*Finding {
	var out []*Finding
	var faults []map[string]string
	for _, m := range e.machines {
		if len(m.fresh) == 0 {
			continue
		}
		waiting := m.fresh[:0]
		for _, r := range m.fresh {
			var f *Finding
			if _, absent := m.op.(*absence); !absent || e.Seen != nil {
				f = e.finding(m, r, e.Seen, &faults)
			}
			switch {
			case f != nil && f.Standing == Confirmed && (!e.live || len(m.told) < maxStanding):
				r.told = f
				out = append(out, f)
				if e.live {
					m.told = append(m.told, r)
				}
			case r.over || len(waiting) >= maxStanding:
			default:
				waiting = append(waiting, r) // it may come to something
			}
		}
		clear(m.fresh[len(waiting):])
		m.fresh = waiting
	}
	return out
}

// A Now tells what time it is, in the time of the events: of those whose zone is
// known, or of those of one source whose zone is not.
type Now func(zoned bool, source int) int64

// Advance says that time goes on, whether events come or not: what did not come
// by now is missing, and what was silent for long is over.
func (e *Engine) Advance(now Now) {
	for _, m := range e.machines {
		if op, ok := m.op.(interface{ advance(m *machine, now Now) }); ok {
			op.advance(m, now)
		}
		for _, r := range m.runs {
			if m.pause > 0 && !timeless(r.last.At) && now(r.zoned, r.source)-r.last.At > int64(m.pause) {
				m.finish(r)
			}
		}
	}
}

// Changes returns how far the findings have come that Due returned and that
// have grown or cleared since Changes was last asked, in the order they began.
func (e *Engine) Changes() []Progress {
	var out []Progress
	for _, m := range e.machines {
		if len(m.told) == 0 {
			continue
		}
		standing := m.told[:0]
		for _, r := range m.told {
			if r.count != r.counted || r.over {
				r.counted = r.count
				out = append(out, Progress{r.told, r.count, r.last, r.newest(), r.over})
			}
			if !r.over {
				standing = append(standing, r)
			}
		}
		clear(m.told[len(standing):])
		m.told = standing
	}
	slices.SortStableFunc(out, func(a, b Progress) int { return cmp.Compare(a.run.seq, b.run.seq) })
	return out
}

// advance of an absence: what should have come by now is missing.
func (q *absence) advance(m *machine, now Now) {
	for len(q.queue) > 0 {
		p := q.queue[0]
		at := now(p.zoned, p.where.Source)
		if !p.answered && at-p.at <= q.within {
			return
		}
		if p.answered {
			at = p.at
		}
		before := len(q.queue)
		q.expire(m, at, false)
		if len(q.queue) == before {
			return
		}
	}
}

// advance of numbers: a snapshot that is so old is complete.
func (q *growing) advance(m *machine, now Now) {
	for _, full := range q.shots.until(now) {
		q.grow(m, full)
	}
}

func (q *limits) advance(m *machine, now Now) {
	for _, full := range q.shots.until(now) {
		q.look(m, full)
	}
}

// snapshotTakes is how long the lines of one snapshot may be on their way.
const snapshotTakes = 2 * time.Second

// until takes out the shots that are over.
func (q *shots) until(now Now) []*shot {
	var out []*shot
	for key, s := range q.open {
		if !timeless(s.at) && now(s.zoned, s.where.Source)-s.at > int64(snapshotTakes) {
			out = append(out, s)
			delete(q.open, key)
		}
	}
	slices.SortFunc(out, func(a, b *shot) int { return cmp.Compare(a.seq, b.seq) })
	return out
}

// newest is where the last event of a run was.
func (r *run) newest() event.Span {
	var last *sight
	for i := range r.roles {
		l := &r.roles[i]
		s := &l.first[len(l.first)-1]
		if l.n > fewEvidence {
			s = &l.last[(l.n-1)%fewEvidence]
		}
		if last == nil || s.seq > last.seq {
			last = s
		}
	}
	if last == nil {
		return event.Span{}
	}
	return last.where
}
