package correlate

import (
	"cmp"
	"maps"
	"slices"
	"strings"

	"forensic/event"
	"forensic/rules"
)

// A Measure is a number that a rule follows or holds against a limit, as
// snapshot after snapshot showed it, whether or not the rule found anything.
type Measure struct {
	Rules    []string    // that look at it
	What     string      // kind and attribute, with what tells it from others of that kind
	Of       string      // the same of its limit; "" where it has none
	Host     string      // "" where it is unknown
	Source   int         // of the first reading
	Key      event.Attrs // what else tells it from others of its name
	Readings []Reading   // by time
	Zoned    bool        // false where the zone of its times is not known
}

// A Reading is one value; Of is the limit that held, 0 where none is known.
type Reading struct {
	At        int64 // event.NoTime where nobody knows
	Value, Of float64
}

const maxMeasures = 400

// measured lists the numbers that rules saw, each once though several rules may
// look at it.
func (e *Engine) measured() []Measure {
	var all []Measure
	at := map[string]int{}
	for _, m := range e.machines {
		use, of := m.rule.Match.Use, m.rule.Match.Of
		if m.rule.Match.Op == rules.Growth {
			use, of = m.rule.Match.Of, rules.Value{}
		}
		what, limit := m.named(use), m.named(of)
		for _, key := range slices.Sorted(maps.Keys(m.samples)) {
			s := m.samples[key]
			id := what + "\x00" + limit + "\x00" + key
			if k, known := at[id]; known {
				all[k].Rules = append(all[k].Rules, m.rule.Name)
				continue
			}
			one := Measure{Rules: []string{m.rule.Name}, What: what, Of: limit, Host: s.host, Source: s.source, Key: s.key, Zoned: s.zoned}
			slices.SortStableFunc(s.list, func(a, b sample) int { return cmp.Or(cmp.Compare(a.at, b.at), cmp.Compare(a.seq, b.seq)) })
			for _, v := range s.list {
				one.Readings = append(one.Readings, Reading{v.at, v.value, v.of})
			}
			at[id] = len(all)
			all = append(all, one)
		}
	}
	slices.SortStableFunc(all, func(a, b Measure) int {
		return cmp.Or(cmp.Compare(a.What, b.What), cmp.Compare(a.Host, b.Host), cmp.Compare(a.Source, b.Source), slices.CompareFunc(a.Key, b.Key, func(a, b event.Attr) int { return cmp.Compare(a.Value, b.Value) }))
	})
	return all[:min(len(all), maxMeasures)]
}

// named calls a value by its kind and attribute, and by the conditions that
// tell it from others: "ipc.usage arrays (resource semaphores)".
func (m *machine) named(v rules.Value) string {
	if v.Selection == "" {
		return ""
	}
	find := func(all []rules.Selection) *rules.Selection {
		for i := range all {
			if all[i].Name == v.Selection {
				return &all[i]
			}
		}
		return nil
	}
	sel := find(m.rule.Select)
	if sel == nil {
		sel = find(m.rule.Context)
	}
	if sel == nil {
		return v.Attr
	}
	name := strings.Join(sel.Kinds, ", ") + " " + v.Attr
	var only []string
	for _, t := range sel.Where {
		if len(t.OneOf) > 0 {
			only = append(only, t.Attr+" "+strings.Join(t.OneOf, "|"))
		}
	}
	if len(only) > 0 {
		name += " (" + strings.Join(only, ", ") + ")"
	}
	return strings.TrimSpace(name)
}
