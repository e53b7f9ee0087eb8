package parsers

import (
	"net/netip"
	"strconv"
	"strings"

	"forensic/event"
)

// The files of /proc/net: sockets with their addresses in hexadecimal, counters
// in pairs of lines, what sockets take of memory, interfaces.
//
//	sl  local_address rem_address   st tx_queue rx_queue tr tm->when retrnsmt   uid  timeout inode
//	 0: 0100007F:15B3 00000000:0000 0A 00000000:00000000 00:00000000 00000000     0        0 24013 1
var _ = addSnapshot(Format{
	Name:  "proc_net",
	Doc:   "Files of /proc/net: tcp, udp, unix, netstat, snmp, sockstat, dev.",
	Files: []string{"tcp", "tcp6", "udp", "udp6", "raw", "unix", "sockstat*", "snmp", "netstat", "dev", "dev_mcast", "route", "softnet_stat", "proc_net_*"},
	Kinds: append([]event.Kind{unixSocket, netCounter, netInterface, netMulticast, netRoute}, socketKinds...),
	Sniff: func(head []byte) Score {
		var p procNet
		return snapshotScore(head, func(line string) bool { return p.kindOf(line) != procNetOther })
	},
	Parse: snapshotOf(procNetRead),
})

var netMulticast = event.Kind{
	Name: "net.multicast", Doc: "A multicast address that an interface listens to.",
	Attrs: []string{"interface", "index", "users", "global", "address"},
}

type procNetLine uint8

const (
	procNetOther procNetLine = iota
	procNetHeader
	procNetSocket
	procNetUnix
	procNetNames  // "TcpExt: SyncookiesSent …"
	procNetValues // "TcpExt: 0 …" below it
	procNetStat   // "TCP: inuse 27 orphan 0 …"
	procNetDevice
	procNetGroup
	procNetRouting
	procNetSoft
)

type procNet struct {
	w     words
	row   socket
	names string // the line of names above a line of values
	table procNetLine
}

func (p *procNet) kindOf(line string) procNetLine {
	p.w.split(line)
	w := &p.w
	first := w.at(0)
	switch {
	case w.n == 0, first == "sl" && w.at(1) == "local_address":
		return procNetHeader
	case first == "Num" && w.at(1) == "RefCount":
		p.table = procNetUnix
		return procNetHeader
	case strings.HasPrefix(first, "Inter-|"), strings.HasPrefix(first, "face"):
		p.table = procNetDevice
		return procNetHeader
	case first == "Iface" && w.at(1) == "Destination" && w.at(2) == "Gateway" && w.at(3) == "Flags":
		p.table = procNetRouting
		return procNetHeader
	case p.table == procNetRouting && procNetRouteRow(w, &event.Event{}):
		return procNetRouting
	case softnetRow(w):
		return procNetSoft
	case procNetRow(line, &p.row):
		return procNetSocket
	case p.table == procNetUnix && w.n >= 7 && strings.HasSuffix(first, ":"):
		return procNetUnix
	case p.table == procNetDevice && strings.Contains(line, ":") && w.n >= 10:
		return procNetDevice
	case w.n == 5 && isNumber(first) && isNumber(w.at(2)) && isNumber(w.at(3)) && len(w.at(4)) >= 12 && isHex16(w.at(4)):
		return procNetGroup
	}
	if !strings.HasSuffix(first, ":") || w.n < 2 {
		return procNetOther
	}
	group := strings.TrimSuffix(first, ":")
	switch {
	case p.names != "" && strings.HasPrefix(p.names, first) && procNetNumbers(line):
		return procNetValues
	case netstatGroups[group] && !isNumber(w.at(1)):
		p.names = line
		return procNetNames
	case w.n%2 == 1 && (w.at(1) == "inuse" || w.at(1) == "used") && isNumber(w.at(2)):
		return procNetStat
	}
	return procNetOther
}

// procNetNumbers tells whether all behind the group's name are numbers; some
// kernels print -1.
func procNetNumbers(line string) bool {
	for i, f := range strings.Fields(line) {
		if i > 0 && !isNumber(strings.TrimPrefix(f, "-")) {
			return false
		}
	}
	return true
}

func procNetRead(s *snapshot) {
	var p procNet
	table := sockets{s: s, row: procNetRow, last: s.n(), whole: true}
	found, cpu := false, 0
	for i := range s.n() {
		line := s.line(i)
		switch p.kindOf(line) {
		case procNetHeader, procNetNames:
			s.claim(i)
		case procNetSocket:
			found = true
		case procNetUnix:
			procNetUnixRow(s, i, &p.w)
		case procNetValues:
			procNetPair(s, i, p.names, line)
			p.names = ""
		case procNetStat:
			for k := 1; k+1 < p.w.n; k += 2 {
				procNetCount(s, i, strings.TrimSuffix(p.w.at(0), ":"), p.w.at(k), p.w.at(k+1))
			}
		case procNetDevice:
			procNetInterface(s, i, line)
		case procNetRouting:
			procNetRouteRow(&p.w, s.begin(netRoute.Name, i, i))
			s.send()
		case procNetSoft:
			softnetCounts(s, i, cpu, &p.w)
			cpu++
		case procNetGroup:
			e := s.begin(netMulticast.Name, i, i)
			for k, name := range [...]string{"index", "interface", "users", "global", "address"} {
				e.Set(name, p.w.at(k))
			}
			s.send()
		}
	}
	if found {
		table.read()
	}
}

func procNetCount(s *snapshot, i int, group, name, value string) {
	e := s.begin(netCounter.Name, i, i)
	e.Set("group", group)
	e.Set("name", name)
	e.Set("value", value)
	s.send()
}

