package pcap

// established tells that a connection was opened.
func (r *reader) established(f *Flow) {
	r.services.of(f)
	r.event("flow.opened", f, f.openAt)
	r.where(f.firstPacket, f.openPacket, f.firstOffset, r.dec.out.end)
	if f.tries > 0 {
		r.ms("handshake_ms", f.openAt-f.synAt)
	}
	if f.tries > 1 {
		r.count("tries", int64(f.tries))
	}
	r.flag("tunnel", f.tunnel)
	r.line()
	r.parties(f)
	r.say(" opened")
	r.send()
}

// parties writes who speaks to whom.
func (r *reader) parties(f *Flow) {
	r.text = f.addr(client).AppendTo(r.text)
	r.say(" to ")
	r.text = f.addr(server).AppendTo(r.text)
}

func (r *reader) flag(name string, on bool) {
	if on {
		r.str(name, "yes")
	}
}

var roleNames = [...]string{"client", "server"}

// maxPending is how many flows wait for the end of the capture, because only
// then it is known what others on their port do.
const maxPending = 8192

// A pending flow is kept whole. What it owns goes with it.
type pendingFlow struct{ Flow }

// tell tells a flow's story, or keeps it for the end where it depends on what
// other connections to the same port do.
func (r *reader) tell(f *Flow) {
	r.services.learn(f)
	r.outcome(f)
	if len(r.pending) < maxPending && f.dependsOnOthers() {
		r.pending = append(r.pending, pendingFlow{*f})
		f.talk = nil
		return
	}
	r.tellFlow(f)
}

// dependsOnOthers tells that a flow said nothing, or nothing that was answered.
func (f *Flow) dependsOnOthers() bool {
	if f.opened != established {
		return false
	}
	return f.talk == nil || f.talk.mode == plain && f.talk.said[server].segments == 0
}

func (r *reader) tellFlow(f *Flow) {
	v := r.tls(f)
	if t := f.talk; t != nil && t.tls != nil && f.turnedAway() {
		t.tls.alert = alert{level: 2, from: server, hidden: true, at: t.said[server].lastAt}
	}
	if t := f.talk; t != nil && t.tls != nil && t.tls.alert.hidden {
		r.tellAlert(f, t, t.tls.alert)
	}
	r.closing(f)
	r.tellUnfinished(f, v)
	r.tellSummary(f, v)
}

// tellPending tells the flows that waited.
func (r *reader) tellPending() {
	for i := range r.pending {
		f := &r.pending[i].Flow
		r.tellFlow(f)
		if f.talk != nil {
			r.streams.forget(f.talk)
		}
	}
	r.pending = nil
}

// tellRest tells the flows that are left when the capture ends.
func (r *reader) tellRest() {
	r.ending = true
	left := r.flows.rest()
	for _, f := range left {
		r.services.learn(f)
		r.outcome(f)
	}
	r.expireQueries(r.end - queryTime)
	r.tellPending()
	for _, f := range left {
		r.tellFlow(f)
	}
	r.tellServices()
	r.tellDatagrams()
	r.tellPatterns()
}

// tellUnfinished says when and where TLS stopped, or did not begin.
func (r *reader) tellUnfinished(f *Flow, v verdictTLS) {
	switch v.word {
	case "none":
		if v.owes == "" {
			return
		}
	case "unknown", "established", "resumed", "in_progress", "alert":
		return
	case "not_tls":
		if !r.expectsTLS(f) {
			return
		}
	case "tcp_only_idle", "tcp_only_closed_by_client", "tcp_only_closed_by_server":
		if r.services.speaksTLS(f) == 0 && (r.services.speaksPlain(f) || plainPort(f.addr(server).Port())) {
			return // nobody speaks TLS there
		}
	}
	until := f.closedAt
	if f.closed == openAtEnd || f.closed == evicted {
		until = r.until(f)
	}
	at := max(f.openAt, f.first)
	if t := f.talk; t != nil && !wordless[v.word] {
		for role := range uint8(2) {
			if last := t.said[role].lastAt; last <= until { // what came later did not end the silence
				at = max(at, last)
			}
		}
	}
	r.event("tls.unfinished", f, at)
	r.whole(f)
	r.str("tls", v.word)
	r.str("owes", v.owes)
	r.str("close", closeWords[f.closed])
	r.ms("waited_ms", max(until-at, 0))
	if f.talk != nil {
		r.str("starttls", starttlsWords[f.talk.starttls])
	}
	r.handshake(f)
	r.siblings(f)
	r.line()
	r.parties(f)
	if v.word == "none" {
		r.say(": TLS was agreed on, and the client never began")
	} else {
		r.say(": ", sayings[v.word])
	}
	r.send()
}

// wordless are the words for a client that said nothing: it was silent from the
// beginning, whatever the server made of that.
var wordless = map[string]bool{"tcp_only_idle": true, "tcp_only_closed_by_client": true, "tcp_only_closed_by_server": true}

// sayings explain the words for how far TLS got.
var sayings = map[string]string{
	"none":                             "no TLS",
	"unknown":                          "how far TLS got cannot be known from what was captured",
	"not_tls":                          "the client spoke something that is not TLS",
	"tcp_only_idle":                    "connected, and neither side said anything",
	"tcp_only_closed_by_client":        "connected, and the client closed without a word",
	"tcp_only_closed_by_server":        "connected, and the server closed without a word",
	"client_hello_partial":             "only part of a ClientHello came",
	"client_hello_lost":                "the ClientHello was sent again and again and never confirmed",
	"client_hello":                     "the ClientHello was never answered",
	"client_hello_reset":               "the ClientHello was answered by closing the connection",
	"server_hello":                     "the handshake stopped after the ServerHello",
	"client_silent_after_certificate":  "the client fell silent after the server's certificate",
	"server_silent_after_key_exchange": "the server fell silent after the client's key exchange",
	"client_silent_after_retry":        "the client fell silent when the server asked for another ClientHello",
	"alert":                            "the TLS handshake ended with an alert",
	"established":                      "TLS established",
	"resumed":                          "TLS session resumed",
	"in_progress":                      "the capture ends too soon to tell how far TLS gets",
}
