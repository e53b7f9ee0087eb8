package forensic

import (
	"context"
	"errors"
	"fmt"
	"io"
	"net/netip"
	"strconv"

	"forensic/bundle"
	"forensic/event"
	"forensic/pcap"
)

// Packets is a Sink that remembers which connections the events of some findings
// speak of, and then writes their packets, from another pass over the captures.
//
// An event of a capture names its connection by number, or all those between
// its ends; an event of a log names it by the client's address and port, and
// the server's where it says one.
type Packets struct {
	wanted map[string]*wanted // by finding
	of     func(*event.Event, []string) []string
	ids    []string
	kind   map[int]*Source
	paths  []string // captures, each content once
}

// wanted is what one finding speaks of.
type wanted struct {
	flows  map[flowName]bool
	ends   map[ends]bool
	groups []group
	missed int // beyond maxWanted
}

// A flowName is a connection by its number in a capture.
type flowName struct {
	path   string
	number int
}

// ends are those of a connection as a log names them; the server may be unknown.
type ends struct{ client, server netip.AddrPort }

// A group is all connections between ends that lack a port or an address, in
// one stretch of a capture.
type group struct {
	path           string
	client, server string // as Attrs.Get has them: hosts; the server with its port
	first, last    int
}

// maxWanted bounds what is remembered of one finding.
const maxWanted = 200_000

// NewPackets returns a sink for the findings with these ids.
func NewPackets(findings ...string) *Packets {
	p := &Packets{wanted: map[string]*wanted{}, kind: map[int]*Source{}}
	for _, id := range findings {
		p.wanted[id] = &wanted{flows: map[flowName]bool{}, ends: map[ends]bool{}}
	}
	return p
}

// Begin learns which sources are captures.
func (p *Packets) Begin(r *Result, of func(*event.Event, []string) []string) error {
	p.of = of
	for i := range r.Sources {
		s := &r.Sources[i]
		p.kind[s.ID] = s
		if s.Unit == "packet" && s.Settled.Duplicate == "" {
			p.paths = append(p.paths, s.Path)
		}
	}
	return nil
}

// Event notes the connection of an event that belongs to one of the findings.
func (p *Packets) Event(e *event.Event) error {
	if len(e.Hits) == 0 || p.of == nil {
		return nil
	}
	p.ids = p.of(e, p.ids[:0])
	for _, id := range p.ids {
		if w := p.wanted[id]; w != nil {
			w.note(e, p.kind[e.Where.Source])
		}
	}
	return nil
}

// Close has nothing to do: what is wanted is written by Write.
func (p *Packets) Close(*Result) error { return nil }

func (w *wanted) note(e *event.Event, s *Source) {
	if len(w.flows)+len(w.ends)+len(w.groups) >= maxWanted {
		w.missed++
		return
	}
	client, server := e.Attrs.Get(event.Client), e.Attrs.Get(event.Server)
	if s != nil && s.Unit == "packet" {
		if n, err := strconv.Atoi(e.Attrs.Get(event.Flow)); err == nil && n > 0 {
			w.flows[flowName{s.Path, n}] = true
		} else if client != "" || server != "" {
			host, _ := event.SplitAddr(client)
			w.groups = append(w.groups, group{s.Path, host, server, e.Where.First, e.Where.Last})
		}
		return
	}
	c, err := netip.ParseAddrPort(client)
	if err != nil {
		return // a host alone stands for no connection
	}
	to, _ := netip.ParseAddrPort(server)
	if to.Addr().IsUnspecified() {
		to = netip.AddrPort{}
	}
	w.ends[ends{unmapped(c), unmapped(to)}] = true
}

// unmapped is the form a capture has: an IPv4 address is one.
func unmapped(a netip.AddrPort) netip.AddrPort { return netip.AddrPortFrom(a.Addr().Unmap(), a.Port()) }

// empty tells that no event named a connection.
func (w *wanted) empty() bool { return len(w.flows)+len(w.ends)+len(w.groups) == 0 }

