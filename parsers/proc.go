package parsers

import (
	"strings"

	"forensic/event"
)

// The files of /proc that hold one name and value a line: meminfo, vmstat,
// stat; and swaps and interrupts beside them.
//
//	MemTotal:        3997272 kB
var _ = addSnapshot(Format{
	Name:  "proc",
	Doc:   "Files of /proc: meminfo, vmstat, stat, swaps, interrupts, pressure, and of a process: status, io.",
	Files: []string{"meminfo", "vmstat", "stat", "swaps", "interrupts", "status", "io", "proc_*"},
	Kinds: []event.Kind{hostSetting, hostCPU, memorySwap, hostInterrupt},
	Sniff: func(head []byte) Score {
		var p proc
		good := 0
		sc := snapshotScore(head, func(line string) bool {
			k := p.kindOf(line)
			if k != procOther {
				good++
			}
			return k != procOther
		})
		if p.sure == 0 {
			return Score{0, "no name that /proc has"}
		}
		return sc
	},
	Parse: snapshotOf(procRead),
})

var (
	hostCPU = event.Kind{
		Name: "host.cpu", Doc: "What processors did: ticks since the machine started, or percent of an interval. cpu is a processor's name, or cpu or all for all of them.",
		Attrs: []string{"cpu", "unit", "user", "nice", "system", "idle", "iowait", "irq", "softirq", "steal", "guest", "guest_nice"},
	}
	memorySwap = event.Kind{
		Name: "memory.swap", Doc: "A file or partition to swap to.",
		Attrs: []string{"filename", "type", "size", "used", "priority"},
	}
	hostInterrupt = event.Kind{
		Name: "host.interrupt", Doc: "An interrupt with how often each processor took it.",
		Attrs: []string{"irq", "counts", "type", "device"},
	}
)

type procLine uint8

const (
	procOther procLine = iota
	procHeader
	procMem
	procWord // "nr_free_pages 615337"
	procCPU
	procSwap
	procIRQ
	procList     // "intr 2496709 18 73 …"
	procState    // "State:	S (sleeping)" of a process
	procPressure // "some avg10=0.00 …"
)

type proc struct {
	w      words
	cpus   int // columns of /proc/interrupts
	swap   bool
	status bool // of a process
	sure   int  // lines that nothing else has
}

func (p *proc) kindOf(line string) procLine {
	p.w.split(line)
	w := &p.w
	first := w.at(0)
	switch {
	case first == "Filename" && w.at(w.n-1) == "Priority":
		p.swap = true
		p.sure++
		return procHeader
	case p.swap && w.n >= 5 && isNumber(w.at(w.n-2)):
		return procSwap
	case strings.HasPrefix(line, "   ") && first == "CPU0":
		p.cpus = w.n
		p.sure++
		return procHeader
	case p.cpus > 0 && strings.HasSuffix(first, ":") && w.n >= 2 && isNumber(w.at(1)):
		return procIRQ
	case first == "Name:" && strings.HasPrefix(line, "Name:\t"):
		p.status = true
		p.sure++
		return procState
	case first == "rchar:" || first == "cancelled_write_bytes:":
		p.sure++
		return procMem
	case p.status && strings.Contains(line, ":\t"):
		return procState
	case (first == "some" || first == "full") && strings.HasPrefix(w.at(1), "avg10="):
		p.sure++
		return procPressure
	case strings.HasSuffix(first, ":") && isNumber(w.at(1)) && (w.n == 2 || w.n == 3 && w.at(2) == "kB"):
		if w.n == 3 {
			p.sure++
		}
		return procMem
	case strings.HasPrefix(first, "cpu") && w.n >= 5 && isNumber(w.at(1)) && isNumber(strings.TrimPrefix(first, "cpu")+"0"):
		p.sure++
		return procCPU
	case w.n == 2 && isNumber(w.at(1)) && procNames[first]:
		p.sure++
		return procWord
	case w.n == 2 && isNumber(w.at(1)) && strings.Trim(first, "abcdefghijklmnopqrstuvwxyz_0123456789") == "" && (p.sure > 0 || strings.Contains(first, "_")):
		if strings.HasPrefix(first, "nr_") || strings.HasPrefix(first, "pg") || strings.HasPrefix(first, "numa_") {
			p.sure++
		}
		return procWord
	case (first == "intr" || first == "softirq" || first == "page" || first == "swap" || first == "disk_io:") && w.n > 1:
		return procList
	}
	return procOther
}

