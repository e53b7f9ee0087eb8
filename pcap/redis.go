package pcap

import "bytes"

// taking are the commands whose answer is the only copy of what they take.
var taking = map[string]bool{
	"LPOP": true, "RPOP": true, "BLPOP": true, "BRPOP": true, "SPOP": true, "ZPOPMIN": true, "ZPOPMAX": true,
	"BZPOPMIN": true, "BZPOPMAX": true, "GETDEL": true, "LMPOP": true, "BLMPOP": true, "ZMPOP": true, "BZMPOP": true,
}

func (r *reader) redis(f *Flow, t *talk, role uint8, b []byte, p *packet) {
	s := t.story
	if role == client {
		name := commandName(b)
		if name.size == 0 {
			return
		}
		r.request(s)
		text := name.text[:name.size]
		if s.command != string(text) { // a new string only for a new command
			s.command = string(text)
		}
		s.taking, s.replied = taking[string(text)], false
		return
	}
	s.answers++
	switch b[0] {
	case '-':
		r.redisError(f, s, b)
	case '$', '*', '+', ':', '%', '~', '>':
		if s.taking && !bytes.HasPrefix(b, []byte("$-1")) && !bytes.HasPrefix(b, []byte("*-1")) && b[0] != '+' && b[0] != ':' {
			s.replied, s.replyEnd = true, p.seq+uint32(p.length)
		}
	}
}

// A commandText is the name of a request's command, in upper case.
type commandText struct {
	text [24]byte
	size int
}

func commandName(b []byte) (name commandText) {
	word := b
	if b[0] == '*' {
		for range 2 { // how many words, how long the first is
			i := bytes.IndexByte(word, '\n')
			if i < 0 {
				return name
			}
			word = word[i+1:]
		}
	}
	end := bytes.IndexAny(word, " \r\n")
	if end <= 0 || end > len(name.text) {
		return name
	}
	for i, c := range word[:end] {
		switch {
		case c >= 'a' && c <= 'z':
			c -= 'a' - 'A'
		case c >= 'A' && c <= 'Z', c == '.', c == '_', c >= '0' && c <= '9':
		default:
			return name
		}
		name.text[i] = c
	}
	name.size = end
	return name
}

func (r *reader) redisError(f *Flow, s *story, b []byte) {
	s.failures++
	line := firstLine(b[1:])
	code, _, _ := bytes.Cut(line, []byte(" "))
	if string(code) == s.lastError || !s.tells() {
		return
	}
	s.lastError = printable(code, 24)
	r.event("redis.error", f, r.now)
	r.ev.Worded = false // it quotes the server
	r.here()
	r.str("code", s.lastError)
	r.str("command", s.command)
	r.quote("message", line[:min(len(line), 120)])
	r.line()
	r.parties(f)
	r.say(": Redis answers ")
	r.text = appendPrintable(r.text, line, 120)
	r.send()
}

// redisEnds tells that an element was taken and never reached who asked for it:
// the answer was sent, and the client was gone before it had confirmed it.
func (r *reader) redisEnds(f *Flow, t *talk) {
	s := t.story
	c := f.at(client)
	if !s.taking || !s.replied || f.closed == openAtEnd || f.partial() {
		return
	}
	if c.seen&hasACK != 0 && !after(s.replyEnd, c.acked) {
		return
	}
	r.event("redis.reply_lost", f, s.asked)
	r.where(s.askedAt, f.lastPacket, f.firstOffset, f.lastEnd)
	r.str("command", s.command)
	r.str("close", closeWords[f.closed])
	r.count("unread_bytes", int64(s.replyEnd-c.acked))
	r.line()
	r.parties(f)
	r.say(": the answer to ", s.command, " never reached the client; what it took is gone")
	r.send()
}
