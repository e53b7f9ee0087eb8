package parsers

import (
	"strings"

	"forensic/event"
)

var clockWrong = event.Kind{Name: "clock.wrong", Doc: "A time daemon measured how far the clock is off, in seconds.", Attrs: []string{event.Host, event.PID, "seconds", "program"}, Joins: true, Literals: []string{"clock wrong by ", "adjust time server ", " of NTP time"}}

// programKinds are what programs say through the system's log.
var programKinds = []event.Kind{
	{Name: "clock.stepped", Doc: "The clock was set, by so many seconds where the program says it: every time before it is off by that.", Attrs: []string{event.Host, event.PID, "seconds", "program"}, Joins: true, Literals: []string{"was stepped by ", "time reset ", "time set ", "step time server ", "step-systime", " clock_step ", "time unset or jumped backwards", "Time has been changed"}},
	clockWrong,
	{Name: "clock.synchronized", Doc: "A time daemon follows a source.", Attrs: []string{event.Host, event.PID, "source", "program"}, Literals: []string{"Selected source ", "synchronized to ", "Synchronized to time server ", "nitial synchronization to time server ", "nitial clock synchronization to "}},
	{Name: "clock.unsynchronized", Doc: "A time daemon has no source to follow, or the kernel's clock is not disciplined.", Attrs: []string{event.Host, event.PID, "reason", "program"}, Literals: []string{"Can't synchronise: ", "no servers reachable", "no server suitable for synchronization", "kernel reports TIME_ERROR", "Timed out waiting for reply"}},
	{Name: "ssh.login", Doc: "Somebody logged in.", Attrs: []string{event.Host, event.PID, event.Client, "user", "method"}, Joins: true, Literals: []string{"Accepted "}},
	{Name: "ssh.failed_login", Doc: "An attempt to log in failed; unknown is yes where there is no such user.", Attrs: []string{event.Host, event.PID, event.Client, "user", "method", "unknown"}, Literals: []string{"Failed ", "Invalid "}},
	{Name: "ssh.closed", Doc: "A connection ended; preauth is yes where nobody had logged in.", Attrs: []string{event.Host, event.PID, event.Client, "user", "preauth"}, Literals: []string{"Connection ", "Disconnected ", "Received "}},
	{Name: "ssh.refused", Doc: "The server dropped connections because too many had not logged in yet (MaxStartups).", Attrs: []string{event.Host, event.PID, event.Client}, Literals: []string{"MaxStartups"}},
	{Name: "cron.ran", Doc: "A job was started.", Attrs: []string{event.Host, event.PID, "user", "command"}, Literals: []string{") CMD ("}},
	{Name: "service.started", Doc: "systemd started a unit.", Attrs: []string{event.Host, event.PID, "unit"}, Literals: []string{"Started "}},
	{Name: "service.stopped", Doc: "systemd stopped a unit.", Attrs: []string{event.Host, event.PID, "unit"}, Literals: []string{"Stopped ", "Succeeded", "Deactivated successfully"}},
	{Name: "service.failed", Doc: "A unit failed; result is systemd's word for why (exit-code, signal, timeout, oom-kill, start-limit-hit).", Attrs: []string{event.Host, event.PID, "unit", "result"}, Literals: []string{"Failed with result '", "request repeated too quickly", "killed by the OOM killer", " entered failed state", "Failed to start "}},
	{Name: "service.exited", Doc: "The main process of a unit ended; code is exited, killed or dumped.", Attrs: []string{event.Host, event.PID, "unit", "code", "status"}, Literals: []string{"process exited"}},
	{Name: "service.restarting", Doc: "systemd restarts a unit.", Attrs: []string{event.Host, event.PID, "unit", "restarts"}, Literals: []string{"Scheduled restart job", "scheduling restart."}},
	{Name: "log.suppressed", Doc: "A log daemon left out messages: what is not there may have been said.", Attrs: []string{event.Host, event.PID, "messages", "sender"}, Literals: []string{"imuxsock lost ", " messages lost due to rate-limiting", "Suppressed ", "Missed ", "Forwarding to syslog missed "}},
	httpRequest,
	{Name: "haproxy.session", Doc: "A TCP session through haproxy ended; state is its two letters, duration in milliseconds.", Attrs: []string{event.Host, event.PID, event.Client, "frontend", "backend", "node", "duration", "bytes", "state"}, Joins: true},
	{Name: "haproxy.server", Doc: "haproxy took a server out of use, or back.", Attrs: []string{event.Host, event.PID, "backend", "node", "state", "reason"}},
	licenseKinds[0], licenseKinds[1], licenseKinds[2], licenseKinds[3],
	sudoRan,
}

