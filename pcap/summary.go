package pcap

// tellSummary says what became of a connection.
func (r *reader) tellSummary(f *Flow, v verdictTLS) {
	at := r.until(f)
	r.event("flow.summary", f, at)
	r.whole(f)
	r.str("open", openWords[f.opened])
	r.str("close", closeWords[f.closed])
	r.str("tls", v.word)
	r.str("owes", v.owes)
	r.numbers(f)
	r.times(f)
	r.speech(f)
	r.leftovers(f)
	r.handshake(f)
	r.siblings(f)
	r.line()
	r.sentence(f, v)
	r.send()
	r.tally(f, v)
}

func (r *reader) numbers(f *Flow) {
	c, s := f.at(client), f.at(server)
	r.number64("client_packets", int64(c.packets))
	r.number64("server_packets", int64(s.packets))
	r.number64("client_bytes", int64(c.bytes))
	r.number64("server_bytes", int64(s.bytes))
	r.count("client_retransmissions", int64(c.retransmitted))
	r.count("server_retransmissions", int64(s.retransmitted))
	r.count("client_duplicates", int64(c.duplicates))
	r.count("server_duplicates", int64(s.duplicates))
	r.count("client_out_of_order", int64(c.disordered))
	r.count("server_out_of_order", int64(s.disordered))
	r.count("client_missing", int64(c.missing))
	r.count("server_missing", int64(s.missing))
	r.count("client_zero_window", int64(c.zeroWindow))
	r.count("server_zero_window", int64(s.zeroWindow))
	r.count("client_keep_alives", int64(c.keepAlives))
	r.count("server_keep_alives", int64(s.keepAlives))
	r.count("client_resets", int64(c.resets))
	r.count("server_resets", int64(s.resets))
	r.count("copies", int64(c.copies)+int64(s.copies))
	if f.tries > 1 {
		r.count("tries", int64(f.tries))
	}
	if f.answers > 1 {
		r.count("answers", int64(f.answers))
	}
}

// until returns when a flow's story ends: with its last packet, or with the
// capture where it stayed open.
func (r *reader) until(f *Flow) int64 {
	if r.ending && f.closed == openAtEnd && !f.replacedBy && (f.opened == established || f.opened == midstream) {
		return r.end
	}
	return f.last
}

func (r *reader) times(f *Flow) {
	if f.openAt != 0 && f.synAt != 0 {
		r.ms("handshake_ms", f.openAt-f.synAt)
	}
	r.ms("duration_ms", f.last-f.first)
	if until := r.until(f); until > f.last {
		r.ms("idle_ms", until-f.last)
	}
	if f.idle >= second {
		r.ms("longest_idle_ms", f.idle)
	}
}

// shown is how many payload bytes an event quotes of each end.
const shown = 16

// name is what was spoken, as the first bytes tell.
func (t *talk) name() string {
	if t.mode == secure && (t.tls.sides[client].begun || t.tls.sides[server].begun) {
		return "tls"
	}
	return protocolNames[t.protocol]
}

// speech tells who spoke, when, and how it began and ended.
func (r *reader) speech(f *Flow) {
	t := f.talk
	if t == nil {
		return
	}
	r.str("protocol", t.name())
	r.str("first_speaker", roleNames[t.opener])
	r.str("last_speaker", roleNames[t.closer])
	from := f.openAt
	if from == 0 {
		from = f.first
	}
	for role := range uint8(2) {
		if t.said[role].segments > 0 {
			r.ms(roleNames[role]+"_first_ms", max(t.said[role].at-from, 0)) // a SYN may carry payload
		}
	}
	r.str("starttls", starttlsWords[t.starttls])
	if t.mode == secure || t.protocol != unknownProtocol {
		return // the name says more, and what is said may be secret
	}
	for role := range uint8(2) {
		b := t.said[role].begins()
		r.quote(roleNames[role]+"_begins", b[:min(len(b), shown)])
		b = t.said[role].ends()
		r.quote(roleNames[role]+"_ends", b[max(0, len(b)-shown):])
	}
}

func (r *reader) quote(name string, b []byte) {
	from := len(r.text)
	r.text = appendPrintable(r.text, b, keep)
	r.cut(name, from)
}

