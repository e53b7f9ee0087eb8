package timeline

import (
	"math"

	"forensic/event"
)

// A pause is a silence between two records.
type pause struct{ from, to int64 }

// A minute counts the records of each level in one bucket of keys.
type minute struct {
	at     int64 // key of its begin
	levels [event.Levels]uint32
}

// pause keeps the longest silences.
func (s *tally) pause(from, to int64) {
	if len(s.top) < maxPauses {
		s.top = append(s.top, pause{from, to})
		if len(s.top) < maxPauses {
			return
		}
	} else {
		least := 0
		for i := range s.top {
			if s.top[i].to-s.top[i].from < s.top[least].to-s.top[least].from {
				least = i
			}
		}
		s.top[least] = pause{from, to}
	}
	s.floor = math.MaxInt64
	for i := range s.top {
		s.floor = min(s.floor, s.top[i].to-s.top[i].from)
	}
}

// bucket finds the minute of a key.
func (s *tally) bucket(key int64) {
	at := floorDiv(key, s.width) * s.width
	lo, hi := 0, len(s.minutes)
	if hi > 0 && s.minutes[hi-1].at < at {
		lo = hi
	}
	for lo < hi {
		if mid := (lo + hi) / 2; s.minutes[mid].at < at {
			lo = mid + 1
		} else {
			hi = mid
		}
	}
	if lo == len(s.minutes) || s.minutes[lo].at != at {
		if len(s.minutes) >= maxMinutes {
			s.widen()
			s.bucket(key)
			return
		}
		s.minutes = append(s.minutes, minute{})
		copy(s.minutes[lo+1:], s.minutes[lo:])
		s.minutes[lo] = minute{at: at}
	}
	s.now = &s.minutes[lo]
	s.until = at + s.width
	if s.family == yearless {
		s.leapDay(key)
		s.until = min(s.until, key-floorMod(key, day)+day) // buckets may be longer than the day
	}
}

// widen joins buckets by pairs.
func (s *tally) widen() {
	s.width *= 2
	n := 0
	for i := range s.minutes {
		m := s.minutes[i]
		m.at = floorDiv(m.at, s.width) * s.width
		if n > 0 && s.minutes[n-1].at == m.at {
			for l := range m.levels {
				s.minutes[n-1].levels[l] += m.levels[l]
			}
			continue
		}
		s.minutes[n] = m
		n++
	}
	s.minutes = s.minutes[:n]
}
