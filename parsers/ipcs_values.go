package parsers

import (
	"strings"

	"forensic/event"
)

// An ipcsWord says which value a line of ipcs -l or -u is.
type ipcsWord struct{ phrase, resource, attr string }

// ipcsLimitWords and ipcsUsedWords stand in the order in which ipcs prints
// them: where a language translates the phrases, the order tells.
var ipcsLimitWords = []ipcsWord{
	{"max queues system wide", "queues", "queues"}, {"default max size of queue", "queues", "queue_bytes"}, {"max size of message", "queues", "message_bytes"},
	{"max number of segments", "shared_memory", "segments"}, {"max seg size", "shared_memory", "segment_kbytes"},
	{"max total shared memory", "shared_memory", "total_kbytes"}, {"min seg size", "shared_memory", "segment_min_bytes"},
	{"max number of arrays", "semaphores", "arrays"}, {"max semaphores per array", "semaphores", "semaphores_per_array"},
	{"max semaphores system wide", "semaphores", "semaphores"}, {"max ops per semop call", "semaphores", "operations"}, {"semaphore max value", "semaphores", "semaphore_value"},
}

var ipcsUsedWords = []ipcsWord{
	{"allocated queues", "queues", "queues"}, {"used headers", "queues", "headers"}, {"used space", "queues", "bytes"},
	{"segments allocated", "shared_memory", "segments"}, {"pages allocated", "shared_memory", "pages_allocated"},
	{"pages resident", "shared_memory", "pages_resident"}, {"pages swapped", "shared_memory", "pages_swapped"},
	{"used arrays", "semaphores", "arrays"}, {"allocated semaphores", "semaphores", "semaphores"},
}

// ipcsOrders are the values of a section whose words are in another language,
// by how many there are.
var ipcsOrders = map[int][]ipcsWord{
	5: {{"", "semaphores", "arrays"}, {"", "semaphores", "semaphores_per_array"}, {"", "semaphores", "semaphores"}, {"", "semaphores", "operations"}, {"", "semaphores", "semaphore_value"}},
	4: {{"", "shared_memory", "segments"}, {"", "shared_memory", "segment_kbytes"}, {"", "shared_memory", "total_kbytes"}, {"", "shared_memory", "segment_min_bytes"}},
	2: {{"", "semaphores", "arrays"}, {"", "semaphores", "semaphores"}},
}

// ipcsValues emits the values of one section as one event.
func ipcsValues(s *snapshot, lines []int) {
	first, last := lines[0], lines[len(lines)-1]
	kind, words := "", make([]ipcsWord, len(lines))
	for k, i := range lines {
		line := s.line(i)
		for _, table := range [...]struct {
			kind  string
			words []ipcsWord
		}{{ipcLimits.Name, ipcsLimitWords}, {ipcUsage.Name, ipcsUsedWords}} {
			for _, w := range table.words {
				if strings.HasPrefix(line, w.phrase) {
					kind, words[k] = table.kind, w
				}
			}
		}
	}
	if kind == "" {
		order, ok := ipcsOrders[len(lines)]
		if !ok {
			return // unparsed, and said so
		}
		kind, words = ipcLimits.Name, order
		if len(lines) == 2 {
			kind = ipcUsage.Name
		}
	}
	e := s.begin(kind, first, last)
	resource := ""
	for _, w := range words {
		if w.resource != "" {
			resource = w.resource
		}
	}
	e.Set("resource", resource)
	if kind == ipcUsage.Name {
		e.Set("source", "stated")
	}
	for k, i := range lines {
		line := s.line(i)
		if rest, ok := strings.CutPrefix(line, "Swap performance:"); ok {
			f := strings.Fields(rest)
			if len(f) == 4 {
				e.Set("swap_attempts", f[0])
				e.Set("swap_successes", f[2])
			}
			continue
		}
		e.Set(words[k].attr, ipcsNumber(line))
	}
	s.send()
}

// ipcsNumber is the number behind "=", or the last one of a line.
func ipcsNumber(line string) string {
	if _, rest, ok := strings.Cut(line, "="); ok {
		return leadingDigits(strings.TrimSpace(rest))
	}
	f := strings.Fields(line)
	if n := f[len(f)-1]; isNumber(n) {
		return n
	}
	return ""
}

// ipcsFromSysctl reads kernel.sem, which holds four limits: semaphores a set,
// semaphores in all, operations a call, sets.
func ipcsFromSysctl(e *event.Event, value string) bool {
	f := strings.Fields(value)
	if len(f) != 4 {
		return false
	}
	for _, v := range f {
		if !isNumber(v) {
			return false
		}
	}
	e.Set("resource", "semaphores")
	for k, name := range [...]string{"semaphores_per_array", "semaphores", "operations", "arrays"} {
		e.Set(name, f[k])
	}
	return true
}
