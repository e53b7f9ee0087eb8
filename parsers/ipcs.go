package parsers

import (
	"strconv"
	"strings"

	"forensic/event"
)

// What ipcs prints of System V semaphores, queues and shared memory: the sets
// themselves, the limits (-l), what is used of them (-u); and /proc/sysvipc.
//
//	------ Semaphore Arrays --------
//	key        semid      owner      perms      nsems
//	0x00000000 3768320    root       600        1
var _ = addSnapshot(Format{
	Name:  "ipcs",
	Doc:   "ipcs: System V semaphores, message queues and shared memory, their limits and use.",
	Files: []string{"ipcs*", "sem", "shm", "msg"},
	Kinds: []event.Kind{ipcSemaphores, ipcMemory, ipcQueue, ipcLimits, ipcUsage, ipcLeak},
	Sniff: func(head []byte) Score {
		var p ipcs
		return snapshotScore(head, func(line string) bool { return p.kindOf(line) != ipcsOther })
	},
	Parse: snapshotOf(ipcsRead),
})

var (
	ipcSemaphores = event.Kind{
		Name: "ipc.semaphore_set", Doc: "One set of semaphores; sequence and slot are what its id is made of: sets with a higher sequence are younger.",
		Attrs: []string{"key", "id", "sequence", "slot", "owner", "group", "perms", "semaphores", "last_op", "last_change", "private", event.PID, "creator"},
	}
	ipcMemory = event.Kind{
		Name: "ipc.shared_memory", Doc: "One segment of shared memory.",
		Attrs: []string{"key", "id", "sequence", "slot", "owner", "group", "perms", "bytes", "attached", "status", "last_change", "private", event.PID, "last_pid", "creator"},
	}
	ipcQueue = event.Kind{
		Name: "ipc.message_queue", Doc: "One message queue.",
		Attrs: []string{"key", "id", "sequence", "slot", "owner", "group", "perms", "bytes", "messages", "last_change", "private", event.PID, "last_pid", "creator"},
	}
	ipcLimits = event.Kind{
		Name: "ipc.limits", Doc: "The limits of semaphores, queues or shared memory.",
		Attrs: []string{
			"resource", "arrays", "semaphores_per_array", "semaphores", "operations", "semaphore_value", "queues", "message_bytes", "queue_bytes",
			"segments", "segment_kbytes", "total_kbytes", "segment_min_bytes",
		},
	}
	ipcUsage = event.Kind{
		Name: "ipc.usage", Doc: "How much of semaphores, queues or shared memory is used; source says whether ipcs stated it or its rows were counted.",
		Attrs: []string{"resource", "source", "arrays", "semaphores", "queues", "headers", "bytes", "segments", "pages_allocated", "pages_resident", "pages_swapped", "swap_attempts", "swap_successes"},
	}
)

// An ipcsLine is what a line of ipcs is.
type ipcsLine uint8

const (
	ipcsOther ipcsLine = iota
	ipcsTitle
	ipcsHeader
	ipcsRow
	ipcsValue // "name = 5" under a title
)

// An ipcs remembers the table it is in.
type ipcs struct {
	w      words
	titled bool
	id     string   // "semid", "shmid", "msqid": what the table is of
	named  []string // its columns
	sets   []ipcsSet
}

// ipcsResource gives tables their names by the one column that no language
// translates.
var ipcsResource = map[string]string{"semid": "semaphores", "shmid": "shared_memory", "msqid": "queues", "msgid": "queues"}

func (p *ipcs) kindOf(line string) ipcsLine {
	p.w.split(line)
	w := &p.w
	switch {
	case ipcsDetail(line) != "":
		p.titled, p.id = false, "detail"
		return ipcsHeader
	case p.id == "detail":
		return ipcsValue
	case strings.HasPrefix(line, "------") && strings.HasSuffix(strings.TrimRight(line, " "), "----"):
		p.titled, p.id = true, ""
		return ipcsTitle
	case p.header():
		return ipcsHeader
	case p.id != "" && w.n >= 3 && w.n <= len(p.named)+12 && (isNumber(w.at(0)) || strings.HasPrefix(w.at(0), "0x") || strings.HasPrefix(w.at(0), "-")):
		return ipcsRow
	case p.titled && p.id == "" && strings.Contains(line, "="), p.titled && p.id == "" && w.n >= 3 && isNumber(w.at(w.n-1)), p.titled && strings.HasPrefix(line, "Swap performance:"):
		return ipcsValue
	case p.id == "" && w.n == 5 && strings.HasPrefix(w.at(0), "0x") && len(w.at(0)) == 10 && isNumber(w.at(1)) && isNumber(w.at(3)) && isNumber(w.at(4)):
		p.id, p.named = "semid", []string{"key", "semid", "owner", "perms", "nsems"} // rows that lost their header
		return ipcsRow
	}
	return ipcsOther
}

