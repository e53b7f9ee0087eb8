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
	byHost map[string][]sight
}

// add keeps an event. Where there are too many the latest are replaced, so that
// the first and the last stay.
func (n *notes) add(s sight, names []string) {
	s.own(names)
	if n.byHost == nil {
		n.byHost = map[string][]sight{}
	}
	at := place(&s)
	list := n.byHost[at]
	if len(list) > 0 && list[len(list)-1].joins(&s) {
		return
	}
	if len(list) < maxNotes {
		n.byHost[at] = append(list, s)
		return
	}
	copy(list[maxNotes/2:], list[maxNotes/2+1:])
	list[maxNotes-1] = s
}

// at returns what held on a host when a run began: the last event before its
// first, else the first after its last, else one whose time cannot be compared.
// An event whose attributes contradict the run's key is another's.
func (n *notes) at(r *run) *sight {
	if r.mixed {
		return nil
	}
	list := n.byHost[string(appendHost(nil, r.host, r.source))]
	var before, after, between, other *sight
	for i := range list {
		s := &list[i]
		switch {
		case !compatible(s, r.key):
		case timeless(s.at) || timeless(r.first.At) || s.zoned != r.zoned:
			if other == nil {
				other = s
			}
		case s.at <= r.first.At:
			before = s
		case s.at >= r.last.At:
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
