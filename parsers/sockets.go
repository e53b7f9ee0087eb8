package parsers

import (
	"cmp"
	"slices"
	"strconv"
	"strings"

	"forensic/event"
)

// A socket is one row of a snapshot of sockets, as written.
type socket struct {
	proto, local, peer string // addresses with their ports
	state              string
	recv, send         string
	pid, program       string
	user, inode, timer string
	cut                bool // an address may be only the beginning of itself
}

// socketKinds are what every reader of sockets emits.
var socketKinds = []event.Kind{event.SocketRow, event.SocketStates}

// Sockets is the table of one snapshot. Rows are read three times: who listens
// and which ends recur, then which connections have both their ends here, then
// for good. Nothing is kept of a row between.
type sockets struct {
	s     *snapshot
	row   func(line string, to *socket) bool // reads a row
	first int                                // the table is lines [first, last)
	last  int
	whole bool // nothing was filtered out: it has its header

	joined   map[int]string // rows that go on on the next line, whole
	programs map[int]string // of rows whose program stands on another line

	listening map[int]bool // ports
	anyListen bool
	here      map[string]bool      // hosts of this machine
	times     map[socketEnd]int    // how often an end occurs
	both      map[[2]socketEnd]int // connections of the machine with itself: 1 seen, 2 counted
	groups    map[socketGroup]*socketCount
}

type socketEnd struct {
	host string
	port int
}

// A socketGroup is what rows are counted by.
type socketGroup struct {
	proto, state, role string
	local, peer        socketEnd // with the parts that count
}

type socketCount struct {
	n, line int
	host    string // of the local end, "" where several
}

// read goes through the table and emits its rows, then its groups.
func (t *sockets) read() {
	t.listening, t.here, t.times = map[int]bool{}, map[string]bool{}, map[socketEnd]int{}
	t.both, t.groups = map[[2]socketEnd]int{}, map[socketGroup]*socketCount{}
	var row socket
	t.each(&row, func(int) {
		local, peer := endOf(row.local), endOf(row.peer)
		if state := socketState(row.state); state == "LISTEN" || state == "" && peer.port == 0 {
			t.listening[local.port] = true
			t.anyListen = t.anyListen || state == "LISTEN"
			return
		}
		t.here[local.host] = true
		t.times[local]++
		t.times[peer]++
	})
	t.each(&row, func(int) {
		local, peer := endOf(row.local), endOf(row.peer)
		if peer.port != 0 && t.here[peer.host] {
			t.both[[2]socketEnd{local, peer}] = 1
		}
	})
	t.each(&row, t.emit(&row))
	t.emitGroups()
}

// each reads every row of the table.
func (t *sockets) each(row *socket, do func(line int)) {
	for i := t.first; i < t.last; i++ {
		*row = socket{}
		line := t.s.line(i)
		if whole := t.joined[i]; whole != "" {
			line = whole
		}
		if t.row(line, row) {
			if p := t.programs[i]; p != "" {
				row.program = p
			}
			do(i)
		}
	}
}

// emit sends a row and counts it.
func (t *sockets) emit(row *socket) func(int) {
	return func(line int) {
		e := t.s.begin(event.SocketRow.Name, line, line)
		for _, a := range [...]event.Attr{
			{Name: "proto", Value: row.proto}, {Name: "local", Value: row.local}, {Name: "peer", Value: row.peer}, {Name: "state", Value: row.state},
			{Name: "recv_queue", Value: row.recv}, {Name: "send_queue", Value: row.send}, {Name: event.PID, Value: row.pid},
			{Name: "program", Value: row.program}, {Name: "user", Value: row.user}, {Name: "inode", Value: row.inode}, {Name: "timer", Value: row.timer},
		} {
			e.Set(a.Name, a.Value)
		}
		local, peer := endOf(row.local), endOf(row.peer)
		role := t.role(row, local, peer)
		if !row.cut {
			switch role {
			case "server":
				e.Set(event.Client, peer.String())
				e.Set(event.Server, local.String())
			case "client":
				e.Set(event.Client, local.String())
				e.Set(event.Server, peer.String())
			}
		}
		t.s.send()
		t.count(row, line, role, local, peer)
	}
}

// role tells what the local end of a row is: "listen", "server", "client", or
// "" where nothing tells.
func (t *sockets) role(row *socket, local, peer socketEnd) string {
	if peer.port == 0 && peer.open() {
		return "listen"
	}
	if socketState(row.state) == "LISTEN" {
		return "listen"
	}
	if local.port < 0 && peer.port < 0 {
		return ""
	}
	localListens, peerListens := t.listening[local.port], t.here[peer.host] && t.listening[peer.port]
	if localListens != peerListens {
		return roleOf(localListens)
	}
	if localListens {
		return ""
	}
	if l, p := t.times[local], t.times[peer]; l != p && min(l, p) == 1 && max(l, p) > 1 {
		return roleOf(l > p)
	}
	if t.whole && t.anyListen && !t.here[peer.host] {
		return "client" // who accepts has a listener
	}
	if l, p := knownPorts[local.port], knownPorts[peer.port]; l != p {
		return roleOf(l)
	}
	if l, p := local.port < 1024, peer.port < 1024; l != p {
		return roleOf(l)
	}
	if l, p := local.port < ephemeral, peer.port < ephemeral; l != p {
		return roleOf(l)
	}
	return ""
}

// ephemeral is where Linux begins to give ports to clients.
const ephemeral = 32768

func roleOf(local bool) string {
	if local {
		return "server"
	}
	return "client"
}

