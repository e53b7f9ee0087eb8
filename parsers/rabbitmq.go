package parsers

import (
	"strings"

	"forensic/event"
)

// The log of RabbitMQ: reports whose header stands on a line of its own, up to
// 3.6, and lines since 3.7.
//
//	=INFO REPORT==== 24-Nov-2017::13:45:11 ===
//	accepting AMQP connection <0.33.0> (192.0.2.3:47772 -> 192.0.2.5:5672)
//
//	2017-11-24 13:46:54.760 [info] <0.33.0> accepting AMQP connection <0.33.0> (192.0.2.3:47772 -> 192.0.2.5:5672)
var _ = add(Format{
	Name:  "rabbitmq",
	Doc:   "RabbitMQ server log, old reports and lines since 3.7.",
	Files: []string{"rabbit*.log*"},
	Kinds: []event.Kind{
		{Name: "rabbitmq.accepted", Doc: "A client's connection was accepted.", Attrs: []string{event.Client, event.Server, "process"}, Joins: true},
		{Name: "rabbitmq.authenticated", Doc: "A client logged in.", Attrs: []string{event.Client, event.Server, "process", "user", "vhost"}},
		{Name: "rabbitmq.closed", Doc: "A connection ended; reason is absent where the client said good-bye.", Attrs: []string{event.Client, event.Server, "process", "reason"}, Joins: true},
		{Name: "rabbitmq.missed_heartbeats", Doc: "A connection was closed for want of heartbeats.", Attrs: []string{event.Client, event.Server, "process", "timeout"}},
		{Name: "rabbitmq.alarm", Doc: "Memory or disk passed its limit and publishers are blocked, or no longer are.", Attrs: []string{"process", "resource", "state"}},
		{Name: "rabbitmq.node", Doc: "Another node of the cluster went up or down, or a partition was seen.", Attrs: []string{"process", "node", "state"}},
		{Name: "rabbitmq.started", Doc: "The server started.", Attrs: []string{"process", "version"}},
		{Name: "rabbitmq.message", Doc: "Any other record.", Attrs: []string{"process"}},
	},
	Lines: &Lines{Head: rabbitmqHead, Decode: rabbitmqDecode, Whole: rabbitmqWhole, Body: true, Joins: func(_, text string) bool { return strings.Contains(text, "ing AMQP connection") }},
})

func rabbitmqHead(line string, e *event.Event) bool {
	if line[0] == '=' {
		word, rest, ok := strings.Cut(line[1:], " REPORT==== ")
		if !ok {
			return false
		}
		st, n := stampAt(rest)
		if n == 0 {
			return false
		}
		l := levelWord(word)
		if l == event.NoLevel {
			l = event.Info // PROGRESS, CRASH, SUPERVISOR
			if word == "CRASH" || word == "SUPERVISOR" {
				l = event.Error
			}
		}
		e.Stamp, e.Level, e.Component = st, l, "rabbitmq"
		return true
	}
	if !isDigit(line[0]) {
		return false
	}
	st, n := stampAt(line)
	if n == 0 || !strings.HasPrefix(line[n:], " [") {
		return false
	}
	word, rest, ok := strings.Cut(line[n+2:], "] ")
	if !ok || !strings.HasPrefix(rest, "<0.") && !strings.HasPrefix(rest, "<") {
		return false
	}
	l := levelWord(word)
	end := strings.Index(rest, "> ")
	if end < 0 && strings.HasSuffix(rest, ">") {
		end = len(rest) - 1
		rest += " "
	}
	if l == event.NoLevel || end < 4 || end > 20 || strings.Count(rest[:end], ".") != 2 {
		return false
	}
	e.Stamp, e.Level, e.Component, e.Text = st, l, "rabbitmq", rest[end+2:]
	return true
}

// rabbitmqWhole takes the line below a report's header for its text.
func rabbitmqWhole(e *event.Event) {
	if e.Text != "" {
		return
	}
	_, rest, _ := strings.Cut(e.Raw, "\n")
	for rest != "" && e.Text == "" {
		e.Text, rest, _ = strings.Cut(rest, "\n")
		e.Text = strings.TrimSpace(e.Text)
	}
}

func rabbitmqDecode(e *event.Event) {
	e.Kind = "rabbitmq.message"
	line, _, _ := strings.Cut(e.Raw, "\n")
	if i := strings.Index(line, "] <"); i > 0 && line[0] != '=' {
		p, _, _ := strings.Cut(line[i+3:], ">")
		e.Set("process", p)
	}
	m := e.Text
	body := e.Raw
	switch {
	case strings.HasPrefix(m, "accepting AMQP connection"):
		e.Kind = "rabbitmq.accepted"
		rabbitmqPeers(e, m)
	case strings.HasPrefix(m, "connection ") && strings.Contains(body, "authenticated and granted access"):
		e.Kind = "rabbitmq.authenticated"
		rabbitmqPeers(e, m)
		e.Set("user", quotedBehind(m, "user "))
		e.Set("vhost", quotedBehind(m, "vhost "))
	case strings.Contains(body, "missed heartbeats from client"):
		e.Kind = "rabbitmq.missed_heartbeats"
		rabbitmqPeers(e, body)
		e.Set("timeout", numberBehind(body, "timeout: "))
	case strings.HasPrefix(m, "closing AMQP connection"):
		e.Kind = "rabbitmq.closed"
		rabbitmqPeers(e, m)
		if i := strings.Index(body, m); i >= 0 {
			_, below, _ := strings.Cut(body[i:], "\n")
			below, _, _ = strings.Cut(strings.TrimSpace(below), "\n")
			e.Set("reason", strings.TrimSpace(below))
		}
	case strings.Contains(m, " resource limit alarm set"), strings.Contains(m, " resource limit alarm cleared"):
		e.Kind = "rabbitmq.alarm"
		e.Set("resource", rabbitmqResource(m))
		if strings.Contains(m, "cleared") {
			e.Set("state", "cleared")
		} else {
			e.Set("state", "set")
		}
	case strings.HasPrefix(m, "node ") || strings.HasPrefix(m, "rabbit on node "), strings.HasPrefix(m, "Mnesia("):
		rest := strings.TrimPrefix(strings.TrimPrefix(m, "rabbit on "), "node ")
		if strings.HasPrefix(m, "Mnesia(") {
			rest = m[len("Mnesia("):]
		}
		node, state, _ := strings.Cut(rest, " ")
		e.Kind = "rabbitmq.node"
		e.Set("node", strings.Trim(node, "':)"))
		e.Set("state", strings.TrimSpace(state))
	case strings.HasPrefix(m, "Starting RabbitMQ "):
		e.Kind = "rabbitmq.started"
		v, _, _ := strings.Cut(m[len("Starting RabbitMQ "):], " ")
		e.Set("version", v)
	}
}

// rabbitmqPeers reads "(192.0.2.3:47772 -> 192.0.2.5:5672…)".
func rabbitmqPeers(e *event.Event, s string) {
	i := strings.Index(s, " -> ")
	if i < 0 {
		return
	}
	open := strings.LastIndexByte(s[:i], '(')
	e.Set(event.Client, addressAt(s[open+1:]))
	e.Set(event.Server, addressAt(s[i+4:]))
}

// rabbitmqResource is the word before "resource limit alarm".
func rabbitmqResource(m string) string {
	head, _, _ := strings.Cut(m, " resource limit alarm")
	return strings.ToLower(head[strings.LastIndexByte(head, ' ')+1:])
}