// holds tells whether a connection of a capture is wanted.
func (w *wanted) holds(path string, number int, c, s netip.AddrPort, first, last int) bool {
	if w.flows[flowName{path, number}] || w.ends[ends{c, s}] || w.ends[ends{c, netip.AddrPort{}}] {
		return true
	}
	for i := range w.groups {
		g := &w.groups[i]
		if g.path == path && (g.client == "" || g.client == c.Addr().String()) && (g.server == "" || g.server == s.String()) && first <= g.last && last >= g.first {
			return true
		}
	}
	return false
}

// Write writes the packets of a finding's connections as pcapng, a section for
// each capture, and returns how many there are. What is damaged in a capture
// ends it here as it did the first time.
func (p *Packets) Write(ctx context.Context, paths []string, finding string, lim bundle.Limits, to io.Writer) (int, error) {
	w := p.wanted[finding]
	switch {
	case w == nil:
		return 0, fmt.Errorf("extract packets: %s was not asked for", finding)
	case w.missed > 0:
		return 0, fmt.Errorf("extract packets: %s has more than %d connections", finding, maxWanted)
	case w.empty() || len(p.paths) == 0:
		return 0, nil
	}
	lim.Hash = false
	found := map[string][]pcap.Conversation{}
	err := p.captures(ctx, paths, lim, func(path string, r io.Reader) error {
		var err error
		found[path], err = w.conversations(ctx, path, r)
		return err
	})
	if err != nil {
		return 0, err
	}
	out := &failing{w: to}
	total := 0
	err = p.captures(ctx, paths, lim, func(path string, r io.Reader) error {
		if len(found[path]) == 0 {
			return nil
		}
		n, err := pcap.Extract(ctx, r, out, found[path])
		total += n
		if out.err != nil {
			return out.err
		}
		return onlyStopped(ctx, err)
	})
	return total, err
}

// conversations are the wanted connections of one capture.
func (w *wanted) conversations(ctx context.Context, path string, r io.Reader) ([]pcap.Conversation, error) {
	var found []pcap.Conversation
	_, err := pcap.Read(ctx, r, pcap.Options{}, func(e *event.Event) error {
		if e.Kind != "flow.summary" {
			return nil
		}
		client, err := netip.ParseAddrPort(e.Attrs.Get(event.Client))
		if err != nil {
			return nil
		}
		server, err := netip.ParseAddrPort(e.Attrs.Get(event.Server))
		if err != nil {
			return nil
		}
		number, _ := strconv.Atoi(e.Attrs.Get(event.Flow))
		if w.holds(path, number, client, server, e.Where.First, e.Where.Last) {
			found = append(found, pcap.Conversation{A: client, B: server, First: e.Where.First, Last: e.Where.Last})
		}
		return nil
	})
	return found, onlyStopped(ctx, err)
}

// captures opens the input once more and calls read with each capture.
func (p *Packets) captures(ctx context.Context, paths []string, lim bundle.Limits, read func(string, io.Reader) error) error {
	roots, err := bundle.Roots(paths)
	if err != nil {
		return err
	}
	todo := map[string]bool{}
	for _, path := range p.paths {
		todo[path] = true
	}
	for _, root := range roots {
		for m, err := range root.Open(ctx, lim) {
			var fault *bundle.Fault
			if errors.As(err, &fault) {
				continue // told by the first pass
			}
			if err != nil {
				return err
			}
			reading := error(nil)
			if todo[m.Path] {
				reading = read(m.Path, m)
			}
			if err := m.Close(); err != nil && !errors.As(err, &fault) && reading == nil {
				reading = err
			}
			if reading != nil {
				return reading
			}
		}
	}
	return ctx.Err()
}

// onlyStopped keeps the end that was asked for; damage of a capture was told by
// the first pass.
func onlyStopped(ctx context.Context, err error) error {
	if err != nil && ctx.Err() != nil {
		return ctx.Err()
	}
	return nil
}

// failing remembers why a writer failed.
type failing struct {
	w   io.Writer
	err error
}

func (f *failing) Write(b []byte) (int, error) {
	n, err := f.w.Write(b)
	if err != nil && f.err == nil {
		f.err = err
	}
	return n, err
}