// count adds a row to its group. A connection of the machine with itself has
// two rows and counts once, where its server is.
func (t *sockets) count(row *socket, line int, role string, local, peer socketEnd) {
	pair := [2]socketEnd{local, peer}
	if mirror := [2]socketEnd{peer, local}; local != peer && t.both[pair] > 0 && t.both[mirror] > 0 {
		if role == "client" || role == "" && t.both[mirror] == 2 {
			return
		}
		t.both[pair] = 2
	}
	if strings.HasPrefix(row.proto, "raw") {
		return
	}
	g := socketGroup{proto: strings.TrimRight(row.proto, "46"), state: socketState(row.state), role: role}
	switch role {
	case "listen":
		if g.state == "" {
			g.state = "UNCONN"
		}
		g.local = local
	case "server":
		g.local, g.peer = socketEnd{port: local.port}, socketEnd{host: peer.host}
	case "client":
		g.peer = peer
	default:
		g.local, g.peer = socketEnd{port: local.port}, peer
	}
	c := t.groups[g]
	if c == nil {
		t.groups[g] = &socketCount{n: 1, line: line, host: local.host}
		return
	}
	c.n++
	if c.host != local.host {
		c.host = ""
	}
}

// emitGroups sends the groups in the order of their first rows.
func (t *sockets) emitGroups() {
	keys := make([]socketGroup, 0, len(t.groups))
	for g := range t.groups {
		keys = append(keys, g)
	}
	slices.SortFunc(keys, func(a, b socketGroup) int {
		return cmp.Or(cmp.Compare(t.groups[a].line, t.groups[b].line), strings.Compare(a.state, b.state), strings.Compare(a.peer.host, b.peer.host), cmp.Compare(a.peer.port, b.peer.port), cmp.Compare(a.local.port, b.local.port))
	})
	for _, g := range keys {
		c := t.groups[g]
		e := t.s.begin(event.SocketStates.Name, c.line, c.line)
		e.Set("proto", g.proto)
		e.Set("state", g.state)
		e.Set("local.host", c.host)
		e.Set("local.port", portText(g.local.port))
		e.Set("peer.host", g.peer.host)
		e.Set("peer.port", portText(g.peer.port))
		e.Set("count", strconv.Itoa(c.n))
		e.Set("role", g.role)
		t.s.send()
	}
}

func portText(port int) string {
	if port <= 0 {
		return ""
	}
	return strconv.Itoa(port)
}

// endOf reads an address with its port behind the last colon, in whichever of
// the tools' spellings: [::1]:80, ::1:80, :::80, *:80, ::ffff:192.0.2.1:80,
// 127.0.0.53%lo:53. A v4 address in v6 clothes loses them.
func endOf(s string) socketEnd {
	i := strings.LastIndexByte(s, ':')
	if i < 0 {
		return socketEnd{host: s}
	}
	return socketEnd{bareHost(s[:i]), portNumber(s[i+1:])}
}

// bareHost takes brackets, scopes and the clothes of a v4 address off.
func bareHost(h string) string {
	if i := strings.IndexByte(h, '%'); i > 0 {
		h = h[:i]
	}
	h = strings.TrimSuffix(strings.TrimPrefix(h, "["), "]")
	if rest, ok := strings.CutPrefix(h, "::ffff:"); ok && strings.Count(rest, ".") == 3 {
		h = rest
	}
	return h
}

// open tells whether an end is any address.
func (e socketEnd) open() bool {
	switch e.host {
	case "*", "0.0.0.0", "::", "":
		return true
	}
	return false
}

// String is address:port, with brackets around v6, or "" where the port is not
// known.
func (e socketEnd) String() string {
	if e.port <= 0 || e.open() {
		return ""
	}
	if strings.IndexByte(e.host, ':') >= 0 {
		return "[" + e.host + "]:" + strconv.Itoa(e.port)
	}
	return e.host + ":" + strconv.Itoa(e.port)
}

// socketStates are the words of every tool for the states of Linux's netstat.
var socketStates = map[string]string{
	"ESTABLISHED": "ESTABLISHED", "ESTAB": "ESTABLISHED", "VERBUNDEN": "ESTABLISHED", "ESTABLECIDO": "ESTABLISHED", "ESTABELECIDA": "ESTABLISHED", "HERGESTELLT": "ESTABLISHED",
	"SYN_SENT": "SYN_SENT", "SYN-SENT": "SYN_SENT", "SYN_RECV": "SYN_RECV", "SYN-RECV": "SYN_RECV", "SYN_RCVD": "SYN_RECV", "SYN_RECEIVED": "SYN_RECV", "NEW_SYN_RECV": "SYN_RECV",
	"FIN_WAIT1": "FIN_WAIT1", "FIN-WAIT-1": "FIN_WAIT1", "FIN_WAIT_1": "FIN_WAIT1", "FIN_WAIT2": "FIN_WAIT2", "FIN-WAIT-2": "FIN_WAIT2", "FIN_WAIT_2": "FIN_WAIT2",
	"TIME_WAIT": "TIME_WAIT", "TIME-WAIT": "TIME_WAIT", "WARTEND": "TIME_WAIT", "CLOSE_WAIT": "CLOSE_WAIT", "CLOSE-WAIT": "CLOSE_WAIT", "SCHLIESSEN_WARTEN": "CLOSE_WAIT",
	"LAST_ACK": "LAST_ACK", "LAST-ACK": "LAST_ACK", "LISTEN": "LISTEN", "LISTENING": "LISTEN", "ESCUCHAR": "LISTEN", "OUÇA": "LISTEN", "ABHÖREN": "LISTEN",
	"CLOSING": "CLOSING", "CLOSE": "CLOSE", "CLOSED": "CLOSE", "UNCONN": "UNCONN", "UNKNOWN": "UNKNOWN",
}

// socketState is the state in the words of Linux's netstat.
func socketState(s string) string {
	if t, ok := socketStates[s]; ok {
		return t
	}
	return s
}