// header recognises a line of columns by the name of its id.
func (p *ipcs) header() bool {
	at := -1
	for i := range min(p.w.n, 3) {
		if ipcsResource[p.w.at(i)] != "" {
			at = i
		}
	}
	if at < 0 || p.w.n < 3 || isNumber(p.w.at(p.w.n-1)) {
		return false
	}
	p.id, p.named = p.w.at(at), nil
	for i := range p.w.n {
		p.named = append(p.named, p.w.at(i))
	}
	if at == 1 { // the other names may be translated; their order is not
		p.named[0] = "key"
		for i, name := range [...]string{2: "owner", 3: "perms"} {
			if name != "" && i < p.w.n && ipcsColumns[p.named[i]] == "" {
				p.named[i] = name
			}
		}
	}
	return true
}

// ipcsRead emits the rows as they come, values when their section ends, and how
// many rows a table of semaphores had, unless some were left out.
func ipcsRead(s *snapshot) {
	var p ipcs
	var values []int
	arrays, semaphores, last := 0, 0, -1
	whole, counted := !strings.Contains(commandOf(s.in), "|"), true
	flush := func() {
		if len(values) > 0 {
			ipcsValues(s, values)
		}
		values = values[:0]
	}
	for i := range s.n() {
		line := s.line(i)
		switch p.kindOf(line) {
		case ipcsTitle, ipcsHeader:
			flush()
			s.claim(i)
			if p.id == "detail" {
				ipcsOne(s, i)
			}
			if p.id == "semid" {
				last = i
			}
		case ipcsRow:
			n, ok := ipcsSend(s, i, &p)
			if p.id == "semid" {
				arrays, semaphores = arrays+1, semaphores+n
				counted = counted && ok
			}
		case ipcsValue:
			if p.id != "detail" {
				values = append(values, i)
			}
		default:
			whole = whole && !elided(strings.TrimSpace(line))
		}
	}
	flush()
	ipcsLeaks(s, p.sets)
	if last >= 0 && whole {
		e := s.begin(ipcUsage.Name, last, last)
		e.Set("resource", "semaphores")
		e.Set("source", "counted")
		e.Set("arrays", strconv.Itoa(arrays))
		if counted {
			e.Set("semaphores", strconv.Itoa(semaphores))
		}
		s.send()
	}
}

// ipcsColumns gives the columns of all its tables their attributes.
var ipcsColumns = map[string]string{
	"key": "key", "semid": "id", "shmid": "id", "msqid": "id", "msgid": "id", "owner": "owner", "perms": "perms", "nsems": "semaphores", "bytes": "bytes", "size": "bytes",
	"nattch": "attached", "status": "status", "used-bytes": "bytes", "cbytes": "bytes", "messages": "messages", "qnum": "messages", "cuid": "creator", "uid": "owner", "gid": "group",
	"cpid": event.PID, "lspid": event.PID, "lpid": "last_pid", "lrpid": "last_pid", "otime": "last_op", "ctime": "last_change",
}

var ipcsKinds = map[string]string{"semid": "ipc.semaphore_set", "shmid": "ipc.shared_memory", "msqid": "ipc.message_queue", "msgid": "ipc.message_queue"}

// ipcsSend emits one set, segment or queue, and tells how many semaphores it
// has.
func ipcsSend(s *snapshot, i int, p *ipcs) (semaphores int, ok bool) {
	e := s.begin(ipcsKinds[p.id], i, i)
	for k, name := range p.named {
		if k >= p.w.n {
			break
		}
		if name == "last-op" || name == "last-changed" {
			ipcsTimes(e, p.w.rest(k))
			break
		}
		if attr := ipcsColumns[name]; attr != "" && !e.Attrs.Has(attr) {
			e.Set(attr, p.w.at(k))
		}
	}
	ipcsDecoded(e, e.Attrs.Get("id"))
	if key := e.Attrs.Get("key"); key != "" && strings.Trim(key, "0x") == "" {
		e.Set("private", "yes")
	}
	n := e.Attrs.Get("semaphores")
	ok = p.id == "semid" && isNumber(n)
	if set, is := ipcsSetOf(e, i); is && p.id == "semid" {
		p.sets = append(p.sets, set)
	}
	s.send()
	if ok {
		semaphores = atoi(n)
	}
	return semaphores, ok
}

// ipcsDecoded sets what an id is made of.
func ipcsDecoded(e *event.Event, id string) {
	if !isNumber(id) {
		return
	}
	n := atoi(id)
	e.Set("sequence", strconv.Itoa(n/32768))
	e.Set("slot", strconv.Itoa(n%32768))
}

// ipcsTimes reads the two times of ipcs -t, either of which may be "Not set".
func ipcsTimes(e *event.Event, s string) {
	s = strings.TrimSpace(s)
	if rest, ok := strings.CutPrefix(s, "Not set"); ok {
		e.Set("last_change", strings.TrimSpace(rest))
		return
	}
	if a, b, ok := strings.Cut(s, "  "); ok && strings.TrimSpace(b) != "" && !isDigit(strings.TrimSpace(b)[0]) {
		e.Set("last_op", a)
		e.Set("last_change", strings.TrimSpace(b))
		return
	}
	if f := strings.Fields(s); len(f) == 10 { // two times of date's shape
		e.Set("last_op", strings.Join(f[:5], " "))
		e.Set("last_change", strings.Join(f[5:], " "))
		return
	}
	e.Set("last_change", s)
}
