// Package correlate runs rules over events and returns findings with their
// evidence.
//
// It works twice. While a source is parsed, a Selector answers which selections
// of which rules each event meets (filter.go, selector.go). When the clocks are
// settled, the events that met any are replayed in order of time, and Observe
// keeps the rules' windows, sequences, absences and numbers (a file for each
// operator). Close words what was found, because an explanation may need
// something that comes after it.
//
// It reads no file and knows no format. Its state is bounded: what a bound cost
// is in Conclusion.LimitsHit.
package correlate

import (
	"fmt"
	"math"
	"sync"
	"time"

	"forensic/event"
	"forensic/rules"
)

// An Engine is a set of compiled rules. Until Observe any number of goroutines
// may call For, and work with a Selector each.
type Engine struct {
	// Quote returns the text of an event and the lines around it. Of the event
	// it is asked for, Where, Host and At are known. Nil: no texts.
	Quote func(ev *event.Event) (text string, before, after []string)

	// Sources says in a few words where events of a kind come from ("a netstat
	// or ss listing"). Nil, or an empty answer: the kind's name is printed.
	Sources func(kind, language string) string

	// HostOf returns the host that has an address. Nil, or an empty answer: only
	// an address is the same as that address.
	HostOf func(address string) string

	// Order tells which of two events came first (-1, 0, 1), and whether clocks
	// and stamps make that sure. Nil: times are believed.
	Order func(a, b *event.Event) (first int, sure bool)

	// In is the zone that known times are printed in. Nil: UTC.
	In *time.Location

	// Seen is what each source could have told by now, for Due. Close is given
	// its own.
	Seen event.Coverage

	live       bool // see Live
	rules      []*rules.Rule
	found      map[int][]*Finding // by number of rule, once Close has returned
	selections []selection
	machines   []*machine
	planning   sync.Mutex
	plans      map[string]*plan // by the kinds of a format
	strings    map[string]string
	seq        int64          // events observed
	acts       []act          // what operators did
	places     map[int]int    // by source: what stands for a host without a name
	loggers    map[int]logger // files that a machine's loggers write the same messages to, by source: the log they are part of
	paths      map[int]string
	copies     copies
	watched    *machine // whose way is followed; nil: nobody's

	stopping sync.Mutex
	stops    []*stop // patterns that were given up, in the order it happened
}

// A part is what a selection does in its rule.
type part uint8

const (
	matching part = iota
	enriching
	applying // shows that a remedy was tried
	proving  // shows that a source would print what is missing
)

// A selection is one of a rule's, numbered through all rules.
type selection struct {
	rule  int
	part  part
	index int // in the rule's Select, Context or Avoid
	sel   *rules.Selection
	needs []string // attributes that the rule asks for
}

// Compile prepares rules, which must be free of problems.
func Compile(rs []rules.Rule) (*Engine, error) {
	e := &Engine{plans: map[string]*plan{}, strings: map[string]string{}}
	asked := map[string][]string{}
	for i := range rs {
		for _, c := range rs[i].Causes {
			for _, s := range c.Same {
				asked[c.Rule] = append(asked[c.Rule], s.There)
			}
		}
	}
	for n := range rs {
		r := &rs[n]
		e.rules = append(e.rules, r)
		m := &machine{e: e, rule: r, number: n, runs: map[string]*run{}, first: len(e.selections)}
		add := func(p part, index int, sel *rules.Selection) {
			if sel != nil {
				e.selections = append(e.selections, selection{n, p, index, sel, needs(r, sel, asked[r.Name])})
			}
		}
		for i := range r.Select {
			add(matching, i, &r.Select[i])
		}
		for i := range r.Context {
			add(enriching, i, &r.Context[i])
		}
		for i := range r.Avoid {
			add(applying, i, r.Avoid[i].Applied)
		}
		add(proving, 0, r.Visible)
		m.begin()
		e.machines = append(e.machines, m)
	}
	if len(e.selections) > math.MaxUint16 {
		return nil, fmt.Errorf("compile rules: %d selections in all; at most %d can be numbered", len(e.selections), math.MaxUint16)
	}
	return e, nil
}

// intern keeps one copy of a name that many events have.
func (e *Engine) intern(s string) string {
	if s == "" {
		return ""
	}
	if t, ok := e.strings[s]; ok {
		return t
	}
	t := string([]byte(s))
	if len(e.strings) < 1<<16 {
		e.strings[t] = t
	}
	return t
}

// Cover tells what is known of the sources before their events come: which of
// those without a host are of one machine, and which are files that the loggers
// of a machine write the same messages to.
func (e *Engine) Cover(seen event.Coverage) {
	e.places, e.loggers, e.paths = map[int]int{}, map[int]logger{}, map[int]string{}
	for i := range seen {
		c := &seen[i]
		e.places[c.Source], e.paths[c.Source] = c.Machine, c.Path
		switch c.Format {
		case "syslog", "journal":
			e.loggers[c.Source] = logger{log: c.Log}
		case "dmesg":
			e.loggers[c.Source] = logger{log: c.Log, rough: true}
		case "json": // what journalctl prints with -o json, among others
			e.loggers[c.Source] = logger{log: c.Log, kernel: true}
		}
	}
}

// Observe takes the next event, in order of time.
func (e *Engine) Observe(ev *event.Event) {
	if e.copies.again(e, ev) {
		return
	}
	e.seq++
	if ev.Kind == event.OperatorRan.Name {
		e.act(ev)
	}
	for i := 0; i < len(ev.Hits); {
		if int(ev.Hits[i].Selection) >= len(e.selections) {
			i++
			continue
		}
		m := e.machines[e.selections[ev.Hits[i].Selection].rule]
		n := i + 1
		for n < len(ev.Hits) && int(ev.Hits[n].Selection) < len(e.selections) && e.selections[ev.Hits[n].Selection].rule == m.number {
			n++
		}
		m.observe(ev, ev.Hits[i:n])
		i = n
	}
}
