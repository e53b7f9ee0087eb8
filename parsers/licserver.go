package parsers

import (
	"slices"
	"strings"

	"forensic/event"
)

// Logs of H3C License Server: licmcore.log, licmcore_startup.log, licmwebc.log,
// licmwebj.log, monitor.log. Their format is published nowhere, so every family
// of layouts is taken that such programs use, whichever most lines of the member
// have; what carries a connection, an error, an address, a descriptor or a count
// is told as such, and everything else as a message, with nothing lost.
//
//	2017-01-04 18:53:01.123 [1028][INFO][tcp_server.c:211] accept client 192.0.2.3:47772, fd 17, client num 1020
var _ = add(Format{
	Name:  "licserver",
	Doc:   "H3C License Server logs (licmcore.log and others), in any of the layouts such programs use; Chinese in UTF-8 or GBK.",
	Files: []string{"licmcore*.log*", "licmweb*.log*", "licssmonitor*.log*", "licsscore*.log*"},
	Named: 0.65,
	Kinds: slices.Concat(licenseKinds, threaddumpKinds),
	Sniff: licenseSniff,
	Lines: &Lines{
		Head:   func(line string, e *event.Event) bool { return newLicense("").head(line, e) },
		Decode: func(e *event.Event) { newLicense("").decode(e) },
		Learn:  func(sample string) *Lines { return newLicense(sample).lines() },
	},
	Around: withThreaddumps,
})

var licenseKinds = []event.Kind{
	{Name: "license.connected", Doc: "A license client connected or logged in.", Attrs: licenseAttrs, Joins: true},
	{Name: "license.closed", Doc: "A license client's connection ended.", Attrs: licenseAttrs, Joins: true},
	{Name: "license.failed", Doc: "Something failed: accepting, the handshake, a request; error is the number it names.", Attrs: append(slices.Clone(licenseAttrs), "error", event.Class)},
	{Name: "license.message", Doc: "Any other record.", Attrs: licenseAttrs},
}

var licenseAttrs = []string{event.Host, event.PID, event.Thread, event.Client, "fd", "connections"}

// A license log is read as the system's log or as an application's, whichever
// more of its lines are.
type license struct {
	*application
	syslog bool
	line   syslogLine
}

func newLicense(sample string) *license {
	l := &license{application: newApplication(sample)}
	if sample == "" {
		return l
	}
	own, system := l.begin, 0
	for _, line := range sampleOf(sample) {
		if l.line.read(line) && l.line.stamp.Has != 0 {
			system++
		}
	}
	l.syslog = system > own
	if l.begin == 0 && system == 0 {
		l.undated = true // no time at all: every line is a record
		for c := '!'; c < 256; c++ {
			l.first[c] = true
		}
	}
	return l
}

func (l *license) lines() *Lines {
	return &Lines{Head: l.head, Whole: l.whole, Decode: l.decode}
}

func (l *license) head(line string, e *event.Event) bool {
	if !l.syslog {
		return l.application.head(line, e)
	}
	p := &l.line
	if !p.read(line) {
		return false
	}
	if p.level == event.NoLevel && p.text != "" {
		p.ownLevel()
	}
	e.Stamp, e.Level, e.Component, e.Text = p.stamp, p.level, p.tag, p.text
	return true
}

func (l *license) whole(e *event.Event) {
	if !l.syslog {
		l.application.whole(e)
	}
}

func (l *license) decode(e *event.Event) {
	if l.syslog {
		if l.line.read(firstLine(e.Raw)) {
			e.Set(event.Host, l.line.host)
			e.Set(event.PID, l.line.pid)
		}
	} else {
		l.application.decode(e)
		if strings.HasPrefix(e.Kind, "jvm.") {
			return
		}
		e.Attrs = slices.DeleteFunc(e.Attrs, func(a event.Attr) bool { return a.Name == event.Server || a.Name == event.Session })
	}
	licenseTell(e)
}

// licenseWords tells whether a line speaks of the license server.
func licenseWords(line string) bool {
	for _, w := range [...]string{"licsscore", "licssmonitor", "LicServer", "licmcore", "licmweb", "License Server", "license server", "licenseserver", "License client", "license client", "CLIENT_LOGGED", "LICENSE_", "授权服务"} {
		if strings.Contains(line, w) {
			return true
		}
	}
	return false
}

