package parsers

import (
	"cmp"
	"fmt"
	"maps"
	"slices"
	"strconv"
	"strings"

	"forensic/event"
)

// A dump of a Java virtual machine's threads: jstack, jcmd Thread.print, or what
// kill -3 prints into the middle of a log (format application reads those).
//
//	2017-11-24 13:46:54
//	Full thread dump OpenJDK 64-Bit Server VM (25.151-b12 mixed mode):
//	"main" #1 prio=5 os_prio=0 tid=0x00007f2a4400b800 nid=0x30df waiting on condition [0x00007f2a4d2f1000]
//	   java.lang.Thread.State: TIMED_WAITING (sleeping)
var _ = add(Format{
	Name:  "threaddump",
	Doc:   "Java thread dump (jstack, jcmd Thread.print, kill -3), with its deadlocks.",
	Files: []string{"*jstack*", "*thread*dump*", "*.tdump", "threads*.txt"},
	Kinds: threaddumpKinds,
	Sniff: threaddumpSniff,
	Lines: &Lines{
		Head:   func(line string, e *event.Event) bool { return new(threaddump).head(line, e) },
		Decode: threaddumpDecode,
		Learn:  func(string) *Lines { return new(threaddump).lines() },
	},
	Around: withThreaddumps,
})

// threaddumpSniff wants a dump's title among the first lines, and threads.
func threaddumpSniff(head []byte) Score {
	lines, title, threads, records := 0, false, 0, 0
	for line := range strings.Lines(string(head)) {
		if line = cleanLine(strings.TrimRight(line, "\r\n")); line == "" {
			continue
		}
		if lines++; lines > sampleLines || lines > 3 && !title {
			break
		}
		var e event.Event
		switch {
		case strings.HasPrefix(line, fullThreadDump):
			title = true
		case line[0] == '"' && isThreadLine(line):
			threads++
		case isDigit(line[0]) && !threaddumpHead(line, &e) && !strings.HasPrefix(line, "0x"):
			records++ // of a log around it
		}
	}
	switch {
	case !title || threads == 0:
		return Score{0, "no thread dump at the start"}
	case records > 0:
		return Score{0.4, "a thread dump and records of a log"}
	}
	return Score{1, fmt.Sprintf("the title of a thread dump and %d threads", threads)}
}

// withThreaddumps reads a member in which dumps may stand, and tells of each how
// many threads are where.
func withThreaddumps(in *Input, emit Emit, read func(*Lines, Emit) error) error {
	d := &threaddump{in: in}
	if err := read(nil, d.watch(emit)); err != nil {
		return err
	}
	return d.tell(emit)
}

var threaddumpKinds = []event.Kind{
	{Name: "jvm.dump", Doc: "The threads of a virtual machine were dumped.", Attrs: []string{"version", event.PID}, Literals: []string{fullThreadDump}},
	{Name: "jvm.thread", Doc: "One thread in a dump; cpu is in milliseconds, elapsed in seconds, os_thread the number top -H shows. locks are the monitors it holds, waits_for the one it waits for.", Attrs: []string{event.Thread, "state", "detail", "pool", "top", "os_thread", "cpu", "elapsed", "daemon", "waits_for", "waits_class", "locks"}, Literals: []string{threadID}},
	{Name: "jvm.threads", Doc: "How many threads of a pool are in one state at one place.", Attrs: []string{"pool", "state", "top", "count"}, Literals: []string{fullThreadDump}},
	{Name: "jvm.deadlock", Doc: "Threads that wait for each other's locks, as the virtual machine found them.", Attrs: []string{"threads", "locks"}, Literals: []string{foundDeadlock}},
	{Name: "jvm.message", Doc: "Any other line of a dump."},
}

// A threaddump is one being read.
type threaddump struct {
	in    *Input
	stamp event.Stamp // of the dump that is open
	title string      // its first line
	where event.Span  // of that line
	open  bool
	pid   string
	alone bool                 // the line before was a time and nothing else: a title belongs to it
	count map[threadGroup]*int // by pointer: an assignment would put borrowed strings into the key
}

