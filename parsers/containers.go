package parsers

import (
	"strings"

	"forensic/event"
)

// What docker ps and crictl list: columns parted by two blanks at least, of
// which some may be empty.
//
//	CONTAINER ID   IMAGE     COMMAND                  CREATED        STATUS        PORTS     NAMES
//	4c01db0b339c   nginx:1   "/docker-entrypoint.…"   2 hours ago    Up 2 hours    80/tcp    web
var _ = addSnapshot(Format{
	Name:  "containers",
	Doc:   "docker ps, crictl ps and crictl pods: containers.",
	Files: []string{"docker_ps*", "crictl*", "podman_ps*"},
	Kinds: []event.Kind{containerRow},
	Sniff: func(head []byte) Score {
		var c containers
		rows := 0
		sc := snapshotScore(head, func(line string) bool {
			if c.header(line) {
				return true
			}
			if len(c.names) > 0 && len(wideCells(line)) >= 3 {
				rows++
				return true
			}
			return false
		})
		if rows == 0 {
			return Score{0, "no container is listed"}
		}
		return sc
	},
	Parse: snapshotOf(func(s *snapshot) {
		var c containers
		for i := range s.n() {
			line := s.line(i)
			if c.header(line) {
				s.claim(i)
			} else if len(c.names) > 0 && len(wideCells(line)) >= 3 {
				c.fill(line, s.begin(containerRow.Name, i, i))
				s.send()
			}
		}
	}),
})

var containerRow = event.Kind{
	Name: "container.row", Doc: "A container, or a pod's sandbox, in a listing.",
	Attrs: []string{"id", "image", "command", "created", "status", "state", "ports", "name", "attempt", "pod", "pod_id", "namespace", "size"},
}

var containersColumns = map[string]string{
	"CONTAINER ID": "id", "CONTAINER": "id", "IMAGE": "image", "COMMAND": "command", "CREATED": "created", "STATUS": "status", "STATE": "state", "PORTS": "ports", "NAMES": "name", "NAME": "name",
	"ATTEMPT": "attempt", "POD": "pod", "POD ID": "pod_id", "NAMESPACE": "namespace", "SIZE": "size", "RUNTIME": "",
}

// containers remembers where the columns begin.
type containers struct {
	names []string
	from  []int
}

func (c *containers) header(line string) bool {
	if !strings.HasPrefix(line, "CONTAINER") && !strings.HasPrefix(line, "POD ID") {
		return false
	}
	cells := wideCells(line)
	if len(cells) < 4 {
		return false
	}
	c.names, c.from = nil, nil
	at := 0
	for _, name := range cells {
		attr, ok := containersColumns[name]
		if !ok {
			c.names = nil
			return false
		}
		at += strings.Index(line[at:], name)
		c.names, c.from = append(c.names, attr), append(c.from, at)
		at += len(name)
	}
	return true
}

// fill puts each cell under the column it begins at; where a paste moved them,
// they are counted.
func (c *containers) fill(line string, e *event.Event) {
	cells := wideCells(line)
	if len(cells) == len(c.names) {
		for k, v := range cells {
			if c.names[k] != "" {
				e.Set(c.names[k], v)
			}
		}
		return
	}
	at := 0
	for k, v := range cells {
		at += strings.Index(line[at:], v)
		best := min(k, len(c.names)-1)
		for n, from := range c.from {
			if max(from-at, at-from) <= 2 {
				best = n
			}
		}
		if c.names[best] != "" && !e.Attrs.Has(c.names[best]) {
			e.Set(c.names[best], v)
		}
		at += len(v)
	}
}
