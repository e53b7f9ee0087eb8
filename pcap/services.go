package pcap

import "math/bits"

const maxServices = 4096 // server ports whose habits are learnt

// services learns what connections to one server port normally do, so that
// those that do not can be told apart.
type services struct {
	index map[endpoint]int32
	all   []service
	full  int // ports beyond the limit
}

// A service is one address and port that was connected to.
type service struct {
	at                endpoint
	first, last       int64 // of its connections
	firstPacket       int
	lastPacket        int
	offset, endOffset int64
	opened            [len(openWords)]int
	tls               int // connections with a ClientHello
	secured           int // with a finished handshake
	alone             int // established, and nothing was said
	plain             int // something else was said
	answered          int // of those, to which the server answered
	opener            [2]int
	delay             [2]delays // from the opening to the first payload, by who spoke first
	hello             delays    // to the ClientHello
	clients           callers
	bytes             [2]uint64 // of payload, by who sent it
	protocol          string    // as the latest connection told
	unclear           int       // connections of whose TLS nothing can be known
}

// delays is a histogram of times, four steps to each power of two.
type delays struct {
	count [4 * 44]uint32
	total uint32
	most  int64
}

func (d *delays) add(nanoseconds int64) {
	us := uint64(max(nanoseconds, 0)) / 1000
	d.count[step(us)]++
	d.total++
	d.most = max(d.most, nanoseconds)
}

// step numbers the steps of the histogram.
func step(us uint64) int {
	if us < 4 {
		return int(us)
	}
	n := bits.Len64(us) - 3
	return min(4*(n+1)+int(us>>n)&3, 4*44-1)
}

// quantile returns the upper bound of the step in which the share of all times
// lies, in nanoseconds.
func (d *delays) quantile(share float64) int64 {
	want := uint32(float64(d.total)*share + 0.999999)
	var sum uint32
	for i, n := range d.count {
		if sum += n; sum >= want && n > 0 {
			return min(upper(i)*1000, d.most)
		}
	}
	return 0
}

func upper(i int) int64 {
	if i < 4 {
		return int64(i) + 1
	}
	n := i/4 - 1
	return (int64(4+i%4) + 1) << n
}

// of returns the service of a flow, or nil where there are too many.
func (s *services) of(f *Flow) *service {
	if f.service > 0 {
		return &s.all[f.service-1]
	}
	if f.service < 0 || f.opened == midstream {
		return nil
	}
	at := f.key.end(server ^ f.client)
	n, ok := s.index[at]
	if !ok {
		if len(s.all) == maxServices {
			s.full++
			f.service = -1
			return nil
		}
		if s.index == nil {
			s.index = make(map[endpoint]int32)
		}
		s.all = append(s.all, service{at: at, first: f.first, firstPacket: f.firstPacket, offset: f.firstOffset})
		n = int32(len(s.all))
		s.index[at] = n
	}
	f.service = n
	return &s.all[n-1]
}

// tlsAt tells that somebody spoke TLS to this end.
func (s *services) tlsAt(e endpoint) bool {
	n := s.index[e]
	return n != 0 && s.all[n-1].tls > 0
}

// known tells that connections to this end were seen to be opened.
func (s *services) known(e endpoint) bool { return s.index[e] != 0 }

// speaksTLS returns how many connections to the flow's server port spoke TLS.
func (s *services) speaksTLS(f *Flow) int {
	if v := s.of(f); v != nil {
		return v.tls
	}
	return 0
}

// speaksPlain tells that the server answered others who did not speak TLS.
func (s *services) speaksPlain(f *Flow) bool {
	v := s.of(f)
	return v != nil && v.answered > 0
}

// learn adds a finished flow.
func (s *services) learn(f *Flow) {
	v := s.of(f)
	if v == nil {
		return
	}
	v.first, v.last = min(v.first, f.first), max(v.last, f.last)
	v.firstPacket, v.lastPacket = min(v.firstPacket, f.firstPacket), max(v.lastPacket, f.lastPacket)
	v.offset, v.endOffset = min(v.offset, f.firstOffset), max(v.endOffset, f.lastEnd)
	v.opened[f.opened]++
	v.clients.add(f.key.end(client ^ f.client).address)
	v.bytes[client] += f.at(client).bytes
	v.bytes[server] += f.at(server).bytes
	t := f.talk
	if t != nil {
		if name := t.name(); name != "" {
			v.protocol = name
		}
	}
	switch {
	case t == nil:
		if f.opened == established {
			v.alone++
		}
		return
	case t.mode == secure && (t.tls.outcome == completed || t.tls.outcome == resumed):
		v.secured++
	case t.mode == plain:
		v.plain++
		if b := t.said[server].begins(); len(b) > 0 && !startsTLS(b, server, false) {
			v.answered++
		}
	}
	v.opener[t.opener]++
	if f.opened == established {
		v.delay[t.opener].add(t.said[t.opener].at - f.openAt)
	}
}
