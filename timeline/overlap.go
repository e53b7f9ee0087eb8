package timeline

import (
	"cmp"
	"fmt"
	"slices"

	"forensic/event"
)

// Log rotation by copying, and collectors that take a log while it is rotated,
// leave the same records at the end of one member and at the begin of the next.
// They are found by equal runs of settled time and text and counted once: the
// copy in the later member is not replayed.

// A print is what two copies of one record share.
type print struct {
	at   int64
	hash uint32
	line uint64
	seq  uint32
}

const (
	maxPrints = 1 << 16 // of each member: its last, and the next one's first
	minCopied = 3       // equal records in a row, unless they are the whole member
)

// hashText samples a text: its length and nine words of it. It need only tell
// records apart whose times are equal and whose neighbours are equal, too.
func hashText(s string) uint32 {
	const prime = 0x9e3779b97f4a7c15
	h := uint64(len(s)) * prime
	word := func(i int) {
		s := s[i : i+8]
		w := uint64(s[0]) | uint64(s[1])<<8 | uint64(s[2])<<16 | uint64(s[3])<<24 |
			uint64(s[4])<<32 | uint64(s[5])<<40 | uint64(s[6])<<48 | uint64(s[7])<<56
		h = (h ^ w) * prime
		h ^= h >> 29
	}
	if len(s) >= 8 {
		for i := 0; i+8 <= len(s); i += max(8, len(s)/8) {
			word(i)
		}
		word(len(s) - 8)
	} else {
		for i := range len(s) {
			h = (h ^ uint64(s[i])) * prime
		}
	}
	return uint32(h>>32) | 1
}

// settleOverlaps looks for copies among the members of each series.
func (t *Timeline) settleOverlaps() error {
	done := map[*series]bool{}
	for _, p := range t.places {
		s := p.series
		if s == nil || done[s] || len(s.members) < 2 {
			continue
		}
		done[s] = true
		members := slices.DeleteFunc(slices.Clone(s.members), func(p *place) bool { return p.first == event.NoTime || p.tally.seq == 0 })
		slices.SortStableFunc(members, func(a, b *place) int { return cmp.Or(cmp.Compare(a.first, b.first), cmp.Compare(a.last, b.last)) })
		for i, a := range members {
			for _, b := range members[i+1:] {
				if b.first > a.last || b.copied.what != nil {
					continue
				}
				if err := t.overlap(a, b); err != nil {
					return err
				}
			}
		}
	}
	return nil
}

// copied says which lines of a place are a copy, and of what.
type copied struct {
	what     *place
	from, to uint64
	records  int
}

// overlap compares the end of a with the begin of b.
func (t *Timeline) overlap(a, b *place) error {
	as, err := t.prints(a, b.first, false)
	if err != nil || len(as) == 0 {
		return err
	}
	bs, err := t.prints(b, b.first, true)
	if err != nil || len(bs) == 0 {
		return err
	}
	tries := 0
	for i := range as {
		if as[i].at != bs[0].at || as[i].hash != bs[0].hash || bs[0].hash == 0 {
			continue
		}
		n := 0
		for i+n < len(as) && n < len(bs) && as[i+n].at == bs[n].at && as[i+n].hash == bs[n].hash {
			n++
		}
		// A copy goes on to the end of one of the two.
		whole := n == len(bs) && n == b.keptRecords()
		if (i+n == len(as) || whole) && (n >= minCopied || whole) {
			b.copied = copied{what: a, from: bs[0].line, to: bs[n-1].line, records: n}
			b.note("%s %d to %d are also in %s and are counted once", b.unit()+"s", b.copied.from, b.copied.to, a.src.Path)
			return nil
		}
		if tries++; tries > 1000 {
			return nil
		}
	}
	return nil
}

func (p *place) keptRecords() int { return int(p.tally.seq) }

// prints reads the prints of a member in file order: its first, or its last from
// a time on.
func (t *Timeline) prints(p *place, from int64, first bool) ([]print, error) {
	var all []print
	for i := range t.runs {
		s := &t.runs[i]
		if s.source != p.src.ID {
			continue
		}
		r, err := t.open(s, maxRoom, false)
		for r != nil && err == nil {
			if r.at >= from && r.at != event.NoTime {
				all = append(all, print{r.at, order.Uint32(r.head[28:]), r.line, r.seq})
				if len(all) >= 4*maxPrints {
					all = trimPrints(all, first)
				}
			}
			var more bool
			if more, err = r.next(t); !more {
				break
			}
		}
		if err != nil {
			return nil, fmt.Errorf("compare rotated logs: %w", err)
		}
	}
	return trimPrints(all, first), nil
}

func trimPrints(all []print, first bool) []print {
	slices.SortFunc(all, func(a, b print) int { return cmp.Compare(a.seq, b.seq) })
	if n := len(all) - maxPrints; n > 0 {
		if first {
			return all[:maxPrints]
		}
		all = slices.Clone(all[n:])
	}
	return all
}
