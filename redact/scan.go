package redact

import (
	"bytes"
	"slices"
)

// A trigger is a literal, in lower case, and the detector that looks at each
// place where it stands, in whatever case.
type trigger struct {
	text string
	look func(s *scan, at int)
}

// A machine finds all triggers in one pass: for each state and class of bytes
// the state that follows. Which triggers end in a state is a chain through also.
type machine struct {
	class    [256]uint8
	width    int
	next     []uint16
	ends     []int16 // of a state: the trigger that ends there, -1: none
	also     []uint16
	triggers []trigger
}

// finder finds the triggers of all detectors, some of which use it themselves.
var finder *machine

func init() {
	finder = newMachine(slices.Concat(
		nameTriggers, headerTriggers, urlTriggers, tokenTriggers, hashTriggers, keyTriggers, mailTriggers, commandTriggers, kubeTriggers,
	))
}

func newMachine(triggers []trigger) *machine {
	m := &machine{triggers: triggers, width: 1}
	for _, t := range triggers {
		for i := range len(t.text) {
			if c := t.text[i]; m.class[c] == 0 {
				m.class[c] = uint8(m.width)
				m.width++
			}
		}
	}
	for c := byte('A'); c <= 'Z'; c++ {
		m.class[c] = m.class[c|0x20]
	}
	m.state()
	for n, t := range triggers {
		at := uint16(0)
		for i := range len(t.text) {
			slot := int(at)*m.width + int(m.class[t.text[i]])
			if m.next[slot] == 0 {
				made := m.state()
				m.next[slot] = made
			}
			at = m.next[slot]
		}
		if m.ends[at] >= 0 {
			panic("redact: two triggers are " + t.text)
		}
		m.ends[at] = int16(n)
	}
	m.link()
	return m
}

func (m *machine) state() uint16 {
	m.next = append(m.next, make([]uint16, m.width)...)
	m.ends = append(m.ends, -1)
	m.also = append(m.also, 0)
	return uint16(len(m.ends) - 1)
}

// link completes the table, state by state outward: where no literal goes on,
// the longest end of what was read that begins one counts.
func (m *machine) link() {
	fail := make([]uint16, len(m.ends))
	var queue []uint16
	for c := range m.width {
		if to := m.next[c]; to != 0 {
			queue = append(queue, to)
		}
	}
	for len(queue) > 0 {
		at := queue[0]
		queue = queue[1:]
		back := fail[at]
		m.also[at] = back
		if m.ends[back] < 0 {
			m.also[at] = m.also[back]
		}
		for c := range m.width {
			slot := int(at)*m.width + c
			to := m.next[slot]
			if to == 0 {
				m.next[slot] = m.next[int(back)*m.width+c]
				continue
			}
			fail[to] = m.next[int(back)*m.width+c]
			queue = append(queue, to)
		}
	}
}

// An edit is a place that is to be replaced: by a mark, or by other text.
type edit struct {
	from, to int
	kind     Kind
	with     []byte // nil: a mark
	value    []byte // with with: what is remembered, nil: nothing
}

// A scan looks at one piece of text.
type scan struct {
	r     *Redactor
	b     []byte
	edits []edit
	fixed bool // lengths are kept
	name  bool // the text is the name of a file
	cut   bool // the text is torn at its end: what is not closed counts as closed
	again bool // the text was redacted already
	depth int  // base64 in base64
	named int  // end of the last name looked at
	own   name // it
	where string
}

func (r *Redactor) scan(b []byte) *scan {
	s := &scan{}
	if n := len(r.spare); n > 0 {
		s, r.spare = r.spare[n-1], r.spare[:n-1]
	}
	edits := s.edits[:0]
	*s = scan{r: r, b: b, edits: edits}
	return s
}

func (r *Redactor) release(s *scan) {
	s.b = nil
	r.spare = append(r.spare, s)
}

// find collects what is to be replaced, sorted and without overlaps.
func (s *scan) find() {
	m := finder
	b, at, width := s.b, 0, m.width
	for i, c := range b {
		at = int(m.next[at*width+int(m.class[c])])
		if m.ends[at] < 0 && m.also[at] == 0 {
			continue
		}
		for state := at; state != 0; state = int(m.also[state]) {
			if n := m.ends[state]; n >= 0 {
				t := &m.triggers[n]
				t.look(s, i+1-len(t.text))
			}
		}
	}
	if s.depth < maxDepth {
		s.unwrap()
	}
	if s.r.opt.Addresses && !s.again { // a renamed address looks like any other
		s.addresses()
	}
	if s.r.opt.Hosts {
		s.hosts()
	}
	s.settle()
}

// maxDepth is how often base64 is looked into.
const maxDepth = 2

// add notes a secret. What is a mark already stays.
func (s *scan) add(from, to int, k Kind) {
	if to <= from || s.touchesMark(from, to) || hidden(s.b[from:to]) {
		return
	}
	if k == Secret && wholeToken(s.b[from:to]) {
		k = Token
	}
	s.edits = append(s.edits, edit{from: from, to: to, kind: k})
}

// touchesMark tells that a mark begins in a place, wherever it ends.
func (s *scan) touchesMark(from, to int) bool {
	b := s.b[from:min(len(s.b), to+len(markBegin))]
	for i := 0; ; i++ {
		k := bytes.Index(b[i:], []byte(markBegin))
		if k < 0 || from+i+k >= to {
			return false
		}
		if i += k; isMark(s.b[from+i:]) > 0 {
			return true
		}
	}
}

// settle sorts edits and joins those that overlap.
func (s *scan) settle() {
	if len(s.edits) < 2 {
		return
	}
	slices.SortStableFunc(s.edits, func(a, b edit) int {
		if a.from != b.from {
			return a.from - b.from
		}
		return b.to - a.to
	})
	kept := s.edits[:1]
	for _, e := range s.edits[1:] {
		last := &kept[len(kept)-1]
		switch {
		case e.from >= last.to:
			kept = append(kept, e)
		case e.to <= last.to:
		case last.with != nil || e.with != nil: // a replacement cannot be stretched
			if last.with != nil && e.with == nil {
				e.from = last.to
				kept = append(kept, e)
			}
		default:
			last.to = e.to
		}
	}
	s.edits = kept
}

// apply appends b[from:to] to dst, with marks. No edit crosses to.
func (s *scan) apply(dst []byte, from, to int) []byte {
	for i := range s.edits {
		e := &s.edits[i]
		if e.from < from {
			from = max(from, min(e.to, to))
			continue
		}
		if e.from >= to {
			break
		}
		dst = append(dst, s.b[from:e.from]...)
		if e.with != nil {
			dst = append(dst, e.with...)
			if e.value != nil {
				s.r.remember(e.kind, e.value, e.with, s.where)
			}
		} else {
			dst = s.r.mark(dst, e.kind, s.b[e.from:e.to], s.where)
		}
		from = e.to
	}
	return append(dst, s.b[from:to]...)
}

// overwrite writes marks over what stands behind from, and tells how many.
func (s *scan) overwrite(from int) int {
	n := 0
	for _, e := range s.edits {
		if e.to <= from {
			continue
		}
		n++
		if len(e.with) == e.to-e.from {
			copy(s.b[max(e.from, from):e.to], e.with[max(from-e.from, 0):])
			if e.value != nil {
				s.r.remember(e.kind, e.value, e.with, s.where)
			}
			continue
		}
		s.r.cover(s.b[e.from:e.to], max(from-e.from, 0), e.kind, s.where)
	}
	return n
}
