package correlate

import (
	"forensic/event"
	"forensic/rules"
)

// sequence waits for events in an order, one machine for each key.
//
// A match begins with the first step, or with a later one if all before it are
// optional. It is complete when the last step is there; when only optional
// steps are missing it is complete when its window has passed. A match that has
// not all mandatory steps by then is forgotten.
//
//	waiting ──mandatory steps there──▶ enough ──last step──▶ complete
//	   │                                 │
//	   └──window passed──▶ forgotten     └──window passed──▶ complete
//
// An event without the key's attributes advances the youngest open match of its
// source, and of its thread where both have one. If the event that follows
// shows that it belonged to another match, it is handed over.
type sequence struct {
	steps  []rules.Name
	within int64
	queue  []*attempt // all open ones, oldest first, and some that are over
	live   int        // how many are open
	byKey  map[string]*attempts
	byPlot map[int]*attempts // by source
	spare  []*attempt        // that are over and in no list
	lists  []*attempts       // without any
	all    []sight
}

// An attempt is an open match.
type attempt struct {
	start    int64
	key      string // "" while an attribute of it is unknown
	source   int
	thread   string
	next     int // the step that may come
	seen     []sight
	filled   []bool // which of the steps are in seen
	borrowed int    // the step taken on credit from an event without a key; -1
	over     bool   // complete or forgotten
	held     int    // how many of queue, byKey and byPlot still hold it
}

// attempts are the open matches of one key or source; those that are over are
// taken out when they are many.
type attempts struct {
	list []*attempt
	over int
}

// maxLook is how many open matches of one key or source are looked at, the
// youngest first.
const maxLook = 64

func newSequence(m *rules.Match) *sequence {
	return &sequence{steps: m.Names, within: int64(m.Within), byKey: map[string]*attempts{}, byPlot: map[int]*attempts{}}
}

func (q *sequence) observe(m *machine, sights []sight) {
	if timeless(sights[0].at) {
		return
	}
	q.expire(m, sights[0].at, false)
	var advanced uint32 // sights that are used up
	for step := len(q.steps) - 1; step >= 0; step-- {
		for i := range sights {
			if sights[i].name == q.steps[step].Selection && advanced&(1<<i) == 0 && q.step(m, step, &sights[i]) {
				advanced |= 1 << i
			}
		}
	}
}

// step offers an event to the open matches as one of the steps, and tells
// whether it was taken.
func (q *sequence) step(m *machine, step int, s *sight) bool {
	key, complete := s.appendKey(m.key[:0], m.rule.Match.By)
	m.key = key
	thread := s.get(event.Thread)
	if complete {
		if a := q.youngest(q.byKey[string(key)], step, s, thread, nil); a != nil {
			q.take(m, a, step, s, "")
			return true
		}
		// One that began without a key, in the same place, may get it now.
		anonymous := func(a *attempt) bool { return a.key == "" && q.sameThread(a, thread) && agrees(a, s, m.rule.Match.By) }
		if a := q.youngest(q.byPlot[s.where.Source], step, s, thread, anonymous); a != nil {
			q.take(m, a, step, s, string(key))
			return true
		}
		if a := q.handOver(string(key), step, s, thread); a != nil {
			q.take(m, a, step, s, "")
			return true
		}
	} else {
		near := func(a *attempt) bool { return q.sameThread(a, thread) && agrees(a, s, m.rule.Match.By) }
		if a := q.youngest(q.byPlot[s.where.Source], step, s, thread, near); a != nil {
			q.take(m, a, step, s, "")
			a.borrowed = step
			return true
		}
	}
	if !q.begins(step) {
		if m.watch != nil {
			m.watch.unused(q, step, s, string(key))
		}
		return false
	}
	q.open(m, step, s, complete, thread)
	return true
}

// begins tells whether a match can begin with a step.
func (q *sequence) begins(step int) bool {
	for _, n := range q.steps[:step] {
		if !n.Optional {
			return false
		}
	}
	return true
}

// accepts tells whether a match can take a step now: it is the next one, or all
// between are optional.
func (q *sequence) accepts(a *attempt, step int, s *sight) bool {
	if a.over || step < a.next || s.at-a.start > q.within {
		return false
	}
	for _, n := range q.steps[a.next:step] {
		if !n.Optional {
			return false
		}
	}
	return true
}

// youngest returns the youngest match that accepts a step and passes a test.
func (q *sequence) youngest(l *attempts, step int, s *sight, thread string, test func(*attempt) bool) *attempt {
	if l == nil {
		return nil
	}
	var second *attempt
	for i, looked := len(l.list)-1, 0; i >= 0 && looked < maxLook; i-- {
		a := l.list[i]
		if a.over {
			continue
		}
		looked++
		if q.accepts(a, step, s) && (test == nil || test(a)) {
			if q.sameThread(a, thread) {
				return a
			}
			if second == nil {
				second = a
			}
		}
	}
	return second
}

func (q *sequence) sameThread(a *attempt, thread string) bool {
	return a.thread == "" || thread == "" || a.thread == thread
}

// agrees tells whether no attribute of the key has different values in a match
// and an event.
func agrees(a *attempt, s *sight, by []string) bool {
	for _, name := range by {
		if name == event.Host {
			continue
		}
		if v, w := s.get(name), firstOf(a.seen, name); v != "" && w != "" && v != w {
			return false
		}
	}
	return true
}