// procNetPair emits the counters of two lines.
func procNetPair(s *snapshot, i int, names, values string) {
	n, v := strings.Fields(names), strings.Fields(values)
	group := strings.TrimSuffix(n[0], ":")
	for k := 1; k < min(len(n), len(v)); k++ {
		procNetCount(s, i, group, n[k], v[k])
	}
	if len(n) != len(v) {
		s.odd(i, "names and values of counters differ in number")
	}
}

// procNetStates are the states by their numbers.
var procNetStates = [...]string{
	1: "ESTABLISHED", 2: "SYN_SENT", 3: "SYN_RECV", 4: "FIN_WAIT1", 5: "FIN_WAIT2", 6: "TIME_WAIT", 7: "CLOSE", 8: "CLOSE_WAIT", 9: "LAST_ACK", 10: "LISTEN", 11: "CLOSING", 12: "NEW_SYN_RECV",
}

// procNetRow reads a socket. Which protocol it is of only the file's name says;
// state 7 without a peer is how UDP looks.
func procNetRow(line string, to *socket) bool {
	var w words
	w.split(line)
	*to = socket{}
	if w.n < 10 || !strings.HasSuffix(w.at(0), ":") || !isNumber(strings.TrimSuffix(w.at(0), ":")) {
		return false
	}
	local, v6, ok := procNetAddr(w.at(1))
	peer, _, ok2 := procNetAddr(w.at(2))
	st, err := strconv.ParseUint(w.at(3), 16, 8)
	if !ok || !ok2 || err != nil || st >= uint64(len(procNetStates)) {
		return false
	}
	to.proto, to.local, to.peer, to.state = "tcp", local, peer, procNetStates[st]
	if st == 7 {
		to.proto, to.state = "udp", "UNCONN"
	}
	if v6 {
		to.proto += "6"
	}
	if tx, rx, ok := strings.Cut(w.at(4), ":"); ok {
		to.send, to.recv = hexNumber(tx), hexNumber(rx)
	}
	if kind, when, ok := strings.Cut(w.at(5), ":"); ok && kind != "00" {
		to.timer = kind + " " + hexNumber(when)
	}
	to.user, to.inode = w.at(7), w.at(9)
	return true
}

// procNetAddr decodes an address: four bytes of a word are in the order of the
// machine that wrote them, nearly always the lowest first; ports are not.
func procNetAddr(s string) (text string, v6, ok bool) {
	host, port, ok := strings.Cut(s, ":")
	if !ok || len(host) != 8 && len(host) != 32 || len(port) != 4 {
		return "", false, false
	}
	p, err := strconv.ParseUint(port, 16, 16)
	if err != nil {
		return "", false, false
	}
	var b [16]byte
	for i := 0; i < len(host)/2; i++ {
		n, err := strconv.ParseUint(host[2*i:2*i+2], 16, 8)
		if err != nil {
			return "", false, false
		}
		b[i&^3+3-i&3] = byte(n)
	}
	number := ":" + strconv.FormatUint(p, 10)
	if p == 0 {
		number = ":*"
	}
	if len(host) == 8 {
		return netip.AddrFrom4([4]byte(b[:4])).String() + number, false, true
	}
	a := netip.AddrFrom16(b)
	if a.Is4In6() {
		return a.Unmap().String() + number, true, true
	}
	return "[" + a.String() + "]" + number, true, true
}

func hexNumber(s string) string {
	n, err := strconv.ParseUint(s, 16, 64)
	if err != nil {
		return ""
	}
	return strconv.FormatUint(n, 10)
}

func isHex16(s string) bool {
	return strings.Trim(s, "0123456789abcdefABCDEF") == ""
}

// procNetTypes and procNetUnixStates are the numbers of UNIX sockets.
var (
	procNetTypes      = map[string]string{"0001": "STREAM", "0002": "DGRAM", "0005": "SEQPACKET"}
	procNetUnixStates = map[string]string{"00": "FREE", "01": "UNCONNECTED", "02": "CONNECTING", "03": "CONNECTED", "04": "DISCONNECTING"}
)

// procNetUnixRow reads Num RefCount Protocol Flags Type St Inode [Path]; a
// socket that accepts has bit 0x10000 in its flags.
func procNetUnixRow(s *snapshot, i int, w *words) {
	e := s.begin(unixSocket.Name, i, i)
	e.Set("references", hexNumber(w.at(1)))
	e.Set("type", procNetTypes[w.at(4)])
	state := procNetUnixStates[w.at(5)]
	if len(w.at(3)) == 8 && w.at(3)[3] == '1' && state == "UNCONNECTED" {
		state = "LISTENING"
	}
	e.Set("state", state)
	e.Set("inode", w.at(6))
	e.Set("path", w.rest(7))
	s.send()
}

var procNetDeviceColumns = [...]string{
	"rx_bytes", "rx_packets", "rx_errors", "rx_dropped", "rx_overruns", "rx_frame", "rx_compressed", "rx_multicast",
	"tx_bytes", "tx_packets", "tx_errors", "tx_dropped", "tx_overruns", "tx_collisions", "tx_carrier", "tx_compressed",
}

// procNetInterface reads a line of /proc/net/dev, where a number may touch the
// colon.
func procNetInterface(s *snapshot, i int, line string) {
	name, rest, _ := strings.Cut(line, ":")
	e := s.begin(netInterface.Name, i, i)
	e.Set("interface", strings.TrimSpace(name))
	for k, v := range strings.Fields(rest) {
		if k < len(procNetDeviceColumns) {
			e.Set(procNetDeviceColumns[k], v)
		}
	}
	s.send()
}