type threadGroup struct{ pool, state, top string }

// maxThreadGroups is how many groups of one dump are counted apart.
const maxThreadGroups = 4096

func (d *threaddump) lines() *Lines {
	return &Lines{Head: d.head, Decode: threaddumpDecode, Whole: d.whole}
}

const (
	fullThreadDump = "Full thread dump "
	foundDeadlock  = "Found one Java-level deadlock:"
	threadID       = " tid=0x"
)

// head is threaddumpHead, but for a title whose time stands on the line before.
func (d *threaddump) head(line string, e *event.Event) bool {
	alone := d.alone
	d.alone = false
	if alone && strings.HasPrefix(line, fullThreadDump) || !threaddumpHead(line, e) {
		return false
	}
	d.alone = e.Text == "" && e.Stamp.Has != 0
	return true
}

// threaddumpHead tells the lines that begin a part of a dump: its time, its
// title, a thread, a deadlock.
func threaddumpHead(line string, e *event.Event) bool {
	switch c := line[0]; {
	case c == '"':
		if !isThreadLine(line) {
			return false
		}
	case c == 'F':
		if !strings.HasPrefix(line, fullThreadDump) && !strings.HasPrefix(line, foundDeadlock) {
			return false
		}
	case isDigit(c):
		if n := len(leadingDigits(line)); n < 9 && line[n:] == ":" { // jcmd names the process
			e.Component = "pid"
			break
		}
		st, n := stampAt(line)
		if n != len(line) || st.Has&event.HasYear == 0 {
			return false
		}
		e.Stamp = st
		return true
	default:
		return false
	}
	e.Text = line
	return true
}

// isThreadLine tells a thread's first line from any other in quotes.
func isThreadLine(line string) bool {
	i := strings.Index(line, threadID)
	return i > 0 && strings.Contains(line[i:], " nid=") && (strings.Contains(line[:i], "prio=") || strings.Contains(line[:i], `" #`))
}

// whole gives each part the time of its dump.
func (d *threaddump) whole(e *event.Event) {
	if e.Text == "" && strings.Contains(e.Raw, "\n"+fullThreadDump) { // the time, and the title below it
		_, rest, _ := strings.Cut(e.Raw, "\n")
		e.Text, _, _ = strings.Cut(strings.TrimSpace(rest), "\n")
		e.Text = strings.TrimRight(e.Text, "\r")
	}
	switch {
	case e.Component == "pid":
		e.Component = ""
	case e.Text == "" && e.Stamp.Has != 0:
		d.stamp = e.Stamp // the title is a record of its own
	case strings.HasPrefix(e.Text, fullThreadDump):
		if e.Stamp.Has != 0 {
			d.stamp = e.Stamp
		}
		e.Stamp = d.stamp
	default:
		e.Stamp = d.stamp
	}
}

// watch counts threads as they go by, and tells the counts of a dump when it is
// over.
func (d *threaddump) watch(emit Emit) Emit {
	return func(e *event.Event) error {
		title := strings.HasPrefix(e.Text, fullThreadDump)
		thread := e.Text != "" && e.Text[0] == '"' && isThreadLine(e.Text)
		if d.open && !thread && (title || !strings.HasPrefix(e.Text, foundDeadlock)) {
			if err := d.tell(emit); err != nil {
				return err
			}
		}
		if title {
			d.open, d.where, d.title = true, e.Where, strings.Clone(e.Text)
			d.stamp = e.Stamp
			d.count = map[threadGroup]*int{}
		}
		if thread && d.open {
			t := threadOf(e.Raw)
			g := threadGroup{t.pool, t.state, t.top}
			if n := d.count[g]; n != nil {
				*n++
			} else if len(d.count) < maxThreadGroups {
				one := 1
				d.count[threadGroup{strings.Clone(t.pool), strings.Clone(t.state), strings.Clone(t.top)}] = &one
			}
		}
		if pid := leadingDigits(e.Text); pid != "" && e.Text[len(pid):] == ":" {
			d.pid = strings.Clone(pid)
		}
		if title && d.pid != "" {
			e.Decode()
			e.Set(event.PID, d.pid)
			d.pid = ""
		}
		return emit(e)
	}
}

