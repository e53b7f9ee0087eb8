package parsers

import (
	"strings"

	"forensic/event"
)

// The error log of nginx:
//
//	2017/11/24 13:46:54 [error] 1234#0: *567 connect() failed (111: Connection refused) while connecting to upstream, client: 192.0.2.3, server: example.com, request: "GET / HTTP/1.1", upstream: "http://192.0.2.9:8080/", host: "example.com"
var _ = add(Format{
	Name:  "nginx",
	Doc:   "nginx error log.",
	Files: []string{"error.log*", "*nginx*error*", "nginx*.log*"},
	Kinds: []event.Kind{
		{Name: "nginx.upstream_failed", Doc: "A server behind nginx could not be used: refused, timed out, closed early.", Attrs: []string{event.Client, "upstream", event.PID, "errno", "reason", "connection", "path", "vhost"}},
		{Name: "nginx.message", Doc: "Any other record.", Attrs: []string{event.Client, event.PID, "errno", "connection", "path", "vhost"}},
	},
	Lines: &Lines{Head: nginxHead, Decode: nginxDecode},
})

func nginxHead(line string, e *event.Event) bool {
	if !isDigit(line[0]) {
		return false
	}
	st, n := stampAt(line)
	if n == 0 || !strings.HasPrefix(line[n:], " [") {
		return false
	}
	level, rest, ok := strings.Cut(line[n+2:], "] ")
	if !ok {
		return false
	}
	l := levelWord(level)
	if l == event.NoLevel {
		return false
	}
	pid := leadingDigits(rest)
	if pid == "" || !strings.HasPrefix(rest[len(pid):], "#") {
		return false
	}
	_, text, ok := strings.Cut(rest, ": ")
	if !ok {
		return false
	}
	if text != "" && text[0] == '*' {
		if c := leadingDigits(text[1:]); c != "" && strings.HasPrefix(text[1+len(c):], " ") {
			text = text[len(c)+2:]
		}
	}
	e.Stamp, e.Level, e.Component, e.Text = st, l, "nginx", text
	return true
}

func nginxDecode(e *event.Event) {
	e.Kind = "nginx.message"
	line, _, _ := strings.Cut(e.Raw, "\n")
	if _, rest, ok := strings.Cut(line, "] "); ok {
		e.Set(event.PID, leadingDigits(rest))
		if i := strings.Index(rest, ": *"); i >= 0 {
			e.Set("connection", leadingDigits(rest[i+3:]))
		}
	}
	said := e.Text
	if i := strings.Index(said, ", client: "); i >= 0 {
		said = said[:i]
	}
	if open := strings.Index(said, " ("); open >= 0 {
		if n := leadingDigits(said[open+2:]); n != "" && strings.HasPrefix(said[open+2+len(n):], ": ") {
			e.Set("errno", n)
		}
	}
	client, _, _ := strings.Cut(nginxField(e.Text, "client"), ",")
	e.Set(event.Client, client)
	upstream := nginxField(e.Text, "upstream")
	if upstream != "" && (strings.Contains(said, "upstream") || e.Level >= event.Error) {
		e.Kind = "nginx.upstream_failed"
		e.Set("upstream", strings.Trim(upstream, `"`))
		e.Set("reason", said)
	}
	if r := strings.Trim(nginxField(e.Text, "request"), `"`); r != "" {
		_, path, _ := strings.Cut(r, " ")
		path, _, _ = strings.Cut(path, " HTTP/")
		e.Set("path", path)
	}
	e.Set("vhost", strings.Trim(nginxField(e.Text, "host"), `"`))
}

// nginxField returns what stands behind ", name: ", in quotes or up to a comma.
func nginxField(s, name string) string {
	_, rest, ok := strings.Cut(s, ", "+name+": ")
	if !ok {
		return ""
	}
	if rest != "" && rest[0] == '"' {
		if end := quoteEnd(rest); end > 0 {
			return rest[:end+1]
		}
	}
	v, _, _ := strings.Cut(rest, ", ")
	return v
}
