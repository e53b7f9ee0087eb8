package timeline

import (
	"strings"

	"forensic/event"
)

// A phase says where in the life of a connection, session or request an event
// stands. What is known of two phases is which comes first, whoever wrote them;
// that is what bounds the difference of two clocks.
type phase uint8

const (
	noPhase     phase = iota
	handshake         // packets show that the connection is established
	accepted          // the server's program has it
	clientUp          // the client's program has it
	asked             // the server read the client's first request
	made              // the server made a session
	learnt            // the client knows of it
	ended             // the server let the connection go
	lastPacket        // the last packet was seen, after both sides had closed
	wireAsk           // packets show the client's first request
	wireGrant         // packets show the server's answer
	expired           // the server gave a session up
	expiredThen       // the client learnt that
	request           // a record of one request; first and last of each source count
	phases
)

// phaseOf is what the formats' kinds mean. Kinds that are not listed are judged
// by their last word.
var phaseOf = map[string]phase{
	"flow.opened":                   handshake,
	"flow.summary":                  lastPacket,
	"zookeeper.connect_request":     wireAsk,
	"zookeeper.connect_response":    wireGrant,
	"zookeeper.accepted":            accepted,
	"zookeeper.session_requested":   asked,
	"zookeeper.session_established": made,
	"zookeeper.closed":              ended,
	"zookeeper.session_expired":     expired,
	"zookeeper.client_connected":    clientUp,
	"zookeeper.client_session":      learnt,
	"zookeeper.client_expired":      expiredThen,
}

// before[a][b] says that a comes before b of the same key, give or take slack
// nanoseconds: programs write some records just after they told the other side.
var before = func() (m [phases][phases]struct {
	holds bool
	slack int64
}) {
	const ms = int64(1e6)
	set := func(a phase, slack int64, bs ...phase) {
		for _, b := range bs {
			m[a][b].holds, m[a][b].slack = true, slack
		}
	}
	set(handshake, 0, accepted, asked, made, learnt, ended)
	set(accepted, 0, learnt, wireGrant, lastPacket)
	set(clientUp, 0, wireAsk, asked, made, lastPacket)
	set(wireAsk, 0, asked, made, learnt)
	set(asked, 0, learnt, wireGrant)
	// The server writes of a session when it has answered, or is about to.
	set(made, 50*ms, wireGrant)
	set(wireGrant, 50*ms, made)
	set(made, 10*ms, learnt, lastPacket)
	set(wireGrant, 0, learnt)
	set(ended, 100*ms, lastPacket)
	set(expired, 0, expiredThen)
	return m
}()

// A joined is one join event, as small as its use allows.
type joined struct {
	hash   uint64 // of the key
	key    int64
	phase  phase
	family family
	zoned  bool
	many   bool // the same again in this source: ambiguous
	fold   uint16
	host   uint32
	line   uint32
	step   int64
	text   uint32 // where the key stands in the arena
}

const (
	joinsKept   = 1 << 13 // a source, for clocks
	joinsOnLine = 1 << 15 // a source, on the timeline; halved again for each doubling
)

// The joins of a source are what clocks rest on. Beyond so many it keeps those whose key has more and more zero bits, so that
// different sources keep the same connections.
type joins struct {
	list  []joined
	mask  uint64 // of keys that are kept
	arena []byte
	kept  int // on the timeline
	every uint64
}

// join notes a join event, and tells whether it is to be left off the timeline
// if nobody but clocks asked for it.
func (s *tally) join(ev *event.Event, host uint32) (thin bool) {
	p := s.phase(ev.Kind)
	if p == lastPacket && !bothClosed(ev.Attrs) {
		p = noPhase
	}
	if p == noPhase && s.joins == nil {
		return false
	}
	if s.joins == nil {
		s.joins = &joins{}
	}
	j := s.joins
	if p == noPhase || s.family == timeless || s.family == sinceBoot {
		j.kept++
		return j.kept > 2*joinsOnLine
	}
	any := uint64(0)
	keep := false
	for i := range ev.Attrs {
		a := &ev.Attrs[i]
		kind, ok := keyKind(a, p)
		if !ok {
			continue
		}
		h := hashKey(kind, a.Value)
		any = h
		if h&j.every == 0 {
			keep = true
		}
		if h&j.mask == 0 {
			j.add(joined{
				hash: h, key: s.key, phase: p, family: s.family, zoned: s.has&event.HasZone != 0,
				fold: s.fold, host: host, line: uint32(ev.Where.First), step: int64(ev.Stamp.Step),
			}, a.Value)
		}
	}
	if any == 0 {
		return false
	}
	if !keep {
		return true
	}
	if j.kept++; j.kept >= joinsOnLine {
		j.kept, j.every = joinsOnLine/2, j.every<<1|1
	}
	return false
}

