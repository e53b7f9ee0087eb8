package parsers

import (
	"strconv"
	"strings"

	"forensic/event"
)

// zookeeperDecode tells the kind by the message, and takes what it names.
func zookeeperDecode(e *event.Event) {
	e.Kind = "zookeeper.message"
	zookeeperCount(e)
	zookeeperKind(e)
	zookeeperThread(e)
	if e.Trace.Class != "" && !e.Attrs.Has(event.Class) && (e.Kind == "zookeeper.message" || e.Kind == "zookeeper.client_lost") {
		e.Set(event.Class, e.Trace.Class)
	}
}

// zookeeperCount reads RateLogger's "[12 times] Message: …", whose number is
// exact, and takes its decorations off the message.
func zookeeperCount(e *event.Event) {
	m := e.Text
	if strings.HasPrefix(m, "[") {
		if n, rest, ok := strings.Cut(m[1:], " times] "); ok {
			if times, err := strconv.Atoi(n); err == nil && times > 0 {
				e.Count = event.Times{Low: times, Best: times, High: times}
				m = rest
			}
		}
	}
	if rest, ok := strings.CutPrefix(m, "Message:"); ok {
		m = strings.TrimLeft(rest, " ")
		for _, tail := range [...]string{" Value:", " Last value:"} {
			if i := strings.LastIndex(m, tail); i >= 0 {
				m = m[:i]
			}
		}
	}
	if len(m) != len(e.Text) {
		e.Of = m
	}
}

// zookeeperThread takes the thread from "[thread:Class@line]" of the first line.
func zookeeperThread(e *event.Event) {
	line, _, _ := strings.Cut(e.Raw, "\n")
	at := zookeeperLocation(line)
	if at < 0 {
		return
	}
	open := strings.Index(line, " [")
	if i := strings.Index(line, "] - "); i >= 0 && i < at && strings.Contains(line[:i], "[myid:") {
		if open = strings.Index(line[i:], " ["); open >= 0 {
			open += i
		}
	}
	if open < 0 || open > at {
		return
	}
	thread := line[open+2 : at]
	if i := strings.LastIndexByte(thread, ':'); i > 0 {
		e.Set(event.Thread, thread[:i])
	}
}

func zookeeperKind(e *event.Event) {
	m := e.Text
	if e.Of != "" {
		m = e.Of
	}
	if m == "" {
		return
	}
	for _, t := range zookeeperBy[m[0]] {
		if rest, ok := strings.CutPrefix(m, t.has); ok {
			e.Kind = t.kind
			t.take(e, rest)
			return
		}
	}
	// The reason of these stands in the line below the message.
	switch {
	case m == "caught end of stream exception", m == "Unexpected exception" && strings.Contains(e.Raw, "EndOfStreamException"):
		e.Kind = "zookeeper.end_of_stream"
		_, below, _ := strings.Cut(e.Raw, "\n")
		zookeeperPeer(e, below)
	case strings.HasPrefix(m, "Close of session 0x"), strings.HasPrefix(m, "Exception causing close of session 0x"):
		e.Kind = "zookeeper.connection_failed"
		zookeeperPeer(e, m)
		reason := m
		if _, below, ok := strings.Cut(e.Raw, "\n"); ok {
			zookeeperPeer(e, below)
			reason, _, _ = strings.Cut(below, "\n")
		} else if _, due, ok := strings.Cut(m, " due to "); ok {
			reason = due
		} else if _, due, ok := strings.Cut(m, ": "); ok {
			reason = due
		}
		e.Set("reason", strings.TrimSpace(reason))
		e.Set("length", zookeeperLength(reason))
	}
}

// A zookeeperText is how a message begins, the kind it makes, and who reads the
// rest of it.
type zookeeperText struct {
	has, kind string
	take      func(e *event.Event, rest string)
}

// zookeeperBy has the messages by their first byte: every record is looked up.
var zookeeperBy [256][]zookeeperText

func init() {
	for _, t := range zookeeperMessages {
		zookeeperBy[t.has[0]] = append(zookeeperBy[t.has[0]], t)
	}
}