// handOver finds the match that a borrowed event belongs to after all: the
// match of this key waits for just that step, and this event would follow it.
func (q *sequence) handOver(key string, step int, s *sight, thread string) *attempt {
	mine, others := q.byKey[key], q.byPlot[s.where.Source]
	if mine == nil || others == nil {
		return nil
	}
	for i, looked := len(others.list)-1, 0; i >= 0 && looked < maxLook; i-- {
		looked++
		other := others.list[i]
		if other.over || other.borrowed < 0 || other.next != other.borrowed+1 || !q.sameThread(other, thread) {
			continue
		}
		lent := &other.seen[other.borrowed]
		for j := len(mine.list) - 1; j >= 0 && j >= len(mine.list)-maxLook; j-- {
			a := mine.list[j]
			if a == other || !q.accepts(a, other.borrowed, lent) || !q.sameThread(a, thread) {
				continue
			}
			next := a.next
			if a.next = other.borrowed + 1; !q.accepts(a, step, s) {
				a.next = next
				continue
			}
			a.seen[other.borrowed], a.filled[other.borrowed] = *lent, true
			other.filled[other.borrowed] = false
			other.next, other.borrowed = other.borrowed, -1
			return a
		}
	}
	return nil
}

// open begins a match.
func (q *sequence) open(m *machine, step int, s *sight, complete bool, thread string) {
	for q.live >= maxOpen {
		if !q.queue[0].over {
			m.evicted++
			q.leave(q.queue[0])
		}
		q.drop(q.queue[0])
		q.queue = q.queue[1:]
	}
	q.live++
	a := q.fresh()
	a.start, a.source, a.thread, a.borrowed = s.at, s.where.Source, m.e.intern(thread), -1
	if complete {
		a.key = string(m.key)
		q.byKey[a.key] = q.join(q.byKey[a.key], a)
	}
	q.byPlot[a.source] = q.join(q.byPlot[a.source], a)
	q.queue = append(q.queue, a)
	a.held++
	q.take(m, a, step, s, "")
}

// take puts an event into a match; key is what the match learns from it.
func (q *sequence) take(m *machine, a *attempt, step int, s *sight, key string) {
	s.own(m.needs(s.name))
	a.seen[step], a.filled[step] = *s, true
	a.next, a.borrowed = step+1, -1
	if key != "" {
		a.key = key
		q.byKey[key] = q.join(q.byKey[key], a)
	}
	if a.next == len(q.steps) {
		q.complete(m, a)
	}
}

// enough tells whether all mandatory steps are there.
func (q *sequence) enough(a *attempt) bool {
	for i, n := range q.steps {
		if !n.Optional && !a.filled[i] {
			return false
		}
	}
	return true
}

// complete hands a match on. What counts is the first mandatory step.
func (q *sequence) complete(m *machine, a *attempt) {
	q.leave(a)
	all := q.all[:0]
	var main *sight
	for i := range a.seen {
		if a.filled[i] {
			all = append(all, a.seen[i])
		}
	}
	for i, n := range q.steps {
		if a.filled[i] && (main == nil || !n.Optional) {
			main = &a.seen[i]
			if !n.Optional {
				break
			}
		}
	}
	q.all = all
	r := m.follow(main, all)
	m.met(r, main.at, main.count.Low > 0)
}

// leave takes a match out of the lists, where it stays until they are cleaned.
func (q *sequence) leave(a *attempt) {
	if a.over {
		return
	}
	a.over = true
	q.live--
	if l := q.byPlot[a.source]; l != nil && q.forget(l) {
		delete(q.byPlot, a.source)
	}
	if l := q.byKey[a.key]; a.key != "" && l != nil && q.forget(l) {
		delete(q.byKey, a.key)
	}
}

// expire ends what has waited long enough, or everything.
func (q *sequence) expire(m *machine, now int64, all bool) {
	n := 0
	for n < len(q.queue) && (all || q.queue[n].over || now-q.queue[n].start > q.within) {
		if a := q.queue[n]; !a.over {
			if q.enough(a) {
				q.complete(m, a)
			} else {
				if m.watch != nil {
					m.watch.broke(a)
				}
				q.leave(a)
			}
		}
		q.drop(q.queue[n])
		q.queue[n] = nil
		n++
	}
	q.queue = q.queue[n:]
	if len(q.queue) == 0 {
		q.queue = nil
	}
}

func (q *sequence) end(m *machine) { q.expire(m, 0, true) }

// join adds a match to a list, and begins one where there is none.
func (q *sequence) join(l *attempts, a *attempt) *attempts {
	if l == nil {
		if n := len(q.lists); n > 0 {
			l, q.lists = q.lists[n-1], q.lists[:n-1]
		} else {
			l = &attempts{}
		}
	}
	l.list = append(l.list, a)
	a.held++
	return l
}

// forget notes that one of a list is over, cleans up now and then, and tells
// whether none is left.
func (q *sequence) forget(l *attempts) bool {
	l.over++
	if l.over < len(l.list) && (l.over <= 32 || l.over <= len(l.list)/2) {
		return false
	}
	live := l.list[:0]
	for _, a := range l.list {
		if a.over {
			q.drop(a)
		} else {
			live = append(live, a)
		}
	}
	clear(l.list[len(live):])
	l.list, l.over = live, 0
	if len(live) > 0 {
		return false
	}
	if len(q.lists) < maxLook {
		q.lists = append(q.lists, l)
	}
	return true
}

// drop says that one list less holds a match.
func (q *sequence) drop(a *attempt) {
	if a.held--; a.held == 0 && len(q.spare) < maxLook {
		q.spare = append(q.spare, a)
	}
}

// fresh returns an empty match.
func (q *sequence) fresh() *attempt {
	n := len(q.spare)
	if n == 0 {
		return &attempt{seen: make([]sight, len(q.steps)), filled: make([]bool, len(q.steps))}
	}
	a := q.spare[n-1]
	q.spare = q.spare[:n-1]
	clear(a.seen)
	clear(a.filled)
	*a = attempt{seen: a.seen, filled: a.filled}
	return a
}
