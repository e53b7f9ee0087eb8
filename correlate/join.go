package correlate

// join is several events within a length of time, in any order, across sources.
// Of each selection the latest event of a key is remembered; when all are there
// and close enough together, they are a match and used up.
type join struct {
	open map[string]*gathering
}

// A gathering is what a key has so far.
type gathering struct {
	seen   []sight
	filled []bool
	last   int64
}

func newJoin() *join { return &join{open: map[string]*gathering{}} }

func (q *join) observe(m *machine, sights []sight) {
	if timeless(sights[0].at) {
		return
	}
	names := m.rule.Match.Names
	for i := range sights {
		s := &sights[i]
		m.key, _ = s.appendKey(m.key[:0], m.rule.Match.By)
		g := q.open[string(m.key)]
		if g == nil {
			if len(q.open) >= maxOpen {
				q.makeRoom(m, s.at)
			}
			g = &gathering{seen: make([]sight, len(names)), filled: make([]bool, len(names))}
			q.open[string(m.key)] = g
		}
		for n := range names {
			if names[n].Selection == s.name {
				kept := *s
				kept.own(m.needs(s.name))
				g.seen[n], g.filled[n] = kept, true
				break
			}
		}
		g.last = s.at
		q.complete(m, g)
	}
}

// complete makes a match of what is there, if it suffices.
func (q *join) complete(m *machine, g *gathering) {
	if m.watch != nil {
		m.watch.gather(g)
	}
	oldest := g.last
	for i := range g.seen {
		if !g.filled[i] {
			return
		}
		oldest = min(oldest, g.seen[i].at)
	}
	if g.last-oldest > int64(m.rule.Match.Within) {
		return
	}
	sure := true
	for i := range g.seen {
		sure = sure && g.seen[i].count.Low > 0
	}
	r := m.follow(&g.seen[0], g.seen)
	m.met(r, g.last, sure)
	clear(g.filled)
}

// makeRoom drops what cannot become a match any more, and if that is nothing,
// everything.
func (q *join) makeRoom(m *machine, now int64) {
	for key, g := range q.open {
		if now-g.last > int64(m.rule.Match.Within) {
			delete(q.open, key)
		}
	}
	if len(q.open) >= maxOpen {
		m.evicted += len(q.open)
		clear(q.open)
	}
}

func (q *join) end(*machine) {}
