package forensic

import (
	"container/heap"
	"fmt"
	"strconv"
	"sync"
	"time"

	"forensic/correlate"
	"forensic/event"
)

// The timing of what is found while logs grow.
const (
	idleEnough = 200 * time.Millisecond // a log that had nothing for so long is not waited for
	holdAtMost = 2 * time.Second        // nor is any other for longer than this
	lookEvery  = 100 * time.Millisecond
	growEvery  = 10 * time.Second // growth is told so often, or when the count has doubled
	rateOver   = time.Minute
	mostTexts  = 8192 // records whose text is at hand
)

// The states of a Change.
const (
	Opened  = "opened"
	Grew    = "grew"
	Cleared = "cleared"
)

// A hub puts what the sources select in order of time, shows it to the rules,
// and tells what they find. An event waits until every other source has come as
// far, or has nothing to read; but not for long.
type hub struct {
	engine  *correlate.Engine
	changed func(Change)

	mu      sync.Mutex
	sources []*liveSource
	next    int
	came    []waiting
	poke    chan struct{}

	held     waitings
	seq      int64
	texts    map[place]told
	ring     []place
	standing map[*correlate.Finding]*stands
	number   int
	paths    map[string]int // by which numbers evidence names them
	advanced time.Time
	old      bool // what is shown to the rules was read before a restart
}

// waiting is an event that is held back.
type waiting struct {
	ev  *event.Event
	src *liveSource
	at  time.Time // when it came
	seq int64
}

// A place is a line of a source.
type place struct{ source, line int }

// told is the text of a record and where it stands.
type told struct {
	src  *liveSource
	text string
}

func newHub(engine *correlate.Engine, changed func(Change)) *hub {
	engine.Live()
	h := &hub{engine: engine, changed: changed, poke: make(chan struct{}, 1), texts: map[place]told{}, standing: map[*correlate.Finding]*stands{}, paths: map[string]int{}}
	engine.Quote = h.quote
	engine.Sources = kindSources
	if changed == nil {
		h.changed = func(Change) {}
	}
	return h
}

// enter gives a source its number.
func (h *hub) enter(s *liveSource) {
	h.mu.Lock()
	defer h.mu.Unlock()
	h.next++
	s.id = h.next
	h.sources = append(h.sources, s)
}

// leave forgets the sources of a reader that ended.
func (h *hub) leave(in *liveReader) {
	h.mu.Lock()
	defer h.mu.Unlock()
	kept := h.sources[:0:0]
	for _, s := range h.sources {
		if s.input != in {
			kept = append(kept, s)
		}
	}
	h.sources = kept
}

// maxCame bounds how many events wait for the hub: then its sources do.
const maxCame = 100_000

// add takes an event over.
func (h *hub) add(s *liveSource, ev *event.Event, now time.Time) {
	for {
		h.mu.Lock()
		full := len(h.came) >= maxCame
		if !full {
			h.seq++
			h.came = append(h.came, waiting{ev, s, now, h.seq})
		}
		h.mu.Unlock()
		select {
		case h.poke <- struct{}{}:
		default:
		}
		if !full {
			return
		}
		time.Sleep(time.Millisecond)
	}
}

// run works until over is closed, and then shows the rules what is left.
func (h *hub) run(over <-chan struct{}) {
	tick := time.NewTicker(lookEvery)
	defer tick.Stop()
	for {
		ended := false
		select {
		case <-h.poke:
		case <-tick.C:
		case <-over:
			ended = true
		}
		h.step(time.Now(), ended)
		if ended {
			return
		}
	}
}

// step shows the rules what need not wait any longer, and tells what they find.
func (h *hub) step(now time.Time, ended bool) {
	h.mu.Lock()
	came := h.came
	h.came = nil
	sources := h.sources
	h.mu.Unlock()
	for _, w := range came {
		heap.Push(&h.held, w)
	}
	shown := h.release(sources, now, ended)
	clock := now.Sub(h.advanced) >= time.Second || ended
	if shown == 0 && !clock && len(h.standing) == 0 {
		return
	}
	if clock {
		h.advanced = now
		if len(h.held) == 0 {
			h.engine.Advance(h.clock(sources, now))
		}
	}
	if shown > 0 || clock {
		h.tell(sources, now)
	}
}

