package pcap

import "bytes"

// A story is what the parser of an application remembers of a flow. The
// parsers look at how segments begin, never at a whole stream: enough to tell
// what was asked and what came back.
type story struct {
	requests  uint32 // asked by the client
	answers   uint32
	failures  uint32 // answers that say that something is wrong
	told      uint8  // events about this flow so far
	expired   bool   // ZooKeeper: the session was not taken up again
	upgrade   bool   // HTTP: the last request asks for another protocol
	taking    bool   // Redis: the last command takes something away
	replied   bool   // ... and was answered with something, up to replyEnd
	replyEnd  uint32
	asked     int64  // when the last request was sent
	askedAt   int    // its packet
	session   uint64 // ZooKeeper
	timeout   uint32
	worst     uint16 // HTTP: the highest status
	command   string // the last one: a name, never its arguments
	line      []byte // HTTP: the last request's first line
	version   string // of the server, where it says so
	lastError string
}

// maxTold is how many events one flow may have of its application.
const maxTold = 16

// tells counts an event of the application, and says whether it may be told.
func (s *story) tells() bool {
	if s.told >= maxTold {
		return false
	}
	s.told++
	return true
}

// chat follows a flow that is no TLS, one segment at a time.
func (r *reader) chat(f *Flow, t *talk, role uint8, p *packet, fresh bool) {
	b := p.payload
	if !fresh || len(b) == 0 {
		return
	}
	if b[0] == recordHandshake && len(b) >= 6 && t.said[role].segments < 256 && startsTLS(b, role, false) {
		r.upgrade(f, t, role, p)
		return
	}
	if t.protocol == unknownProtocol && t.said[role].segments == 1 {
		t.protocol = r.recognise(f, role, b)
	}
	if t.protocol == unknownProtocol {
		return
	}
	if t.story == nil {
		t.story = &story{}
		r.streams.stories++
	}
	switch t.protocol {
	case protoZooKeeper:
		r.zookeeper(f, t, role, b)
	case protoZooKeeperWord:
		r.zookeeperWord(f, t, role, b)
	case protoRedis:
		r.redis(f, t, role, b, p)
	case protoHTTP:
		r.http(f, t, role, b)
	case protoMySQL:
		r.mysql(f, t, role, b)
	case protoPostgreSQL:
		r.postgresql(f, t, role, b)
	case protoSMTP, protoIMAP, protoPOP3, protoFTP, protoLDAP, protoXMPP:
		r.starttls(t, role, b)
	}
}

// closing tells what the end of a flow means to its application.
func (r *reader) closing(f *Flow) {
	if f.talk == nil || f.talk.story == nil {
		return
	}
	switch t := f.talk; t.protocol {
	case protoZooKeeper:
		r.zookeeperEnds(f, t)
	case protoRedis:
		r.redisEnds(f, t)
	case protoHTTP:
		r.httpEnds(f, t)
	}
}

// request notes that the client asked for something.
func (r *reader) request(s *story) {
	s.requests++
	s.asked, s.askedAt = r.now, r.number
}

// firstLine returns the first line of b, without its end.
func firstLine(b []byte) []byte {
	if i := bytes.IndexByte(b, '\n'); i >= 0 {
		b = b[:i]
	}
	return bytes.TrimRight(b, "\r")
}
