package correlate

import (
	"hash/maphash"
	"slices"
	"strings"
	"time"

	"forensic/event"
)

// copies finds the same message in several files of one host. A kernel line
// stands in kern.log, in messages, in the journal and in dmesg; it happened
// once. What is told again is left out, so that two files do not make two kills
// of one.
//
// Only sources that are such files are compared (Engine.Cover), by host,
// program, process and text; what one source says twice happened twice. The
// clocks of the files differ by how they round, and dmesg's by what it drifted and
// by how well the start of the machine is known.
type copies struct {
	seed maphash.Seed
	said map[uint64][]saying
	also map[event.Span][]int // of a message that was told again: the other sources
}

// A logger is a file that the loggers of a machine write: the log it is part of,
// whether its times are rough, and whether only the kernel's lines in it are
// surely the same as elsewhere.
type logger struct {
	log           int
	rough, kernel bool
}

// A saying is one message, the logs that have told it so far (the parts of a
// rotated one are one log), and the sources that have told it again.
type saying struct {
	at    int64
	rough bool // told by dmesg
	where event.Span
	logs  []int
	again []int
}

const (
	toldWithin = 2 * int64(time.Second)  // the most that two tellings of a message lie apart,
	toldRough  = 90 * int64(time.Second) // and where dmesg tells one
	maxTold    = 1 << 16                 // messages compared at the same time
	maxTells   = 256                     // of one text
)

// again tells whether an event is one that another file of its host has told.
// Events come in order of time; those without a time come last, and may repeat
// any.
func (c *copies) again(e *Engine, ev *event.Event) bool {
	from, ok := e.loggers[ev.Where.Source]
	if !ok || len(e.loggers) < 2 || ev.Component == "" || ev.Text == "" || from.kernel && ev.Component != "kernel" {
		return false
	}
	log := from.log
	if c.said == nil {
		c.seed, c.said, c.also = maphash.MakeSeed(), map[uint64][]saying{}, map[event.Span][]int{}
	}
	c.sweep(ev.At)
	key := c.key(e, ev)
	list := c.said[key]
	for i := range list {
		s := &list[i]
		if ev.At != event.NoTime && ev.At-s.at > s.reach(from.rough) || s.has(log) {
			continue
		}
		s.logs, s.again = append(s.logs, log), append(s.again, ev.Where.Source)
		if _, ok := c.also[s.where]; ok || len(c.also) < maxTold {
			c.also[s.where] = s.again
		}
		return true
	}
	if len(list) >= maxTells {
		list = slices.DeleteFunc(list, func(s saying) bool { return ev.At != event.NoTime && ev.At-s.at > toldRough })
	}
	if len(list) < maxTells {
		c.said[key] = append(list, saying{at: ev.At, rough: from.rough, where: ev.Where, logs: []int{log}})
	}
	return false
}

// reach is how far behind it the next telling may be.
func (s *saying) reach(rough bool) int64 {
	if rough || s.rough {
		return toldRough
	}
	return toldWithin
}

func (s *saying) has(log int) bool { return slices.Contains(s.logs, log) }

func (c *copies) key(e *Engine, ev *event.Event) uint64 {
	var h maphash.Hash
	h.SetSeed(c.seed)
	h.Write(appendHost(nil, ev.Host, e.place(ev.Where.Source)))
	for _, s := range []string{program(ev.Component), ev.Attrs.Get("pid"), strings.TrimSpace(ev.Text)} {
		h.WriteString(s)
		h.WriteByte(0)
	}
	return h.Sum64()
}

// program is who wrote a line, as all files have it.
func program(component string) string {
	if i := strings.LastIndexByte(component, '/'); i >= 0 {
		component = component[i+1:]
	}
	return component
}

// sweep forgets what no later event can repeat, but for the events without a
// time, which are told last.
func (c *copies) sweep(now int64) {
	if len(c.said) < maxTold || now == event.NoTime {
		return
	}
	for key, list := range c.said {
		if now-list[len(list)-1].at > toldRough {
			delete(c.said, key)
		}
	}
	if len(c.said) >= maxTold {
		clear(c.said)
	}
}

// toldAgain says where else the messages of a finding stand.
func (s *speaker) toldAgain(chinese bool) string {
	e := s.m.e
	var files []string
	for i := range s.r.roles {
		for _, seen := range s.r.roles[i].sights() {
			for _, source := range e.copies.also[seen.where] {
				if p := e.paths[source]; p != "" && !slices.Contains(files, p) {
					files = append(files, p)
				}
			}
		}
	}
	if len(files) == 0 {
		return ""
	}
	slices.Sort(files)
	if chinese {
		return "同样的消息也出现在 " + strings.Join(files, "、") + " 中，只计一次。"
	}
	return " The same messages also stand in " + strings.Join(files, ", ") + "; they are counted once."
}