// release shows the rules the held events that every source has come up to.
func (h *hub) release(sources []*liveSource, now time.Time, all bool) int {
	low, second := event.NoTime, event.NoTime // how far the two farthest behind have come
	var lowest *liveReader
	for _, s := range sources {
		if s.input.idle(now) >= idleEnough {
			continue
		}
		s.mu.Lock()
		last := s.last
		s.mu.Unlock()
		switch {
		case last == event.NoTime:
		case last < low:
			if s.input != lowest {
				second = low
			}
			low, lowest = last, s.input
		case last < second && s.input != lowest:
			second = last
		}
	}
	n := 0
	for len(h.held) > 0 {
		w := h.held[0]
		bound := low
		if w.src.input == lowest {
			bound = second
		}
		if w.ev.At > bound && now.Sub(w.at) < holdAtMost && !all {
			break
		}
		heap.Pop(&h.held)
		if old := w.src.log.Old(w.ev.Where.First); old != h.old {
			if h.old {
				h.tell(sources, now) // what was found by then was told before the restart
			}
			h.old = old
		}
		h.keepText(w)
		h.engine.Observe(w.ev)
		n++
	}
	return n
}

// keepText remembers what a record says, for the findings it is part of.
func (h *hub) keepText(w waiting) {
	text := w.ev.Raw
	if text == "" {
		text = w.ev.Text
	}
	if len(text) > 4<<10 {
		text = text[:4<<10]
	}
	p := place{w.ev.Where.Source, w.ev.Where.First}
	if _, there := h.texts[p]; !there {
		h.ring = append(h.ring, p)
	}
	h.texts[p] = told{w.src, text}
	if len(h.ring) > mostTexts {
		for _, old := range h.ring[:mostTexts/4] {
			delete(h.texts, old)
		}
		h.ring = append(h.ring[:0], h.ring[mostTexts/4:]...)
	}
}

func (h *hub) quote(ev *event.Event) (text string, before, after []string) {
	return h.texts[place{ev.Where.Source, ev.Where.First}].text, nil, nil
}

// clock tells what time it is for the events: that of the newest, and as much
// more as went by since it came.
func (h *hub) clock(sources []*liveSource, now time.Time) correlate.Now {
	zoned := int64(0)
	apart := map[int]int64{}
	for _, s := range sources {
		s.mu.Lock()
		if s.last != event.NoTime {
			at := s.last + int64(now.Sub(s.arrived)) - int64(idleEnough)
			if s.known {
				zoned = max(zoned, at)
			} else {
				apart[s.id] = at
			}
		}
		s.mu.Unlock()
	}
	return func(known bool, source int) int64 {
		if known {
			return zoned
		}
		return apart[source]
	}
}

// place makes the evidence of a finding, which counts lines of streams, name
// files and their lines.
func (h *hub) place(f *correlate.Finding) []Source {
	var all []Source
	for i := range f.Evidence {
		e := &f.Evidence[i]
		e.ID = fmt.Sprintf("E%d", i+1)
		t, ok := h.texts[place{e.Where.Source, e.Where.First}]
		if !ok {
			continue
		}
		path, line := t.src.log.Place(e.Where.First)
		id, known := h.paths[path]
		if !known {
			if len(h.paths) > 10_000 {
				clear(h.paths)
			}
			id = len(h.paths) + 1
			h.paths[path] = id
		}
		unit := "line"
		if t.src.format.Binary {
			unit, line = "packet", e.Where.First
		}
		e.Where = event.Span{Source: id, First: line, Last: line + max(e.Where.Last-e.Where.First, 0)}
		all = append(all, Source{Source: event.Source{ID: id, Path: path, Unit: unit}})
	}
	for i := range f.Facts {
		if n, err := strconv.Atoi(f.Facts[i].Evidence); err == nil && n >= 0 && n < len(f.Evidence) {
			f.Facts[i].Evidence = f.Evidence[n].ID
		} else {
			f.Facts[i].Evidence = ""
		}
	}
	return all
}

// waitings are held events, the earliest first.
type waitings []waiting

func (w waitings) Len() int { return len(w) }
func (w waitings) Less(i, j int) bool {
	if w[i].ev.At != w[j].ev.At {
		return w[i].ev.At < w[j].ev.At
	}
	return w[i].seq < w[j].seq
}
func (w waitings) Swap(i, j int) { w[i], w[j] = w[j], w[i] }

// Push and Pop are for package heap.
func (w *waitings) Push(x any) { *w = append(*w, x.(waiting)) }
func (w *waitings) Pop() any {
	old := *w
	x := old[len(old)-1]
	old[len(old)-1] = waiting{}
	*w = old[:len(old)-1]
	return x
}
