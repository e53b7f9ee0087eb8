package parsers

import (
	"slices"
	"strings"

	"forensic/event"
)

// A ZooKeeper server or client log, in the layout of the log4j.properties or
// logback.xml it ships with:
//
//	2024-03-02 10:14:03,120 [myid:1] - INFO  [NIOServerCxn.Factory:0.0.0.0/0.0.0.0:2181:NIOServerCnxnFactory@197] - Accepted socket connection from /192.0.2.10:51514
//
// Debian's packages and 3.3 leave out "[myid:1]"; from 3.8 on packages are
// abbreviated (o.a.z.s.NIOServerCnxn@374).
var _ = add(Format{
	Name:   "zookeeper",
	Doc:    "ZooKeeper server or client log (zookeeper.out). Layouts of log4j 1, logback and Kafka's package, releases 3.3 to 3.9.",
	Files:  []string{"zookeeper*.out*", "zookeeper*.log*", "zk*.log*", "zk*.out*"},
	Kinds:  slices.Concat(zookeeperKinds, threaddumpKinds),
	Sniff:  zookeeperSniff,
	Lines:  &Lines{Head: zookeeperHead, Decode: zookeeperDecode, Learn: zookeeperLearn, Joins: zookeeperJoins},
	Around: withThreaddumps,
})

// zookeeperLearn reads ZooKeeper's own layout or any other that Java programs
// are told; records of others among its own are read all the same.
func zookeeperLearn(sample string) *Lines {
	a := newApplication(sample)
	decode := func(e *event.Event) {
		var own event.Event
		if zookeeperHead(firstLine(e.Raw), &own) {
			zookeeperDecode(e)
			return
		}
		a.decode(e)
		if e.Kind == event.LogMessage.Name {
			e.Kind = "zookeeper.message"
			e.Attrs = slices.DeleteFunc(e.Attrs, func(x event.Attr) bool { return x.Name != event.Thread && x.Name != event.Class })
		}
	}
	head := func(line string, e *event.Event) bool {
		return zookeeperHead(line, e) || a.head(line, e)
	}
	return &Lines{Head: head, Whole: a.whole, Decode: decode}
}

// zookeeperHead reads "DATE [myid:N] - LEVEL [thread:Class@line] - message" and
// Kafka's "[DATE] LEVEL message (org.apache.zookeeper.…)".
func zookeeperHead(line string, e *event.Event) bool {
	bracket := len(line) > 0 && line[0] == '['
	if bracket {
		line = line[1:]
	}
	st, n := stampAt(line)
	if n == 0 {
		return false
	}
	rest := line[n:]
	if bracket {
		return zookeeperKafka(rest, st, e)
	}
	if strings.HasPrefix(rest, " [myid:") {
		end := strings.Index(rest, "] - ")
		if end < 0 {
			return false
		}
		rest = rest[end+1:]
	}
	rest, ok := strings.CutPrefix(rest, " - ")
	if !ok {
		return false
	}
	level, n := levelAt(rest)
	if n == 0 {
		return false
	}
	rest = strings.TrimLeft(rest[n:], " ")
	if rest == "" || rest[0] != '[' {
		return false
	}
	at := zookeeperLocation(rest)
	if at < 0 {
		return false
	}
	e.Stamp, e.Level, e.Text = st, level, rest[at+len("] - "):]
	// The thread may hold colons, slashes and brackets; the class stands
	// behind the last colon.
	e.Component = rest[strings.LastIndexByte(rest[:at], ':')+1 : at]
	return true
}

// zookeeperLocation finds the "] - " that ends "[thread:Class@line", which is
// the first one with "@digits" before it; -1 where there is none.
func zookeeperLocation(s string) int {
	for from := 0; ; {
		i := strings.Index(s[from:], "] - ")
		if i < 0 {
			return -1
		}
		i += from
		j := i
		for j > 0 && isDigit(s[j-1]) {
			j--
		}
		if j < i && j > 0 && s[j-1] == '@' {
			return i
		}
		from = i + 1
	}
}

func zookeeperKafka(rest string, st event.Stamp, e *event.Event) bool {
	rest, ok := strings.CutPrefix(rest, "] ")
	if !ok || !strings.HasSuffix(rest, ")") {
		return false
	}
	level, n := levelAt(rest)
	open := strings.LastIndex(rest, " (org.apache.zookeeper.")
	if n == 0 || open < 0 {
		return false
	}
	e.Stamp, e.Level, e.Component = st, level, rest[open+2:len(rest)-1]
	e.Text = strings.TrimLeft(rest[n:open], " ")
	return true
}
