package correlate

import (
	"slices"

	"forensic/event"
	"forensic/rules"
)

// absence is a, and no b within a length of time. Any b of the same key answers
// every a that waits. What it finds is provisional: Close asks whether somebody
// was watching (control.go).
type absence struct {
	after, no string
	within    int64
	queue     []*pending // in order of time, and some that are answered
	live      int
	byKey     map[string][]*pending
}

// A pending is an a that waits for its b.
type pending struct {
	sight
	key      string
	whole    bool // every attribute of the key is known
	thread   string
	answered bool
}

// A wait is an a that had no answer: from when to when there should have been
// one, and how many it stands for.
type wait struct {
	from, to int64
	source   int
	count    event.Times
}

// maxWaits bounds what a run remembers of its windows; beyond it they are
// joined.
const maxWaits = 16_384

func newAbsence(m *rules.Match) *absence {
	return &absence{after: m.Names[0].Selection, no: m.Names[1].Selection, within: int64(m.Within), byKey: map[string][]*pending{}}
}

func (q *absence) observe(m *machine, sights []sight) {
	if timeless(sights[0].at) {
		return
	}
	q.expire(m, sights[0].at, false)
	for i := range sights {
		if sights[i].name == q.no {
			q.answer(m, &sights[i])
		}
	}
	for i := range sights {
		if sights[i].name == q.after {
			q.wait(m, &sights[i])
		}
	}
}

// answer ends the waiting of everything with the key of b; where b lacks an
// attribute of it, of the youngest of its source, and of its thread where both
// have one.
func (q *absence) answer(m *machine, b *sight) {
	var whole bool
	m.key, whole = b.appendKey(m.key[:0], m.rule.Match.By)
	if whole {
		if waiting := q.byKey[string(m.key)]; waiting != nil {
			for _, p := range waiting {
				if m.watch != nil && !p.answered {
					m.watch.answered(p, b.at)
				}
				q.leave(p)
			}
			delete(q.byKey, string(m.key))
			return
		}
	}
	thread := b.get(event.Thread)
	for i, looked := len(q.queue)-1, 0; i >= 0 && looked < maxLook; i-- {
		p := q.queue[i]
		if p.answered || p.where.Source != b.where.Source || whole && p.whole {
			continue
		}
		looked++
		if p.thread == "" || thread == "" || p.thread == thread {
			if m.watch != nil {
				m.watch.answered(p, b.at)
			}
			q.leave(p)
			return
		}
	}
}

func (q *absence) leave(p *pending) {
	if !p.answered {
		p.answered = true
		q.live--
	}
}

// wait begins to wait.
func (q *absence) wait(m *machine, a *sight) {
	for q.live >= maxOpen {
		if !q.queue[0].answered {
			m.evicted++
			q.leave(q.queue[0])
			q.forget(q.queue[0])
		}
		q.queue = q.queue[1:]
	}
	p := &pending{thread: string([]byte(a.get(event.Thread)))}
	m.key, p.whole = a.appendKey(m.key[:0], m.rule.Match.By)
	p.key = string(m.key)
	p.sight = *a
	p.own(m.needs(a.name))
	q.queue = append(q.queue, p)
	q.live++
	if p.whole {
		q.byKey[p.key] = append(q.byKey[p.key], p)
	}
}

// forget takes one out of the list of its key.
func (q *absence) forget(p *pending) {
	if l := slices.DeleteFunc(q.byKey[p.key], func(o *pending) bool { return o == p }); len(l) > 0 {
		q.byKey[p.key] = l
	} else {
		delete(q.byKey, p.key)
	}
}

// expire says of everything whose time is over, or of all, that nothing came.
func (q *absence) expire(m *machine, now int64, all bool) {
	n := 0
	for n < len(q.queue) && (all || q.queue[n].answered || now-q.queue[n].at > q.within) {
		p := q.queue[n]
		q.queue[n] = nil
		n++
		if p.answered {
			continue
		}
		q.leave(p)
		q.forget(p)
		if m.watch != nil {
			m.watch.waits[1]++
		}
		s := []sight{p.sight}
		r := m.follow(&s[0], s)
		r.await(wait{p.at, p.at + q.within, p.where.Source, p.count})
		m.met(r, p.at, p.count.Low > 0)
	}
	q.queue = q.queue[n:]
	if len(q.queue) == 0 {
		q.queue = nil
	}
}

func (q *absence) end(m *machine) { q.expire(m, 0, true) }

// await remembers a window.
func (r *run) await(w wait) {
	if len(r.waits) < maxWaits {
		r.waits = append(r.waits, w)
		return
	}
	last := &r.waits[len(r.waits)-1]
	last.to = max(last.to, w.to)
	last.count = last.count.Plus(w.count)
}
