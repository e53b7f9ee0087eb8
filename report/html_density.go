package report

import (
	"cmp"
	"slices"
	"strconv"
	"time"

	"forensic/event"
)

// htmlDensity bounds the steps of all lanes together.
const htmlDensity = 150_000

// coarser puts minutes in order and joins them until there are no more than
// most. It returns how wide they are then.
func coarser(all []event.Minute, width time.Duration, most int) ([]event.Minute, time.Duration) {
	if len(all) == 0 || width <= 0 {
		return nil, 0
	}
	slices.SortStableFunc(all, func(a, b event.Minute) int { return cmp.Compare(a.At, b.At) })
	for {
		out := make([]event.Minute, 0, min(len(all), most+1))
		for _, m := range all {
			n := len(out)
			if n > 0 && (m.At-all[0].At)/int64(width) == (out[n-1].At-all[0].At)/int64(width) {
				o := &out[n-1]
				o.Events, o.Warnings, o.Errors = o.Events+m.Events, o.Warnings+m.Warnings, o.Errors+m.Errors
				continue
			}
			out = append(out, m)
		}
		if len(out) <= most {
			return out, width
		}
		width *= 2
	}
}

// appendKept appends the kept events as columns, and closes the object that
// they stand in. Times are microseconds, each counted from the one before.
func appendKept(b []byte, kept []keptEvent, left int, lanes map[int]int, findings map[string]int) []byte {
	size := 256
	for i := range kept {
		size += len(kept[i].Text) + 32
	}
	b = slices.Grow(b, size)
	b = append(b, `"events":{"left":`...)
	b = strconv.AppendInt(b, int64(left), 10)
	before := int64(0)
	column := func(name string, number func(e *keptEvent) int64) {
		b = append(append(append(b, `,"`...), name...), `":[`...)
		for i := range kept {
			if i > 0 {
				b = append(b, ',')
			}
			b = strconv.AppendInt(b, number(&kept[i]), 10)
		}
		b = append(b, ']')
	}
	column("at", func(e *keptEvent) int64 {
		at := e.At / 1000
		d := at - before
		before = at
		return d
	})
	column("lane", func(e *keptEvent) int64 {
		if k, ok := lanes[e.Source]; ok {
			return int64(k)
		}
		return -1
	})
	column("line", func(e *keptEvent) int64 { return int64(e.Line) })
	column("level", func(e *keptEvent) int64 { return int64(e.Level) })
	b = append(b, `,"text":[`...)
	for i := range kept {
		if i > 0 {
			b = append(b, ',')
		}
		b = appendJSON(b, Visible(kept[i].Text))
	}
	b = append(b, `],"finding":[`...)
	for i := range kept {
		if i > 0 {
			b = append(b, ',')
		}
		b = append(b, '[')
		some := false
		for _, id := range kept[i].Findings {
			if k, ok := findings[id]; ok {
				if some {
					b = append(b, ',')
				}
				b = strconv.AppendInt(b, int64(k), 10)
				some = true
			}
		}
		b = append(b, ']')
	}
	return append(b, "]}}"...)
}
