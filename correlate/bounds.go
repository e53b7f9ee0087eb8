package correlate

import (
	"cmp"
	"fmt"
	"slices"
	"strings"

	"forensic/event"
)

// park is how often a rule's patterns may be stopped in one source before the
// rule is not tried any more there.
const park = 3

// maxStops bounds what is noted.
const maxStops = 10_000

// A stop counts how often patterns of a rule were stopped in one source.
type stop struct {
	rule, source, line, times int
}

// gaveUp notes a pattern that was stopped.
func (s *Selector) gaveUp(a *ask, ev *event.Event) {
	s.e.stopping.Lock()
	defer s.e.stopping.Unlock()
	rule := s.e.selections[a.id].rule
	for _, t := range s.stops {
		if t.rule == rule && t.source == ev.Where.Source {
			t.times++
			return
		}
	}
	t := &stop{rule, ev.Where.Source, ev.Where.First, 1}
	s.stops = append(s.stops, t)
	if len(s.e.stops) < maxStops {
		s.e.stops = append(s.e.stops, t)
	}
}

// parked tells that a rule is not tried any more in a source. Only the goroutine
// that asks changes what it reads.
func (s *Selector) parked(a *ask, source int) bool {
	rule := s.e.selections[a.id].rule
	return slices.ContainsFunc(s.stops, func(t *stop) bool { return t.rule == rule && t.source == source && t.times >= park })
}

// stopsOf counts the matches of a rule that were stopped.
func (e *Engine) stopsOf(rule int) int {
	n := 0
	for _, t := range e.stops {
		if t.rule == rule {
			n += t.times
		}
	}
	return n
}

// stopped lists what was stopped, and the rules that were parked as not run
// where they were.
func (c *Conclusion) stopped(e *Engine, seen event.Coverage) {
	slices.SortStableFunc(e.stops, func(a, b *stop) int {
		return cmp.Or(cmp.Compare(a.rule, b.rule), strings.Compare(pathOf(seen, a.source), pathOf(seen, b.source)), cmp.Compare(a.line, b.line))
	})
	for n, r := range e.rules {
		var paths []string
		for _, t := range e.stops {
			if t.rule != n {
				continue
			}
			c.Stopped = append(c.Stopped, Stopped{r.Name, t.source, t.line, t.times, t.times >= park})
			if t.times >= park {
				paths = append(paths, pathOf(seen, t.source))
			}
		}
		if len(paths) > 0 {
			slices.Sort(paths)
			c.NotRun = append(c.NotRun, NotRun{r.Name, both("its patterns were stopped %d times, each after 100 ms, and it was not tried any further in %s",
				"其模式 %d 次在 100 毫秒后被中止，此后不再用于 %s", park, strings.Join(slices.Compact(paths), ", "))})
		}
	}
	place := map[string]int{}
	for n, r := range e.rules {
		place[r.Name] = n
	}
	slices.SortStableFunc(c.NotRun, func(a, b NotRun) int { return cmp.Compare(place[a.Rule], place[b.Rule]) })
}

func pathOf(seen event.Coverage, source int) string {
	for i := range seen {
		if seen[i].Source == source {
			return seen[i].Path
		}
	}
	return "?"
}

// both words something in all languages; the arguments are the same.
func both(en, zh string, args ...any) map[string]string {
	return map[string]string{languages[0]: fmt.Sprintf(en, args...), languages[1]: fmt.Sprintf(zh, args...)}
}

// limitsHit says what bounds cost.
func (e *Engine) limitsHit() []map[string]string {
	var out []map[string]string
	for _, m := range e.machines {
		if m.evicted > 0 {
			out = append(out, both("rule %s: %d open matches were given up; at most %d are kept", "规则 %s：放弃了 %d 个未完成的匹配；最多保留 %d 个", m.rule.Name, m.evicted, maxOpen))
		}
		if m.dropped > 0 {
			out = append(out, both("rule %s: %d findings beyond the first %d are left out", "规则 %s：略去 %d 个发现，只保留前 %d 个", m.rule.Name, m.dropped, maxFindings))
		}
		if n := e.stopsOf(m.number); n > 0 {
			out = append(out, both("rule %s: %d pattern matches were stopped after 100 ms or had no answer on a text of more than 64 KiB; what it found depends on this machine's speed",
				"规则 %s：%d 次模式匹配在 100 毫秒后被中止，或在超过 64 KiB 的文本上没有结果；其结论取决于本机速度", m.rule.Name, n))
		}
	}
	return out
}
