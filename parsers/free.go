package parsers

import (
	"strings"

	"forensic/event"
)

// What free prints, old and new, and in other languages, whose rows are known
// by their place under the header.
//
//	              total        used        free      shared  buff/cache   available
//	Mem:        3861332      222820     3364176       11832      274336     3389588
var _ = addSnapshot(Format{
	Name:  "free",
	Doc:   "free: memory and swap.",
	Files: []string{"free", "free_*", "free-*", "free.txt"},
	Kinds: []event.Kind{memoryUsage},
	Sniff: func(head []byte) Score {
		var f free
		rows := 0
		sc := snapshotScore(head, func(line string) bool {
			var e event.Event
			if f.header(line) {
				return true
			}
			if f.row(line, &e) {
				rows++
				return true
			}
			return false
		})
		if rows == 0 {
			return Score{0, "no row of memory"}
		}
		return sc
	},
	Parse: snapshotOf(func(s *snapshot) {
		var f free
		for i := range s.n() {
			line := s.line(i)
			if f.header(line) {
				s.claim(i)
			} else if f.row(line, s.trial()) {
				f.row(line, s.begin(memoryUsage.Name, i, i))
				s.send()
			}
		}
	}),
})

// memoryUsage is also what top says of memory.
var memoryUsage = event.Kind{
	Name: "memory.usage", Doc: "Memory or swap in a snapshot, in the unit it was printed in.",
	Attrs: []string{"type", "unit", "total", "used", "free", "shared", "buffers", "cache", "buff_cache", "available"},
}

type free struct{ names []string }

var freeColumns = map[string]string{
	"total": "total", "used": "used", "free": "free", "shared": "shared", "buffers": "buffers", "cached": "cache", "cache": "cache", "buff/cache": "buff_cache", "available": "available",
}

// freeOrders are the columns of a header in another language, by how many.
var freeOrders = map[int][]string{
	6: {"total", "used", "free", "shared", "buff_cache", "available"},
	7: {"total", "used", "free", "shared", "buffers", "cache", "available"},
}

// freeWords are what other languages call memory in letters that English has.
var freeWords = wordSet("Speicher Mem. Geheugen Memoria Memorie Mémoire Swap Echange Auslager")

func (f *free) header(line string) bool {
	fields := strings.Fields(line)
	if len(fields) < 3 || line[0] != ' ' {
		return false
	}
	var names []string
	for _, w := range fields {
		if name, ok := freeColumns[w]; ok {
			names = append(names, name)
		}
	}
	if len(names) < 3 {
		for _, w := range fields {
			if isDigit(w[0]) || w[0] < 0x80 && strings.ContainsAny(w, ":=%") {
				return false
			}
		}
		if names = freeOrders[len(fields)]; names == nil || strings.IndexFunc(line, func(r rune) bool { return r >= 0x80 }) < 0 {
			return false
		}
	}
	f.names = names
	return true
}

func (f *free) row(line string, e *event.Event) bool {
	name, rest, ok := strings.Cut(line, ":")
	if !ok {
		if name, rest, ok = strings.Cut(line, "："); !ok {
			return false
		}
	}
	cells := strings.Fields(rest)
	names := f.names
	if len(names) == 0 && (strings.TrimSpace(name) == "Mem" || strings.TrimSpace(name) == "Swap") {
		names = freeOrders[max(len(cells), 6)] // a row that lost its header
	}
	if len(names) == 0 || len(cells) == 0 || len(cells) > len(names) {
		return false
	}
	for _, c := range cells {
		if _, ok := sizeBytes(c, 1); !ok {
			return false
		}
	}
	switch name = strings.TrimSpace(name); name {
	case "Mem", "Swap", "Low", "High", "Total":
	case "-/+ buffers/cache":
		e.Set("type", name)
		e.Set("used", cells[0])
		if len(cells) > 1 {
			e.Set("free", cells[1])
		}
		return true
	default:
		if strings.IndexFunc(name, func(r rune) bool { return r >= 0x80 }) < 0 && !freeWords[name] {
			return false
		}
		name = "Mem" // in another language
		if len(cells) == 3 {
			name = "Swap"
		}
	}
	e.Set("type", name)
	for k, c := range cells {
		e.Set(names[k], c)
	}
	return true
}