// zookeeperMessages are the messages of 3.3 to 3.9, by how they begin; order
// matters where one begins another.
var zookeeperMessages = []zookeeperText{
	{"Accepted socket connection from ", "zookeeper.accepted", zookeeperPeer},
	{"Closed socket connection for client ", "zookeeper.closed", zookeeperPeer},
	{"Unable to read additional data from client", "zookeeper.end_of_stream", zookeeperPeer},
	{"Error accepting new connection: Too many connections from ", "zookeeper.connection_refused", zookeeperLimit},
	{"Error accepting new connection: Too many connections max allowed is ", "zookeeper.connection_refused", func(e *event.Event, s string) { e.Set("limit", leadingDigits(s)) }},
	{"Too many connections from ", "zookeeper.connection_refused", zookeeperLimit},
	{"Established session ", "zookeeper.session_established", func(e *event.Event, s string) {
		e.Set("timeout", numberBehind(s, "negotiated timeout "))
		zookeeperPeer(e, "session "+s)
	}},
	{"Client attempting to establish new session", "zookeeper.session_requested", zookeeperPeer},
	{"Client attempting to renew session", "zookeeper.session_requested", func(e *event.Event, s string) { zookeeperPeer(e, "session"+s) }},
	{"Expiring session ", "zookeeper.session_expired", func(e *event.Event, s string) {
		e.Set("timeout", numberBehind(s, "timeout of "))
		zookeeperPeer(e, "session "+s)
	}},
	{"Invalid session ", "zookeeper.session_refused", refusedBecause("unknown or expired")},
	{"Incorrect password from ", "zookeeper.session_refused", refusedBecause("wrong session password")},
	{"Refusing session", "zookeeper.session_refused", refusedBecause("client is ahead of this server, or the server is read-only")},
	{"Processing ", "zookeeper.command", zookeeperCommand},
	{"binding to port ", "zookeeper.started", func(e *event.Event, s string) { e.Set("port", s[strings.LastIndexByte(s, ':')+1:]) }},
	{"Server environment:zookeeper.version=", "zookeeper.version", zookeeperVersion("server")},
	{"Client environment:zookeeper.version=", "zookeeper.version", zookeeperVersion("client")},
	{"fsync-ing the write ahead log in ", "zookeeper.slow_fsync", func(e *event.Event, s string) { e.Set("duration", numberBehind(s, " took ")) }},
	{"LOOKING", "zookeeper.election", zookeeperState("looking")},
	{"FOLLOWING", "zookeeper.election", zookeeperState("following")},
	{"LEADING", "zookeeper.election", zookeeperState("leading")},
	{"OBSERVING", "zookeeper.election", zookeeperState("observing")},
	{"Peer state changed: ", "zookeeper.election", func(e *event.Event, s string) { e.Set("state", s) }},
	{"State change: ", "zookeeper.client_state", func(e *event.Event, s string) { e.Set("state", strings.ToLower(s)) }},
	{"zookeeper state changed (", "zookeeper.client_state", func(e *event.Event, s string) { e.Set("state", strings.ToLower(strings.TrimRight(s, ") "))) }},
	{"Zookeeper connection established, state: ", "zookeeper.client_state", func(e *event.Event, s string) { e.Set("state", strings.ToLower(s)) }},
	{"Zookeeper connection lost", "zookeeper.client_state", zookeeperState("lost")},
	{"Zookeeper session closed", "zookeeper.client_state", zookeeperState("closed")},
	{"Zookeeper session lost", "zookeeper.client_state", zookeeperState("expired")},
	{"Session has expired", "zookeeper.client_expired", func(*event.Event, string) {}},
	{"session=", "zookeeper.operation", zookeeperAudit},
	{"Cannot open channel to ", "zookeeper.peer_unreachable", func(e *event.Event, s string) {
		e.Set("id", leadingDigits(s))
		e.Set("peer", addressIn(s))
		e.Set(event.Class, e.Trace.Class)
	}},
	{"Connection broken for id ", "zookeeper.peer_lost", func(e *event.Event, s string) {
		e.Set("id", leadingDigits(s))
		e.Set(event.Class, e.Trace.Class)
	}},
	{"Exception when following the leader", "zookeeper.leader_lost", func(e *event.Event, _ string) { e.Set(event.Class, e.Trace.Class) }},
	{"Exception when observing the leader", "zookeeper.leader_lost", func(e *event.Event, _ string) { e.Set(event.Class, e.Trace.Class) }},
	{"Disconnected from leader", "zookeeper.leader_lost", func(e *event.Event, _ string) { e.Set(event.Class, e.Trace.Class) }},
	{"Detected pause in JVM or host machine", "zookeeper.paused", func(e *event.Event, s string) { e.Set("duration", numberBehind(s, "approximately ")) }},
	{"Created server with tickTime ", "zookeeper.limits", func(e *event.Event, s string) {
		e.Set("tick", leadingDigits(s))
		e.Set("min_timeout", numberBehind(s, "minSessionTimeout "))
		e.Set("max_timeout", numberBehind(s, "maxSessionTimeout "))
	}},
	// the C client
	{"initiated connection to server [", "zookeeper.client_connected", zookeeperC},
	{"Socket [", "zookeeper.client_lost", func(e *event.Event, s string) {
		zookeeperC(e, s)
		if _, why, ok := strings.Cut(s, ": "); ok {
			e.Set("reason", why)
		}
	}},
	{"session establishment complete on server [", "zookeeper.client_session", func(e *event.Event, s string) {
		zookeeperC(e, s)
		e.Set("timeout", numberBehind(s, "negotiated timeout="))
		if _, id, ok := strings.Cut(s, "sessionId="); ok {
			id, _, _ = strings.Cut(id, ",")
			e.Set(event.Session, id)
		}
	}},
	{"sessionId=", "zookeeper.client_expired", func(e *event.Event, s string) {
		id, _, _ := strings.Cut(s, " ")
		e.Set(event.Session, id)
	}},
	{"Socket connection established", "zookeeper.client_connected", zookeeperEnds},
	{"Session establishment complete on server ", "zookeeper.client_session", func(e *event.Event, s string) {
		e.Set("timeout", numberBehind(s, "negotiated timeout = "))
		e.Set(event.Server, addressIn(s))
		zookeeperSession(e, s)
	}},
	{"Unable to reconnect to ZooKeeper service, session ", "zookeeper.client_expired", func(e *event.Event, s string) { zookeeperPeer(e, "session "+s) }},
	{"Unable to read additional data from server", "zookeeper.client_lost", lostBecause("closed by the server")},
	{"Client session timed out, have not heard from server in ", "zookeeper.client_lost", lostSilent},
	{"Client connection timed out, have not heard from server in ", "zookeeper.client_lost", lostSilent},
	{"Socket error occurred: ", "zookeeper.client_lost", func(e *event.Event, s string) {
		addr, why, _ := strings.Cut(s, ": ")
		e.Set(event.Server, addressIn(addr))
		e.Set("reason", why)
	}},
	{"Session 0x", "zookeeper.client_lost", zookeeperWrapper},
}

