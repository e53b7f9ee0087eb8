package parsers

import (
	"strings"
	"time"

	"forensic/event"
)

// Layouts that the language of patterns cannot say.

var zooCRest = compile("%d:%P(%t):%C: %m")

// zooCFind reads ZooKeeper's C client:
//
//	2014-11-24 19:42:44,399:1234(0x7f2a4d2f2700):ZOO_INFO@check_events@1728: initiated connection to server [192.0.2.1:2181]
func zooCFind(m *matcher, line string) bool {
	if m.stampAt(line, 0) == 0 || !m.match(zooCRest, line) || !strings.HasPrefix(m.component, "ZOO_") {
		return false
	}
	m.level, _ = levelAt(strings.TrimPrefix(m.component, "ZOO_"))
	return m.level != event.NoLevel
}

// dumpFind reads the first line of a part of a thread dump.
func dumpFind(m *matcher, line string) bool {
	if isDigit(line[0]) || m.wasAlone && line[0] == 'F' {
		return false
	}
	var e event.Event
	if !threaddumpHead(line, &e) {
		return false
	}
	m.text = line
	return true
}

// zookeeperFind reads ZooKeeper's own layout.
func zookeeperFind(m *matcher, line string) bool {
	var e event.Event
	if !zookeeperHead(line, &e) {
		return false
	}
	m.fields = fields{stamp: e.Stamp, level: e.Level, component: e.Component, text: e.Text}
	return true
}

var javaTTCCRest, javaTTCCDiagnosed = compile("[%t] %p %c - %m"), compile("[%t] %p %c %w - %m")

// javaTTCC reads log4j's TTCC layout: milliseconds since the program began.
func javaTTCC(m *matcher, line string) bool {
	digits := leadingDigits(line)
	n := len(digits)
	if n == 0 || n > 10 || n >= len(line) || line[n] != ' ' {
		return false
	}
	rest := strings.TrimLeft(line[n:], " ")
	at := m.at
	m.at = -1
	ok := rest != "" && rest[0] == '[' && (m.match(javaTTCCRest, rest) || m.match(javaTTCCDiagnosed, rest))
	m.at = at
	if !ok {
		return false
	}
	ms := int64(0)
	for i := range n {
		ms = ms*10 + int64(digits[i]-'0')
	}
	m.stamp = event.Stamp{Wall: ms * int64(time.Millisecond), Has: event.SinceBoot, Step: time.Millisecond}
	return true
}

// javaTwoLines reads the first line of java.util.logging's SimpleFormatter,
// "DATE class method", and a date that stands alone, as a thread dump or
// Oracle's alert log has it. What follows is read by whole.
func javaTwoLines(m *matcher, line string) bool {
	n := m.stampAt(line, 0)
	if st := m.memo; n == 0 || st.Has&event.HasDate == 0 {
		return false
	}
	st := m.memo
	m.stamp = st
	rest := line[n:]
	if strings.TrimSpace(rest) == "" {
		m.alone = true
		return true
	}
	if rest[0] != ' ' || st.Has&event.HasYear == 0 {
		return false
	}
	rest = strings.Trim(rest, " ")
	name, method, _ := strings.Cut(rest, " ")
	if !isName(name, true) || isShouted(name) && levelWord(name) != event.NoLevel || strings.IndexByte(method, ' ') >= 0 || strings.ContainsAny(rest, ":=,") {
		return false
	}
	if javaName(name) > 0 {
		m.component = name
		return true
	}
	if !strings.Contains(line[:n], ", ") {
		return false
	}
	m.text = rest
	return true
}

