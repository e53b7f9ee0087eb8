package parsers

import (
	"strings"

	"forensic/event"
)

// What netstat of net-tools and busybox prints on Linux: sockets, UNIX sockets,
// routes, interfaces, counters. Titles are in the language of the machine, and
// columns shift where a field overflows, so rows are known by their fields.
//
//	tcp        0      0 192.0.2.3:44269         192.0.2.77:2181         TIME_WAIT   -
var _ = addSnapshot(Format{
	Name:  "netstat",
	Doc:   "netstat on Linux: sockets, routes, interfaces and counters.",
	Files: []string{"netstat*", "*netstat*.txt"},
	Kinds: append([]event.Kind{unixSocket, netRoute, netInterface, netCounter}, socketKinds...),
	Sniff: func(head []byte) Score {
		var n netstat
		return snapshotScore(head, func(line string) bool { return n.kindOf(line) != netstatOther })
	},
	Parse: snapshotOf(netstatRead),
})

var unixSocket = event.Kind{
	Name: "socket.unix", Doc: "One UNIX socket in a snapshot.",
	Attrs: []string{"type", "state", "inode", event.PID, "program", "path", "references"},
}

// A netstatLine is what a line of netstat's output is.
type netstatLine uint8

const (
	netstatOther netstatLine = iota
	netstatTitle             // a title or a header of columns
	netstatSocket
	netstatUnix
	netstatRoute
	netstatInterface
	netstatGroup // "TcpExt:"
	netstatCount // a counter
	netstatNote  // usage and warnings of netstat itself
)

// A netstat remembers the table it is in.
type netstat struct {
	w     words
	table netstatLine // netstatRoute, netstatInterface or netstatGroup where the header said so
	named []string    // of the table's columns
	group string      // of counters
	row   socket
}

// kindOf tells what a line is, from its fields and the header above it.
func (n *netstat) kindOf(line string) netstatLine {
	n.w.split(line)
	switch {
	case n.w.n == 0:
		return netstatTitle
	case netstatRow(line, &n.row):
		return netstatSocket
	case n.w.at(0) == "unix" && n.w.n > 4:
		return netstatUnix
	case n.header(line):
		return netstatTitle
	case strings.HasPrefix(line, "(") && strings.HasSuffix(strings.TrimRight(line, " "), ")"), strings.HasPrefix(line, " will not be shown, you would have to be root"), strings.HasPrefix(line, "netstat: "):
		return netstatNote
	case n.table == netstatRoute && n.w.n >= 5 && n.w.n <= len(n.named)+1:
		return netstatRoute
	case n.table == netstatInterface && n.w.n >= 4 && isNumber(n.w.at(1)):
		return netstatInterface
	case n.table == 0 && netstatKnownCounter(&n.w):
		return netstatCount
	case n.table == netstatGroup && (line[0] == ' ' || line[0] == '\t') && netstatCounted(&n.w):
		return netstatCount
	}
	return netstatOther
}

// header recognises titles and the names of columns, which stay English where
// titles are translated.
func (n *netstat) header(line string) bool {
	w := &n.w
	first := w.at(0)
	switch {
	case first == "Proto" && (strings.Contains(line, "Recv-Q") || strings.Contains(line, "RefCnt") || w.n > 3),
		strings.HasPrefix(line, "Active ") && strings.Contains(line, "connections"), strings.HasPrefix(line, "Active UNIX domain sockets"):
		n.table = netstatSocket
		return true
	case strings.Contains(line, "Recv-Q") && strings.Contains(line, "Send-Q"):
		n.table = netstatSocket
		return true
	case strings.Contains(line, "Kernel") && strings.Contains(line, "routing table"), first == "Destination" && strings.Contains(line, "Gateway"):
		n.columns(netstatRoute)
		return true
	case strings.HasPrefix(line, "Kernel Interface table"), first == "Iface" && strings.Contains(line, "RX-OK"):
		n.columns(netstatInterface)
		return true
	case w.n == 1 && strings.HasSuffix(first, ":") && line[0] != ' ' && netstatGroups[strings.TrimSuffix(first, ":")]:
		n.table, n.group = netstatGroup, strings.TrimSuffix(first, ":")
		return true
	case w.n <= 14 && strings.IndexByte(line, ':') < 0 && (strings.Contains(line, "nternet") || strings.Contains(line, "UNIX") || strings.Contains(line, "Unix")) && !isNumber(first):
		n.table = netstatSocket // a title in another language
		return true
	}
	return false
}

// columns remembers the names in a header.
func (n *netstat) columns(table netstatLine) {
	n.table, n.named = table, nil
	for i := range n.w.n {
		n.named = append(n.named, n.w.at(i))
	}
}

