package parsers

import (
	"strings"

	"forensic/event"
)

// What ss prints: rows whose columns depend on what was asked (no Netid for one
// family, no State for one state), details behind them or on lines of their
// own, and the summary of -s.
//
//	State  Recv-Q Send-Q Local Address:Port Peer Address:Port Process
//	ESTAB  0      0      192.0.2.3:44269    192.0.2.77:2181   users:(("java",pid=990,fd=9))
var _ = addSnapshot(Format{
	Name:  "ss",
	Doc:   "ss: sockets and their summary.",
	Files: []string{"ss", "ss_*", "ss-*", "ss.txt"},
	Kinds: append([]event.Kind{unixSocket, socketSummary}, socketKinds...),
	Sniff: func(head []byte) Score {
		var x ss
		return snapshotScore(head, func(line string) bool { return x.kindOf(line) != ssOther })
	},
	Parse: snapshotOf(ssRead),
})

var socketSummary = event.Kind{
	Name: "socket.summary", Doc: "How many sockets of a protocol the kernel counts; established leaves listeners out, which total has.",
	Attrs: []string{"proto", "total", "established", "closed", "orphaned", "synrecv", "time_wait", "ports", "v4", "v6"},
}

// An ssLine is what a line of ss is.
type ssLine uint8

const (
	ssOther ssLine = iota
	ssHeader
	ssSocket
	ssUnix // and netlink, packet and other families without ports
	ssDetail
	ssHalf // a row whose peer stands on the next line: the terminal was narrow
	ssSummary
)

type ss struct {
	w     words
	row   socket
	state string // of all rows, where the command asked for one
	after bool   // a row was seen, so that details may follow
	half  bool   // the line before was half a row
}

func (x *ss) kindOf(line string) ssLine {
	x.w.split(line)
	w := &x.w
	half := x.half
	x.half = false
	switch {
	case half && (line[0] == ' ' || line[0] == '\t') && ssAddress(w.at(0)):
		return ssDetail
	case w.n == 0:
		return ssHeader
	case strings.Contains(line, "Recv-Q") && strings.Contains(line, "Send-Q") && (strings.Contains(line, "Local Address") || strings.Contains(line, "Peer")):
		x.after = true
		return ssHeader
	case strings.HasPrefix(line, "RTNETLINK answers: "), strings.HasPrefix(line, "Cannot open netlink socket"), strings.HasPrefix(line, "TCPDIAG answers: "):
		return ssHeader // an old kernel's answer to what a newer ss asked first
	case x.socket(line, &x.row):
		x.after = true
		return ssSocket
	case x.after && x.isHalf():
		x.half = true
		return ssHalf
	case ssOtherFamily(w):
		x.after = true
		return ssUnix
	case x.after && (line[0] == '\t' || line[0] == ' ') && ssDetails(line):
		return ssDetail
	case ssCounts(line, &event.Event{}):
		return ssSummary
	case w.at(0) == "Transport" && w.at(1) == "Total":
		return ssHeader
	}
	return ssOther
}

// isHalf tells a row that ends behind its local address.
func (x *ss) isHalf() bool {
	w, i := &x.w, 0
	switch w.at(0) {
	case "tcp", "udp", "raw", "sctp", "dccp", "mptcp":
		i++
	}
	if s := w.at(i); socketState(s) != s || s == "LISTEN" || s == "CLOSING" || s == "UNCONN" {
		i++
	}
	return (i > 0 || x.state != "") && w.n == i+3 && isNumber(w.at(i)) && isNumber(w.at(i+1)) && ssAddress(w.at(i+2))
}

// ssDetails recognises what -i, -m and -o put on lines of their own.
func ssDetails(line string) bool {
	return strings.Contains(line, "skmem:") || strings.Contains(line, "rto:") || strings.Contains(line, "wscale:") || strings.Contains(line, "cwnd:") || strings.Contains(line, "timer:(") ||
		strings.Contains(line, "users:((") || strings.Contains(line, "ino:") || strings.Contains(line, "bytes_")
}

func ssRead(s *snapshot) {
	x := ss{state: ssAsked(commandOf(s.in))}
	joined := map[int]string{}
	table := sockets{s: s, row: x.socket, last: s.n(), joined: joined}
	found := false
	for i := range s.n() {
		line := s.line(i)
		switch x.kindOf(line) {
		case ssSocket:
			found = true
		case ssHeader:
			s.claim(i)
			table.whole = true
		case ssHalf:
			found = true
			if i+1 < s.n() {
				joined[i] = line + " " + strings.TrimSpace(s.line(i+1))
			}
		case ssDetail:
			s.claim(i)
		case ssUnix:
			ssUnixRow(s, i, &x.w)
		case ssSummary:
			ssCounts(line, s.begin(socketSummary.Name, i, i))
			s.send()
		}
	}
	if found {
		table.read()
	}
}

// ssAsked is the one state that a command asked for, whose column ss then
// leaves out: "ss -tan state time-wait".
func ssAsked(command string) string {
	f := strings.Fields(command)
	for i := 0; i+1 < len(f); i++ {
		if f[i] == "state" {
			state := strings.ToUpper(f[i+1])
			if state == "ESTABLISHED" {
				return "ESTAB"
			}
			return state
		}
	}
	return ""
}

