package pcap

import "bytes"

// stallsAfter is how long nothing must have happened before the end of a
// capture until a handshake counts as stalled rather than under way.
const stallsAfter = 10 * second

// A verdictTLS is the word for how far TLS got, and who would have to speak
// next: "client", "server", or nobody.
type verdictTLS struct{ word, owes string }

// tls judges a flow. Where the capture does not show everything, only what is
// there is believed: nothing is concluded from what is not.
func (r *reader) tls(f *Flow) verdictTLS {
	v := r.judgeTLS(f)
	if v.owes != "" && (f.closed == openAtEnd || f.closed == evicted) && r.end-f.progress < stallsAfter {
		v.word = "in_progress"
	}
	return v
}

func (r *reader) judgeTLS(f *Flow) verdictTLS {
	t := f.talk
	switch {
	case t == nil:
		return f.judgeSilence()
	case t.mode == plain:
		return r.judgePlain(f)
	case t.mode == silent: // payload was there, but none of it captured
		return verdictTLS{"unknown", ""}
	}
	h := t.tls
	if t.said[client].segments == 0 && h.alert.at != 0 && f.opened == established && !f.partial() {
		return f.judgeSilence() // the server's alert says only that it heard nothing
	}
	switch h.outcome {
	case completed:
		return verdictTLS{"established", ""}
	case resumed:
		return verdictTLS{"resumed", ""}
	case alerted:
		return verdictTLS{"alert", ""}
	}
	if from, yes := h.hidesAlert(); yes && h.alert.at == 0 {
		h.alert = alert{level: 2, from: from, hidden: true, at: t.said[from].lastAt}
	}
	switch {
	case h.alert.at != 0 && (h.alert.level == 2 || f.closed != openAtEnd):
		return verdictTLS{"alert", ""}
	case h.garbled, h.gaps(), f.partial():
		return verdictTLS{"unknown", ""}
	case h.hellos == 0:
		return verdictTLS{"client_hello_partial", "client"}
	case h.answerAt != 0:
		return h.judgeAnswer()
	case h.retried && h.hellos == 1:
		return verdictTLS{"client_silent_after_retry", "client"}
	}
	return f.judgeHello(h)
}

// judgeSilence judges a flow whose client said nothing.
func (f *Flow) judgeSilence() verdictTLS {
	c, s := f.at(client), f.at(server)
	switch {
	case f.opened == midstream:
		return verdictTLS{"unknown", ""}
	case f.opened != established:
		return verdictTLS{"none", ""}
	case f.partial(), f.talk == nil && c.seen&hasACK != 0 && s.seen&sawSYN != 0 && after(c.acked, s.base+1), s.seen&hasACK != 0 && after(s.acked, c.base+1):
		return verdictTLS{"unknown", ""} // payload was confirmed that the capture does not have
	}
	switch f.closed {
	case finClient, resetClient:
		return verdictTLS{"tcp_only_closed_by_client", ""}
	case finServer, resetServer:
		return verdictTLS{"tcp_only_closed_by_server", ""}
	}
	return verdictTLS{"tcp_only_idle", "client"}
}

// judgePlain judges a flow whose client spoke something else. That is worth a
// word where TLS was to be expected: by the port, by what other connections to
// it do, or by how the server took it.
func (r *reader) judgePlain(f *Flow) verdictTLS {
	t := f.talk
	said := t.said[server].begins()
	switch {
	case f.partial() && t.protocol == unknownProtocol:
		return verdictTLS{"unknown", ""}
	case t.starttls == starttlsAccepted: // and no ClientHello came
		return verdictTLS{"none", "client"}
	case t.said[client].segments == 0, t.starttls != 0:
		return verdictTLS{"none", ""}
	case r.expectsTLS(f):
		return verdictTLS{"not_tls", ""}
	case len(said) > 0, t.protocol.livesAt(f.addr(server).Port()), r.services.speaksPlain(f):
		return verdictTLS{"none", ""}
	case f.closed == finServer, f.closed == resetServer:
		return verdictTLS{"not_tls", ""}
	}
	return verdictTLS{"none", ""}
}

// expectsTLS tells that something says a flow without it should have had it.
func (r *reader) expectsTLS(f *Flow) bool {
	if f.talk == nil {
		return false
	}
	said := f.talk.said[server].begins()
	if startsTLS(said, server, false) || r.services.speaksTLS(f) > 0 {
		return true
	}
	if bytes.Contains(said, []byte("\r\n\r\nClient sent an HTTP request")) {
		return true // what servers written in Go say on a port for TLS
	}
	return securePort(f.addr(server).Port()) && (len(said) == 0 || badRequest(said))
}

// badRequest tells the answer of HTTP servers to plain text on a port for TLS.
func badRequest(b []byte) bool {
	return len(b) >= 12 && bytes.HasPrefix(b, []byte("HTTP/1.")) && string(b[9:12]) == "400"
}

// judgeAnswer judges a handshake that has a ServerHello and did not finish.
func (h *handshake) judgeAnswer() verdictTLS {
	c, s := &h.sides[client], &h.sides[server]
	if h.answer.version == tls13 {
		if s.data == 0 || s.left > 0 || s.heads > 0 {
			return verdictTLS{"server_hello", "server"}
		}
		if h.answer.resumes {
			return verdictTLS{"server_hello", "client"}
		}
		return verdictTLS{"client_silent_after_certificate", "client"}
	}
	switch {
	case c.cipher && h.keyExchange && !s.cipher:
		return verdictTLS{"server_silent_after_key_exchange", "server"}
	case h.done && !h.keyExchange && !c.cipher:
		return verdictTLS{"client_silent_after_certificate", "client"}
	case h.done, s.cipher && !c.cipher:
		return verdictTLS{"server_hello", "client"}
	}
	return verdictTLS{"server_hello", "server"}
}

// judgeHello judges a ClientHello that got no answer.
func (f *Flow) judgeHello(h *handshake) verdictTLS {
	c, s := f.at(client), f.at(server)
	confirmed := s.seen&hasACK != 0 && !after(h.helloEnd, s.acked)
	switch {
	case f.closed == finServer, f.closed == resetServer, s.seen&sawRST != 0:
		return verdictTLS{"client_hello_reset", ""}
	case h.stranger:
		return verdictTLS{"client_hello", ""}
	case !confirmed && c.retransmitted > 0:
		return verdictTLS{"client_hello_lost", "server"}
	}
	return verdictTLS{"client_hello", "server"}
}

// hidesAlert tells that the first encrypted record of one end can only be an
// alert: it does not accept what the other showed.
func (h *handshake) hidesAlert() (from uint8, yes bool) {
	if h.answer.version != tls13 {
		return 0, false
	}
	for role := range uint8(2) {
		if d := &h.sides[role]; d.data == d.early+1 && isAlertSize(d.firstData) {
			return role, true
		}
	}
	return 0, false
}

func (h *handshake) gaps() bool { return h.sides[client].lost || h.sides[server].lost }

// securePort tells the ports on which TLS is to be expected from the first byte.
func securePort(port uint16) bool {
	switch port {
	case 443, 465, 563, 636, 853, 989, 990, 992, 993, 994, 995, 2281, 2376, 3269, 5061, 5671, 5986, 6443, 6514, 6697, 8443, 8883, 9443, 10250:
		return true
	}
	return false
}

// plainPort tells the ports of protocols that are spoken without TLS.
func plainPort(port uint16) bool {
	for p := unknownProtocol + 1; int(p) < len(protocolNames); p++ {
		if p.livesAt(port) {
			return true
		}
	}
	return false
}