// sudoRan is what sudo writes of a command.
var sudoRan = func() event.Kind {
	k := event.OperatorRan
	k.Literals = []string{"COMMAND="}
	return k
}()

// programDecode tells the kind of a message by the program that wrote it.
func programDecode(e *event.Event, p *syslogLine) {
	text := e.Text
	if e.Of != "" {
		text = e.Of
	}
	read := false
	if f := programs[programName(p.tag)]; f != nil {
		read = f(e, text)
	}
	e.Set(event.Host, p.host)
	if e.Kind != event.OperatorRan.Name {
		e.Set(event.PID, p.pid)
	}
	if !read {
		e.Kind = event.LogMessage.Name
		e.Set(event.Class, e.Trace.Class)
		peersIn(e)
	}
}

// programName is a tag without its path, and without what stands in parentheses.
func programName(tag string) string {
	tag = tag[strings.LastIndexByte(tag, '/')+1:]
	if i := strings.IndexByte(tag, '('); i > 0 { // sshd(pam_unix)
		tag = tag[:i]
	}
	return tag
}

// programs are the programs whose messages have kinds of their own. A function
// that returns false leaves the message as it is.
var programs = map[string]func(e *event.Event, text string) bool{
	"chronyd": clockDecode("chronyd"), "ntpd": clockDecode("ntpd"), "ntpdate": clockDecode("ntpdate"), "sntp": clockDecode("sntp"),
	"systemd-timesyncd": clockDecode("systemd-timesyncd"), "vmtoolsd": clockDecode("vmtoolsd"),
	"sshd": sshDecode, "sshd-session": sshDecode, "dropbear": sshDecode,
	"CRON": cronDecode, "CROND": cronDecode, "crond": cronDecode, "cron": cronDecode, "/usr/sbin/cron": cronDecode,
	"systemd": systemdDecode, "sudo": sudoDecode,
	"rsyslogd": lostDecode, "rsyslogd-2177": lostDecode, "systemd-journald": lostDecode, "systemd-journal": lostDecode, "journal": lostDecode, "imuxsock": lostDecode,
	"haproxy": haproxyDecode, "licsscore": licenseDecode, "licssmonitor": licenseDecode,
}

// licenseDecode reads what H3C's license server says here.
func licenseDecode(e *event.Event, _ string) bool {
	licenseTell(e)
	return true
}

func clockDecode(program string) func(*event.Event, string) bool {
	return func(e *event.Event, s string) bool {
		kind, name, value := clockSays(s)
		if kind == "" {
			return false
		}
		e.Kind = kind
		e.Set(name, value)
		e.Set("program", program)
		return true
	}
}