// netstatRead goes over the lines; a run of sockets is one table.
func netstatRead(s *snapshot) {
	var n netstat
	table := sockets{s: s, row: netstatRow, last: s.n()}
	found := false
	for i := range s.n() {
		line := s.line(i)
		switch n.kindOf(line) {
		case netstatSocket:
			found = true
		case netstatTitle, netstatNote:
			s.claim(i)
			table.whole = table.whole || n.table == netstatSocket && n.w.at(0) == "Proto"
			if strings.HasPrefix(line, "netstat: ") {
				s.odd(i, "netstat could not do all it was asked")
			}
		case netstatUnix:
			netstatUnixRow(s, i, &n.w, line)
		case netstatRoute:
			netstatRouteRow(s, i, &n)
		case netstatInterface:
			netstatInterfaceRow(s, i, &n)
		case netstatCount:
			n.group = netstatCounter(s, i, n.group, &n.w)
		}
	}
	if found {
		table.read()
	}
}

// netstatRow reads a row of sockets:
//
//	Proto Recv-Q Send-Q Local Foreign [State] [User Inode] [PID/Program name] [Timer]
//
// What follows the addresses is told apart by its shape, since a pasted row has
// no header.
func netstatRow(line string, to *socket) bool {
	var w words
	w.split(line)
	*to = socket{}
	if w.n < 5 || !netstatProto(w.at(0)) || !isNumber(w.at(1)) || !isNumber(w.at(2)) || !netstatAddress(w.at(3)) || !netstatAddress(w.at(4)) {
		return false
	}
	to.proto, to.recv, to.send, to.local, to.peer = w.at(0), w.at(1), w.at(2), w.at(3), w.at(4)
	to.cut = netstatCut(to.local) || netstatCut(to.peer)
	next := 5
	if s := w.at(5); netstatIsState(s, to.proto) {
		to.state, next = s, 6
	}
	end := w.n
	if end-next >= 2 && strings.HasPrefix(w.at(end-1), "(") && strings.Count(w.at(end-1), "/") == 2 {
		to.timer, end = w.between(end-2, end), end-2
	}
	// user and inode stand together, and a name with a slash is no user
	if end-next >= 2 && isNumber(w.at(next+1)) && !strings.Contains(w.at(next), "/") && (end-next == 2 || netstatProgram(w.at(next+2))) {
		to.user, to.inode, next = w.at(next), w.at(next+1), next+2
	}
	if next < end && netstatProgram(w.at(next)) {
		if id, _, ok := strings.Cut(w.at(next), "/"); ok {
			to.pid = id
			to.program = strings.TrimPrefix(w.between(next, end), id+"/")
		}
		return true
	}
	return next == end
}

func netstatProgram(s string) bool {
	if s == "-" {
		return true
	}
	id, _, ok := strings.Cut(s, "/")
	return ok && isNumber(id)
}

func netstatProto(s string) bool {
	switch s {
	case "tcp", "tcp6", "udp", "udp6", "udplite", "udplite6", "udpl", "udpl6", "raw", "raw6", "sctp", "sctp6", "dccp", "dccp6", "l2cap", "rfcomm":
		return true
	}
	return false
}

// netstatAddress tells whether a field is address:port as Linux writes it: the
// port is behind the last colon and has no dot.
func netstatAddress(s string) bool {
	i := strings.LastIndexByte(s, ':')
	if i < 0 || i == len(s)-1 {
		return false
	}
	return strings.IndexByte(s[i+1:], '.') < 0
}

// netstatCut tells whether an address fills its 23 columns, so that it may have
// lost its end. A v4 address never does.
func netstatCut(s string) bool {
	if len(s) != 23 {
		return false
	}
	host := s[:strings.LastIndexByte(s, ':')]
	return strings.Count(host, ".") != 3 || strings.Trim(host, "0123456789.") != ""
}

// netstatIsState tells whether the field behind the addresses is a state: a
// word in capitals, or the number of a raw socket.
func netstatIsState(s, proto string) bool {
	if strings.HasPrefix(proto, "raw") {
		return isNumber(s) && len(s) <= 2
	}
	if _, ok := socketStates[s]; ok {
		return true
	}
	if len(s) < 4 || !strings.HasPrefix(proto, "tcp") && !strings.HasPrefix(proto, "sctp") || strings.Contains(s, "/") {
		return false
	}
	return s == strings.ToUpper(s) && strings.IndexAny(s, "abcdefghijklmnopqrstuvwxyz0123456789") < 0
}

// netstatUnixRow reads a UNIX socket:
//
//	unix  2      [ ACC ]     STREAM     LISTENING     8981     1/systemd            /run/x
func netstatUnixRow(s *snapshot, i int, w *words, line string) {
	e := s.begin(unixSocket.Name, i, i)
	e.Set("references", w.at(1))
	next := 2
	if end := strings.IndexByte(line, ']'); end > 0 {
		for next < w.n && w.from[next] <= end {
			next++
		}
	}
	e.Set("type", w.at(next))
	next++
	if !isNumber(w.at(next)) {
		e.Set("state", w.at(next))
		next++
	}
	e.Set("inode", w.at(next))
	next++
	if p := w.at(next); netstatProgram(p) {
		if id, _, ok := strings.Cut(p, "/"); ok {
			e.Set(event.PID, id)
			end := next + 1
			for end < w.n && w.from[end]-w.to[end-1] == 1 { // a program's name may have blanks
				end++
			}
			e.Set("program", strings.TrimPrefix(w.between(next, end), id+"/"))
			next = end - 1
		}
		next++
	}
	e.Set("path", w.rest(next))
	s.send()
}
