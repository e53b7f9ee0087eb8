package correlate

import (
	"slices"
	"strconv"
	"strings"
	"time"

	"forensic/event"
	"forensic/rules"
)

// A sight is what an operator sees and keeps of an event: which selection it
// answers, when and where it was, and the attributes the rule asks for. Until
// own is called its attributes are borrowed from the event.
type sight struct {
	name   string // of the selection
	seq    int64  // its place in the replay, which decides between equal times
	at     int64
	step   time.Duration
	zoned  bool
	host   string
	place  int // stands for a host without a name
	where  event.Span
	count  event.Times
	attrs  event.Attrs // owned
	text   string      // of an event that has no lines to be quoted from
	ev     *event.Event
	groups event.Attrs
}

// see makes a sight of an event that answers a selection.
func (e *Engine) see(ev *event.Event, s *selection, groups event.Attrs) sight {
	return sight{
		name: s.sel.Name, seq: e.seq, at: ev.At, step: ev.Stamp.Step, zoned: ev.ZoneKnown, host: e.intern(ev.Host), place: e.place(ev.Where.Source),
		where: ev.Where, count: ev.Count.Or1(), ev: ev, groups: groups,
	}
}

// get returns an attribute.
func (s *sight) get(name string) string {
	if name == event.Host {
		return s.host
	}
	if s.ev != nil {
		return value(s.ev, s.groups, name)
	}
	return s.attrs.Get(name)
}

// own lets go of the event and keeps the named attributes.
func (s *sight) own(names []string) {
	if s.ev == nil {
		return
	}
	n, size := 0, 0
	for _, name := range names {
		if v := s.get(name); v != "" {
			n, size = n+1, size+len(v)
		}
	}
	if n > 0 {
		var text strings.Builder // one piece of memory for all values
		text.Grow(size)
		s.attrs = make(event.Attrs, 0, n)
		for _, name := range names {
			if v := s.get(name); v != "" {
				from := text.Len()
				text.WriteString(v)
				s.attrs = append(s.attrs, event.Attr{Name: name, Value: text.String()[from:]})
			}
		}
	}
	s.keepText()
	s.ev, s.groups = nil, nil
}

// keepText keeps the words of an event that was not cut from lines: nothing
// else of it can be quoted later.
func (s *sight) keepText() {
	if s.ev != nil && s.ev.Raw == "" && s.ev.Text != "" {
		s.text = strings.Clone(s.ev.Text)
	}
}

// moment returns when it was.
func (s *sight) moment() Moment { return Moment{s.at, s.step, s.zoned} }

// place returns what stands for the host of a source where it has no name: of
// sources that are of one machine the same.
func (e *Engine) place(source int) int {
	if p, ok := e.places[source]; ok {
		return p
	}
	return source
}

// appendHost writes the host as a key has it. A host without a name equals no
// other; its place stands for it.
func appendHost(key []byte, host string, place int) []byte {
	if host != "" {
		return append(key, host...)
	}
	return strconv.AppendInt(append(key, 1), int64(place), 10)
}

// appendKey writes the values of by. Times of an unknown zone are compared on
// one host only, and never with times of a known one: that is part of the key.
// It tells whether every attribute has a value.
func (s *sight) appendKey(key []byte, by []string) ([]byte, bool) {
	if !s.zoned {
		key = appendHost(append(key, '?'), s.host, s.place)
	}
	key = append(key, 0)
	complete := true
	for _, name := range by {
		if name == event.Host {
			key = appendHost(key, s.host, s.place)
		} else {
			v := s.get(name)
			complete = complete && v != ""
			key = append(key, v...)
		}
		key = append(key, 0)
	}
	return key, complete
}

// needs lists the attributes of a selection that its rule asks for once events
// are gone; others are those that rules ask of its findings which bring them
// about.
func needs(r *rules.Rule, sel *rules.Selection, others []string) []string {
	var names []string
	add := func(name string) {
		if name != "" && name != event.Host && name != "at" && !slices.Contains(names, name) {
			names = append(names, name)
		}
	}
	value := func(v rules.Value) {
		if v.Selection == sel.Name && sel.Name != "" {
			add(v.Attr)
		}
	}
	m := &r.Match
	for _, name := range m.By {
		add(name)
	}
	if m.Repeat != nil {
		for _, name := range m.Repeat.By {
			add(name)
		}
	}
	for _, name := range others {
		add(name)
	}
	add(m.Distinct)
	add(event.Thread)
	value(m.Of)
	value(m.Use)
	value(m.Until)
	for _, f := range r.Facts {
		value(f.Value)
	}
	for _, c := range r.Causes {
		for _, s := range c.Same {
			add(s.Here)
		}
	}
	for _, w := range []*rules.Words{&r.En, &r.Zh} {
		for _, t := range textsOf(w) {
			for _, ref := range t.Refs {
				if ref.Selection == sel.Name {
					add(ref.Attr)
				}
			}
		}
	}
	return names
}

// textsOf lists all texts of one language.
func textsOf(w *rules.Words) []*rules.Text {
	out := []*rules.Text{&w.Title, &w.Say, &w.Because, &w.Impact}
	for i := range w.Next {
		out = append(out, &w.Next[i].Do, &w.Next[i].Risk, &w.Next[i].Verify)
	}
	for i := range w.Avoid {
		out = append(out, &w.Avoid[i].Do, &w.Avoid[i].Why)
	}
	for i := range w.RuledOut {
		out = append(out, &w.RuledOut[i])
	}
	return out
}
