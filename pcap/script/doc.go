// Package script compiles packets written as text into the bytes of a capture,
// so that a fixture shows what is on the wire and a reader can check it.
//
// It owns the little language below and writes what it is told, right or
// wrong: repetitions, gaps, lies in lengths. It reads nothing but its text,
// imports nothing of ours, and gives the same bytes for the same text.
//
// # A script
//
//	date 2024-03-02
//	C 192.0.2.10:40000
//	S 192.0.2.1:2181
//	10:14:03.000 C>S SYN
//	+0.2ms S>C SYN,ACK
//	+0.2ms C>S ACK
//	+1ms C>S tls client_hello sni=zk.example
//	+30s C>S FIN,ACK
//
// A line is a setting, an endpoint, a packet, or a loop. What follows a # that
// begins a word is a comment.
//
// Settings, before the first packet:
//
//	date 2024-03-02          the day of the times, UTC; 2024-03-02 if not given
//	container NAME           pcap (default), pcap-ns, pcap-modified, pcapng, snoop; -be appended: big endian
//	link NAME                ethernet (default), sll, sll2, raw, null, loop, ppp; several: one an interface
//	snaplen N                longer packets are cut
//	drops N                  pcapng: what the statistics at the end say was lost
//
// An endpoint is a name of letters and digits and an address with port. mac=
// gives its hardware address.
//
// A packet is a time, who sends to whom, and words. The time is 10:14:03.000,
// or + and a length (+0, +0.2ms, +5s, +1m) after the packet before it.
//
//	SYN,ACK                  flags; SYN ACK FIN RST PSH URG ECE CWR. Without any: PSH,ACK with payload, else ACK
//	"text\r\n"               payload as a Go string
//	hex 16 03 01             payload in hexadecimal, to the end of the line or the next word that is none
//	zeros N                  N bytes of payload
//	tls MESSAGE...           TLS records, see below
//	zk MESSAGE               ZooKeeper: connect_request connect_response expired ping pong close closed;
//	                         session= timeout= zxid=, old=1 leaves the last byte out
//	redis WORD...            a Redis request
//	mysql greeting | mysql ssl_request | mysql error CODE "text"
//	pg startup | pg ssl_request | pg error CODE "text"
//	udp                      a datagram instead of a segment
//	dns query|answer         a DNS message over UDP: id= name= type= rcode= answers=
//	icmp KIND of A>B         an error about the last packet from A to B: port_unreachable host_unreachable
//	                         net_unreachable admin_prohibited ttl_exceeded frag_needed (mtu=)
//	connect                  the three packets that open a connection, rtt= apart (0.2ms)
//	close                    the three packets that close it
//
// Sequence and acknowledgement numbers follow by themselves. They are changed by
//
//	seq=+N seq=-N seq=N      relative to what would follow, or absolute; ack= likewise
//	lost                     sent, but not in the capture
//	again, again=N           the last (Nth last) segment of that direction once more, instead of payload
//	copy, copy=N             the same bytes once more, as another interface would see them
//	take=A:B                 only these bytes of the payload
//	split=N                  payload in segments of N bytes; swap: the last two in the wrong order
//	win=N mss=N wscale=N     header fields; len=N lies about the length on the wire
//	ttl=N id=N               of the IP header
//	cut=N                    only N bytes of the frame are captured
//	frag=N                   the IP payload in fragments of N bytes; frag=N,reverse
//	if=N                     which interface saw it, from 1
//	vlan=N, vlan=N.M, mpls=N, pppoe, gre, ipip, vxlan=N, geneve=N, hop   wrapped in that
//
// The address resolution protocol has lines of its own:
//
//	+1s arp 192.0.2.1 is 02:00:00:00:00:01
//	+1s arp who 192.0.2.1 tell 192.0.2.10 mac=02:00:00:00:00:0a
//
// A loop repeats lines; an endpoint named in it gets the next port (port=) or
// address (host=) each time:
//
//	repeat 20 every 60s port=C
//	  10:00:00 C>S connect
//	end
//
// # TLS messages
//
// Each message is a record of its own; "join" before one puts it into the
// record of the message before it.
//
//	client_hello sni= alpn=h2,http/1.1 version=1.2 versions=1.3,1.2 session psk early offers_ticket pad=N
//	client_hello ssl2 version=1.0
//	server_hello version=1.2 cipher=c02f session psk alpn=    version=1.3 writes supported_versions
//	hello_retry session
//	certificate cn= issuer= from=2024-01-01 until=2025-01-01 names=a,b pad=N
//	server_key_exchange certificate_request server_hello_done client_key_exchange certificate_verify ticket; size=N
//	ccs
//	finished size=40         an encrypted handshake record
//	app size=N               a record of type 23
//	alert fatal NAME|N, alert warning NAME|N
//	sealed_alert size=26     an encrypted alert
//	record type=N version=0303 size=N     anything
package script
