package pcap

import (
	"context"
	"errors"
	"fmt"
	"io"
	"time"

	"forensic/event"
)

// Options bound what Read keeps. The zero value means the defaults.
type Options struct {
	Source int // goes into Event.Where
	Memory int // bytes for unfinished connections; 56 MiB, enough for 40,000 with TLS or 110,000 SYNs
	Flows  int // at most so many of them; no limit but memory
	Bytes  int // payload held back until its gaps are filled; 16 MiB
}

// A Summary is what a capture held, beyond its events.
type Summary struct {
	Account  event.Account
	Problems []event.Problem

	First, Last event.Stamp // of its packets; zero where none has a time
	Links       []uint16    // link types met, in order
	Interfaces  int
	TCP, UDP    int    // packets
	Flows       int    // TCP connections
	Evicted     int    // connections given up because there were too many
	Copies      int    // packets seen on a second interface, left out of the flows
	Fragments   int    // datagrams given up because not all of their fragments came
	Dropped     uint64 // packets the capturing program says it lost
	Traffic     event.Traffic
}

// Read reads a whole capture and emits what happened in it. The event is
// borrowed: it is good until emit returns. An error of r ends the reading, not
// the work: what was read is told, and the error is returned with the Summary.
// So it is when ctx is done; an error of emit ends it at once.
func Read(ctx context.Context, r io.Reader, opt Options, emit func(*event.Event) error) (Summary, error) {
	if opt.Memory <= 0 {
		opt.Memory = 56 << 20
	}
	if opt.Bytes <= 0 {
		opt.Bytes = 16 << 20
	}
	src := newSource(r)
	rd := &reader{opt: opt, src: src, flows: newTable(), out: emit}
	rd.dec.acc = &rd.acc
	rd.streams.limit = opt.Bytes
	box, err := open(src, &rd.acc)
	if err != nil {
		return rd.summary(), errors.Join(src.damage(), err)
	}
	rd.acc.Claimed += src.at // the file header
	err = rd.packets(ctx, box)
	if rd.err != nil {
		return rd.summary(), rd.err
	}
	if box, ok := box.(interface{ dropped() uint64 }); ok {
		rd.seen.Dropped = box.dropped()
	}
	if box, ok := box.(interface{ ended() int64 }); ok {
		rd.extend(box.ended())
	}
	rd.tellRest()
	if rd.err != nil {
		err = rd.err
	}
	return rd.summary(), err
}

// A reader is one capture being read.
type reader struct {
	opt Options
	src *source
	acc account
	dec decoder

	flows      *table
	services   services
	streams    pool
	copies     copies
	resolver   resolver
	patterns   patterns
	datagrams  datagrams
	traffic    traffic
	neighbours map[address]*neighbour
	errors     int // ICMP errors about no known connection
	seen       Summary
	pending    []pendingFlow // told at the end
	ending     bool          // the capture is read

	number     int   // of the packet
	now        int64 // its time
	begin0     int64 // the first packet's
	end        int64 // the latest so far
	timed      bool
	step       time.Duration
	sinceCheck int

	ev       event.Event
	text     []byte // what ev's strings are cut from
	cuts     []cut
	lineFrom int
	out      func(*event.Event) error
	err      error // of out
}

// packets reads records until the capture ends.
func (r *reader) packets(ctx context.Context, box container) error {
	var rec record
	for r.err == nil {
		if r.sinceCheck++; r.sinceCheck&1023 == 0 && ctx.Err() != nil {
			return fmt.Errorf("read capture: %w", ctx.Err())
		}
		if err := box.next(&rec); err != nil {
			if damage := r.src.damage(); damage != nil {
				return fmt.Errorf("read capture: %w", damage)
			}
			if !errors.Is(err, io.EOF) {
				return fmt.Errorf("read capture: %w", err)
			}
			return nil
		}
		r.packet(&rec)
	}
	return nil
}