// zookeeperC takes the server from "[192.0.2.1:2181]", as the C client writes it.
func zookeeperC(e *event.Event, s string) {
	addr, _, _ := strings.Cut(s, "]")
	e.Set(event.Server, addressAt(addr))
}

// zookeeperAudit reads the audit log's fields, between tabs.
func zookeeperAudit(e *event.Event, s string) {
	for i, f := range strings.Split("session="+s, "\t") {
		name, value, ok := strings.Cut(f, "=")
		if !ok || i > 20 {
			continue
		}
		switch name {
		case "session":
			e.Set(event.Session, value)
		case "ip":
			e.Set(event.Client, addressAt(value))
		case "user", "operation", "znode", "result":
			e.Set(name, value)
		}
	}
}

func zookeeperState(s string) func(*event.Event, string) {
	return func(e *event.Event, _ string) { e.Set("state", s) }
}

func zookeeperVersion(role string) func(*event.Event, string) {
	return func(e *event.Event, s string) {
		v, _, _ := strings.Cut(s, ",")
		e.Set("version", v)
		e.Set("role", role)
	}
}

func refusedBecause(why string) func(*event.Event, string) {
	return func(e *event.Event, s string) {
		zookeeperPeer(e, "session "+s)
		e.Set("reason", why)
	}
}