// clockSays reads the messages of chrony, ntpd, ntpsec, ntpdate and
// systemd-timesyncd.
func clockSays(s string) (kind, name, value string) {
	s = strings.TrimPrefix(s, "CLOCK: ")
	number := func(after string) string {
		_, rest, ok := strings.Cut(s, after)
		if !ok {
			return ""
		}
		rest = strings.TrimLeft(rest, " ")
		n := 0
		for n < len(rest) && (isDigit(rest[n]) || rest[n] == '.' || n == 0 && (rest[n] == '-' || rest[n] == '+')) {
			n++
		}
		return strings.TrimSuffix(rest[:n], ".")
	}
	switch {
	case strings.HasPrefix(s, "System clock was stepped by "):
		return "clock.stepped", "seconds", number("stepped by ")
	case strings.HasPrefix(s, "time reset "), strings.HasPrefix(s, "time set "):
		return "clock.stepped", "seconds", number(s[:strings.IndexByte(s[5:], ' ')+5])
	case strings.HasPrefix(s, "step time server "), strings.HasPrefix(s, "step-systime"):
		return "clock.stepped", "seconds", number("offset ")
	case strings.Contains(s, " clock_step "):
		return "clock.stepped", "seconds", number(" clock_step ")
	case strings.HasPrefix(s, "System clock time unset or jumped backwards"), strings.HasPrefix(s, "Time has been changed"):
		return "clock.stepped", "seconds", ""
	case strings.HasPrefix(s, "System clock wrong by "):
		return "clock.wrong", "seconds", number("wrong by ")
	case strings.HasPrefix(s, "adjust time server "):
		return "clock.wrong", "seconds", number("offset ")
	case strings.HasPrefix(s, "Selected source "):
		v, _, _ := strings.Cut(s[len("Selected source "):], " ")
		return "clock.synchronized", "source", v
	case strings.HasPrefix(s, "synchronized to "):
		v, _, _ := strings.Cut(s[len("synchronized to "):], ",")
		return "clock.synchronized", "source", v
	case strings.HasPrefix(s, "Synchronized to time server "), strings.HasPrefix(s, "Initial synchronization to time server "), strings.HasPrefix(s, "Initial clock synchronization to "):
		_, v, _ := strings.Cut(s, " to time server ")
		v, _, _ = strings.Cut(v, " ")
		return "clock.synchronized", "source", strings.TrimSuffix(v, ".")
	case strings.HasPrefix(s, "Can't synchronise: "):
		return "clock.unsynchronized", "reason", s[len("Can't synchronise: "):]
	case strings.HasPrefix(s, "no servers reachable"), strings.HasPrefix(s, "no server suitable for synchronization"), strings.HasPrefix(s, "kernel reports TIME_ERROR"), strings.HasPrefix(s, "Timed out waiting for reply"):
		return "clock.unsynchronized", "reason", s
	}
	return "", "", ""
}

// sshDecode reads the messages of OpenSSH's server.
func sshDecode(e *event.Event, s string) bool {
	s = strings.TrimSuffix(strings.TrimPrefix(s, "error: "), " [preauth]")
	preauth := strings.HasSuffix(e.Text, "[preauth]")
	word, rest, _ := strings.Cut(s, " ")
	switch word {
	case "Accepted", "Failed", "Postponed":
		method, rest, ok := strings.Cut(rest, " for ")
		if !ok {
			return false
		}
		user, from, ok := strings.Cut(rest, " from ")
		if !ok || word == "Postponed" {
			return false
		}
		e.Kind = "ssh.login"
		if word == "Failed" {
			e.Kind = "ssh.failed_login"
			if u, ok := strings.CutPrefix(user, "invalid user "); ok {
				user = u
				e.Set("unknown", "yes")
			}
		}
		e.Set("user", user)
		e.Set("method", method)
		e.Set(event.Client, portAddress(from))
		return true
	case "Invalid":
		user, from, ok := strings.Cut(strings.TrimPrefix(rest, "user "), " from ")
		if !ok {
			return false
		}
		e.Kind = "ssh.failed_login"
		e.Set("user", user)
		e.Set("unknown", "yes")
		e.Set(event.Client, portAddress(from))
		return true
	case "Connection", "Disconnected", "Received":
		_, from, ok := strings.Cut(s, " from ")
		if !ok {
			if _, from, ok = strings.Cut(s, " by "); !ok {
				return false
			}
		}
		if word == "Connection" && !strings.HasPrefix(rest, "closed") && !strings.HasPrefix(rest, "reset") || word == "Received" && !strings.HasPrefix(rest, "disconnect") {
			return false
		}
		for _, what := range [...]string{"invalid user ", "authenticating user ", "user "} {
			if u, ok := strings.CutPrefix(from, what); ok {
				user, addr, _ := strings.Cut(u, " ")
				e.Set("user", user)
				from = addr
				break
			}
		}
		addr := portAddress(from)
		if addr == "" {
			e.Attrs = e.Attrs[:0]
			return false
		}
		e.Kind = "ssh.closed"
		e.Set(event.Client, addr)
		if preauth {
			e.Set("preauth", "yes")
		}
		return true
	case "drop", "beginning":
		if !strings.Contains(s, "MaxStartups") {
			return false
		}
		e.Kind = "ssh.refused"
		if _, from, ok := strings.Cut(s, " from "); ok {
			from, _, _ = strings.Cut(from, " ")
			e.Set(event.Client, addressAt(from))
		}
		return true
	}
	return false
}

