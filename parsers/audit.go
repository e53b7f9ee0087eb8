package parsers

import (
	"strings"

	"forensic/event"
)

// The log of Linux' audit daemon:
//
//	type=SYSCALL msg=audit(1511502311.123:45): arch=c000003e syscall=59 success=yes exit=0 pid=812 auid=1000 uid=0 comm="rm" exe="/usr/bin/rm"
//	node=app-07 type=USER_LOGIN msg=audit(1511502311.123:46): pid=813 uid=0 msg='op=login acct="root" addr=192.0.2.3 res=failed'
var _ = add(Format{
	Name:  "audit",
	Doc:   "Linux audit log (/var/log/audit/audit.log).",
	Files: []string{"audit.log*"},
	Kinds: []event.Kind{
		{Name: "audit.event", Doc: "A record of the audit daemon; records of one event have one serial.", Attrs: []string{event.Host, event.PID, event.Client, "type", "serial", "user", "login", "program", "command", "syscall", "success", "operation", "result"}},
	},
	Lines: &Lines{Head: auditHead, Decode: auditDecode, Single: true},
})

func auditHead(line string, e *event.Event) bool {
	if !strings.HasPrefix(line, "type=") && !strings.HasPrefix(line, "node=") {
		return false
	}
	i := strings.Index(line, " msg=audit(")
	if i < 0 {
		return false
	}
	head, rest := line[:i], line[i+len(" msg=audit("):]
	end := strings.Index(rest, "):")
	if end < 0 {
		return false
	}
	st, n := stampAt(rest)
	if n == 0 || n >= end || rest[n] != ':' {
		return false
	}
	_, kind, _ := strings.Cut(head, "type=")
	e.Stamp, e.Component, e.Text = st, kind, strings.TrimLeft(rest[end+2:], " ")
	return true
}

func auditDecode(e *event.Event) {
	e.Kind = "audit.event"
	if host, ok := strings.CutPrefix(e.Raw, "node="); ok {
		host, _, _ = strings.Cut(host, " ")
		e.Set(event.Host, host)
	}
	e.Set("type", e.Component)
	if _, rest, ok := strings.Cut(e.Raw, "msg=audit("); ok {
		id, _, _ := strings.Cut(rest, ")")
		e.Set("serial", id[strings.LastIndexByte(id, ':')+1:])
	}
	for _, f := range [...]struct{ key, name string }{
		{"pid", event.PID}, {"uid", "user"}, {"auid", "login"}, {"exe", "program"}, {"comm", "command"}, {"syscall", "syscall"},
		{"success", "success"}, {"op", "operation"}, {"res", "result"},
	} {
		e.Set(f.name, auditField(e.Text, f.key))
	}
	if a := addressAt(auditField(e.Text, "addr")); a != "" {
		e.Set(event.Client, a)
	}
}

// auditField returns the value of name=, without quotes; other names may end
// like it.
func auditField(s, name string) string {
	for from := 0; ; {
		i := strings.Index(s[from:], name+"=")
		if i < 0 {
			return ""
		}
		i += from
		from = i + len(name) + 1
		if i > 0 && s[i-1] != ' ' && s[i-1] != '\'' {
			continue
		}
		v := s[from:]
		if v != "" && v[0] == '"' {
			v, _, _ = strings.Cut(v[1:], `"`)
			return v
		}
		if end := strings.IndexAny(v, " '\n"); end >= 0 {
			v = v[:end]
		}
		if v == "?" || v == "4294967295" {
			return ""
		}
		return v
	}
}
