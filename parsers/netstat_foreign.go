package parsers

import (
	"strings"

	"forensic/event"
)

// netstat of the BSDs and macOS: protocols tcp4 and tcp46, a dot before the
// port, columns of kernel addresses in front. A long address is cut short, port
// and all, so an end that fills its column is not believed.
//
//	tcp4       0      0  192.0.2.221.54861      198.51.100.26.443      ESTABLISHED
var _ = addSnapshot(Format{
	Name:  "netstat_bsd",
	Doc:   "netstat on FreeBSD, OpenBSD, NetBSD and macOS: sockets, routes and interfaces.",
	Kinds: append([]event.Kind{unixSocket, bsdRoute, bsdInterface}, socketKinds...),
	Sniff: func(head []byte) Score {
		var b netstatBSD
		known := 0
		sc := snapshotScore(head, func(line string) bool {
			k := b.kindOf(line)
			if k != netstatOther && k != netstatTitle && k != netstatNote {
				known++
			}
			return k != netstatOther
		})
		if known == 0 {
			return Score{0, "no row of a BSD"}
		}
		return sc
	},
	Parse: snapshotOf(netstatBSDRead),
})

var (
	bsdRoute = event.Kind{
		Name: "net.bsd_route", Doc: "One route of a BSD or macOS.",
		Attrs: []string{"destination", "gateway", "flags", "references", "use", "mtu", "interface", "expire"},
	}
	bsdInterface = event.Kind{
		Name: "net.bsd_interface", Doc: "One address of an interface of a BSD or macOS, with what it counted.",
		Attrs: []string{"interface", "mtu", "network", "address", "rx_packets", "rx_errors", "rx_dropped", "rx_bytes", "tx_packets", "tx_errors", "tx_bytes", "collisions", "dropped"},
	}
)

type netstatBSD struct {
	w     words
	table netstatLine
	named []string
	width int // of the column of addresses
	row   socket
}

func (b *netstatBSD) kindOf(line string) netstatLine {
	b.w.split(line)
	w := &b.w
	switch {
	case w.n == 0:
		return netstatTitle
	case b.socket(line, &b.row):
		return netstatSocket
	case b.header(line):
		return netstatTitle
	case b.table == netstatUnix && w.n >= 4 && (w.at(1) == "stream" || w.at(1) == "dgram" || w.at(1) == "seqpac"):
		return netstatUnix
	case b.table == netstatRoute && w.n >= 3:
		return netstatRoute
	case b.table == netstatInterface && w.n >= 4:
		return netstatInterface
	case b.table == netstatCount && w.n >= 2:
		return netstatNote // multipath, kernel events: claimed, of no use here
	}
	return netstatOther
}

func (b *netstatBSD) header(line string) bool {
	w := &b.w
	set := func(t netstatLine) bool {
		b.table, b.named = t, nil
		for i := range w.n {
			b.named = append(b.named, w.at(i))
		}
		return true
	}
	switch first := w.at(0); {
	case strings.HasPrefix(line, "Active Internet connections"):
		return set(netstatSocket)
	case strings.HasPrefix(line, "Active UNIX domain sockets"), strings.HasPrefix(line, "Active LOCAL (UNIX) domain sockets"), first == "Address" && w.at(1) == "Type":
		return set(netstatUnix)
	case strings.HasPrefix(line, "Active kernel ") || strings.HasPrefix(line, "Registered kernel ") || strings.HasPrefix(line, "Active Multipath") || first == "Proto" && !strings.Contains(line, "Local"):
		return set(netstatCount)
	case strings.Contains(line, "Local Address") && strings.Contains(line, "Foreign Address") && (strings.Contains(line, "(state)") || strings.Contains(line, "0-win") || first != "Proto"):
		b.width = strings.Index(line, "Foreign Address") - strings.Index(line, "Local Address") - 1
		return set(netstatSocket)
	case line == "Routing tables" || strings.HasPrefix(line, "Internet6:") || strings.HasPrefix(line, "Internet:"):
		b.table = netstatRoute
		return true
	case first == "Destination" && w.at(1) == "Gateway" && strings.Contains(line, "Netif"):
		return set(netstatRoute)
	case first == "Name" && w.at(1) == "Mtu" && w.at(2) == "Network":
		return set(netstatInterface)
	}
	return false
}

