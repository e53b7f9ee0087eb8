package timeline

import (
	"strconv"
	"strings"
	"time"

	"forensic/event"
)

// Listings that show the ages of the same objects can be put in order by them,
// whatever order they stand in: what is older in one was listed later there.

// An aged object stood in a snapshot and was at least seconds old, and less than
// seconds plus width.
type aged struct {
	hash           uint64
	seconds, width int64
}

const maxAges = 512 // objects a source remembers

// age notes an object with its age.
func (s *tally) age(attrs event.Attrs) {
	seconds, err := strconv.ParseInt(attrs.Get("age_seconds"), 10, 64)
	name := attrs.Get("name")
	if err != nil || name == "" || seconds < 0 || seconds > 1<<31 {
		return
	}
	if len(s.ages) >= maxAges {
		s.unlisted++
		return
	}
	h := hashKey('n', attrs.Get("namespace")) ^ hashKey('o', name)
	s.ages = append(s.ages, aged{h, seconds, ageWidth(attrs.Get("age"))})
}

// ageWidth is what the last unit of 2m13s or 85d is worth.
func ageWidth(age string) int64 {
	if age == "" {
		return 1
	}
	if i := strings.IndexByte("smhdy", age[len(age)-1]); i >= 0 {
		return [...]int64{1, 60, 3600, 86400, 365 * 86400}[i]
	}
	return 1
}

// later bounds by how many seconds q was taken after p. Objects that say
// something else than most were made anew in between and are left out.
func later(p, q *place) (low, high int64, ok bool) {
	ages := map[uint64]aged{}
	for _, a := range p.tally.ages {
		ages[a.hash] = a
	}
	type between struct{ low, high int64 }
	var all []between
	for _, b := range q.tally.ages {
		if a, both := ages[b.hash]; both {
			all = append(all, between{b.seconds - a.seconds - a.width, b.seconds + b.width - a.seconds})
		}
	}
	best := 0
	for _, start := range all { // the range that most agree on contains the begin of one
		lo, hi, n := start.low, int64(1<<62), 0
		for _, o := range all {
			if o.low <= start.low && o.high > start.low {
				hi = min(hi, o.high)
				n++
			}
		}
		if n > best || n == best && ok && hi-lo < high-low {
			best, low, high, ok = n, lo, hi, true
		}
	}
	return low, high, ok && best*2 > len(all)
}

// settleAges orders snapshots of one file or folder that have no time of their
// own by the ages of what they list; the last of them keeps its time, which they
// were all no later than.
func (t *Timeline) settleAges() {
	done := map[*place]bool{}
	for _, p := range t.places {
		if len(p.tally.ages) == 0 || done[p] || !p.aboutTaken() {
			continue
		}
		group := []*place{p}
		for _, q := range t.places {
			if q != p && !done[q] && len(q.tally.ages) > 0 && q.aboutTaken() && (q.src.Path == p.src.Path || sameFolder(p, q) && q.host == p.host) {
				group = append(group, q)
			}
		}
		last := p
		for _, q := range group {
			if low, high, ok := later(last, q); ok && low+high > 0 {
				last = q
			}
		}
		for _, q := range group {
			done[q] = true
			low, high, ok := later(q, last)
			if !ok || q == last || high <= 0 {
				continue
			}
			low = max(low, 0)
			how := "taken " + ago(low, high) + " before " + last.where() + ", by the ages of what both list"
			if last.taken.at != event.NoTime {
				q.taken.at = last.taken.at - high*int64(time.Second)
				q.taken.step = time.Duration(high-low) * time.Second
				q.taken.why = how
			} else {
				q.note("%s", how)
			}
		}
	}
}

// aboutTaken tells whether a snapshot's time is open, or only a bound.
func (p *place) aboutTaken() bool {
	return p.duplicate == nil && p.snapshot() && p.taken.why != exactlyTaken
}

func (p *place) where() string {
	if p.src.Line > 0 {
		return p.src.Path + ":" + strconv.Itoa(p.src.Line)
	}
	return p.src.Path
}

func ago(low, high int64) string {
	a, b := (time.Duration(low) * time.Second).String(), (time.Duration(high) * time.Second).String()
	if low == high {
		return a
	}
	return a + " to " + b
}