// portAddress reads "192.0.2.3 port 47772" and "192.0.2.3".
func portAddress(s string) string {
	host, rest, _ := strings.Cut(s, " ")
	host = addressAt(strings.TrimRight(host, ":;,"))
	if host == "" {
		return ""
	}
	if port, ok := strings.CutPrefix(rest, "port "); ok {
		if n := leadingDigits(port); n != "" {
			if strings.Contains(host, ":") {
				return "[" + host + "]:" + n
			}
			return host + ":" + n
		}
	}
	return host
}

// cronDecode reads "(root) CMD (/usr/bin/job)".
func cronDecode(e *event.Event, s string) bool {
	user, rest, ok := strings.Cut(s, ") ")
	if !ok || !strings.HasPrefix(user, "(") {
		return false
	}
	for _, word := range [...]string{"CMD (", "CMDEND (", "CMDOUT ("} {
		if c, ok := strings.CutPrefix(rest, word); ok && word == "CMD (" {
			e.Kind = "cron.ran"
			e.Set("user", user[1:])
			e.Set("command", strings.TrimSpace(strings.TrimSuffix(c, ")")))
			return true
		}
	}
	return false
}

// systemdDecode reads what systemd says of units, in the wordings of 219 to 252.
func systemdDecode(e *event.Event, s string) bool {
	if strings.HasPrefix(s, "Time has been changed") {
		e.Kind = "clock.stepped"
		e.Set("program", "systemd")
		return true
	}
	unit, rest, ok := strings.Cut(s, ": ")
	if ok && isUnit(unit) {
		switch {
		case strings.HasPrefix(rest, "Main process exited"), strings.HasPrefix(rest, "main process exited"), strings.HasPrefix(rest, "Control process exited"):
			e.Kind = "service.exited"
			e.Set("code", valueBehind(rest, "code="))
			e.Set("status", valueBehind(rest, "status="))
		case strings.HasPrefix(rest, "Failed with result '"):
			e.Kind = "service.failed"
			e.Set("result", strings.Trim(rest[len("Failed with result "):], "'."))
		case strings.HasPrefix(rest, "Start request repeated too quickly"):
			e.Kind = "service.failed"
			e.Set("result", "start-limit-hit")
		case strings.HasPrefix(rest, "A process of this unit has been killed by the OOM killer"):
			e.Kind = "service.failed"
			e.Set("result", "oom-kill")
		case strings.HasPrefix(rest, "Scheduled restart job"):
			e.Kind = "service.restarting"
			e.Set("restarts", numberBehind(rest, "restart counter is at "))
		case strings.HasPrefix(rest, "Succeeded"), strings.HasPrefix(rest, "Deactivated successfully"):
			e.Kind = "service.stopped"
		default:
			return false
		}
		e.Set("unit", unit)
		return true
	}
	switch {
	case strings.HasPrefix(s, "Unit ") && strings.Contains(s, " entered failed state"):
		e.Kind = "service.failed"
		unit, _, _ = strings.Cut(s[len("Unit "):], " ")
	case strings.HasSuffix(s, " holdoff time over, scheduling restart."):
		e.Kind = "service.restarting"
		unit, _, _ = strings.Cut(s, " ")
	case strings.HasPrefix(s, "start request repeated too quickly for "):
		e.Kind = "service.failed"
		e.Set("result", "start-limit-hit")
		unit = strings.TrimSuffix(s[len("start request repeated too quickly for "):], ".")
	case strings.HasPrefix(s, "Failed to start "):
		e.Kind = "service.failed"
		unit = strings.TrimSuffix(s[len("Failed to start "):], ".")
	case strings.HasPrefix(s, "Started "):
		e.Kind = "service.started"
		unit = strings.TrimSuffix(s[len("Started "):], ".")
	case strings.HasPrefix(s, "Stopped "):
		e.Kind = "service.stopped"
		unit = strings.TrimSuffix(s[len("Stopped "):], ".")
	default:
		return false
	}
	if name, _, ok := strings.Cut(unit, " - "); ok { // "Started redis.service - Redis."
		unit = name
	}
	e.Set("unit", unit)
	return true
}