// osloFind reads a line of oslo.log:
//
//	2017-11-24 13:46:54.760 1234 ERROR nova.compute.manager [req-… - - - - -] message
//
// What follows the context keeps its indent: the lines of a traceback have the
// prefix too.
func osloFind(m *matcher, line string) bool {
	n := m.stampAt(line, 0)
	if n == 0 || n+1 >= len(line) || line[n] != ' ' || !isDigit(line[n+1]) || m.memo.Step >= time.Second {
		return false
	}
	rest := line[n+1:]
	pid := leadingDigits(rest)
	if len(pid) >= len(rest) || rest[len(pid)] != ' ' {
		return false
	}
	rest = rest[len(pid)+1:]
	level, k := levelAt(rest)
	if k == 0 || k >= len(rest) || rest[k] != ' ' {
		return false
	}
	rest = rest[k+1:]
	name, text, ok := strings.Cut(rest, " ")
	if !ok {
		name, text = rest, ""
	}
	if !isName(name, true) || name[len(name)-1] == ':' {
		return false
	}
	m.fields = fields{stamp: m.memo, level: level, component: name, pid: pid, oslo: true}
	if strings.HasPrefix(text, "[req-") || strings.HasPrefix(text, "[-]") || strings.HasPrefix(text, "[None req-") {
		if end := strings.IndexByte(text, ']'); end > 0 {
			text = strings.TrimPrefix(text[end+1:], " ")
		}
	}
	m.text = text
	return true
}

// klogFind reads glog's layout, which Kubernetes uses:
//
//	I1124 15:04:05.000000    1234 reflector.go:123] message
//	I20171124 15:04:05.000000  1234 main.cc:12] message
func klogFind(m *matcher, line string) bool {
	if len(line) < 22 || !digits(line[1:], 4) {
		return false
	}
	level := levelLetter(line[0])
	if level == event.NoLevel || line[0] > 'Z' {
		return false
	}
	year, has, i := event.YearUnwritten, event.Fields(0), 5
	month, day := num2(line[1:]), num2(line[3:])
	if digits(line[1:], 8) {
		year, has, i = num4(line[1:]), event.HasYear, 9
		month, day = num2(line[5:]), num2(line[7:])
	}
	if line[i] != ' ' {
		return false
	}
	c, n := clockAt(line[i+1:])
	if n == 0 || c.step >= time.Second {
		return false
	}
	i += 1 + n
	st := stampOf(year, month, day, c, line[1:i])
	st.Has |= has
	rest := strings.TrimLeft(line[i:], " ")
	end := strings.Index(rest, "] ")
	if end < 0 {
		if end = len(rest) - 1; end < 0 || rest[end] != ']' {
			return false
		}
		rest += " "
	}
	where := rest[:end]
	blank := strings.LastIndexByte(where, ' ')
	if blank < 0 || strings.IndexByte(where[blank+1:], ':') < 0 {
		return false
	}
	m.fields = fields{stamp: st, level: level, component: where[blank+1:], text: rest[end+2:]}
	if pid := strings.TrimSpace(where[:blank]); leadingDigits(pid) == pid {
		m.pid = pid
	}
	return true
}

// raslogFind reads Blue Gene's log, whose lines have the time twice: since 1970
// and as the clock on the wall showed it, which tells the zone.
func raslogFind(m *matcher, line string) bool {
	label, rest, ok := strings.Cut(line, " ")
	if !ok || len(rest) < 60 || !digits(rest, 10) || rest[10] != ' ' || label == "" {
		return false
	}
	epoch, n := epochStamp(rest, 10)
	if n == 0 {
		return false
	}
	words := strings.SplitN(rest, " ", 9)
	if len(words) < 8 || len(words[3]) < 19 {
		return false
	}
	st, n := stampAt(words[3])
	level, k := levelAt(words[7])
	if n != len(words[3]) || k != len(words[7]) {
		return false
	}
	m.fields = fields{stamp: zoneBetween(st, epoch), level: level, host: words[2], component: words[6]}
	if len(words) == 9 {
		m.text = words[8]
	}
	return true
}

// cephFind reads Ceph's layout: a thread in hexadecimal and a level that counts
// down in importance; below zero it is an error.
func cephFind(m *matcher, line string) bool {
	n := m.stampAt(line, 0)
	if n == 0 || n+12 >= len(line) || line[n] != ' ' || m.memo.Step >= time.Second {
		return false
	}
	rest := line[n+1:]
	hex := 0
	for hex < len(rest) && isHex(rest[hex]) {
		hex++
	}
	if hex < 8 || hex > 16 || hex >= len(rest) || rest[hex] != ' ' || leadingDigits(rest) == rest[:hex] {
		return false
	}
	after := strings.TrimLeft(rest[hex:], " ")
	level := strings.TrimPrefix(after, "-")
	d := leadingDigits(level)
	if d == "" || len(d) > 2 || !strings.HasPrefix(level[len(d):], " ") {
		return false
	}
	m.fields = fields{stamp: m.memo, thread: rest[:hex], text: level[len(d)+1:]}
	if len(level) != len(after) {
		m.level = event.Error
	}
	return true
}

