package parsers

import (
	"strings"

	"forensic/event"
)

var (
	netRoute = event.Kind{
		Name: "net.route", Doc: "One route in a snapshot.",
		Attrs: []string{"destination", "gateway", "genmask", "flags", "metric", "references", "use", "mss", "window", "irtt", "interface"},
	}
	netInterface = event.Kind{
		Name: "net.interface", Doc: "A network interface in a snapshot, with what it counted since it came up.",
		Attrs: []string{
			"interface", "mtu", "metric", "flags", "state", "address", "mac", "rx_packets", "rx_bytes", "rx_errors", "rx_dropped", "rx_overruns", "rx_frame",
			"rx_compressed", "rx_multicast", "tx_packets", "tx_bytes", "tx_errors", "tx_dropped", "tx_overruns", "tx_carrier", "tx_collisions", "tx_compressed",
		},
	}
	netCounter = event.Kind{
		Name: "net.counter", Doc: "A counter of the network stack since the machine started, by the kernel's own name where it has one.",
		Attrs: []string{"group", "name", "value"},
	}
)

// netstatRouteColumns gives the columns of netstat -r their names.
var netstatRouteColumns = map[string]string{
	"Destination": "destination", "Gateway": "gateway", "Genmask": "genmask", "Flags": "flags", "Metric": "metric", "Ref": "references", "Use": "use",
	"MSS": "mss", "Window": "window", "irtt": "irtt", "Iface": "interface", "Next": "gateway", "Met": "metric", "If": "interface",
}

// netstatRouteRow reads a route by the header above it.
func netstatRouteRow(s *snapshot, i int, n *netstat) {
	e := s.begin(netRoute.Name, i, i)
	cells := n.w.n
	for k, name := range n.named {
		if k < cells {
			e.Set(netstatRouteColumns[name], n.w.at(k))
		}
	}
	s.send()
}

var netstatInterfaceColumns = map[string]string{
	"Iface": "interface", "MTU": "mtu", "Met": "metric", "RX-OK": "rx_packets", "RX-ERR": "rx_errors", "RX-DRP": "rx_dropped", "RX-OVR": "rx_overruns",
	"TX-OK": "tx_packets", "TX-ERR": "tx_errors", "TX-DRP": "tx_dropped", "TX-OVR": "tx_overruns", "Flg": "flags",
}

// netstatInterfaceRow reads an interface. One without statistics says so in
// words instead of numbers.
func netstatInterfaceRow(s *snapshot, i int, n *netstat) {
	e := s.begin(netInterface.Name, i, i)
	for k, name := range n.named {
		if v := n.w.at(k); k < 2 || name == "Flg" || isNumber(v) {
			e.Set(netstatInterfaceColumns[name], v)
		}
	}
	s.send()
}

var netstatGroups = map[string]bool{
	"Ip": true, "Ip6": true, "Icmp": true, "Icmp6": true, "IcmpMsg": true, "Icmp6Msg": true, "Tcp": true, "TcpExt": true, "Udp": true, "Udp6": true,
	"UdpLite": true, "UdpLite6": true, "IpExt": true, "MPTcpExt": true, "Sctp": true, "TCPExt": true,
}

// netstatCounted tells whether a line under a group counts something: a number
// before words, among them, or behind a colon.
func netstatCounted(w *words) bool {
	for i := range w.n {
		if isNumber(w.at(i)) {
			return true
		}
	}
	return w.n <= 4 && strings.HasSuffix(w.rest(0), ":") // "ICMP input histogram:"
}

// netstatKnownCounter recognises a counter that lost its group to a grep, by
// what it is called.
func netstatKnownCounter(w *words) bool {
	if w.n < 2 {
		return false
	}
	if isNumber(w.at(0)) {
		return netstatNames[strings.TrimSuffix(w.rest(1), ":")] != ""
	}
	return w.n == 2 && isNumber(w.at(1)) && strings.HasPrefix(w.at(0), "TCP") && strings.HasSuffix(w.at(0), ":") && len(w.at(0)) > 5
}

