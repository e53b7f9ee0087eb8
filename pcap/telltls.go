package pcap

import (
	"strconv"
	"time"
)

func appendTwo(b []byte, x, y int64) []byte {
	b = strconv.AppendInt(b, x, 10)
	b = append(b, '/')
	return strconv.AppendInt(b, y, 10)
}

func appendNumber(b []byte, n int) []byte { return strconv.AppendInt(b, int64(n), 10) }

func (r *reader) tellHello(f *Flow, t *talk) {
	h := t.tls
	r.event("tls.client_hello", f, h.helloAt)
	p := &r.dec.out
	r.where(h.helloStart, r.number, p.offset, p.end)
	r.str("sni", h.hello.sni)
	r.str("alpn", h.hello.alpn)
	from := len(r.text)
	for i, v := range h.hello.offered() {
		if i > 0 {
			r.text = append(r.text, ',')
		}
		r.text = append(r.text, versionName(v)...)
	}
	r.cut("offered", from)
	if f.openAt != 0 && !h.upgraded {
		r.ms("hello_ms", h.helloAt-f.openAt)
	}
	r.flag("session", h.hello.session)
	r.flag("starttls", h.upgraded)
	r.line()
	r.parties(f)
	r.say(": ClientHello")
	if h.hello.sni != "" {
		r.say(" for ", h.hello.sni)
	}
	r.send()
}

// offered returns the versions a hello offers, without the made-up ones that
// keep servers tolerant.
func (c *clientHello) offered() []uint16 {
	if len(c.versions) == 0 {
		return []uint16{c.version}
	}
	out := c.versions[:0]
	for _, v := range c.versions {
		if v&0x0f0f != 0x0a0a {
			out = append(out, v)
		}
	}
	c.versions = out
	return out
}

func (r *reader) tellAnswer(f *Flow, t *talk) {
	h := t.tls
	r.event("tls.server_hello", f, r.now)
	r.here()
	r.str("sni", h.hello.sni)
	r.str("tls_version", versionName(h.answer.version))
	r.str("cipher", cipherName(h.answer.cipher))
	r.str("alpn", h.answer.alpn)
	if h.helloAt != 0 {
		r.ms("answer_ms", r.now-h.helloAt)
	}
	r.flag("session", h.answer.resumes)
	r.line()
	r.parties(f)
	r.say(": ServerHello, ", versionName(h.answer.version))
	r.send()
}

func (r *reader) tellRetry(f *Flow, t *talk) {
	r.event("tls.retry", f, r.now)
	r.here()
	r.str("sni", t.tls.hello.sni)
	r.line()
	r.parties(f)
	r.say(": the server asks for another ClientHello")
	r.send()
}

func (r *reader) tellCertificate(f *Flow, t *talk, c *certificate) {
	r.event("tls.certificate", f, r.now)
	r.here()
	r.str("sni", t.tls.hello.sni)
	r.str("subject", c.subject)
	r.str("issuer", c.issuer)
	r.str("names", c.names)
	valid := ""
	if !c.until.IsZero() {
		r.str("not_before", c.from.Format(time.RFC3339))
		r.str("not_after", c.until.Format(time.RFC3339))
		if r.timed {
			now := time.Unix(0, r.now)
			left := int64(c.until.Sub(now) / (24 * time.Hour))
			r.number64("days_left", left)
			switch {
			case now.After(c.until):
				valid = "expired"
			case now.Before(c.from):
				valid = "not yet"
			default:
				valid = "yes"
			}
			r.str("valid", valid)
		}
	}
	r.line()
	r.parties(f)
	r.say(": certificate of ", c.subject)
	switch valid {
	case "expired":
		r.say(", expired")
	case "not yet":
		r.say(", not valid yet")
	}
	r.send()
}

func (r *reader) tellAlert(f *Flow, t *talk, a alert) {
	name := "encrypted"
	r.event("tls.alert", f, a.at)
	r.whole(f)
	if !a.hidden {
		name = alertName(a.code)
		r.here()
	}
	r.str("sni", t.tls.hello.sni)
	r.str("tls_alert", name)
	r.str("tls_alert_from", roleNames[a.from])
	r.flag("fatal", a.level == 2)
	r.line()
	r.parties(f)
	r.say(": alert ", name, " from the ", roleNames[a.from])
	r.send()
}

func (r *reader) tellEstablished(f *Flow, t *talk) {
	h := t.tls
	r.event("tls.established", f, h.at)
	r.here()
	r.str("sni", h.hello.sni)
	r.str("alpn", h.answer.alpn)
	r.str("tls_version", versionName(h.version))
	if h.answerAt != 0 {
		r.str("cipher", cipherName(h.answer.cipher))
	}
	if h.helloAt != 0 {
		r.ms("tls_ms", h.at-h.helloAt)
	}
	r.flag("resumed", h.outcome == resumed)
	r.line()
	r.parties(f)
	r.say(": TLS established")
	if h.outcome == resumed {
		r.say(" by resuming a session")
	}
	r.send()
}