func lostBecause(why string) func(*event.Event, string) {
	return func(e *event.Event, s string) {
		zookeeperPeer(e, s)
		e.Set("reason", why)
	}
}

func lostSilent(e *event.Event, s string) {
	e.Set("silence", leadingDigits(s))
	lostBecause("nothing heard from the server")(e, s)
}

// zookeeperWrapper reads "Session 0x0 for server host/192.0.2.1:2181, …", whose
// exception, if any, is the reason.
func zookeeperWrapper(e *event.Event, s string) {
	id, rest, ok := strings.Cut(s, " for se")
	if !ok {
		e.Kind = "zookeeper.message"
		return
	}
	e.Set(event.Session, "0x"+id)
	_, rest, _ = strings.Cut(rest, " ") // "server" or 3.6's "sever"
	addr, _, _ := strings.Cut(rest, ",")
	e.Set(event.Server, addressIn(addr))
	e.Set(event.Class, e.Trace.Class)
	why := e.Trace.Message
	if why == "" {
		why = e.Trace.Class
	}
	e.Set("reason", why)
}

// zookeeperEnds reads ", client: /a:1, server: h/b:2" and, of older releases,
// " to h/b:2, initiating session".
func zookeeperEnds(e *event.Event, s string) {
	if _, c, ok := strings.Cut(s, "client: "); ok {
		c, _, _ = strings.Cut(c, ",")
		e.Set(event.Client, addressIn(c))
	}
	if _, v, ok := strings.Cut(s, "server: "); ok {
		v, _, _ = strings.Cut(v, ",")
		e.Set(event.Server, addressIn(v))
	} else if v, ok := strings.CutPrefix(s, " to "); ok {
		v, _, _ = strings.Cut(v, ",")
		e.Set(event.Server, addressIn(v))
	}
}

func zookeeperCommand(e *event.Event, s string) {
	word, rest, ok := strings.Cut(s, " command from ")
	if !ok {
		e.Kind = "zookeeper.message"
		return
	}
	e.Set("command", word)
	zookeeperPeer(e, rest)
}

func zookeeperLimit(e *event.Event, s string) {
	addr, rest, _ := strings.Cut(s, " ")
	e.Set(event.Client, addressIn(addr))
	e.Set("limit", numberBehind(rest, "max is "))
}

// zookeeperPeer takes the client's address and the session from a text, in any
// of the spellings of 3.3 to 3.9.
func zookeeperPeer(e *event.Event, s string) {
	if a := addressIn(s); a != "" && !e.Attrs.Has(event.Client) {
		e.Set(event.Client, a)
	}
	zookeeperSession(e, s)
}

// zookeeperSession takes the session id from a text.
func zookeeperSession(e *event.Event, s string) {
	i := strings.Index(s, "ession") // session 0x, sessionid 0x, session id 0x, session = 0x, session: 0x
	if i < 0 {
		return
	}
	rest := s[i+len("ession"):]
	if j := strings.Index(rest, "0x"); j >= 0 && j < 8 {
		end := j + 2
		for end < len(rest) && isHex(rest[end]) {
			end++
		}
		if !e.Attrs.Has(event.Session) {
			e.Set(event.Session, rest[j:end])
		}
	}
}

// zookeeperLength takes the advertised length of a "Len error", whose bytes
// tell what the peer was speaking.
func zookeeperLength(s string) string {
	if n := numberBehind(s, "advertised length of "); n != "" {
		return n
	}
	if _, rest, ok := strings.Cut(s, "Len error "); ok {
		if strings.HasPrefix(rest, "-") {
			return "-" + leadingDigits(rest[1:])
		}
		return leadingDigits(rest)
	}
	return ""
}