// netstatCounter reads one counter of netstat -s and returns its group. A title
// inside a group ("ICMP input histogram:") parts what came in from what went
// out.
func netstatCounter(s *snapshot, i int, group string, w *words) string {
	at := -1
	for k := range w.n {
		if isNumber(w.at(k)) {
			at = k
			break
		}
	}
	if at < 0 {
		s.claim(i)
		base, _, _ := strings.Cut(group, " ")
		return base + " " + strings.ToLower(w.at(1))
	}
	name := strings.TrimSuffix(w.at(0), ":")
	if at > 0 && w.n == 2 { // "TCPTimeWaitOverflow: 5"
		if known, ok := netstatNames[name]; ok {
			name = known
		}
	} else {
		phrase := w.rest(at + 1)
		if at > 0 {
			phrase = strings.TrimSpace(w.between(0, at) + " " + phrase)
		}
		name = strings.TrimSuffix(phrase, ":")
		if known, ok := netstatNames[name]; ok {
			name = known
		}
	}
	e := s.begin(netCounter.Name, i, i)
	e.Set("group", group)
	e.Set("name", name)
	e.Set("value", w.at(at))
	s.send()
	return group
}

// netstatNames are the kernel's names for what netstat -s says in words, old
// misspellings included, so that a counter is the same one in every tool.
var netstatNames = map[string]string{
	"active connections openings": "ActiveOpens", "active connection openings": "ActiveOpens", "passive connection openings": "PassiveOpens", "passive connections openings": "PassiveOpens",
	"failed connection attempts": "AttemptFails", "connection resets received": "EstabResets", "connections established": "CurrEstab",
	"segments received": "InSegs", "segments send out": "OutSegs", "segments sent out": "OutSegs", "segments retransmited": "RetransSegs", "segments retransmitted": "RetransSegs",
	"bad segments received.": "InErrs", "bad segments received": "InErrs", "resets sent": "OutRsts",
	"times the listen queue of a socket overflowed": "ListenOverflows", "SYNs to LISTEN sockets dropped": "ListenDrops", "SYNs to LISTEN sockets ignored": "ListenDrops",
	"SYN cookies sent": "SyncookiesSent", "SYN cookies received": "SyncookiesRecv", "invalid SYN cookies received": "SyncookiesFailed", "resets received for embryonic SYN_RECV sockets": "EmbryonicRsts",
	"passive connections rejected because of time stamp": "PAWSPassive", "active connections rejected because of time stamp": "PAWSActive",
	"packets rejected in established connections because of timestamp": "PAWSEstab", "packets rejects in established connections because of timestamp": "PAWSEstab",
	"TCP sockets finished time wait in fast timer": "TW", "time wait sockets recycled by time stamp": "TWRecycled", "TCP sockets finished time wait in slow timer": "TWKilled",
	"delayed acks sent": "DelayedACKs", "connections reset due to unexpected data": "TCPAbortOnData", "connections reset due to early user close": "TCPAbortOnClose",
	"connections aborted due to memory pressure": "TCPAbortOnMemory", "connections aborted due to timeout": "TCPAbortOnTimeout", "connections aborted after user close in linger timeout": "TCPAbortOnLinger",
	"times unable to send RST due to no memory": "TCPAbortFailed", "fast retransmits": "TCPFastRetrans", "retransmits in slow start": "TCPSlowStartRetrans", "other TCP timeouts": "TCPTimeouts",
	"packets pruned from receive queue because of socket buffer overrun": "PruneCalled", "packets collapsed in receive queue due to low socket buffer": "TCPRcvCollapsed",
	"packets dropped from out-of-order queue because of socket buffer overrun": "OfoPruned", "connections aborted": "TCPAbortOnData",
	"packet receive errors": "InErrors", "packets to unknown port received.": "NoPorts", "packets to unknown port received": "NoPorts", "receive buffer errors": "RcvbufErrors", "send buffer errors": "SndbufErrors",
	"packets received": "InDatagrams", "packets sent": "OutDatagrams", "total packets received": "InReceives", "incoming packets discarded": "InDiscards", "incoming packets delivered": "InDelivers",
	"requests sent out": "OutRequests", "outgoing packets dropped": "OutDiscards", "dropped because of missing route": "OutNoRoutes", "fragments dropped after timeout": "ReasmTimeout", "forwarded": "ForwDatagrams",
	"with invalid addresses": "InAddrErrors", "with invalid headers": "InHdrErrors", "reassemblies required": "ReasmReqds", "packets reassembled ok": "ReasmOKs", "packet reassembles failed": "ReasmFails", "packet reassemblies failed": "ReasmFails",
}
