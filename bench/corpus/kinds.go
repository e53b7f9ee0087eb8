package main

import "time"

// A kind is one sort of log: who writes it, and what.
type kind struct {
	path      string // newest part; older ones get .1, .2 and so on behind it
	share     int    // per cent of the corpus
	step      int    // mean milliseconds between records: about a day for 1 GB
	stamp     func(to []byte, ms int64) []byte
	templates []template
}

func kinds() []kind {
	return []kind{
		{"app-07/logs/app.log", 30, 45, stampISO, log4jTemplates},
		{"app-08/logs/worker.log", 20, 62, stampISO, pythonTemplates},
		{"zk1/logs/zookeeper.out", 20, 155, stampISO, zookeeperTemplates},
		{"zk1/messages", 30, 30, stampSyslog, syslogTemplates},
	}
}

// stampISO appends 2024-03-02 10:14:03,120.
func stampISO(b []byte, ms int64) []byte {
	t := time.UnixMilli(ms).UTC()
	b = digits(b, t.Year(), 4)
	b = digits(append(b, '-'), int(t.Month()), 2)
	b = digits(append(b, '-'), t.Day(), 2)
	b = clock(append(b, ' '), t)
	return digits(append(b, ','), int(ms%1000), 3)
}

// stampSyslog appends "Mar  2 10:14:03".
func stampSyslog(b []byte, ms int64) []byte {
	t := time.UnixMilli(ms).UTC()
	b = append(b, t.Month().String()[:3]...)
	b = append(b, ' ')
	if t.Day() < 10 {
		b = append(b, ' ')
		b = digits(b, t.Day(), 1)
	} else {
		b = digits(b, t.Day(), 2)
	}
	return clock(append(b, ' '), t)
}

func clock(b []byte, t time.Time) []byte {
	b = digits(b, t.Hour(), 2)
	b = digits(append(b, ':'), t.Minute(), 2)
	return digits(append(b, ':'), t.Second(), 2)
}

func digits(b []byte, n, width int) []byte {
	at := len(b)
	b = append(b, "0000"[:width]...)
	for i := at + width - 1; i >= at; i-- {
		b[i] = byte('0' + n%10)
		n /= 10
	}
	return b
}
