package correlate

import (
	"slices"
	"time"

	"forensic/event"
)

// A window tells when enough has happened within a length of time. It keeps
// only as many entries as it takes to be full.
type window struct {
	need    int
	within  time.Duration // 0: no limit
	entries []entry
	sum     int
}

type entry struct {
	at int64
	n  int
}

// add notes n occurrences and tells whether the newest ones that suffice lie
// close enough together. Entries come nearly in order.
func (w *window) add(at int64, n int) bool {
	if n <= 0 {
		return false
	}
	i := len(w.entries)
	for i > 0 && w.entries[i-1].at > at {
		i--
	}
	w.entries = slices.Insert(w.entries, i, entry{at, n})
	w.sum += n
	drop := 0
	for w.sum-w.entries[drop].n >= w.need {
		w.sum -= w.entries[drop].n
		drop++
	}
	w.entries = slices.Delete(w.entries, 0, drop)
	last := w.entries[len(w.entries)-1].at
	return w.sum >= w.need && (w.within == 0 || last-w.entries[0].at <= int64(w.within))
}

// clear begins anew.
func (w *window) clear() { w.entries, w.sum = w.entries[:0], 0 }

// A variety tells when enough different values came within a length of time.
type variety struct {
	need   int
	within time.Duration
	values []valued // the last time each was seen, oldest first; at most need of them
}

type valued struct {
	value string
	at    int64
}

// add notes a value. The newest values that suffice are all it keeps.
func (v *variety) add(at int64, value string) bool {
	if value == "" {
		return false
	}
	if i := slices.IndexFunc(v.values, func(x valued) bool { return x.value == value }); i >= 0 {
		value = v.values[i].value
		v.values = slices.Delete(v.values, i, i+1)
	} else {
		value = string([]byte(value))
	}
	v.values = append(v.values, valued{value, at})
	if len(v.values) > v.need {
		v.values = slices.Delete(v.values, 0, len(v.values)-v.need)
	}
	return len(v.values) == v.need && (v.within == 0 || at-v.values[0].at <= int64(v.within))
}

// timeless tells that an event lies in no window.
func timeless(at int64) bool { return at == event.NoTime }
