package parsers

import (
	"fmt"
	"sync/atomic"

	"forensic/event"
)

// A look is what the formats that share the layouts of application logs see in
// a member's first text: application, text, zookeeper, licserver. It is made
// once for all of them, and nothing in it changes afterwards.
type look struct {
	head   string
	binary bool

	strong, same, begin int // see application
	undated, readable   bool
	begun               int // lines that have a layout, or a time like those that do
	other               int // lines that neither begin a record nor look like the rest of one
	own                 int // lines of ZooKeeper's own loggers
	system              int // lines of a system log
	license             int // lines that speak of a license server
	lines               int
}

// lastLook is the look taken last: the formats of one detection ask one after
// another. Another goroutine that detects meanwhile costs a second look.
var lastLook atomic.Pointer[look]

func lookAt(head []byte) *look {
	if l := lastLook.Load(); l != nil && l.head == string(head) {
		return l
	}
	l := newLook(string(head))
	lastLook.Store(l)
	return l
}

func newLook(head string) *look {
	l := &look{head: head}
	text := wholeLines([]byte(head))
	if binaryText(text) {
		l.binary = true
		return l
	}
	a := newApplication(text)
	l.strong, l.same, l.begin, l.undated = a.strong, a.same, a.begin, a.undated
	l.readable = len(a.shapes) > 0 || a.strong > 0 || a.undated || a.learnt
	var p syslogLine
	for _, line := range sampleOf(text) {
		l.lines++
		if p.read(line) && p.stamp.Has != 0 {
			l.system++
		}
		if licenseWords(line) {
			l.license++
		}
		if a.coloured {
			if line = withoutColours(line); line == "" {
				continue
			}
		}
		if a.indented {
			line = line[a.stampBehindBlanks(line):]
		}
		switch {
		case a.first[line[0]] && a.read(line):
			l.begun++
			var e event.Event
			if isZooKeeper(a.component) || zookeeperHead(line, &e) {
				l.own++
			}
		case l.begun == 0 || !isContinuation(line):
			l.other++
		}
	}
	return l
}

// share is the part of the lines that speak for a log at all, of which n fit.
func (l *look) share(n int) float64 {
	return float64(min(n, l.begun)) / float64(max(l.begun+l.other, 1))
}

// applicationSniff counts the lines of a layout it knows. Lines of a traceback
// that have the prefix of a record count too, although they begin none; so do
// lines with times like theirs, where these are not most.
func applicationSniff(head []byte) Score {
	l := lookAt(head)
	switch {
	case l.binary:
		return Score{0, "binary bytes"}
	case l.strong == 0:
		return Score{0, "no layout found"}
	}
	n := l.strong
	if 2*l.strong >= l.same {
		n += l.same
	}
	return Score{0.8 * l.share(n), fmt.Sprintf("%d of %d lines have a known layout", min(n, l.begun), l.begun+l.other)}
}

// textSniff takes whatever has times, or else levels.
func textSniff(head []byte) Score {
	l := lookAt(head)
	switch {
	case l.binary:
		return Score{0, "binary bytes"}
	case !l.readable || l.begun == 0:
		return Score{0, "no layout found"}
	}
	worth := anyText
	if l.undated {
		worth = 0.2
	}
	return Score{worth * l.share(l.begun), fmt.Sprintf("%d of %d lines begin a record", l.begun, l.begun+l.other)}
}

// zookeeperSniff wants most records to be ZooKeeper's own.
func zookeeperSniff(head []byte) Score {
	l := lookAt(head)
	if l.own == 0 || 2*l.own < l.begun {
		return Score{0, "few records are ZooKeeper's own"}
	}
	return Score{l.share(l.own), fmt.Sprintf("%d of %d lines are ZooKeeper's own", l.own, l.begun+l.other)}
}

// licenseSniff takes a dated text for a license server's if its words say so.
// Without such words its name must (Named), against what takes nearly anything.
func licenseSniff(head []byte) Score {
	l := lookAt(head)
	begun, other := l.begun, l.other
	if l.system > begun {
		begun, other = l.system, l.lines-l.system
	}
	switch {
	case l.binary:
		return Score{0, "binary bytes"}
	case l.lines == 0:
		return Score{0, "no lines"}
	}
	share := float64(begun) / float64(max(begun+other, 1))
	if begun == 0 || l.undated { // no times at all: every line is a record
		share = 0.2
	}
	if l.license >= 3 && l.license*5 >= l.lines || l.license*2 >= l.lines {
		return Score{0.9 * share, fmt.Sprintf("%d of %d lines speak of a license server", l.license, l.lines)}
	}
	return Score{0.25 * share, "nothing but its name would tell"}
}
