package parsers

import (
	"strings"
	"time"

	"forensic/event"
)

// The kernel's own buffer, as dmesg prints it with its flags, or /dev/kmsg:
//
//	[12345.678901] TCP: time wait bucket table overflow
//	[Fri Nov 24 13:45:11 2017] TCP: …          kern  :warn  : [12345.678901] TCP: …
//	<4>[12345.678901] TCP: …                   4,1234,5678901,-;TCP: …
//
// The time since the machine started stops while it sleeps, and -T is wrong by
// what it slept and by every step of its clock.
var _ = add(Format{
	Name:  "dmesg",
	Doc:   "Kernel log buffer (dmesg, with -T, -x, -e, -d, --time-format; /dev/kmsg).",
	Files: []string{"dmesg*", "kmsg*"},
	Kinds: []event.Kind{event.KernelMessage, event.KernelSuppressed},
	Lines: &Lines{
		Head:   func(line string, e *event.Event) bool { return new(dmesg).head(line, e) },
		Decode: func(e *event.Event) { new(dmesg).decode(e) },
		Learn: func(string) *Lines {
			d := new(dmesg)
			return &Lines{Head: d.head, Decode: d.decode, Whole: d.whole, After: d.after}
		},
	},
})

// A dmesg is one buffer being read.
type dmesg struct {
	last   event.Stamp // of the record before, for times written as the difference to it
	memory syslogMemory
}

var dmesgFacilities = [...]string{"kern", "user", "mail", "daemon", "auth", "syslog", "lpr", "news", "uucp", "cron", "authpriv", "ftp", "local0", "local1", "local2", "local3", "local4", "local5", "local6", "local7"}

// head reads a level, where one is written, and a time in brackets.
func (d *dmesg) head(line string, e *event.Event) bool {
	rest, level := line, event.NoLevel
	switch c := line[0]; {
	case c == '<':
		pri, n := priorityAt(line)
		if n == 0 || pri < 0 {
			return false
		}
		level, rest = severityLevels[pri&7], line[n:]
	case c >= 'a' && c <= 'z':
		f, after, ok := strings.Cut(line, ":")
		word, after, ok2 := strings.Cut(after, ": ")
		if !ok || !ok2 || len(f) > 9 || !dmesgFacility(strings.TrimRight(f, " ")) {
			return false
		}
		if level = levelWord(strings.TrimRight(word, " ")); level == event.NoLevel {
			return false
		}
		rest = after
	case isDigit(c):
		return d.kmsg(line, e)
	}
	if rest == "" || rest[0] != '[' {
		return false
	}
	end := strings.IndexByte(rest, ']')
	if end < 2 || end > 40 || end+1 < len(rest) && rest[end+1] != ' ' {
		return false
	}
	st, ok := dmesgTime(strings.TrimSpace(rest[1:end]))
	if !ok {
		return false
	}
	text := strings.TrimPrefix(rest[end+1:], " ")
	if strings.HasPrefix(text, "(") && len(text) > 4 && text[3] == ')' && strings.Contains("(II)(WW)(EE)(--)(**)(==)(!!)(NI)(??)", text[:4]) {
		return false // the X server's log
	}
	e.Stamp, e.Level, e.Component, e.Text = st, level, "kernel", text
	return true
}

func dmesgFacility(s string) bool {
	for _, f := range dmesgFacilities {
		if s == f {
			return true
		}
	}
	return false
}

// dmesgTime reads what stands in the brackets. A difference to the record before
// ("+0.000012") is kept as such: its step is negative until whole knows more.
func dmesgTime(s string) (event.Stamp, bool) {
	if s == "" {
		return event.Stamp{}, false
	}
	if s[0] == '+' {
		st, n := bootStamp(s[1:])
		if n != len(s)-1 || n == 0 {
			return st, false
		}
		st.Step = -st.Step
		return st, true
	}
	if st, n := bootStamp(s); n > 0 && isDigit(s[0]) {
		rest := strings.TrimSpace(s[n:])
		if rest == "" || rest[0] == '<' || strings.HasPrefix(rest, "T") && leadingDigits(rest[1:]) == rest[1:] { // -d; CONFIG_PRINTK_CALLER
			return st, true
		}
		return st, false
	}
	if len(s) == 11 && month3(s) > 0 && isDigit(s[4]) && (isDigit(s[3]) || s[3] == ' ') && s[5] == ' ' && s[8] == ':' && digits(s[6:], 2) && digits(s[9:], 2) { // -e: "Nov24 13:45", "Nov 4 13:45"
		st := stampOf(event.YearUnwritten, month3(s), num2(strings.ReplaceAll(s[3:5], " ", "0")), clock{num2(s[6:]), num2(s[9:]), 0, fraction{step: time.Minute}}, s)
		return st, true
	}
	st, n := stampAt(s)
	return st, n == len(s) && n > 0 && st.Has&event.HasYear != 0 && !isDigit(s[0]) && strings.IndexByte(s, ',') < 0
}

// kmsg reads /dev/kmsg's "4,1234,5678901,-;text" and --time-format iso.
func (d *dmesg) kmsg(line string, e *event.Event) bool {
	pri := leadingDigits(line)
	if len(pri) < 4 && len(pri) < len(line) && line[len(pri)] == ',' {
		head, text, ok := strings.Cut(line, ";")
		f := strings.SplitN(head, ",", 4)
		if !ok || len(f) != 4 || leadingDigits(f[1]) != f[1] || f[2] == "" || leadingDigits(f[2]) != f[2] || len(f[2]) > 15 {
			return false
		}
		us := int64(0)
		for i := range len(f[2]) {
			us = us*10 + int64(f[2][i]-'0')
		}
		n := 0
		for i := range len(pri) {
			n = n*10 + int(pri[i]-'0')
		}
		e.Stamp = event.Stamp{Wall: us * int64(time.Microsecond), Has: event.SinceBoot, Step: time.Microsecond}
		e.Level, e.Component, e.Text = severityLevels[n&7], "kernel", text
		return true
	}
	if len(line) < 33 || line[10] != 'T' || line[19] != ',' {
		return false
	}
	st, n := stampAt(line)
	if n == 0 || st.Has&event.HasZone == 0 || st.Step != time.Microsecond || n >= len(line) || line[n] != ' ' {
		return false
	}
	e.Stamp, e.Component, e.Text = st, "kernel", line[n+1:]
	return true
}

// whole adds a difference to the time of the record before.
func (d *dmesg) whole(e *event.Event) {
	if e.Stamp.Step < 0 {
		diff := e.Stamp.Wall
		e.Stamp = d.last
		e.Stamp.Wall += diff
	}
	d.last = e.Stamp
}

// after and decode remember and resolve what the kernel's limiters left out.
func (d *dmesg) after(e *event.Event) { d.memory.remember(e, "") }

func (d *dmesg) decode(e *event.Event) {
	e.Kind = event.KernelMessage.Name
	d.memory.standsFor(e, "")
	if e.Stamp.Has&event.SinceBoot != 0 && e.Kind == event.KernelMessage.Name {
		e.Set("uptime", dmesgUptime(e.Raw))
	}
}

// dmesgUptime returns the seconds since the start as written.
func dmesgUptime(raw string) string {
	_, rest, ok := strings.Cut(raw, "[")
	if !ok {
		return ""
	}
	in, _, _ := strings.Cut(rest, "]")
	in = strings.TrimSpace(in)
	_, n := bootStamp(in)
	return in[:n]
}