// bothClosed tells whether both ends closed a connection in order, so that its
// last packet comes after all that either program did with it.
func bothClosed(attrs event.Attrs) bool {
	switch attrs.Get("close") {
	case "fin_client", "fin_server":
		return attrs.Get("half_closed") == ""
	}
	return false
}

// phase looks a kind up, remembering the last few: a source has few kinds.
func (s *tally) phase(kind string) phase {
	for i := range s.phases {
		if s.phases[i].kind == kind {
			return s.phases[i].phase
		}
	}
	p, ok := phaseOf[kind]
	if !ok {
		switch _, what, _ := strings.Cut(kind, "."); what {
		case "accepted":
			p = accepted
		case "connected":
			p = clientUp
		case "request", "response", "requested", "responded":
			p = request
		}
	}
	if len(s.phases) < 32 {
		s.phases = append(s.phases, kindPhase{strings.Clone(kind), p})
	}
	return p
}

type kindPhase struct {
	kind  string
	phase phase
}

// keyKind tells whether an attribute is what events of that phase join by.
func keyKind(a *event.Attr, p phase) (byte, bool) {
	switch a.Name {
	case event.Client:
		switch p {
		case expired, expiredThen, learnt, request:
			return 0, false
		}
		host, port := event.SplitAddr(a.Value)
		return 'c', port != "" && port != "0" && !loopback(host)
	case event.Session:
		switch p {
		case made, learnt, expired, expiredThen, wireGrant:
			return 's', a.Value != "" && strings.Trim(a.Value, "0x") != ""
		}
	case "request", "request_id", "trace_id":
		return 'r', p == request && len(a.Value) >= 8
	}
	return 0, false
}

// loopback connections stay on one machine, and every machine has the same ones.
func loopback(host string) bool {
	return strings.HasPrefix(host, "127.") || host == "::1" || host == "localhost" || host == "0.0.0.0" || host == "::" || strings.HasPrefix(host, "::ffff:127.")
}

// hashKey is FNV-1a with a last mix; the same in every run.
func hashKey(kind byte, s string) uint64 {
	h := uint64(14695981039346656037)
	h = (h ^ uint64(kind)) * 1099511628211
	if kind == 's' {
		s = strings.TrimLeft(strings.TrimPrefix(s, "0x"), "0")
	}
	s = strings.TrimPrefix(s, "::ffff:")
	for i := 0; i < len(s); i++ {
		c := s[i]
		if c >= 'A' && c <= 'Z' {
			c += 'a' - 'A'
		}
		h = (h ^ uint64(c)) * 1099511628211
	}
	h ^= h >> 29
	h *= 0xbf58476d1ce4e5b9
	h ^= h >> 32
	if h == 0 {
		h = 1
	}
	return h
}

// add keeps one, and thins the list when it is full.
func (j *joins) add(e joined, text string) {
	if len(text) > 80 {
		text = text[:80]
	}
	e.text = uint32(len(j.arena))
	j.arena = append(j.arena, byte(len(text)))
	j.arena = append(j.arena, text...)
	j.list = append(j.list, e)
	for len(j.list) > joinsKept {
		j.mask = j.mask<<1 | 1
		list, arena := j.list[:0], make([]byte, 0, len(j.arena)/2)
		for _, o := range j.list {
			if o.hash&j.mask == 0 {
				text := j.text(o)
				o.text = uint32(len(arena))
				arena = append(append(arena, byte(len(text))), text...)
				list = append(list, o)
			}
		}
		j.list, j.arena = list, arena
		if j.mask == ^uint64(0) {
			break // one key over and over
		}
	}
}

func (j *joins) text(e joined) string {
	n := uint32(j.arena[e.text])
	return string(j.arena[e.text+1 : e.text+1+n])
}