// procNames are the words of /proc/stat.
var procNames = wordSet("ctxt btime processes preempt procs_running procs_blocked swap_free oom_kill pgpgin pgpgout pswpin pswpout pgfault pgmajfault drop_pagecache drop_slab pageoutrun kswapd")

// procCalled gives the short names of /proc/stat longer ones.
var procCalled = map[string]string{"ctxt": "context_switches", "btime": "boot_time", "procs_running": "processes_running", "procs_blocked": "processes_blocked"}

func procRead(s *snapshot) {
	var p proc
	source := procSource(s)
	for i := range s.n() {
		line := s.line(i)
		switch p.kindOf(line) {
		case procHeader, procList:
			s.claim(i)
		case procMem:
			procSetting(s, i, strings.TrimSuffix(p.w.at(0), ":"), p.w.at(1), p.w.at(2), source)
		case procWord:
			name := p.w.at(0)
			if long := procCalled[name]; long != "" {
				name = long
			}
			procSetting(s, i, name, p.w.at(1), "", source)
		case procCPU:
			e := s.begin(hostCPU.Name, i, i)
			e.Set("cpu", p.w.at(0))
			e.Set("unit", "ticks")
			for k, name := range [...]string{"user", "nice", "system", "idle", "iowait", "irq", "softirq", "steal", "guest", "guest_nice"} {
				e.Set(name, p.w.at(k+1))
			}
			s.send()
		case procSwap:
			e := s.begin(memorySwap.Name, i, i)
			n := p.w.n
			e.Set("filename", p.w.between(0, n-4))
			for k, name := range [...]string{"type", "size", "used", "priority"} {
				e.Set(name, p.w.at(n-4+k))
			}
			s.send()
		case procIRQ:
			procInterrupt(s, i, &p)
		case procState:
			name, value, _ := strings.Cut(line, ":")
			value, unit := strings.TrimSpace(value), ""
			if v, ok := strings.CutSuffix(value, " kB"); ok {
				value, unit = v, "kB"
			}
			procSetting(s, i, name, strings.Join(strings.Fields(value), " "), unit, source)
		case procPressure:
			for k := 1; k < p.w.n; k++ {
				name, value, _ := strings.Cut(p.w.at(k), "=")
				procSetting(s, i, p.w.at(0)+"."+name, value, "", source)
			}
		}
	}
}

// procSource says which file a text is, by the first line that tells.
func procSource(s *snapshot) string {
	for i := range min(s.n(), 50) {
		line := s.line(i)
		switch {
		case strings.HasPrefix(line, "Mem"):
			return "meminfo"
		case strings.HasPrefix(line, "Name:\t"):
			return "status"
		case strings.HasPrefix(line, "rchar:"):
			return "io"
		case strings.HasPrefix(line, "some avg10="):
			if _, file, ok := strings.Cut(commandOf(s.in), "pressure/"); ok {
				return "pressure " + file
			}
			return "pressure"
		case strings.HasPrefix(line, "nr_"), strings.HasPrefix(line, "pgpgin"):
			return "vmstat"
		case strings.HasPrefix(line, "cpu "), strings.HasPrefix(line, "btime "):
			return "stat"
		}
	}
	return "proc"
}

func procSetting(s *snapshot, i int, name, value, unit, source string) {
	e := s.begin(hostSetting.Name, i, i)
	e.Set("name", name)
	e.Set("value", value)
	e.Set("unit", unit)
	e.Set("source", source)
	s.send()
}

// procInterrupt reads an interrupt: a count for each processor, then what it is.
func procInterrupt(s *snapshot, i int, p *proc) {
	w := &p.w
	e := s.begin(hostInterrupt.Name, i, i)
	e.Set("irq", strings.TrimSuffix(w.at(0), ":"))
	k := 1
	for k <= p.cpus && isNumber(w.at(k)) {
		k++
	}
	e.Set("counts", strings.Join(strings.Fields(w.between(1, k)), " "))
	if isNumber(e.Attrs.Get("irq")) {
		e.Set("type", w.at(k))
		e.Set("device", strings.Join(strings.Fields(w.rest(k+1)), " "))
	} else {
		e.Set("device", w.rest(k))
	}
	s.send()
}
