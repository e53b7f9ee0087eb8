package pcap

import "forensic/event"

// tellServices tells the habits of each server port, at the end.
func (r *reader) tellServices() {
	for i := range r.services.all {
		v := &r.services.all[i]
		flows := 0
		for _, n := range v.opened {
			flows += n
		}
		if flows == 0 {
			continue
		}
		r.event("flow.service", nil, v.last)
		r.where(v.firstPacket, v.lastPacket, v.offset, v.endOffset)
		from := len(r.text)
		r.text = v.at.append(r.text)
		r.cut(event.Server, from)
		r.count("flows", int64(flows))
		r.count("established", int64(v.opened[established]))
		r.count("refused", int64(v.opened[refused]))
		r.count("no_answer", int64(v.opened[noAnswer]))
		r.count("no_final_ack", int64(v.opened[noFinalACK]))
		r.count("tls", int64(v.tls))
		r.count("tls_established", int64(v.secured))
		r.count("plain", int64(v.plain))
		r.count("silent", int64(v.alone))
		switch c, s := v.opener[client], v.opener[server]; {
		case c > 0 && s > 0:
			r.str("first_speaker", "both")
		case c > 0:
			r.str("first_speaker", "client")
		case s > 0:
			r.str("first_speaker", "server")
		}
		for role := range uint8(2) {
			r.count(roleNames[role]+"_first", int64(v.opener[role]))
			if v.delay[role].total > 0 {
				r.ms(roleNames[role]+"_first_ms", v.delay[role].quantile(0.5))
			}
		}
		if v.hello.total > 0 {
			r.ms("hello_ms", v.hello.quantile(0.5))
		}
		r.line()
		r.text = v.at.append(r.text)
		r.say(": connections ")
		r.text = appendTwo(r.text, int64(flows), int64(v.opened[established]))
		r.say(" (tried, established)")
		r.send()
	}
}
