package main

import (
	"fmt"
	"strconv"
	"strings"
)

// A template is a record, or a few that belong together, with places to fill:
//
//	{at}     a new record's own time, in the layout of the log
//	{ip}     an address of the documentation ranges; {port} a high port
//	{client} address:port, remembered; {same} the one remembered
//	{few}    the same of one of five addresses, those that are in trouble
//	{n 5000} a number below 5000; {hex 8} hexadecimal digits
//	{user} {host} {task} {path}  one of a few words
type template struct {
	weight int
	pieces []piece
}

type piece struct {
	literal string
	fill    byte // first letter of the place; 0: none
	n       int
}

// parse cuts a text at its places. A place nobody knows is a mistake in this program.
func parse(weight int, text string) template {
	t := template{weight: weight}
	for text != "" {
		before, rest, found := strings.Cut(text, "{")
		p := piece{literal: before}
		if found {
			place, after, _ := strings.Cut(rest, "}")
			name, n, _ := strings.Cut(place, " ")
			if n != "" {
				p.n, _ = strconv.Atoi(n)
			}
			p.fill = letters[name]
			if p.fill == 0 {
				panic(fmt.Sprintf("no place named %q before %q", name, after))
			}
			rest = after
		}
		t.pieces = append(t.pieces, p)
		text = rest
	}
	return t
}

var letters = map[string]byte{
	"at": 'a', "ip": 'i', "port": 'p', "client": 'c', "few": 'w', "same": 's', "n": 'n', "hex": 'x',
	"user": 'u', "host": 'h', "task": 't', "path": 'f',
}

var words = map[byte][]string{
	'u': {"deploy", "backup", "oper", "jenkins", "root", "feed", "report", "nagios"},
	'h': {"app-07", "app-08", "app-11", "app-12", "db-01", "db-02", "cache-03", "edge-02"},
	't': {"orders.sync_stock", "orders.send_invoice", "mail.deliver", "reports.nightly", "feed.import_prices", "users.expire_tokens"},
	'f': {"/api/v1/orders", "/api/v1/stock", "/login", "/health", "/static/app.js", "/api/v1/users", "/reports/daily", "/metrics"},
}

// A log fills templates one after the other.
type log struct {
	*random
	templates []template
	total     int
	stamp     func(to []byte, ms int64) []byte
	step      int   // mean milliseconds between records
	ms        int64 // since 1970, in the host's own clock
	client    []byte
}

func newLog(r *random, k kind, start int64) *log {
	l := &log{random: r, templates: k.templates, stamp: k.stamp, step: k.step, ms: start}
	for _, t := range k.templates {
		l.total += t.weight
	}
	return l
}

// record appends the next record, with its newline.
func (l *log) record(b []byte) []byte {
	l.ms += int64(l.about(l.step))
	pick := l.below(l.total)
	i := 0
	for pick >= l.templates[i].weight {
		pick -= l.templates[i].weight
		i++
	}
	for _, p := range l.templates[i].pieces {
		b = append(b, p.literal...)
		b = l.fillIn(b, p)
	}
	return append(b, '\n')
}

func (l *log) fillIn(b []byte, p piece) []byte {
	switch p.fill {
	case 0:
		return b
	case 'a':
		return l.stamp(b, l.ms)
	case 'i':
		return l.address(b)
	case 'p':
		return strconv.AppendInt(b, int64(l.between(32768, 60999)), 10)
	case 'c', 'w':
		if p.fill == 'c' {
			l.client = l.address(l.client[:0])
		} else {
			l.client = strconv.AppendInt(append(l.client[:0], "192.0.2."...), int64(20+l.below(5)), 10)
		}
		l.client = strconv.AppendInt(append(l.client, ':'), int64(l.between(32768, 60999)), 10)
		return append(b, l.client...)
	case 's':
		return append(b, l.client...)
	case 'n':
		return strconv.AppendInt(b, int64(l.below(p.n)), 10)
	case 'x':
		for range p.n {
			b = append(b, "0123456789abcdef"[l.below(16)])
		}
		return b
	}
	list := words[p.fill]
	return append(b, list[l.below(len(list))]...)
}

// address appends one of 600 addresses of the documentation ranges.
func (l *log) address(b []byte) []byte {
	nets := [3]string{"192.0.2.", "198.51.100.", "203.0.113."}
	b = append(b, nets[l.below(3)]...)
	return strconv.AppendInt(b, int64(10+l.below(200)), 10)
}