// licenseTell takes what a message carries and tells its kind by its verbs.
func licenseTell(e *event.Event) {
	m := e.Text
	if !e.Attrs.Has(event.Client) {
		e.Set(event.Client, licenseAddress(m))
	}
	e.Set("fd", licenseNumber(m, "sockfd", "socket fd", "fd", "socket", "sock", "描述符", "套接字"))
	number := licenseNumber(m, "errno", "error code", "err code", "errcode", "error", "err", "错误码", "错误")
	if number == "" && strings.Contains(m, "Too many open files") {
		number = "24"
	}
	e.Set("connections", licenseNumber(m, "connection num", "connection number", "connections", "connection count", "client num", "client number", "client count", "clients", "conn num", "连接数", "客户端数", "当前连接"))
	e.Kind = "license.message"
	switch low := strings.ToLower(m); {
	case e.Level >= event.Error || number != "" && number != "0" || hasAny(low, "fail", "timeout", "timed out", "refuse", "exceed", "too many", "error", "失败", "错误", "超时", "异常", "拒绝", "超出", "超过"):
		e.Kind = "license.failed"
		e.Set("error", number)
		return
	case hasAny(low, "disconnect", "close", "logout", "logged_out", "logged out", "log out", "offline", "断开", "关闭", "登出", "下线"):
		e.Kind = "license.closed"
	case hasAny(low, "accept", "connected", "new connection", "new client", "login", "logged_in", "logged in", "log in", "online", "连接成功", "新连接", "建立连接", "上线", "登录"):
		e.Kind = "license.connected"
	}
	e.Attrs = slices.DeleteFunc(e.Attrs, func(a event.Attr) bool { return a.Name == event.Class })
}

func hasAny(s string, words ...string) bool {
	for _, w := range words {
		if strings.Contains(s, w) {
			return true
		}
	}
	return false
}

// licenseNumber returns the number behind the first of these words that has one:
// "fd 17", "fd=17", "fd:17", "fd[17]", "连接数：17".
func licenseNumber(s string, names ...string) string {
	low := strings.ToLower(s)
	if len(low) != len(s) {
		low = s
	}
	for _, name := range names {
		for from := 0; ; {
			i := strings.Index(low[from:], name)
			if i < 0 {
				break
			}
			i += from
			from = i + len(name)
			if name[0] < 0x80 && (i > 0 && isWord(low[i-1]) || from < len(low) && isWord(low[from])) {
				continue // part of another word
			}
			rest := s[from:]
			for _, between := range [...]string{" ", "=", ":", "：", "[", "(", "（", "为", "is ", "No.", "#", "-"} {
				rest = strings.TrimLeft(strings.TrimPrefix(rest, between), " ")
			}
			if n := leadingDigits(rest); n != "" && len(n) < 10 {
				return n
			}
		}
	}
	return ""
}

// licenseAddress returns the peer's address: with its port in any of the ways
// people print one ("192.0.2.3:47772", "192.0.2.3 port 47772", "192.0.2.3(47772)",
// "ip=192.0.2.3, port=47772"). The address listened on is not the peer's.
func licenseAddress(s string) string {
	for i := 0; i < len(s); i++ {
		if !isDigit(s[i]) || i > 0 && (isWord(s[i-1]) || s[i-1] == '.') {
			continue
		}
		n := 0
		for i+n < len(s) && (isDigit(s[i+n]) || s[i+n] == '.') {
			n++
		}
		host := strings.TrimRight(s[i:i+n], ".")
		if !isIPv4(host) || strings.HasPrefix(host, "0.") || host == "0.0.0.0" {
			i += n - 1
			continue
		}
		rest := s[i+len(host):]
		port := ""
		for _, between := range [...]string{":", "(", "[", " port ", " port=", " port:", ", port=", ", port: ", ", port ", ",port=", ",port:", " port[", "/", "，端口", " 端口", "端口"} {
			if p, ok := strings.CutPrefix(rest, between); ok {
				if port = leadingDigits(strings.TrimLeft(p, " :：=")); port != "" && len(port) < 6 {
					break
				}
				port = ""
			}
		}
		if port == "5555" {
			i += n - 1
			continue
		}
		if port == "" {
			return host
		}
		return host + ":" + port
	}
	return ""
}