func (r *reader) packet(rec *record) {
	r.number++
	r.link(rec.link)
	r.step = max(r.step, rec.step)
	if rec.timed {
		if !r.timed {
			r.timed, r.begin0, r.end = true, rec.time, rec.time
		}
		r.now = rec.time
		r.begin0, r.end = min(r.begin0, rec.time), max(r.end, rec.time)
	}
	r.acc.Packets++
	switch r.dec.decode(rec, r.number) {
	case bad:
		r.acc.BadPackets++
		return
	case partly:
		r.acc.PartPackets++
		return
	}
	p := &r.dec.out
	switch p.content {
	case tcpSegment:
		r.seen.TCP++
		r.segment(p)
	case udpDatagram:
		r.seen.UDP++
		r.datagram(p)
		if p.src.port == 53 || p.dst.port == 53 {
			r.dns(p)
		}
	case icmpMessage:
		if p.quoted != nil {
			r.message(p)
		}
	case arpMessage:
		r.resolution(p)
	}
	if f := r.flows.expired(r.now); f != nil {
		r.finish(f)
	}
}

func (r *reader) link(link uint16) {
	if n := len(r.seen.Links); n > 0 && r.seen.Links[n-1] == link {
		return
	}
	for _, l := range r.seen.Links {
		if l == link {
			return
		}
	}
	r.seen.Links = append(r.seen.Links, link)
}

// extend moves the capture's end to what the capture itself says, where that
// can be.
func (r *reader) extend(end int64) {
	if r.timed && end > r.end && end-r.end < 86400*second {
		r.end = end
	}
}

// full tells that there is no room for another flow.
func (r *reader) full() bool {
	n := r.flows.index.used
	if n == 0 {
		return false
	}
	return n >= r.opt.Flows && r.opt.Flows > 0 || n*flowSize+r.streams.talking*talkSize+r.streams.shaking*handshakeSize+r.streams.stories*storySize >= r.opt.Memory
}

// evict makes room for one more flow.
func (r *reader) evict() {
	f := r.flows.victim()
	if !f.done {
		r.seen.Evicted++
		if f.closed == openAtEnd {
			f.closed = evicted
		}
	}
	r.finish(f)
}

// finish tells a flow's story and forgets it.
func (r *reader) finish(f *Flow) {
	r.tell(f)
	if f.talk != nil {
		r.streams.forget(f.talk)
		f.talk = nil
	}
	r.flows.remove(f)
}

func (r *reader) summary() Summary {
	s := r.seen
	s.Account = r.acc.Account
	s.Account.Bytes = r.src.at
	s.Account.Skipped = s.Account.Bytes - s.Account.Claimed - s.Account.Unparsed
	s.Interfaces = r.dec.ifaces
	s.Fragments = r.dec.pieces.lost + len(r.dec.pieces.open)
	if r.timed {
		s.First, s.Last = r.stamp(r.begin0), r.stamp(r.end)
	}
	r.confess("more connections at the same time than there is room for; the longest idle were told as evicted", s.Evicted)
	if s.Dropped > 0 {
		r.acc.problem(fmt.Sprintf("the capturing program lost %d packets; what is not in the capture proves nothing", s.Dropped), "")
	}
	r.confess("a datagram was given up: not all of its fragments came", s.Fragments)
	r.confess("more server ports than are learnt about: connections to the others have no siblings", r.services.full)
	r.confess("more pairs of client and port than are followed: loops, floods and scans may be missing", r.patterns.full)
	r.confess("more DNS queries without an answer than are remembered", r.resolver.lost)
	r.confess("payload was given up: too much of it waited for missing segments", r.streams.given)
	r.confess("more ICMP errors about unknown connections than are told", r.errors-maxUnreachable)
	r.confess("more UDP conversations than are remembered: who got no answer is not told", r.datagrams.gone)
	r.confess("more UDP ports than are followed", r.datagrams.full)
	s.Problems = r.acc.all()
	s.Traffic = r.overview()
	return s
}

// confess notes what was given up because a limit was reached.
func (r *reader) confess(what string, times int) {
	if times > 0 {
		r.acc.problems = append(r.acc.problems, event.Problem{What: what, Times: times})
	}
}

// stamp returns a time as a capture writes it: absolute, UTC.
func (r *reader) stamp(t int64) event.Stamp {
	return event.Stamp{
		Wall: t, Step: max(r.step, 1),
		Has: event.HasTime | event.HasDate | event.HasYear | event.HasZone,
	}
}
