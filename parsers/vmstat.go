package parsers

import (
	"strings"

	"forensic/event"
)

// What vmstat prints, at once or at intervals, of memory or (-d) of disks, with
// or without times.
//
//	procs -----------memory---------- ---swap-- -----io---- -system-- ------cpu-----
//	 r  b   swpd   free   buff  cache   si   so    bi    bo   in   cs us sy id wa st
//	 2  0      0 279446   2108 741208    0    0     1     3   29   57  0  0 99  0  0
var _ = addSnapshot(Format{
	Name:  "vmstat",
	Doc:   "vmstat: processes, memory, paging, processors, and disks.",
	Files: []string{"vmstat*"},
	Kinds: []event.Kind{hostVM, diskCounters},
	Sniff: func(head []byte) Score {
		var v vmstat
		rows := 0
		sc := snapshotScore(head, func(line string) bool {
			if v.header(line) {
				return true
			}
			if v.isRow(line) {
				rows++
				return true
			}
			return false
		})
		if rows == 0 {
			return Score{0, "no row of vmstat"}
		}
		return sc
	},
	Parse: snapshotOf(func(s *snapshot) {
		var v vmstat
		for i := range s.n() {
			if line := s.line(i); v.header(line) {
				s.claim(i)
			} else if v.isRow(line) {
				v.send(s, i)
			}
		}
	}),
})

var (
	hostVM = event.Kind{
		Name: "host.vmstat", Doc: "A row of vmstat: the first is the average since the machine started, the others each of an interval.",
		Attrs: []string{
			"runnable", "blocked", "swap_used", "free", "buffers", "cache", "inactive", "active", "swap_in", "swap_out", "blocks_in", "blocks_out",
			"interrupts", "context_switches", "user", "system", "idle", "iowait", "steal", "guest",
		},
	}
	diskCounters = event.Kind{
		Name: "disk.counters", Doc: "What a disk did since the machine started, as vmstat -d counts.",
		Attrs: []string{"disk", "reads", "reads_merged", "sectors_read", "read_ms", "writes", "writes_merged", "sectors_written", "write_ms", "io_current", "io_seconds"},
	}
)

var vmstatColumns = map[string]string{
	"r": "runnable", "b": "blocked", "swpd": "swap_used", "free": "free", "buff": "buffers", "cache": "cache", "inact": "inactive", "active": "active", "si": "swap_in", "so": "swap_out",
	"bi": "blocks_in", "bo": "blocks_out", "in": "interrupts", "cs": "context_switches", "us": "user", "sy": "system", "id": "idle", "wa": "iowait", "st": "steal", "gu": "guest",
}

type vmstat struct {
	w     words
	attrs []string
	kind  string
	zone  string
}

func (v *vmstat) header(line string) bool {
	v.w.split(line)
	w := &v.w
	switch {
	case strings.Contains(line, "--memory--"), strings.HasPrefix(line, "disk-") && strings.Contains(line, "reads"):
		return true
	case w.at(0) == "r" && w.at(1) == "b" && strings.Contains(line, "free"):
		v.kind, v.attrs, v.zone = hostVM.Name, nil, ""
		for i := range w.n {
			a, ok := vmstatColumns[w.at(i)]
			if !ok {
				v.zone = w.at(i) // of the times behind the rows
				break
			}
			v.attrs = append(v.attrs, a)
		}
		return true
	case w.at(0) == "total" && w.at(1) == "merged" && w.at(2) == "sectors":
		v.kind, v.attrs, v.zone = diskCounters.Name, diskCounters.Attrs, ""
		if w.n == 11 {
			v.zone = w.at(10)
		}
		return true
	}
	return false
}

// isRow tells whether all cells but the first of a disk and the time are
// numbers.
func (v *vmstat) isRow(line string) bool {
	v.w.split(line)
	n := len(v.attrs)
	if v.kind == "" || v.w.n != n && v.w.n != n+2 {
		return false
	}
	first := 0
	if v.kind == diskCounters.Name {
		first = 1
	}
	for i := first; i < n; i++ {
		if !isNumber(v.w.at(i)) {
			return false
		}
	}
	return true
}

func (v *vmstat) send(s *snapshot, i int) {
	e := s.begin(v.kind, i, i)
	for k, a := range v.attrs {
		e.Set(a, v.w.at(k))
	}
	if v.w.n > len(v.attrs) {
		if st, ok := dateLine(v.w.rest(len(v.attrs)) + " " + v.zone); ok {
			e.Stamp = st
		}
	}
	s.send()
}
