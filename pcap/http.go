package pcap

import (
	"bytes"
	"strconv"
)

// http reads request lines and status lines of HTTP/1. Paths are told without
// what follows a question mark, which may be secret.
func (r *reader) http(f *Flow, t *talk, role uint8, b []byte) {
	s := t.story
	if role == client {
		if !isRequestLine(b) {
			return
		}
		r.request(s)
		s.upgrade = hasHeader(b, "upgrade:")
		s.line = append(s.line[:0], firstLine(b[:min(len(b), 512)])...)
		return
	}
	if !bytes.HasPrefix(b, []byte("HTTP/1.")) || len(b) < 12 {
		return
	}
	status, err := strconv.Atoi(string(b[9:12]))
	if err != nil || status < 100 || status > 599 {
		return
	}
	if status >= 200 || status == 101 {
		s.answers++
	}
	s.worst = max(s.worst, uint16(status))
	refused := s.upgrade && status != 101 && status >= 200
	if status < 400 && !refused {
		return
	}
	s.failures++
	if !s.tells() {
		return
	}
	r.event("http.failed", f, r.now)
	r.where(max(s.askedAt, f.firstPacket), r.number, f.firstOffset, f.lastEnd)
	r.number64("status", int64(status))
	r.str("request", requestName(s.line))
	r.flag("upgrade_refused", refused)
	if s.asked != 0 {
		r.ms("answer_ms", r.now-s.asked)
	}
	r.line()
	r.parties(f)
	r.say(": ", requestName(s.line), " answered with ")
	r.text = appendPrintable(r.text, firstLine(b), 60)
	r.send()
}

// requestName keeps method and path of a request line.
func requestName(line []byte) string {
	method, rest, _ := bytes.Cut(line, []byte(" "))
	path, _, _ := bytes.Cut(rest, []byte(" "))
	path, _, _ = bytes.Cut(path, []byte("?"))
	return printable(method, 12) + " " + printable(path, 100)
}

// hasHeader looks for a header, in lower case with its colon, in the segment.
func hasHeader(b []byte, name string) bool {
	for len(b) > 0 {
		i := bytes.IndexByte(b, '\n')
		if i < 0 {
			return false
		}
		if b = b[i+1:]; len(b) >= len(name) && bytes.EqualFold(b[:len(name)], []byte(name)) {
			return true
		}
	}
	return false
}

// httpEnds tells a request that was never answered.
func (r *reader) httpEnds(f *Flow, t *talk) {
	s := t.story
	if s.requests <= s.answers || f.partial() || t.said[server].segments > s.answers && t.closer == server {
		return
	}
	if f.closed == openAtEnd && r.end-s.asked < stallsAfter || t.closer == server {
		return
	}
	r.event("http.unanswered", f, s.asked)
	r.where(s.askedAt, f.lastPacket, f.firstOffset, f.lastEnd)
	r.str("request", requestName(s.line))
	r.str("close", closeWords[f.closed])
	r.ms("waited_ms", r.until(f)-s.asked)
	r.line()
	r.parties(f)
	r.say(": ", requestName(s.line), " was never answered")
	r.send()
}
