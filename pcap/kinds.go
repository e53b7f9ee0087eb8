package pcap

import "forensic/event"

// Attributes that every event about a connection carries.
var flowAttrs = []string{event.Client, event.Server, event.Flow}

func attrs(more ...string) []string { return append(append([]string{}, flowAttrs...), more...) }

// Kinds is everything Read may emit. Times in attributes are milliseconds.
var Kinds = []event.Kind{
	{
		Name: "flow.opened", Doc: "A TCP connection was opened: the client confirmed the server's answer.",
		Attrs: attrs("handshake_ms", "tries", "tunnel"), Joins: true,
	},
	{
		Name: "flow.summary", Doc: "What became of a TCP connection, at its last packet; of one that stayed open, at the capture's end.",
		Attrs: attrs("open", "close", "tls", "owes", "protocol",
			"client_packets", "server_packets", "client_bytes", "server_bytes",
			"client_retransmissions", "server_retransmissions", "client_duplicates", "server_duplicates",
			"client_out_of_order", "server_out_of_order", "client_missing", "server_missing",
			"client_zero_window", "server_zero_window", "client_keep_alives", "server_keep_alives",
			"client_resets", "server_resets", "copies", "tries", "answers",
			"handshake_ms", "duration_ms", "idle_ms", "longest_idle_ms",
			"first_speaker", "last_speaker", "client_first_ms", "server_first_ms",
			"client_begins", "server_begins", "client_ends", "server_ends",
			"icmp", "mtu", "requests", "failures", "server_version", "time_wait", "half_closed", "reset_after_data", "unread_bytes", "unknown", "unconfirmed", "tunnel",
			"sni", "alpn", "tls_version", "cipher", "tls_alert", "tls_alert_from", "hello_ms", "tls_ms", "starttls",
			"port.tls", "sibling.flows", "sibling.first_speaker", "sibling.first_ms", "sibling.tls", "sibling.hello_ms", "sibling.silent"),
		Joins: true,
	},
	{
		Name: "flow.service", Doc: "What the connections to one server port did, at the capture's end.",
		Attrs: []string{event.Server, "flows", "established", "refused", "no_answer", "no_final_ack", "tls", "tls_established",
			"plain", "silent", "first_speaker", "client_first", "server_first", "client_first_ms", "server_first_ms", "hello_ms"},
	},
	{
		Name: "udp.service", Doc: "What was said to one UDP port, at the capture's end; unanswered are datagrams of clients that never heard anything, where an answer is usual.",
		Attrs: []string{event.Client, event.Server, "protocol", "clients", "requests", "answers", "unanswered"},
	},
	{
		Name: "tls.client_hello", Doc: "A client sent a whole ClientHello.",
		Attrs: attrs("sni", "alpn", "offered", "hello_ms", "session", "starttls"),
	},
	{
		Name: "tls.server_hello", Doc: "A server answered with a ServerHello.",
		Attrs: attrs("sni", "tls_version", "cipher", "alpn", "answer_ms", "session"),
	},
	{
		Name: "tls.retry", Doc: "A server asked for another ClientHello (HelloRetryRequest).",
		Attrs: attrs("sni"),
	},
	{
		Name: "tls.certificate", Doc: "A server's certificate, where it can be read (up to TLS 1.2).",
		Attrs: attrs("sni", "subject", "issuer", "names", "not_before", "not_after", "days_left", "valid"),
	},
	{
		Name: "tls.alert", Doc: "One end sent an alert that can be read, or that only its size gives away.",
		Attrs: attrs("sni", "tls_alert", "tls_alert_from", "fatal"),
	},
	{
		Name: "tls.established", Doc: "A handshake was completed, by what is visible of it.",
		Attrs: attrs("sni", "alpn", "tls_version", "cipher", "tls_ms", "resumed"),
	},
	{
		Name: "tls.unfinished", Doc: "A handshake that never finished, or a connection without any, at the time when nothing more happened.",
		Attrs: attrs("tls", "owes", "close", "waited_ms", "starttls", "sni", "alpn", "tls_version", "cipher", "tls_alert", "tls_alert_from", "hello_ms",
			"port.tls", "sibling.flows", "sibling.first_speaker", "sibling.first_ms", "sibling.tls", "sibling.hello_ms", "sibling.silent"),
	},
	{
		Name: "flow.unreachable", Doc: "An ICMP error about a packet of a connection; about says whose packet.",
		Attrs: attrs("about", "icmp", "by", "mtu"),
	},
	{
		Name: "icmp.error", Doc: "An ICMP error about a packet of no connection in the capture; client sent it, server was to get it.",
		Attrs: []string{event.Client, event.Server, "proto", "icmp", "by", "mtu"},
	},
	{
		Name: "arp.conflict", Doc: "Two machines claim one address in turn.",
		Attrs: []string{"address", "mac", "other_mac"},
	},
	{
		Name: "dns.failed", Doc: "A name server answered with an error other than that the name does not exist.",
		Attrs: []string{event.Client, event.Server, "name", "type", "rcode", "tries", "server_answers", "answer_ms"},
	},
	{
		Name: "dns.unanswered", Doc: "A DNS query had no answer for five seconds; server_answers is how many others that server had answered.",
		Attrs: []string{event.Client, event.Server, "name", "type", "tries", "server_answers"},
	},
	{
		Name: "zookeeper.connect_request", Doc: "On the wire, a client asked for a session (0x0), or to go on with one.",
		Attrs: attrs(event.Session, "timeout_ms"), Joins: true,
	},
	{
		Name: "zookeeper.connect_response", Doc: "On the wire, the server granted a session, or said that it is over (expired).",
		Attrs: attrs(event.Session, "timeout_ms", "expired", "answer_ms"), Joins: true,
	},
	{
		Name: "zookeeper.word", Doc: "On the wire, a client sent a four-letter word.",
		Attrs: attrs("word"),
	},
	{
		Name: "zookeeper.unanswered", Doc: "On the wire, a session was asked for and the server never answered.",
		Attrs: attrs(event.Session, "close", "waited_ms"),
	},
	{
		Name: "redis.error", Doc: "On the wire, Redis answered with an error.",
		Attrs: attrs("code", "command", "message"),
	},
	{
		Name: "redis.reply_lost", Doc: "Redis answered a command that takes an element, and the client was gone before it had the answer: the element is lost.",
		Attrs: attrs("command", "close", "unread_bytes"),
	},
	{
		Name: "http.failed", Doc: "An HTTP request was answered with a status of 400 or more, or an upgrade was refused.",
		Attrs: attrs("status", "request", "upgrade_refused", "answer_ms"),
	},
	{
		Name: "http.unanswered", Doc: "An HTTP request was never answered.",
		Attrs: attrs("request", "close", "waited_ms"),
	},
	{
		Name: "mysql.error", Doc: "On the wire, a MySQL server answered with an error.",
		Attrs: attrs("code", "message"),
	},
	{
		Name: "postgresql.error", Doc: "On the wire, a PostgreSQL server answered with an error.",
		Attrs: attrs("code", "message"),
	},
	{
		Name: "flow.scan", Doc: "A host tried many ports and hardly one answered.",
		Attrs: []string{event.Client, "targets", "attempts", "established", "refused", "unanswered", "duration_ms"},
	},
	{
		Name: "flow.flood", Doc: "A port got many SYNs that never became connections.",
		Attrs: []string{event.Server, "half_open", "answered", "established", "clients", "peak_per_second", "duration_ms"},
	},
	{
		Name: "flow.loop", Doc: "A host connected to one port again and again and got nothing: refused, unanswered, or nothing said. variation is that of the intervals, deviation by mean.",
		Attrs: []string{event.Client, event.Server, "times", "established", "refused", "unanswered", "wordless", "interval_ms", "variation", "duration_ms"},
	},
}