// tell emits the counts of the dump that is over.
func (d *threaddump) tell(emit Emit) error {
	d.open = false
	groups := slices.SortedFunc(maps.Keys(d.count), func(a, b threadGroup) int {
		return cmp.Or(cmp.Compare(*d.count[b], *d.count[a]), cmp.Compare(a.pool, b.pool), cmp.Compare(a.state, b.state), cmp.Compare(a.top, b.top))
	})
	for _, g := range groups {
		e := event.Event{Kind: "jvm.threads", Stamp: d.stamp, Where: d.where, Text: d.title, Raw: d.title}
		e.Set("pool", g.pool)
		e.Set("state", g.state)
		e.Set("top", g.top)
		e.Set("count", strconv.Itoa(*d.count[g]))
		d.in.Account.Events++
		if err := emit(&e); err != nil {
			return err
		}
	}
	d.count = nil
	return nil
}

// threaddumpDecode tells what part of a dump a record is, and what it says.
func threaddumpDecode(e *event.Event) {
	e.Trace = event.Trace{}
	switch {
	case strings.HasPrefix(e.Text, fullThreadDump):
		e.Kind = "jvm.dump"
		e.Set("version", strings.TrimSuffix(e.Text[len(fullThreadDump):], ":"))
	case strings.HasPrefix(e.Text, foundDeadlock):
		e.Kind = "jvm.deadlock"
		deadlockOf(e)
	case e.Text != "" && e.Text[0] == '"' && isThreadLine(e.Text):
		e.Kind = "jvm.thread"
		threadOf(e.Raw).set(e)
	default:
		e.Kind = "jvm.message"
	}
}

// isThreaddump tells whether a record of a log is part of a dump.
func isThreaddump(e *event.Event) bool {
	return e.Text != "" && (e.Text[0] == '"' && isThreadLine(e.Text) || strings.HasPrefix(e.Text, fullThreadDump) || strings.HasPrefix(e.Text, foundDeadlock))
}

// A javaThread is one thread of a dump.
type javaThread struct {
	name, state, detail, pool, top, os, cpu, elapsed, daemon, waits, class string
	locks                                                                  []string
}

// threadOf reads a thread's record.
func threadOf(raw string) (t javaThread) {
	line, rest, _ := strings.Cut(raw, "\n")
	line = strings.TrimRight(line, "\r")
	end := nameEnd(line)
	if end < 1 {
		return t
	}
	t.name = line[1:end]
	head := line[end:]
	t.pool = threadPool(t.name)
	if strings.Contains(head, " daemon ") {
		t.daemon = "yes"
	}
	t.cpu = strings.TrimSuffix(valueBehind(head, " cpu="), "ms")
	t.elapsed = strings.TrimSuffix(valueBehind(head, " elapsed="), "s")
	nid := valueBehind(head, " nid=")
	if hex, ok := strings.CutPrefix(nid, "0x"); ok {
		if n, err := strconv.ParseUint(hex, 16, 64); err == nil {
			nid = strconv.FormatUint(n, 10)
		}
	}
	t.os = nid
	if _, s, ok := strings.Cut(head, " nid="); ok { // "waiting on condition [0x…]"
		_, s, _ = strings.Cut(s, " ")
		s, _, _ = strings.Cut(s, "[0x")
		t.state = strings.TrimSpace(s)
	}
	for rest != "" {
		line, rest, _ = strings.Cut(rest, "\n")
		line = strings.TrimSpace(line)
		switch {
		case strings.HasPrefix(line, "java.lang.Thread.State: "):
			t.state, t.detail, _ = strings.Cut(line[len("java.lang.Thread.State: "):], " ")
			t.detail = strings.Trim(t.detail, "()")
		case strings.HasPrefix(line, "at ") && t.top == "":
			t.top = line[3:]
		case strings.HasPrefix(line, "- locked <"):
			lock, _ := lockOf(line)
			t.locks = append(t.locks, lock)
		case strings.HasPrefix(line, "- waiting ") || strings.HasPrefix(line, "- parking "):
			if t.waits == "" {
				t.waits, t.class = lockOf(line)
			}
		case strings.HasPrefix(line, "- <0x"): // an ownable synchronizer
			lock, _ := lockOf(line)
			t.locks = append(t.locks, lock)
		}
	}
	// A thread in Object.wait() has given up the monitor it is shown to hold.
	if t.detail == "on object monitor" && t.waits != "" && t.state != "BLOCKED" {
		t.locks = slices.DeleteFunc(t.locks, func(l string) bool { return l == t.waits })
	}
	return t
}

