package correlate

import (
	"math"
	"strings"

	"forensic/event"
)

// A Miner notes, while sources are parsed, what their loud records say, without
// any rule: templates with how often, first, last and in which minute most. It
// is for one goroutine. What it noted is a few hundred bytes a template; it
// allocates where a template is new, and nowhere else.
//
// Of each source and minute the first 1,000 loud records are looked at; the rest
// is counted only (Observations says how many).
type Miner struct {
	sources map[int]*mine
	cur     *mine
	n       int // templates in all
}

const (
	maxLooked    = 1_000   // records of a source and minute
	maxTemplates = 512     // of a source
	maxLearned   = 4_096   // times that a source's templates are searched for a new message
	maxMined     = 262_144 // templates of a Miner
	maxSample    = 240     // bytes of a record that are kept as an example
)

// A mine is one source.
type mine struct {
	id      int
	spot    spot // of the record noted last
	minute  int64
	n       int // looked at in this minute
	over    int // counted only, for being more than that
	lost    int // counted only, for want of room
	learned int
	last    *tree[mined]
	hash    uint64
	byHash  map[uint64]*tree[mined]
	forest  forest[mined]
	list    []*tree[mined] // by first appearance
	runs    []*outputOf    // what commands printed
}

// A spot is a record of a source: its place in the source's own time, which
// Observations settles, and its line.
type spot struct {
	key  int64
	how  uint32
	line int32
}

// A mined is what was counted for one template of one source.
type mined struct {
	level       event.Level
	n           int
	first, last spot
	now         busy
	peak        busy
	sample      string // a record as it was written
	hits        [4]hitting
}

// A busy is how many came in one minute.
type busy struct {
	minute spot
	n      int
}

// A hitting counts the records of a template that a selection took.
type hitting struct {
	selection uint16
	n         int
}

// NewMiner returns an empty Miner.
func NewMiner() *Miner { return &Miner{sources: map[int]*mine{}} }

// Note looks at a record that is loud, or speaks of a failure. Key and how are
// its place in the source's own time, as package timeline counts it. It returns
// what was counted, nil where the record was counted only.
func (m *Miner) Note(ev *event.Event, key int64, how uint32) *Noted {
	s := m.cur
	if s == nil || s.id != ev.Where.Source {
		s = m.enter(ev.Where.Source)
	}
	if minute := floor(key, minute); minute != s.minute || how != s.spot.how {
		s.minute, s.n = minute, 0
	}
	s.spot = spot{key, how, int32(min(ev.Where.First, math.MaxInt32))}
	if s.n++; s.n > maxLooked {
		s.over++
		return nil
	}
	class := thrownClass(ev.Raw)
	h := signature(signature(hashBasis, ev.Component)*hashPrime, ev.Text)
	if class != "" {
		h = signature(h*hashPrime, class)
	}
	t := s.last
	if t == nil || h != s.hash {
		if t = s.byHash[h]; t == nil {
			if t = m.learn(s, ev, class, h); t == nil {
				s.lost++
				return nil
			}
		}
		t = t.root()
		s.last, s.hash = t, h
	}
	t.value.add(s.spot, s.minute, ev.Level)
	return (*Noted)(t.value)
}

// Noted is what was counted for a template.
type Noted mined

// Took says that selections of rules took the record; nil may be told, too.
func (n *Noted) Took(hits []event.Hit) {
	if n == nil {
		return
	}
	for _, h := range hits {
		for i := range n.hits {
			if t := &n.hits[i]; t.n == 0 || t.selection == h.Selection {
				t.selection = h.Selection
				t.n++
				break
			}
		}
	}
}

// enter changes to another source.
func (m *Miner) enter(id int) *mine {
	s := m.sources[id]
	if s == nil {
		s = &mine{id: id, minute: math.MinInt64}
		m.sources[id] = s
	}
	m.cur = s
	return s
}

// End says that a source was read to its end.
func (m *Miner) End(source int) {
	if s := m.sources[source]; s != nil {
		s.byHash, s.forest, s.last = nil, forest[mined]{}, nil
	}
	m.cur = nil
}

// learn finds the template of a message seen for the first time.
func (m *Miner) learn(s *mine, ev *event.Event, class string, h uint64) *tree[mined] {
	if s.learned++; s.learned > maxLearned {
		return nil
	}
	text := masked(ev.Text)
	if c := masked(ev.Component); c != "" {
		text = c + ": " + text
	}
	if class != "" {
		text += " | " + masked(class)
	}
	isNew := false
	fresh := func() *mined {
		isNew = true
		line, _, _ := strings.Cut(ev.Raw, "\n")
		return &mined{level: ev.Level, first: s.spot, sample: cut(strings.TrimRight(line, "\r"), maxSample)}
	}
	full := s.forest.n >= maxTemplates || m.n >= maxMined
	t := s.forest.place(text, fresh, (*mined).join)
	if isNew && t.value.n == 0 { // and no part of one that varies
		if full {
			s.forest.drop(t)
			return nil
		}
		s.list = append(s.list, t)
		m.n++
	}
	if s.byHash == nil {
		s.byHash = map[uint64]*tree[mined]{}
	}
	s.byHash[h] = t
	return t
}

// add counts a record.
func (t *mined) add(at spot, minute int64, level event.Level) {
	if t.n++; t.n == 1 {
		t.first = at
	}
	t.last = at
	t.level = max(t.level, level)
	if t.now.minute.key != minute || t.now.minute.how != at.how || t.now.n == 0 {
		t.now = busy{spot{minute, at.how, at.line}, 0}
	}
	if t.now.n++; t.now.n > t.peak.n {
		t.peak = t.now
	}
}

// join adds what was counted for another template of the same source, which
// turned out to be the same one. Its first record comes no earlier.
func (t *mined) join(o *mined) {
	if o.n == 0 {
		return
	}
	if t.n == 0 {
		*t = *o
		return
	}
	t.n += o.n
	t.level = max(t.level, o.level)
	if o.last.line > t.last.line {
		t.last = o.last
	}
	if o.first.line < t.first.line {
		t.first, t.sample = o.first, o.sample
	}
	switch {
	case o.peak.minute.key == t.peak.minute.key && o.peak.minute.how == t.peak.minute.how:
		t.peak.n += o.peak.n
	case o.peak.n > t.peak.n:
		t.peak = o.peak
	}
	if o.now.minute.key == t.now.minute.key && o.now.minute.how == t.now.minute.how {
		t.now.n += o.now.n
	}
	for _, h := range o.hits {
		for i := range t.hits {
			if own := &t.hits[i]; h.n > 0 && (own.n == 0 || own.selection == h.selection) {
				own.selection = h.selection
				own.n += h.n
				break
			}
		}
	}
}

// thrownClass returns the exception class that a record's second line begins
// with, "" where it is none.
func thrownClass(raw string) string {
	i := strings.IndexByte(raw, '\n')
	if i < 0 || i+1 >= len(raw) {
		return ""
	}
	line := raw[i+1:]
	line = line[:min(len(line), 160)]
	for n := 0; n < len(line); n++ {
		switch c := line[n]; {
		case c == ':' || c == '\n' || c == '\r':
			if n > 3 && strings.IndexByte(line[:n], '.') > 0 {
				return line[:n]
			}
			return ""
		case c == ' ' || c == '\t':
			return ""
		}
	}
	return ""
}