// leftovers tells what the end of the connection leaves behind.
func (r *reader) leftovers(f *Flow) {
	c, s := f.at(client), f.at(server)
	r.str("time_wait", f.timeWait())
	for role := range uint8(2) {
		if a, b := f.at(role), f.at(1-role); a.seen&sawFIN != 0 && b.seen&(sawFIN|sawRST) == 0 && a.seen&sawRST == 0 && b.packets > 0 {
			r.str("half_closed", roleNames[role])
		}
	}
	r.flag("reset_after_data", (c.resets > 0 || s.resets > 0) && c.bytes+s.bytes > 0)
	for role := range uint8(2) { // who resets while the other's payload waits did not read it
		a, b := f.at(role), f.at(1-role)
		if a.seen&sawRST != 0 && a.seen&hasACK != 0 && b.bytes > 0 && after(b.next, a.acked) && b.next-a.acked < 1<<30 {
			r.count("unread_bytes", int64(b.next-a.acked))
			break
		}
	}
	r.str("unknown", f.unknowns())
	r.str("unconfirmed", f.unconfirmed())
	r.str("icmp", icmpWords[f.unreachable])
	r.count("mtu", int64(f.mtu))
	if t := f.talk; t != nil && t.story != nil {
		r.count("requests", int64(t.story.requests))
		r.count("failures", int64(t.story.failures))
		r.str("server_version", t.story.version)
	}
	r.flag("tunnel", f.tunnel)
}

// unknowns says what the capture does not show of a flow.
func (f *Flow) unknowns() string {
	switch {
	case f.opened == midstream:
		return "beginning"
	case f.at(server).packets == 0 && f.oneSided():
		return "server side"
	case f.at(client).packets == 0:
		return "client side"
	case f.cut:
		return "payload cut by snap length"
	case f.unseen(client), f.unseen(server):
		return "segments missing"
	}
	return ""
}

// timeWait says which end holds the connection in TIME_WAIT: who closed first,
// unless a reset ended it. Empty where it is not over or cannot be known.
func (f *Flow) timeWait() string {
	c, s := f.at(client), f.at(server)
	switch {
	case c.seen&sawRST != 0 || s.seen&sawRST != 0:
		return "nobody"
	case c.seen&sawFIN == 0 || s.seen&sawFIN == 0:
		return ""
	case after(c.fin+1, s.acked) && after(s.fin+1, c.acked):
		return ""
	}
	if f.crossed {
		return "both"
	}
	if f.closed == finServer {
		return "server"
	}
	if f.closed == finClient {
		return "client"
	}
	return ""
}

// handshake tells what TLS showed.
func (r *reader) handshake(f *Flow) {
	if f.talk == nil || f.talk.tls == nil {
		return
	}
	h := f.talk.tls
	r.str("sni", h.hello.sni)
	if alpn := h.answer.alpn; alpn != "" {
		r.str("alpn", alpn)
	}
	r.str("tls_version", versionName(h.version))
	if h.answerAt != 0 {
		r.str("cipher", cipherName(h.answer.cipher))
	}
	if h.alert.at != 0 {
		if h.alert.hidden {
			r.str("tls_alert", "encrypted")
		} else {
			r.str("tls_alert", alertName(h.alert.code))
		}
		r.str("tls_alert_from", roleNames[h.alert.from])
	}
	if h.helloAt != 0 && f.openAt != 0 && !h.upgraded {
		r.ms("hello_ms", h.helloAt-f.openAt)
	}
	if h.helloAt != 0 && (h.outcome == completed || h.outcome == resumed) {
		r.ms("tls_ms", h.at-h.helloAt)
	}
}

// siblings tells what other connections to the same port did.
func (r *reader) siblings(f *Flow) {
	v := r.services.of(f)
	if v == nil {
		return
	}
	if v.tls > 0 {
		r.str("port.tls", "yes")
	} else if securePort(v.at.port) {
		r.str("port.tls", "by number")
	}
	if f.talk != nil && f.talk.mode == secure && f.talk.tls.outcome != undecided {
		return // it did what was expected of it
	}
	flows := v.spoke() + v.alone
	if flows < 2 {
		return
	}
	r.count("sibling.flows", int64(flows))
	if v.spoke() > 0 {
		who := uint8(client)
		if v.opener[server] > v.opener[client] {
			who = server
		}
		r.str("sibling.first_speaker", roleNames[who])
		if v.delay[who].total > 0 {
			r.ms("sibling.first_ms", v.delay[who].quantile(0.5))
		}
	}
	r.count("sibling.tls", int64(v.tls))
	if v.hello.total > 0 {
		r.ms("sibling.hello_ms", v.hello.quantile(0.95))
	}
	r.count("sibling.silent", int64(v.alone))
}

