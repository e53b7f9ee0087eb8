package parsers

import (
	"strings"

	"forensic/event"
)

// What kubectl top and docker stats print: what nodes, pods and containers use.
//
//	NAME     CPU(cores)   CPU%   MEMORY(bytes)   MEMORY%
//	node-1   250m         6%     3456Mi          45%
//	CONTAINER ID   NAME    CPU %   MEM USAGE / LIMIT    MEM %   NET I/O        BLOCK I/O      PIDS
var _ = addSnapshot(Format{
	Name:  "usage",
	Doc:   "kubectl top and docker stats: what nodes, pods and containers use.",
	Files: []string{"kubectl_top*", "docker_stats*", "podman_stats*", "crictl_stats*"},
	Kinds: []event.Kind{resourceUsage},
	Sniff: func(head []byte) Score {
		var u usage
		rows := 0
		sc := snapshotScore(head, func(line string) bool {
			if u.header(line) {
				return true
			}
			if u.row(line, &event.Event{}) {
				rows++
				return true
			}
			return false
		})
		if rows == 0 {
			return Score{0, "no row of what something uses"}
		}
		return sc
	},
	Parse: snapshotOf(func(s *snapshot) {
		var u usage
		for i := range s.n() {
			line := s.line(i)
			switch {
			case u.header(line):
				s.claim(i)
			case u.row(line, &event.Event{}):
				u.row(line, s.begin(resourceUsage.Name, i, i))
				s.send()
			}
		}
	}),
})

var resourceUsage = event.Kind{
	Name: "resource.usage", Doc: "What a node, pod or container uses at the moment, in the units that were printed.",
	Attrs: []string{"of", "namespace", "pod", "name", "id", "cpu", "cpu_percent", "memory", "memory_limit", "memory_percent", "network", "disk", "processes"},
}

var usageColumns = map[string]string{
	"NAMESPACE": "namespace", "POD": "pod", "NAME": "name", "CPU(cores)": "cpu", "CPU%": "cpu_percent", "CPU(%)": "cpu_percent", "MEMORY(bytes)": "memory", "MEMORY%": "memory_percent", "MEMORY(%)": "memory_percent",
	"CONTAINER ID": "id", "CONTAINER": "id", "ID": "id", "CPU %": "cpu_percent", "MEM USAGE / LIMIT": "memory", "MEM %": "memory_percent", "NET I/O": "network", "NET IO": "network", "BLOCK I/O": "disk", "BLOCK IO": "disk", "PIDS": "processes",
	"CPU TIME": "", "AVG CPU %": "",
}

// A usage remembers the columns above its rows.
type usage struct {
	attrs []string
	of    string
}

func (u *usage) header(line string) bool {
	if !strings.Contains(line, "CPU") || !strings.Contains(line, "MEM") {
		return false
	}
	cells := wideCells(line)
	var attrs []string
	for _, c := range cells {
		a, ok := usageColumns[c]
		if !ok {
			return false
		}
		attrs = append(attrs, a)
	}
	if len(cells) < 3 {
		return false
	}
	u.attrs, u.of = attrs, "pod"
	switch {
	case strings.Contains(line, "CPU %"):
		u.of = "container"
	case cells[0] == "POD":
		u.of = "container"
	case strings.Contains(line, "CPU%") || strings.Contains(line, "CPU(%)"):
		u.of = "node"
	}
	return true
}

func (u *usage) row(line string, e *event.Event) bool {
	cells := wideCells(line)
	if len(u.attrs) == 0 || len(cells) != len(u.attrs) || line[0] == ' ' {
		return false
	}
	e.Set("of", u.of)
	for i, v := range cells {
		a := u.attrs[i]
		if a == "memory" {
			used, limit, ok := strings.Cut(v, " / ")
			if ok {
				e.Set("memory_limit", limit)
			}
			v = used
		}
		if a != "" && v != "<unknown>" && v != "--" && v != "-- / --" {
			e.Set(a, strings.TrimSuffix(v, "%"))
		}
	}
	return true
}