// socket reads a row: [addresses] proto recv send local foreign [state],
// or, with -T and -x, counters in place of the queues' neighbours.
func (b *netstatBSD) socket(line string, to *socket) bool {
	var w words
	w.split(line)
	*to = socket{}
	p := 0
	for p < 3 && !netstatBSDProto(w.at(p)) {
		p++
	}
	if p == 3 || p+2 >= w.n {
		return false
	}
	local := p + 1
	for local < w.n && isNumber(w.at(local)) {
		local++
	}
	if !netstatBSDAddress(w.at(local)) || !netstatBSDAddress(w.at(local+1)) {
		return false
	}
	to.proto = w.at(p)
	if local >= p+3 {
		to.recv, to.send = w.at(p+1), w.at(p+2)
	}
	to.local, to.peer = netstatColon(w.at(local)), netstatColon(w.at(local+1))
	to.cut = b.cut(w.at(local)) || b.cut(w.at(local+1))
	if s := w.at(local + 2); socketStates[s] != "" {
		to.state = s
	}
	return true
}

func netstatBSDProto(s string) bool {
	switch s {
	case "tcp4", "tcp6", "tcp46", "udp4", "udp6", "udp46", "icm4", "icm6", "icmp4", "icmp6", "ip4", "ip6", "divert", "sctp4", "sctp46", "udpl4", "tcp", "udp", "icmp":
		return true
	}
	return false
}

// netstatBSDAddress tells whether a field is an address with a dot before its
// port. Linux has a colon there.
func netstatBSDAddress(s string) bool {
	i := strings.LastIndexByte(s, '.')
	if i < 0 || i == len(s)-1 {
		return s == "*.*"
	}
	host, port := s[:i], s[i+1:]
	if strings.IndexByte(port, ':') >= 0 {
		return false
	}
	if host == "*" || strings.IndexByte(host, ':') >= 0 {
		return true
	}
	if j := strings.LastIndexByte(s, ':'); j >= 0 {
		return false
	}
	return strings.Count(host, ".") > 0 || isHostName(host) || port == "*"
}

// netstatColon writes an address as everybody else does.
func netstatColon(s string) string {
	i := strings.LastIndexByte(s, '.')
	if i < 0 {
		return s
	}
	return s[:i] + ":" + s[i+1:]
}

// cut tells whether an address may have lost its end: its host is cut at 16
// bytes, or 12 where kernel addresses stand in front, and all of it at the
// column's width. A v4 host is never that long.
func (b *netstatBSD) cut(s string) bool {
	i := strings.LastIndexByte(s, '.')
	host := s[:max(i, 0)]
	v4 := strings.Count(host, ".") == 3 && strings.Trim(host, "0123456789.") == ""
	return b.width > 0 && len(s) >= b.width || b.width == 0 && len(s) >= 18 || !v4 && len(host) >= 12 && host != "localhost"
}

func netstatBSDRead(s *snapshot) {
	var b netstatBSD
	table := sockets{s: s, row: b.socket, last: s.n(), whole: true}
	found := false
	for i := range s.n() {
		switch b.kindOf(s.line(i)) {
		case netstatSocket:
			found = true
		case netstatTitle, netstatNote:
			s.claim(i)
		case netstatUnix:
			e := s.begin(unixSocket.Name, i, i)
			e.Set("type", b.w.at(1))
			if last := b.w.at(b.w.n - 1); b.w.n > 8 && strings.ContainsAny(last, "/.") {
				e.Set("path", last)
			}
			s.send()
		case netstatRoute:
			e := s.begin(bsdRoute.Name, i, i)
			b.fill(e, netstatBSDRoutes)
			s.send()
		case netstatInterface:
			e := s.begin(bsdInterface.Name, i, i)
			b.fill(e, netstatBSDInterfaces)
			s.send()
		}
	}
	if found {
		table.read()
	}
}