// spoke returns how many connections to the port had payload.
func (v *service) spoke() int { return v.opener[client] + v.opener[server] }

// sentence writes the line for people.
func (r *reader) sentence(f *Flow, v verdictTLS) {
	r.parties(f)
	switch f.opened {
	case midstream:
		r.say(": open before the capture began")
	case noAnswer:
		r.say(": no answer")
	case noFinalACK:
		r.say(": never confirmed by the client")
	case refused:
		r.say(": refused")
	default:
		r.say(": established")
	}
	switch f.closed {
	case finClient:
		r.say(", closed by the client")
	case finServer:
		r.say(", closed by the server")
	case resetClient:
		r.say(", reset by the client")
	case resetServer:
		if f.opened != refused {
			r.say(", reset by the server")
		}
	case evicted:
		r.say(", given up for want of room")
	default:
		if f.opened == established || f.opened == midstream {
			r.say(", still open")
		}
	}
	if lasted := r.until(f) - f.first; lasted > 0 {
		r.say(" after ")
		r.text = appendSpan(r.text, lasted)
	}
	c, s := f.at(client), f.at(server)
	r.say("; packets ")
	r.text = appendTwo(r.text, int64(c.packets), int64(s.packets))
	r.say(", bytes ")
	r.text = appendTwo(r.text, int64(c.bytes), int64(s.bytes))
	switch v.word {
	case "none":
	case "unknown":
		if r.tlsMatters(f) {
			r.say("; ", sayings[v.word])
		}
	case "alert":
		a := &f.talk.tls.alert
		r.say("; the ", roleNames[a.from], " ended the TLS handshake with ")
		if a.hidden {
			r.say("an encrypted alert")
		} else {
			r.say("alert ", alertName(a.code))
		}
	case "established":
		r.say("; ", versionName(f.talk.tls.version), " established")
	default:
		r.say("; ", sayings[v.word])
	}
	if who := f.unconfirmed(); who != "" && v.word != "client_hello_lost" {
		r.say("; nothing the ", who, " sent was ever confirmed")
	}
	if t := f.talk; t != nil && t.story != nil && t.story.requests > 0 {
		r.say("; requests ")
		r.text = appendNumber(r.text, int(t.story.requests))
		if f.ignored() {
			r.say(", never answered")
		}
		if t.story.failures > 0 {
			r.say(", answered with an error ")
			r.text = appendNumber(r.text, int(t.story.failures))
		}
	}
	if f.refusedLate(v) {
		r.say(", and turned away by the ", roleNames[f.talk.tls.alert.from], " with an encrypted alert")
	}
}

// tlsMatters tells whether a connection of whose TLS nothing can be known may
// have had any: of one that began before the capture only its port tells.
func (r *reader) tlsMatters(f *Flow) bool {
	port := f.addr(server).Port()
	return f.opened != midstream || securePort(port) || r.services.tlsAt(f.key.end(server^f.client))
}

// unconfirmed names the end whose payload was sent again and again without
// that the other end ever confirmed a byte of it: the way for large packets is
// closed, or the other end is gone.
func (f *Flow) unconfirmed() string {
	if f.opened != established || f.oneSided() {
		return ""
	}
	for role := range uint8(2) {
		s, o := f.at(role), f.at(1-role)
		if s.bytes > 0 && s.retransmitted >= 3 && o.seen&hasACK != 0 && s.seen&hasBase != 0 && !after(o.acked, s.base) {
			return roleNames[role]
		}
	}
	return ""
}

// ignored tells that a request was confirmed and nothing ever came back, until
// somebody closed the connection.
func (f *Flow) ignored() bool {
	t := f.talk
	return t.said[server].segments == 0 && t.story.requests > 0 && f.opened == established && f.closed != openAtEnd && f.closed != evicted && !f.partial()
}

// refusedLate tells that a handshake was completed by what is visible of it, and
// the connection was then ended by an alert instead of used.
func (f *Flow) refusedLate(v verdictTLS) bool {
	if v.word != "established" && v.word != "resumed" {
		return false
	}
	a := &f.talk.tls.alert
	return a.hidden && a.at != 0
}
