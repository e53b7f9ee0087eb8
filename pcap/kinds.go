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
			"time_wait", "half_closed", "reset_after_data", "unread_bytes", "unknown", "tunnel",
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
		Attrs: attrs("tls", "owes", "close", "waited_ms", "sni", "alpn", "tls_version", "cipher", "tls_alert", "tls_alert_from", "hello_ms",
			"port.tls", "sibling.flows", "sibling.first_speaker", "sibling.first_ms", "sibling.tls", "sibling.hello_ms", "sibling.silent"),
	},
}