var (
	netstatBSDRoutes     = map[string]string{"Destination": "destination", "Gateway": "gateway", "Flags": "flags", "Refs": "references", "Use": "use", "Mtu": "mtu", "Netif": "interface", "Expire": "expire"}
	netstatBSDInterfaces = map[string]string{
		"Name": "interface", "Mtu": "mtu", "Network": "network", "Address": "address", "Ipkts": "rx_packets", "Ierrs": "rx_errors", "Idrop": "rx_dropped", "Ibytes": "rx_bytes",
		"Opkts": "tx_packets", "Oerrs": "tx_errors", "Obytes": "tx_bytes", "Coll": "collisions", "Drop": "dropped",
	}
)

// fill sets the cells of a row. Where there are fewer than columns the address
// of an interface, or the time a route expires, is what is missing.
func (b *netstatBSD) fill(e *event.Event, attrs map[string]string) {
	at := 0
	short := len(b.named) - b.w.n
	for _, name := range b.named {
		if short > 0 && name == "Address" {
			short--
			continue
		}
		if v := b.w.at(at); v != "-" {
			e.Set(attrs[name], v)
		}
		at++
	}
}

// netstat on Windows: capitals, no queues, a process and its parts on lines of
// their own with -b.
//
//	TCP    0.0.0.0:135            0.0.0.0:0              LISTENING       1712
var _ = addSnapshot(Format{
	Name:  "netstat_windows",
	Doc:   "netstat on Windows.",
	Kinds: socketKinds,
	Sniff: func(head []byte) Score {
		rows := 0
		sc := snapshotScore(head, func(line string) bool {
			var row socket
			if netstatWindowsRow(line, &row) {
				rows++
				return true
			}
			return rows > 0 && netstatWindowsPart(line) || !strings.Contains(line, ":") && len(strings.Fields(line)) <= 7 && rows == 0
		})
		if rows == 0 {
			return Score{0, "no row of Windows"}
		}
		return sc
	},
	Parse: snapshotOf(func(s *snapshot) {
		rows := 0
		names := map[int]string{}
		last := -1
		for i := range s.n() {
			line := s.line(i)
			var row socket
			switch {
			case netstatWindowsRow(line, &row):
				rows, last = rows+1, i
			case rows == 0 && !strings.Contains(line, ":"), netstatWindowsPart(line):
				s.claim(i)
				if name := strings.TrimSpace(line); last >= 0 && strings.HasPrefix(name, "[") {
					names[last] = strings.Trim(name, "[]")
				}
			}
		}
		if rows == 0 {
			return
		}
		table := sockets{s: s, row: netstatWindowsRow, last: s.n(), whole: true, programs: names}
		table.read()
	}),
})

func netstatWindowsRow(line string, to *socket) bool {
	var w words
	w.split(line)
	*to = socket{}
	if w.n < 3 || w.at(0) != "TCP" && w.at(0) != "UDP" || !netstatAddress(w.at(1)) || !netstatAddress(w.at(2)) {
		return false
	}
	to.proto, to.local, to.peer = strings.ToLower(w.at(0)), w.at(1), w.at(2)
	for i := 3; i < w.n; i++ {
		switch v := w.at(i); {
		case isNumber(v):
			to.pid = v
		case to.state == "" && i == 3:
			to.state = v
		}
	}
	return true
}

// netstatWindowsPart recognises what -b prints under a row: a service, a
// program in brackets, an excuse.
func netstatWindowsPart(line string) bool {
	t := strings.TrimSpace(line)
	return strings.HasPrefix(t, "[") && strings.HasSuffix(t, "]") || strings.HasPrefix(line, " ") && !strings.ContainsAny(t, ":=")
}