// nameEnd finds the quote that ends a thread's name, which may hold quotes and
// blanks itself: what follows it is known.
func nameEnd(line string) int {
	head := line
	if i := strings.Index(line, " tid="); i > 0 {
		head = line[:i]
	}
	for _, mark := range [...]string{`" #`, `" daemon `, `" prio=`, `" os_prio=`, `" [`} {
		if i := strings.LastIndex(head, mark); i > 0 {
			return i
		}
	}
	return strings.LastIndexByte(head, '"')
}

// lockOf reads "- locked <0x…> (a java.lang.Object)".
func lockOf(line string) (id, class string) {
	_, rest, _ := strings.Cut(line, "<")
	id, rest, _ = strings.Cut(rest, ">")
	_, class, _ = strings.Cut(rest, "(a ")
	return id, strings.TrimSuffix(class, ")")
}

func (t javaThread) set(e *event.Event) {
	e.Set(event.Thread, t.name)
	e.Set("state", t.state)
	e.Set("detail", t.detail)
	e.Set("pool", t.pool)
	e.Set("top", t.top)
	e.Set("os_thread", t.os)
	e.Set("cpu", t.cpu)
	e.Set("elapsed", t.elapsed)
	e.Set("daemon", t.daemon)
	e.Set("waits_for", t.waits)
	e.Set("waits_class", t.class)
	e.Set("locks", strings.Join(t.locks, ","))
}

// threadPool is a thread's name without what numbers it, or names its peer:
// http-nio-8080-exec-7 is one of http-nio-8080-exec.
func threadPool(name string) string {
	if i := strings.IndexByte(name, '('); i > 0 && strings.HasSuffix(name, ")") {
		name = name[:i]
	}
	end := len(name)
	for end > 0 && isDigit(name[end-1]) {
		end--
	}
	if end == len(name) {
		return name
	}
	return strings.TrimRight(name[:end], "-#_ :")
}

// deadlockOf takes the threads and locks of a deadlock.
func deadlockOf(e *event.Event) {
	var threads, locks []string
	for line := range strings.Lines(e.Raw) {
		line = strings.TrimRight(line, "\r\n")
		if strings.HasPrefix(line, "Java stack information") {
			break
		}
		if name, ok := strings.CutPrefix(line, `"`); ok {
			if name, ok = strings.CutSuffix(name, `":`); ok {
				threads = append(threads, name)
			}
		}
		if _, rest, ok := strings.Cut(line, "(object 0x"); ok {
			id, _, _ := strings.Cut(rest, ",")
			locks = append(locks, "0x"+id)
		} else if _, rest, ok := strings.Cut(line, "ownable synchronizer 0x"); ok {
			id, _, _ := strings.Cut(rest, ",")
			locks = append(locks, "0x"+id)
		}
	}
	e.Set("threads", strings.Join(threads, ","))
	e.Set("locks", strings.Join(locks, ","))
}
