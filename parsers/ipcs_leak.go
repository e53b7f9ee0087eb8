package parsers

import (
	"cmp"
	"slices"
	"strconv"

	"forensic/event"
)

// Semaphore sets without a key (IPC_PRIVATE) can be found by nobody but those
// who were handed the id, and outlive their process. Many of one owner are left
// behind, and their ids tell how: id = 32768 x sequence + slot (ipc_buildid in
// Linux's ipc/util.c). Up to Linux 5.0 the sequence counts every set that was
// ever created, and the lowest free slot is taken; from 5.1 on slots go round,
// and the sequence counts the rounds.
var ipcLeak = event.Kind{
	Name: "ipc.leak", Doc: "Private semaphore sets that one owner left behind, as their ids tell: how many each start leaves, how many starts, and how many other sets were usually created in between. " +
		"cut_short is how many of those a start got that then found the table full, and full_at is the size of the table it ran into; in_use is how many sets there are at least.",
	Attrs: []string{"owner", "sets", "semaphores", "per_start", "starts", "others", "others_times", "cut_short", "full_at", "in_use"},
}

const (
	ipcsLeaked = 8  // private sets of one owner; fewer are said nothing of
	ipcsUnit   = 16 // sets a start leaves, at most
)

// An ipcsSet is what an id tells of a set, and who has it.
type ipcsSet struct {
	owner          string
	private        bool
	sequence, slot int
	semaphores     int
	line           int
}

// ipcsSetOf reads a row that has been sorted into attributes.
func ipcsSetOf(e *event.Event, line int) (s ipcsSet, ok bool) {
	id, n := e.Attrs.Get("sequence"), e.Attrs.Get("semaphores")
	if id == "" || !isNumber(n) {
		return s, false
	}
	return ipcsSet{e.Attrs.Get("owner"), e.Attrs.Has("private"), atoi(id), atoi(e.Attrs.Get("slot")), atoi(n), line}, true
}

// ipcsLeaks says of each owner what its private sets tell, largest first.
func ipcsLeaks(s *snapshot, all []ipcsSet) {
	owners := map[string][]ipcsSet{}
	top := 0
	for _, set := range all {
		top = max(top, set.slot+1)
		if set.private {
			owners[set.owner] = append(owners[set.owner], set)
		}
	}
	var lists [][]ipcsSet
	for _, list := range owners {
		if len(list) >= ipcsLeaked {
			lists = append(lists, list)
		}
	}
	slices.SortFunc(lists, func(a, b []ipcsSet) int {
		return cmp.Or(cmp.Compare(len(b), len(a)), cmp.Compare(a[0].owner, b[0].owner))
	})
	for _, list := range lists {
		line := list[0].line
		l := ipcsLeakOf(list)
		semaphores, used := 0, len(all)
		for _, set := range list {
			semaphores += set.semaphores
		}
		if !l.rounds {
			used = max(used, top) // a slot is taken only when all below it are
		}
		e := s.begin(ipcLeak.Name, line, line)
		e.Set("owner", list[0].owner)
		for _, a := range [...]struct {
			name string
			n    int
		}{
			{"sets", len(list)}, {"semaphores", semaphores}, {"per_start", l.unit}, {"starts", len(list) / l.unit},
			{"others", l.others}, {"others_times", l.othersTimes}, {"cut_short", l.cutShort}, {"full_at", l.fullAt}, {"in_use", used},
		} {
			if a.n > 0 {
				e.Set(a.name, strconv.Itoa(a.n))
			}
		}
		s.send()
	}
}

// An ipcsPattern is what the ids of one owner's private sets have in common.
type ipcsPattern struct {
	rounds              bool // slots go round: the newer numbering
	unit                int  // sets that a start leaves
	others, othersTimes int  // sets of others between two starts, and how often so many
	cutShort, fullAt    int
}

// ipcsLeakOf looks for the pattern in sets of one owner.
func ipcsLeakOf(list []ipcsSet) ipcsPattern {
	slices.SortFunc(list, func(a, b ipcsSet) int {
		return cmp.Or(cmp.Compare(a.sequence, b.sequence), cmp.Compare(a.slot, b.slot))
	})
	distinct := 1
	for i := 1; i < len(list); i++ {
		if list[i].sequence != list[i-1].sequence {
			distinct++
		}
	}
	p := ipcsPattern{rounds: 2*distinct < len(list)}
	p.unit = p.runs(list)
	p.between(list)
	return p
}

// gap is how many sets were created between two; -1 where that cannot be told.
func (p *ipcsPattern) gap(a, b ipcsSet) int {
	if !p.rounds {
		return b.sequence - a.sequence - 1
	}
	if a.sequence != b.sequence {
		return -1
	}
	return b.slot - a.slot - 1
}

// runs finds how many sets a start leaves: sets created one after the other are
// a run, and the most frequent length is that of one start if nearly all others
// are multiples of it.
func (p *ipcsPattern) runs(list []ipcsSet) int {
	var times [ipcsUnit + 1]int
	var lengths []int
	n := 1
	for i := 1; i <= len(list); i++ {
		if i < len(list) && p.gap(list[i-1], list[i]) == 0 {
			n++
			continue
		}
		lengths = append(lengths, n)
		if n <= ipcsUnit {
			times[n]++
		}
		n = 1
	}
	unit := 1
	for n := range times {
		if times[n] > times[unit] {
			unit = n
		}
	}
	fit := 0
	for _, n := range lengths {
		if n%unit == 0 {
			fit++
		}
	}
	if 5*fit < 4*len(lengths) {
		return 1
	}
	return unit
}

// between finds how many other sets are usually created between two starts, and
// a start that got fewer of them because the table was full: it is the last of
// its kind, and its sets lie at the end of the table of that time.
func (p *ipcsPattern) between(list []ipcsSet) {
	times, top := map[int]int{}, 0
	for i := 1; i < len(list); i++ {
		if gap := p.gap(list[i-1], list[i]); gap > 0 {
			times[gap]++
		}
	}
	for gap, n := range times {
		if n > p.othersTimes || n == p.othersTimes && gap < p.others {
			p.others, p.othersTimes = gap, n
		}
	}
	if p.othersTimes < 3 {
		p.others, p.othersTimes = 0, 0
		return
	}
	if p.rounds {
		return
	}
	for i := 1; i < len(list); i++ {
		last := list[i-1]
		if gap := p.gap(last, list[i]); gap > 0 && gap < p.others && last.slot > top {
			p.cutShort, p.fullAt = gap, last.slot+1+gap
		}
		top = max(top, last.slot)
	}
}