// socket reads a row:
//
//	[Netid] [State] Recv-Q Send-Q Local:Port Peer:Port [details]
func (x *ss) socket(line string, to *socket) bool {
	w := &x.w
	w.split(line)
	*to = socket{state: x.state}
	i := 0
	switch w.at(0) {
	case "tcp", "udp", "raw", "sctp", "dccp", "mptcp", "icmp6":
		to.proto = w.at(0)
		i++
	}
	if s := socketState(w.at(i)); s != w.at(i) || s == "LISTEN" || s == "CLOSING" || s == "UNCONN" || s == "UNKNOWN" {
		to.state = w.at(i)
		i++
	}
	if i == 0 && x.state == "" && !x.after || !isNumber(w.at(i)) || !isNumber(w.at(i+1)) || !ssAddress(w.at(i+2)) || !ssAddress(w.at(i+3)) {
		return false
	}
	to.recv, to.send, to.local, to.peer = w.at(i), w.at(i+1), w.at(i+2), w.at(i+3)
	if to.proto == "" {
		to.proto = "tcp"
		if to.state == "UNCONN" {
			to.proto = "udp"
		}
	}
	ssExtra(w.rest(i+4), to)
	return true
}

// ssAddress tells whether a field is address:port; netlink has names there.
func ssAddress(s string) bool {
	i := strings.LastIndexByte(s, ':')
	if i <= 0 || i == len(s)-1 {
		return false
	}
	host, port := s[:i], s[i+1:]
	if port != "*" && portNumber(port) < 0 && strings.ContainsAny(port, "/.") {
		return false
	}
	return host == "*" || strings.ContainsAny(host, ".:[%") || host == "localhost" || portNumber(port) >= 0 && isHostName(host)
}

// ssExtra reads the details behind a row.
func ssExtra(s string, to *socket) {
	if _, users, ok := strings.Cut(s, `users:(("`); ok {
		name, rest, _ := strings.Cut(users, `"`)
		to.program = name
		rest = strings.TrimPrefix(strings.TrimPrefix(rest, ","), "pid=")
		to.pid = leadingDigits(rest)
	}
	if _, timer, ok := strings.Cut(s, "timer:("); ok {
		to.timer, _, _ = strings.Cut(timer, ")")
	}
	for _, f := range strings.Fields(s) {
		if v, ok := strings.CutPrefix(f, "ino:"); ok {
			to.inode = v
		} else if v, ok := strings.CutPrefix(f, "uid:"); ok {
			to.user = v
		}
	}
}

// ssOtherFamily recognises rows of UNIX sockets, netlink and packet sockets.
func ssOtherFamily(w *words) bool {
	switch w.at(0) {
	case "u_str", "u_seq", "u_dgr", "nl", "p_raw", "p_dgr", "xdp", "ti_st", "ti_rd", "v_str", "v_dgr", "???":
		return w.n >= 5 && isNumber(w.at(2)) && isNumber(w.at(3))
	}
	return false
}

// ssUnixRow reads a row without ports: local and peer are a name and a number
// each, parted by a blank for UNIX sockets.
func ssUnixRow(s *snapshot, i int, w *words) {
	e := s.begin(unixSocket.Name, i, i)
	e.Set("type", w.at(0))
	e.Set("state", w.at(1))
	e.Set("path", w.at(4))
	if isNumber(w.at(5)) {
		e.Set("inode", w.at(5))
	}
	var to socket
	ssExtra(w.rest(5), &to)
	e.Set(event.PID, to.pid)
	e.Set("program", to.program)
	s.send()
}

// ssCounts reads the lines of ss -s:
//
//	TCP:   26 (estab 5, closed 18, orphaned 0, synrecv 0, timewait 15/0), ports 0
//	RAW       1         0         1
func ssCounts(line string, e *event.Event) bool {
	if name, rest, ok := strings.Cut(line, ":"); ok && (name == "TCP" || name == "Total") && len(rest) > 1 {
		total := leadingDigits(strings.TrimSpace(rest))
		if total == "" {
			return false
		}
		e.Set("proto", strings.ToLower(name))
		e.Set("total", total)
		_, inside, _ := strings.Cut(rest, "(")
		for _, part := range strings.Split(strings.ReplaceAll(inside, ")", ""), ",") {
			word, n, _ := strings.Cut(strings.TrimSpace(part), " ")
			n, _, _ = strings.Cut(n, "/")
			switch word {
			case "estab":
				e.Set("established", n)
			case "closed", "orphaned", "synrecv", "ports":
				e.Set(word, n)
			case "timewait":
				e.Set("time_wait", n)
			}
		}
		return true
	}
	var w words
	w.split(line)
	if w.n != 4 || !isNumber(w.at(1)) || !isNumber(w.at(2)) && w.at(2) != "-" || !isNumber(w.at(3)) && w.at(3) != "-" {
		return false
	}
	switch w.at(0) {
	case "*", "RAW", "UDP", "TCP", "INET", "FRAG":
		e.Set("proto", strings.ToLower(w.at(0)))
		if w.at(0) == "*" {
			e.Attrs[len(e.Attrs)-1].Value = "all"
		}
		e.Set("total", w.at(1))
		e.Set("v4", strings.Trim(w.at(2), "-"))
		e.Set("v6", strings.Trim(w.at(3), "-"))
		return true
	}
	return false
}
