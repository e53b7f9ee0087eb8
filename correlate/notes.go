package correlate

import (
	"slices"
	"strconv"

	"forensic/event"
	"forensic/rules"
)

// maxNotes bounds what is kept of one context selection on one host.
const maxNotes = 512

// notes are what a context selection saw, by host, in order of time.
type notes struct {
	byHost map[string]*hostNotes
	key    []byte
}

// hostNotes are the notes of one host. Where there are too many, the first half
// stays and the second goes round: its oldest is at next.
type hostNotes struct {
	list []sight
	next int
}

// add keeps an event; of too many the first and the last stay.
func (n *notes) add(s sight, names []string) {
	s.own(names)
	if n.byHost == nil {
		n.byHost = map[string]*hostNotes{}
	}
	n.key = appendHost(n.key[:0], s.host, s.where.Source)
	h := n.byHost[string(n.key)]
	if h == nil {
		h = &hostNotes{next: maxNotes / 2}
		n.byHost[string(n.key)] = h
	}
	if last := h.last(); last != nil && last.joins(&s) {
		return
	}
	if len(h.list) < maxNotes {
		h.list = append(h.list, s)
		return
	}
	h.list[h.next] = s
	if h.next++; h.next == maxNotes {
		h.next = maxNotes / 2
	}
}

// last returns the one that came last.
func (h *hostNotes) last() *sight {
	if n := len(h.list); n < maxNotes || h.next == maxNotes/2 {
		if n == 0 {
			return nil
		}
		return &h.list[n-1]
	}
	return &h.list[h.next-1]
}

// all goes over them in order of time.
func (h *hostNotes) all(yield func(*sight) bool) {
	if h == nil {
		return
	}
	turn := len(h.list)
	if turn == maxNotes {
		turn = maxNotes / 2
	}
	for i := range h.list {
		if i >= turn {
			i = h.next + i - turn
			if i >= maxNotes {
				i -= maxNotes - turn
			}
		}
		if !yield(&h.list[i]) {
			return
		}
	}
}

// at returns what held on a host when a run began: the last event before its
// first (of what a session shows at one time, what stands behind a command that
// changes something did not hold before it), else the first after its last, else one whose time cannot be compared.
// An event whose attributes contradict the run's key is another's.
func (n *notes) at(e *Engine, r *run) *sight {
	if r.mixed {
		return nil
	}
	list := n.byHost[string(appendHost(nil, r.host, r.place))]
	var before, after, between, other *sight
	for s := range list.all {
		switch {
		case !compatible(s, r.key):
		case timeless(s.at) || timeless(r.first.At) || s.zoned != r.zoned:
			if other == nil {
				other = s
			}
		case s.at < r.first.At || s.at == r.first.At && !e.changed(r, s):
			before = s
		case s.at >= r.last.At && (s.at > r.first.At || r.last.At == r.first.At):
			if after == nil {
				after = s
			}
		case between == nil:
			between = s
		}
	}
	for _, s := range []*sight{before, between, after, other} {
		if s != nil {
			return s
		}
	}
	return nil
}

// changed tells whether an operator changed something between the begin of a run
// and an event of the same time that stands behind it in the same member.
func (e *Engine) changed(r *run, s *sight) bool {
	if s.seq <= r.seq || s.where.Source != r.source && (e.paths[r.source] == "" || e.paths[s.where.Source] != e.paths[r.source]) {
		return false
	}
	for i := range e.acts {
		if a := &e.acts[i]; a.seq > r.seq && a.seq < s.seq && e.paths[a.where.Source] == e.paths[s.where.Source] {
			return true
		}
	}
	return false
}

func compatible(s *sight, key event.Attrs) bool {
	for i := range key {
		if v := s.attrs.Get(key[i].Name); v != "" && v != key[i].Value {
			return false
		}
	}
	return true
}

// joins adds the count of another group of the same snapshot, where the rule
// does not care what tells the groups apart.
func (s *sight) joins(t *sight) bool {
	if s.at != t.at || s.where.Source != t.where.Source || len(s.attrs) != len(t.attrs) {
		return false
	}
	at := slices.IndexFunc(s.attrs, func(a event.Attr) bool { return a.Name == "count" })
	if at < 0 || t.attrs[at].Name != "count" {
		return false
	}
	for i := range s.attrs {
		if i != at && s.attrs[i] != t.attrs[i] {
			return false
		}
	}
	a, ok := rules.ReadNumber(s.attrs[at].Value)
	b, too := rules.ReadNumber(t.attrs[at].Value)
	if ok && too {
		s.attrs[at].Value = strconv.FormatFloat(a+b, 'f', -1, 64)
	}
	return ok && too
}
