package parsers

import (
	"strconv"
	"strings"

	"forensic/event"
	"forensic/parsers/trace"
)

// A syslogMemory knows what "last message repeated" and "callbacks suppressed"
// stand for: the last line of the file, and the last kernel messages of each
// host.
type syslogMemory struct {
	last     []byte // text of the record before, whoever sent it
	lastKern bool
	kernels  []kernelMemory

	line  syslogLine
	inner *application // reads messages that are records of an application's log
	flat  bool         // several records stand on one line
	told  bool         // those of the last line are remembered already
}

// A kernelMemory is what the kernel of one host said last, in all and through
// the limiter that all network messages share.
type kernelMemory struct {
	host      string
	last, net []byte
}

const repeatedLast = "last message repeated "

// after remembers a record.
func (m *syslogMemory) after(e *event.Event) {
	if m.told {
		m.told = false
		return
	}
	host := ""
	if e.Component == "kernel" {
		m.line.read(firstLine(e.Raw))
		host = m.line.host
	}
	m.remember(e, host)
}

// remember copies what later records may stand for, since records are borrowed,
// into buffers that are used again.
func (m *syslogMemory) remember(e *event.Event, host string) {
	if strings.HasPrefix(e.Text, repeatedLast) || strings.HasPrefix(e.Text, "message repeated ") {
		return // it stands for what is remembered already
	}
	m.last, m.lastKern = append(m.last[:0], e.Text...), e.Component == "kernel"
	if !m.lastKern || isSuppression(e.Text) {
		return
	}
	k := m.kernel(host)
	text := kernelText(e.Text)
	k.last = append(k.last[:0], text...)
	if isNetLimited(text) {
		k.net = append(k.net[:0], text...)
	}
}

func (m *syslogMemory) kernel(host string) *kernelMemory {
	for i := range m.kernels {
		if m.kernels[i].host == host {
			return &m.kernels[i]
		}
	}
	if len(m.kernels) == 256 { // a file of more hosts: the oldest is forgotten
		m.kernels = append(m.kernels[:0], m.kernels[1:]...)
	}
	m.kernels = append(m.kernels, kernelMemory{host: strings.Clone(host)})
	return &m.kernels[len(m.kernels)-1]
}

func (m *syslogMemory) decode(e *event.Event) {
	p := &m.line
	if !p.read(firstLine(e.Raw)) {
		*p = syslogLine{}
	}
	e.Kind = event.LogMessage.Name
	if p.tag == "kernel" {
		e.Kind = event.KernelMessage.Name
		if text := kernelText(e.Text); len(text) != len(e.Text) {
			e.Set("uptime", strings.TrimSpace(e.Text[1:strings.IndexByte(e.Text, ']')]))
			e.Text = text
		}
	}
	m.standsFor(e, p.host)
	if e.Kind == event.KernelMessage.Name || e.Kind == event.KernelSuppressed.Name {
		e.Set(event.Host, p.host)
		return
	}
	m.unescape(e)
	if m.application(e, p) {
		return
	}
	programDecode(e, p)
}

// firstLine is a record's first line, as Head saw it.
func firstLine(raw string) string {
	line, _, _ := strings.Cut(raw, "\n")
	if line = cleanLine(strings.TrimSuffix(line, "\r")); line == "" {
		return " "
	}
	return line
}

// unescape finds the trace in a message whose control characters a daemon wrote
// as #011 and #012, or whose lines it wrote as records of their own.
func (m *syslogMemory) unescape(e *event.Event) {
	if !strings.Contains(e.Raw, "#01") {
		return
	}
	if first, _, ok := strings.Cut(e.Text, "#012"); ok {
		e.Text = first
	}
	var b strings.Builder
	for line := range strings.Lines(e.Raw) {
		line = strings.TrimRight(line, "\r\n")
		var p syslogLine
		if line != "" && p.read(line) {
			line = p.text
		}
		b.WriteString(line)
		b.WriteByte('\n')
	}
	text := controlEscapes.Replace(b.String())
	if t, ok := trace.Find(text); ok {
		e.Trace = t
	}
}

var controlEscapes = strings.NewReplacer("#012", "\n", "#011", "\t", "#015", "\r", "#033", "\x1b")

