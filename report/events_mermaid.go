package report

import (
	"strconv"
	"strings"
	"unicode"

	"forensic/event"
)

// mermaid draws events as a sequence diagram: a lifeline a host, a note an event,
// an arrow where an event names both ends of a connection. Repeats are folded.
// A diagram is for people, and its renderers stop at some 50,000 characters: of
// more events than fit, the first and the last are drawn and the number of the
// others is said.
type mermaid struct {
	zone  zone
	names map[string]string // of addresses

	head, tail []happened
	left       int // events between head and tail
	untimed    int
	last       *happened // the latest, which repeats are added to
}

// happened is one event, or several that say the same.
type happened struct {
	at       Moment
	source   int
	from, to string // to is empty for a note
	findings string
	text     string
	times    int
}

const (
	mermaidHalf  = 120 // notes at each end
	mermaidLives = 16  // lifelines
	mermaidText  = 100 // columns of a note
)

func (m *mermaid) begin(x *shared) []byte {
	m.zone, m.names = x.zone, map[string]string{}
	for _, h := range x.hosts {
		for _, a := range h.Addresses {
			m.names[a] = h.Host
		}
	}
	return nil
}

func (m *mermaid) append(b []byte, e *listed) []byte {
	n := e.Count.Or1().Best
	if e.At == event.NoTime {
		m.untimed += n
		return b
	}
	from, to := m.ends(e)
	text := e.Text
	if text == "" {
		text = e.Kind
	}
	if l := m.last; l != nil && l.source == e.Where.Source && l.from == from && l.to == to && l.text == text && l.findings == leading(e.findings) {
		l.times += n
		return b
	}
	h := happened{Moment{e.At, e.Stamp.Step, true, e.ZoneKnown}, e.Where.Source, from, to, leading(e.findings), text, n}
	if len(m.head) < mermaidHalf {
		m.head = append(m.head, h)
		m.last = &m.head[len(m.head)-1]
		return b
	}
	if len(m.tail) == 2*mermaidHalf {
		for i := range m.tail[:mermaidHalf] {
			m.left += m.tail[i].times
		}
		m.tail = append(m.tail[:0], m.tail[mermaidHalf:]...)
	}
	m.tail = append(m.tail, h)
	m.last = &m.tail[len(m.tail)-1]
	return b
}

func leading(ids []string) string {
	if len(ids) == 0 {
		return ""
	}
	return ids[0]
}

// ends are the lifelines of an event: both ends of the connection it names, or
// its host.
func (m *mermaid) ends(e *listed) (from, to string) {
	attrs := event.Attrs(e.Attrs)
	client, _ := event.SplitAddr(attrs.Get(event.Client))
	server, _ := event.SplitAddr(attrs.Get(event.Server))
	if client != "" && server != "" {
		return m.nameOf(client), m.nameOf(server)
	}
	return e.Host, ""
}

func (m *mermaid) nameOf(address string) string {
	if name := m.names[address]; name != "" {
		return name
	}
	return address
}

func (m *mermaid) end(b []byte) []byte {
	if n := len(m.tail) - mermaidHalf; n > 0 {
		for i := range m.tail[:n] {
			m.left += m.tail[i].times
		}
		m.tail = m.tail[n:]
	}
	b = append(b, "sequenceDiagram\n"...)
	lives := map[string]string{}
	var order []string
	for _, part := range [][]happened{m.head, m.tail} {
		for i := range part {
			for _, name := range []string{part[i].from, part[i].to} {
				if _, ok := lives[name]; ok || name == "" && part[i].from != "" {
					continue
				}
				if len(order) == mermaidLives {
					lives[name] = "others"
					continue
				}
				lives[name] = "h" + strconv.Itoa(len(order)+1)
				order = append(order, name)
			}
		}
	}
	for i, name := range order {
		if name == "" {
			name = "(host unknown)"
		}
		b = append(b, "    participant h"+strconv.Itoa(i+1)+" as "+drawn(name, 40)+"\n"...)
	}
	if len(lives) > len(order) {
		b = append(b, "    participant others as "+strconv.Itoa(len(lives)-len(order))+" others\n"...)
	}
	for i := range m.head {
		b = m.note(b, &m.head[i], lives)
	}
	if m.left > 0 && len(order) > 0 {
		b = append(b, "    Note over h1: "+strconv.Itoa(m.left)+" events are left out here, the other formats have them all\n"...)
	}
	for i := range m.tail {
		b = m.note(b, &m.tail[i], lives)
	}
	if m.untimed > 0 {
		b = append(b, "    %% "+strconv.Itoa(m.untimed)+" events without a time are left out\n"...)
	}
	return b
}

func (m *mermaid) note(b []byte, h *happened, lives map[string]string) []byte {
	if h.to == "" {
		b = append(b, "    Note over "+lives[h.from]+": "...)
	} else {
		b = append(b, "    "+lives[h.from]+"->>"+lives[h.to]+": "...)
	}
	b = append(b, m.zone.short(h.at)...)
	if !h.at.ZoneKnown && m.zone.name != "" {
		b = append(b, '?')
	}
	if h.findings != "" {
		b = append(append(b, ' '), drawn(h.findings, 20)...)
	}
	b = append(append(b, ' '), drawn(h.text, mermaidText)...)
	if h.times > 1 {
		b = append(b, " ×"+strconv.Itoa(h.times)...)
	}
	return append(b, '\n')
}

// drawn is a text that no language of diagrams gives a meaning to: what would
// end a statement, begin a comment, markup or an entity is written in its
// full-width form.
func drawn(s string, columns int) string {
	s = Visible(Cut(s, columns))
	return strings.Map(func(r rune) rune {
		switch {
		case r == '\t':
			return ' '
		case r < 0x80 && (unicode.IsLetter(r) || unicode.IsDigit(r) || strings.ContainsRune(" .,:_-/()=+'?!*@", r)):
			return r
		case r < 0x80:
			return r - 0x20 + 0xff00
		}
		return r
	}, s)
}
