package pcap

import "net/netip"

// How a connection began. The zero value is midstream: its beginning is not in
// the capture.
type opening uint8

const (
	midstream   opening = iota
	noAnswer            // SYN, and nothing came back
	noFinalACK          // SYN and its answer, and the client never confirmed
	refused             // SYN, and a reset came back
	established         // confirmed
)

var openWords = [...]string{"midstream", "no_answer", "no_final_ack", "refused", "established"}

// How a connection ended: who closed first, and how.
type closing uint8

const (
	openAtEnd closing = iota
	finClient
	finServer
	resetClient
	resetServer
	evicted
)

var closeWords = [...]string{"open_at_end", "fin_client", "fin_server", "reset_client", "reset_server", "evicted"}

// Roles of the two ends.
const (
	client = 0
	server = 1
)

// A flowKey names a connection, its two ends in canonical order. It has no
// padding, so that it is hashed and compared as one piece of memory.
type flowKey struct {
	a, b  address
	ports uint64 // of a in the upper half
}

// keyOf returns the key of a packet, and which end sent it: 0 for a, 1 for b.
func keyOf(src, dst endpoint) (flowKey, uint8) {
	if src.less(dst.address) || src.address == dst.address && src.port <= dst.port {
		return flowKey{src.address, dst.address, uint64(src.port)<<32 | uint64(dst.port)}, 0
	}
	return flowKey{dst.address, src.address, uint64(dst.port)<<32 | uint64(src.port)}, 1
}

// is compares what differs most first.
func (k *flowKey) is(o *flowKey) bool {
	return k.ports == o.ports && k.a.lo == o.a.lo && k.b.lo == o.b.lo && k.a.hi == o.a.hi && k.b.hi == o.b.hi
}

func (k *flowKey) end(n uint8) endpoint {
	if n == 0 {
		return endpoint{k.a, uint16(k.ports >> 32)}
	}
	return endpoint{k.b, uint16(k.ports)}
}

// What was seen of one direction.
const (
	sawSYN  = 1 << iota
	sawFIN  // and fin is its sequence number
	sawRST  //
	hasNext // next is known
	hasBase // base is known: the stream's first byte was or will be seen
	hasACK  // acked is known
)

// Marks of a direction's last segment.
const (
	wasKeepAlive = 1 << iota
	wasProbe
)

// A hole is a range of sequence numbers that went by unseen.
type hole struct{ from, to uint32 }

// A side is one direction of a connection: what one end sent.
type side struct {
	bytes   uint64 // payload on the wire, repetitions included
	packets uint32
	next    uint32 // one after the highest sent
	base    uint32 // sequence number of the first payload byte
	acked   uint32 // what it last acknowledged of the other side
	fin     uint32 // sequence number of its FIN
	window  uint16
	seen    uint8
	marks   uint8
	again   uint8 // duplicate acknowledgements in a row

	nextAt, ackedAt int64
	holes           [3]hole // empty where from equals to

	retransmitted uint32
	duplicates    uint32 // of those, ones that the capture already had
	disordered    uint32
	missing       uint32 // gaps seen
	zeroWindow    uint32
	keepAlives    uint32
	copies        uint32 // packets seen on a second interface, counted nowhere else
	resets        uint32
}

// A Flow is one TCP connection. What every packet touches stands first, to lie
// in few lines of the processor's cache.
type Flow struct {
	key      flowKey
	talk     *talk // what was said; nil while nothing was
	last     int64
	progress int64 // last packet that was more than a repetition, a probe or a bare ACK
	idle     int64 // longest pause
	lastEnd  int64

	lastPacket int
	slot       int32 // in the table
	client     uint8 // which end opened it
	opened     opening
	closed     closing
	listed     uint8
	done       bool // both FINs, or a reset
	cut        bool // the snap length cut payload off
	untimed    bool // packets without a time

	sides [2]side

	number      int  // within the capture, from 1
	guessed     bool // nobody saw who opened it
	tunnel      bool
	replacedBy  bool // another connection between the same ports began
	crossed     bool // both closed before they heard of each other
	unreachable uint8
	mtu         uint16

	tries, answers          uint32 // SYNs, SYN-ACKs
	first                   int64
	firstPacket             int
	firstOffset             int64
	synAt, answerAt, openAt int64
	openPacket              int
	closedAt                int64 // first FIN or reset
	idleFrom                int64
	listedAt                int64 // its last packet when it was put into its list

	pair         *pair // of its ends; nil where there are too many
	service      int32 // in the table of services; 0: not asked yet, -1: none
	newer, older int32 // in the lists of the table
}

func (f *Flow) addr(role uint8) netip.AddrPort {
	e := f.key.end(role ^ f.client)
	return netip.AddrPortFrom(e.netip(), e.port)
}

// at returns a side by its role.
func (f *Flow) at(role uint8) *side { return &f.sides[role^f.client] }

// role returns what the end that sent a packet is.
func (f *Flow) role(end uint8) uint8 { return end ^ f.client }

// oneSided tells that nothing of one end was captured although the other
// answers it.
func (f *Flow) oneSided() bool {
	a, b := f.at(client), f.at(server)
	return b.packets == 0 && a.seen&hasACK != 0 && a.acked != 0 || a.packets == 0
}

// partial tells that payload is missing from the capture, so that nothing can
// be concluded from what is not there.
func (f *Flow) partial() bool {
	return f.cut || f.opened == midstream || f.oneSided() || f.unseen(client) || f.unseen(server)
}

// unseen tells that a side's stream still has holes.
func (f *Flow) unseen(role uint8) bool {
	for _, h := range f.at(role).holes {
		if h.from != h.to {
			return true
		}
	}
	return false
}