// mssqlFind reads the error log of Microsoft's SQL Server: who speaks stands in
// a column of twelve.
func mssqlFind(m *matcher, line string) bool {
	n := m.stampAt(line, 0)
	if n != 22 || len(line) < 36 || line[22] != ' ' || line[34] != ' ' {
		return false
	}
	who := strings.TrimRight(line[23:35], " ")
	if !strings.HasPrefix(who, "spid") && who != "Server" && who != "Logon" && who != "Backup" {
		return false
	}
	m.fields = fields{stamp: m.memo, component: who, text: line[35:]}
	return true
}

// xorgFind reads the X server's log.
func xorgFind(m *matcher, line string) bool {
	end := strings.IndexByte(line, ']')
	if line[0] != '[' || end < 3 || end > 20 {
		return false
	}
	in := strings.TrimLeft(line[1:end], " ")
	st, n := bootStamp(in)
	if n == 0 || n != len(in) {
		return false
	}
	m.fields = fields{stamp: st, text: strings.TrimLeft(line[end+1:], " ")}
	if t := m.text; len(t) > 4 && t[0] == '(' && t[3] == ')' {
		switch t[1:3] {
		case "EE":
			m.level = event.Error
		case "WW":
			m.level = event.Warning
		case "II", "--", "**", "==", "++", "!!":
			m.level = event.Info
		default:
			return true
		}
		m.text = strings.TrimLeft(t[4:], " ")
	}
	return true
}

// zoneBetween gives a local time the zone that a second writing of it, in UTC,
// reveals.
func zoneBetween(local, utc event.Stamp) event.Stamp {
	at, ok := utc.Absolute()
	if !ok || local.Impossible || local.Has&event.HasYear == 0 || local.Has&event.HasZone != 0 {
		return local
	}
	const quarter = int64(15 * time.Minute)
	off := local.Wall - at
	near := (off + quarter/2) / quarter
	if off < 0 {
		near = (off - quarter/2) / quarter
	}
	if rest := off - near*quarter; near < -48 || near > 56 || rest > int64(time.Minute) || rest < -int64(time.Minute) {
		return local
	}
	local.Zone = int16(near * 15)
	local.Has |= event.HasZone
	local.Text = ""
	return local
}

// isZooKeeper tells whether a logger is ZooKeeper's own.
func isZooKeeper(logger string) bool {
	return strings.HasPrefix(logger, "org.apache.zookeeper") || strings.HasPrefix(logger, "o.a.z.") || strings.HasPrefix(logger, "o.a.zookeeper.") ||
		strings.HasPrefix(logger, "org.apache.curator") || strings.HasPrefix(logger, "o.a.c.f.") || strings.HasPrefix(logger, "org.I0Itec.zkclient") ||
		strings.HasPrefix(logger, "kazoo.") || strings.HasPrefix(logger, "ZOO_") || strings.HasPrefix(logger, "audit.") && strings.HasSuffix(logger, "AuditLogger") ||
		isZooKeeperClass(strings.TrimPrefix(logger, "zookeeper."))
}

// isZooKeeperClass knows the classes that stand without a package, as
// ZooKeeper's own layout writes them ("ClientCnxn$SendThread@1108").
func isZooKeeperClass(logger string) bool {
	for _, c := range [...]string{"ClientCnxn", "NIOServerCnxn", "ZooKeeperServer", "QuorumPeer", "QuorumCnxManager", "FastLeaderElection", "PrepRequestProcessor", "ZooKeeper@", "Environment@", "server.", "quorum.", "Follower@", "Leader@", "Observer@", "Learner@", "JvmPauseMonitor@", "FileSnap@", "DatadirCleanupManager@", "RateLogger", "SessionTrackerImpl", "FileTxnLog", "LearnerHandler", "NettyServerCnxn"} {
		if strings.HasPrefix(logger, c) {
			// Behind a package a class follows; lighttpd's "server.c.1704" has none.
			return c[len(c)-1] != '.' || len(logger) > len(c) && logger[len(c)]-'A' <= 25
		}
	}
	return false
}