func isUnit(s string) bool {
	i := strings.LastIndexByte(s, '.')
	if i <= 0 || strings.IndexByte(s, ' ') >= 0 {
		return false
	}
	switch s[i+1:] {
	case "service", "socket", "scope", "mount", "timer", "slice", "target", "path", "swap", "device", "automount":
		return true
	}
	return false
}

// valueBehind returns the word behind a mark, up to a comma or blank.
func valueBehind(s, mark string) string {
	_, rest, _ := strings.Cut(s, mark)
	if i := strings.IndexAny(rest, ", "); i >= 0 {
		rest = rest[:i]
	}
	return rest
}

// sudoDecode reads "alice : TTY=pts/0 ; PWD=/root ; USER=root ; COMMAND=/bin/ls".
func sudoDecode(e *event.Event, s string) bool {
	user, rest, ok := strings.Cut(s, " : ")
	if !ok {
		return false
	}
	_, command, ok := strings.Cut(rest, "COMMAND=")
	if !ok {
		return false
	}
	e.Kind = event.OperatorRan.Name
	e.Set("user", strings.TrimSpace(user))
	if _, dir, ok := strings.Cut(rest, "PWD="); ok {
		dir, _, _ = strings.Cut(dir, " ;")
		e.Set("dir", dir)
	}
	e.Set("command", command)
	program, _, _ := strings.Cut(command, " ")
	e.Set("program", program[strings.LastIndexByte(program, '/')+1:])
	return true
}

// lostDecode reads what rsyslog and journald say they left out.
func lostDecode(e *event.Event, s string) bool {
	messages, sender := "", ""
	switch {
	case strings.HasPrefix(s, "imuxsock lost "):
		messages, sender = leadingDigits(s[len("imuxsock lost "):]), numberBehind(s, "from pid ")
	case strings.Contains(s, " messages lost due to rate-limiting"):
		head, _, _ := strings.Cut(s, " messages lost")
		messages = head[strings.LastIndexByte(head, ' ')+1:]
		if _, v, ok := strings.Cut(s, "pid: "); ok {
			sender = leadingDigits(v)
		}
	case strings.HasPrefix(s, "Suppressed "):
		messages = leadingDigits(s[len("Suppressed "):])
		_, sender, _ = strings.Cut(s, " messages from ")
	case strings.HasPrefix(s, "Missed "):
		messages, sender = leadingDigits(s[len("Missed "):]), "kernel"
	case strings.HasPrefix(s, "Forwarding to syslog missed "):
		messages = leadingDigits(s[len("Forwarding to syslog missed "):])
	}
	if messages == "" {
		return false
	}
	e.Kind = "log.suppressed"
	e.Set("messages", messages)
	e.Set("sender", sender)
	return true
}
