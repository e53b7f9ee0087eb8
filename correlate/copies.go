package correlate

import (
	"hash/maphash"
	"strings"
	"time"

	"forensic/event"
)

// copies finds the same message in several files of one host. A kernel line
// stands in kern.log, in messages, in the journal and in dmesg; it happened
// once. What is told again is left out, so that two files do not make two kills
// of one.
//
// Only sources that are such files are compared (Engine.Logger), by host,
// program, process and text; what one source says twice happened twice. The
// clocks of the files differ by how they round, and dmesg's by what it drifted.
type copies struct {
	seed    maphash.Seed
	said    map[uint64][]saying
	sources map[int]bool // asked of Engine.Logger
	swept   int64
	n       int
	kept    int // of the copied, the distinct
}

// A saying is one message, and the sources that have told it so far.
type saying struct {
	at     int64
	by     []int
	copied bool
}

const (
	apart    = 2 * int64(time.Second) // the most that two tellings of a message lie apart
	maxTold  = 1 << 16                // messages compared at the same time
	maxTells = 64                     // of one text
)

// again tells whether an event is one that another file of its host has told.
// Events come in order of time; those without a time come last, and may repeat
// any.
func (c *copies) again(e *Engine, ev *event.Event) bool {
	if ev.Host == "" || ev.Component == "" || ev.Text == "" || !c.logger(e, ev.Where.Source) {
		return false
	}
	if c.said == nil {
		c.seed, c.said = maphash.MakeSeed(), map[uint64][]saying{}
	}
	c.sweep(ev.At)
	key := c.key(ev)
	list := c.said[key]
	for i := range list {
		s := &list[i]
		if ev.At != event.NoTime && ev.At-s.at > apart || s.has(ev.Where.Source) {
			continue
		}
		s.by = append(s.by, ev.Where.Source)
		if !s.copied {
			s.copied = true
			c.kept++
		}
		c.n++
		return true
	}
	if len(list) < maxTells {
		c.said[key] = append(list, saying{at: ev.At, by: []int{ev.Where.Source}})
	}
	return false
}

func (s *saying) has(source int) bool {
	for _, b := range s.by {
		if b == source {
			return true
		}
	}
	return false
}

func (c *copies) logger(e *Engine, source int) bool {
	is, asked := c.sources[source]
	if !asked {
		if c.sources == nil {
			c.sources = map[int]bool{}
		}
		is = e.Logger != nil && e.Logger(source)
		c.sources[source] = is
	}
	return is
}

func (c *copies) key(ev *event.Event) uint64 {
	var h maphash.Hash
	h.SetSeed(c.seed)
	for _, s := range []string{ev.Host, program(ev.Component), ev.Attrs.Get("pid"), strings.TrimSpace(ev.Text)} {
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
		if now-list[len(list)-1].at > apart {
			delete(c.said, key)
		}
	}
	if len(c.said) >= maxTold {
		clear(c.said)
	}
}