// application takes what the message of an application's log says: a ZooKeeper
// in a container has its kinds here too.
func (m *syslogMemory) application(e *event.Event, p *syslogLine) bool {
	if m.inner == nil || !mayBeRecord(p.text) || !m.inner.first[p.text[0]] || !m.inner.read(p.text) {
		return false
	}
	in := m.inner
	thread, component, pid := in.thread, in.component, in.pid
	if isZooKeeper(component) {
		e.Component = component
		zookeeperDecode(e)
		if !e.Attrs.Has(event.Thread) {
			e.Set(event.Thread, thread)
		}
		return true
	}
	if component != "" {
		e.Component = component
	}
	e.Set(event.Host, p.host)
	if pid == "" {
		pid = p.pid
	}
	e.Set(event.PID, pid)
	e.Set(event.Thread, thread)
	e.Set(event.Class, e.Trace.Class)
	peersIn(e)
	return true
}

// standsFor fills Of and Count of a record that stands for earlier ones.
func (m *syslogMemory) standsFor(e *event.Event, host string) {
	switch {
	case strings.HasPrefix(e.Text, repeatedLast):
		// The line before it in the file, even if another host sent that.
		if n, err := strconv.Atoi(leadingDigits(e.Text[len(repeatedLast):])); err == nil && len(m.last) > 0 {
			e.Of, e.Count = string(m.last), event.Times{Low: n, Best: n, High: n}
			if m.lastKern {
				e.Kind = event.KernelMessage.Name
			}
		}
	case strings.HasPrefix(e.Text, "message repeated "):
		n, err := strconv.Atoi(leadingDigits(e.Text[len("message repeated "):]))
		if open := strings.Index(e.Text, ": ["); err == nil && open > 0 {
			of := strings.TrimSuffix(strings.TrimLeft(e.Text[open+3:], " "), "]")
			e.Of, e.Count = kernelText(of), event.Times{Low: n, Best: n, High: n}
		}
	case e.Component == "kernel" && isSuppression(e.Text):
		m.suppressed(e, host)
	}
}

// suppressed reads "NAME: N callbacks suppressed". The number belongs to the
// window before this line, so it stands for the limiter's last message. Where
// several messages share the limiter the suppressed ones need not be of that
// text: none of them is certain.
func (m *syslogMemory) suppressed(e *event.Event, host string) {
	limiter, rest, _ := strings.Cut(e.Text, ": ")
	n, err := strconv.Atoi(leadingDigits(rest))
	if err != nil {
		return
	}
	k := m.kernel(host)
	switch limiter {
	case "__ratelimit": // up to 2.6.32 every limiter prints its own function's name
		e.Of, e.Count = string(k.last), event.Times{Low: 0, Best: n, High: n}
	case "net_ratelimit":
		e.Of, e.Count = string(k.net), event.Times{Low: 0, Best: n, High: n}
	default:
		if site := limiterSites[limiter]; site != "" && strings.Contains(string(k.last), site) {
			e.Of, e.Count = string(k.last), event.Times{Low: n, Best: n, High: n}
		}
	}
	if e.Of == "" {
		e.Kind, e.Count = event.KernelSuppressed.Name, event.Times{}
		e.Set("limiter", limiter)
		e.Set("suppressed", strconv.Itoa(n))
	}
}

// limiterSites names the message of limiters that have one call site.
var limiterSites = map[string]string{
	"buffer_io_error":     "Buffer I/O error",
	"print_req_error":     "I/O error",
	"blk_update_request":  "I/O error",
	"blk_print_req_error": "I/O error",
	"nf_conntrack":        "table full",
}

func isSuppression(text string) bool { return strings.HasSuffix(text, " callbacks suppressed") }

// isNetLimited tells whether a kernel message goes through net_ratelimit(),
// whose state all network messages share.
func isNetLimited(text string) bool {
	for _, p := range [...]string{"TCP", "UDP", "IPv4", "IPv6", "nf_conntrack", "ip_conntrack", "neighbour", "Neighbour", "martian", "ll header", "Redirect", "possible SYN flooding", "Out of socket memory", "dst cache overflow", "icmp", "ICMP"} {
		if strings.HasPrefix(text, p) {
			return true
		}
	}
	return false
}

// kernelText takes "[12345.678901] " off a kernel message.
func kernelText(s string) string {
	if len(s) < 4 || s[0] != '[' {
		return s
	}
	end := strings.IndexByte(s, ']')
	if end < 0 {
		return s
	}
	for _, c := range []byte(s[1:end]) {
		if !isDigit(c) && c != '.' && c != ' ' {
			return s
		}
	}
	return strings.TrimPrefix(s[end+1:], " ")
}
