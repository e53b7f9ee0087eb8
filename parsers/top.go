package parsers

import (
	"strings"

	"forensic/event"
)

// What top prints in a batch: a head with load, tasks, processors and memory in
// the words of its release, and processes under a header. It repeats itself.
//
//	top - 10:23:49 up 85 days,  3:12,  1 user,  load average: 6.04, 3.80, 2.02
var _ = addSnapshot(Format{
	Name:  "top",
	Doc:   "top -b: load, tasks, processors, memory and processes.",
	Files: []string{"top*"},
	Kinds: []event.Kind{hostLoad, hostTasks, hostCPU, memoryUsage, processRow},
	Sniff: func(head []byte) Score {
		var t top
		summary := false
		sc := snapshotScore(head, func(line string) bool {
			k := t.kindOf(line)
			summary = summary || k == topLoad || k == topTasks
			return k != topOther
		})
		if !summary {
			return Score{0, "no summary of top"}
		}
		return sc
	},
	Parse: snapshotOf(topRead),
})

var hostTasks = event.Kind{
	Name: "host.tasks", Doc: "How many processes, or threads, there are, by what they do.",
	Attrs: []string{"total", "running", "sleeping", "stopped", "zombie"},
}

type topLine uint8

const (
	topOther topLine = iota
	topLoad
	topTasks
	topCPU
	topMemory
	topHeader
	topProcess
)

type top struct {
	ps  ps
	ev  event.Event
	mem bool // "Mem:" lines have been seen
}

func (t *top) kindOf(line string) topLine {
	t.ev.Reset()
	low := strings.ToLower(strings.TrimSpace(line))
	if topBusyMemory(low, &t.ev) {
		return topMemory
	}
	t.ev.Reset()
	switch {
	case low == "":
		return topHeader
	case strings.HasPrefix(line, "top - ") && uptimeRead(line[len("top - "):], &t.ev):
		return topLoad
	case strings.HasPrefix(line, "Load average: "):
		setLoads(&t.ev, line[len("Load average: "):])
		return topLoad
	case (strings.HasPrefix(low, "tasks:") || strings.HasPrefix(low, "threads:")) && topPairs(line, topTaskWords, &t.ev):
		return topTasks
	case (strings.HasPrefix(low, "%cpu") || strings.HasPrefix(low, "cpu")) && topPairs(topSpaced(line), topCPUWords, &t.ev):
		return topCPU
	case topMemoryLine(line, &t.ev):
		return topMemory
	case t.ps.header(line):
		return topHeader
	case len(t.ps.cols.names) > 0 && t.ps.row(line, &t.ev):
		return topProcess
	}
	return topOther
}

var topKinds = [...]string{topLoad: "host.load", topTasks: "host.tasks", topCPU: "host.cpu", topMemory: "memory.usage", topProcess: "process.row"}

func topRead(s *snapshot) {
	var t top
	for i := range s.n() {
		line := s.line(i)
		k := t.kindOf(line)
		switch k {
		case topOther:
			continue
		case topHeader:
			s.claim(i)
			continue
		}
		attrs := t.ev.Attrs.Clone()
		e := s.begin(topKinds[k], i, i)
		e.Attrs = append(e.Attrs, attrs...)
		s.send()
	}
}

var (
	topTaskWords = map[string]string{"total": "total", "running": "running", "sleeping": "sleeping", "stopped": "stopped", "zombie": "zombie"}
	topCPUWords  = map[string]string{"us": "user", "ni": "nice", "sy": "system", "id": "idle", "wa": "iowait", "hi": "irq", "si": "softirq", "st": "steal",
		"usr": "user", "sys": "system", "nic": "nice", "idle": "idle", "io": "iowait", "irq": "irq", "sirq": "softirq"}
)

// topSpaced parts a number from the word that touches it, as in "0.3%us".
func topSpaced(line string) string { return strings.ReplaceAll(line, "%", " ") }

// topPairs reads "Name:  123 total,   1 running, …". A comma may also stand for
// the dot of a number.
func topPairs(line string, words map[string]string, e *event.Event) bool {
	name, rest, ok := strings.Cut(line, ":")
	if !ok {
		return false
	}
	f := strings.Fields(rest)
	for i := 0; i+1 < len(f); i++ {
		v := strings.Trim(f[i], ",")
		if a := words[strings.Trim(f[i+1], ",.")]; a != "" && isDecimal(v) {
			e.Set(a, strings.ReplaceAll(v, ",", "."))
			i++
		}
	}
	if len(e.Attrs) > 0 && words["us"] != "" {
		cpu := strings.ToLower(strings.TrimLeft(strings.TrimSpace(name), "%"))
		e.Set("cpu", strings.TrimSuffix(strings.TrimSpace(cpu), "(s)"))
		e.Set("unit", "percent")
	}
	return len(e.Attrs) > 1
}

var topMemoryWords = map[string]string{"total": "total", "free": "free", "used": "used", "buffers": "buffers", "buff/cache": "buff_cache", "cached": "cache", "avail": "available"}

// topMemoryLine reads "KiB Mem :  3861332 total, …", "MiB Swap: …" and
// "Mem:  3861332k total, …".
func topMemoryLine(line string, e *event.Event) bool {
	name, rest, ok := strings.Cut(line, ":")
	if !ok {
		return false
	}
	f := strings.Fields(name)
	if len(f) == 0 || len(f) > 2 {
		return false
	}
	kind := f[len(f)-1]
	if kind != "Mem" && kind != "Swap" {
		return false
	}
	e.Set("type", kind)
	if len(f) == 2 {
		e.Set("unit", f[0])
	}
	w := strings.Fields(strings.ReplaceAll(rest, ".  ", ", "))
	for i := 0; i+1 < len(w); i++ {
		v := strings.TrimRight(w[i], "+,")
		if _, ok := sizeBytes(v, 1); !ok {
			continue
		}
		word := strings.Trim(w[i+1], ",.")
		if a := topMemoryWords[word]; a != "" {
			e.Set(a, strings.ReplaceAll(v, ",", "."))
		}
	}
	return len(e.Attrs) > 2
}

// topBusyMemory reads busybox's "Mem: 12345K used, 678K free, …".
func topBusyMemory(low string, e *event.Event) bool {
	if !strings.HasPrefix(low, "mem: ") || !strings.Contains(low, "k used") || !strings.Contains(low, "k shrd") {
		return false
	}
	e.Reset()
	e.Set("type", "Mem")
	f := strings.Fields(low[len("mem: "):])
	for i := 0; i+1 < len(f); i += 2 {
		switch name := strings.Trim(f[i+1], ","); name {
		case "used", "free":
			e.Set(name, f[i])
		case "buff":
			e.Set("buffers", f[i])
		case "cached":
			e.Set("cache", f[i])
		case "shrd":
			e.Set("shared", f[i])
		}
	}
	return len(e.Attrs) > 2
}
