package correlate

import (
	"fmt"
	"strings"
	"testing"
	"time"

	"forensic/event"
	"forensic/rules"
)

// testKinds are what the tests' formats declare.
var testKinds = []event.Kind{
	{Name: "app.opened", Attrs: []string{"client", "thread", "user"}},
	{Name: "app.lost", Attrs: []string{"client", "session", "thread"}},
	{Name: "app.closed", Attrs: []string{"client", "thread"}},
	{Name: "app.number", Attrs: []string{"value", "name", "count"}},
	{Name: "app.message", Attrs: []string{"class"}},
}

// parse reads one rule, or stops the test.
func parse(t testing.TB, name, text string) rules.Rule {
	t.Helper()
	r, ps := rules.Read(name, name+".yaml", []byte(text))
	if len(ps) > 0 {
		t.Fatalf("rule %s: %v", name, ps)
	}
	if ps := rules.Check([]rules.Rule{r}, testKinds); len(ps) > 0 && len(r.Causes)+len(r.Masks) == 0 {
		t.Fatalf("rule %s: %v", name, ps)
	}
	return r
}

// A story is events for an engine, written short: "12.5 app.lost client=a:1
// host=h1 n=3". Times are seconds since a day in 2024.
type story struct {
	e        *Engine
	selector *Selector
	seen     event.Coverage
	line     int
	last     int64
}

var epoch = time.Date(2024, 3, 2, 10, 0, 0, 0, time.UTC).UnixNano()

func newStory(t testing.TB, rs ...rules.Rule) *story {
	t.Helper()
	e, err := Compile(rs)
	if err != nil {
		t.Fatal(err)
	}
	e.Quote = func(ev *event.Event) (string, []string, []string) {
		return fmt.Sprintf("line %d", ev.Where.First), nil, nil
	}
	return &story{e: e, selector: e.For(testKinds, "")}
}

// ev reads one event.
func (s *story) ev(t testing.TB, line string) *event.Event {
	t.Helper()
	s.line++
	fields := strings.Fields(line)
	at, err := time.ParseDuration(fields[0] + "s")
	ev := &event.Event{Kind: fields[1], At: epoch + int64(at), Host: "h1", ZoneKnown: true}
	if fields[0] == "?" {
		ev.At, err = event.NoTime, nil
	}
	if err != nil {
		t.Fatal(err)
	}
	ev.Stamp.Step = time.Millisecond
	ev.Where = event.Span{Source: 1, First: s.line, Last: s.line}
	for _, f := range fields[2:] {
		name, v, _ := strings.Cut(f, "=")
		switch name {
		case "host":
			ev.Host = v
		case "source":
			fmt.Sscan(v, &ev.Where.Source)
		case "zone":
			ev.ZoneKnown = v != "unknown"
		case "n":
			fmt.Sscan(v, &ev.Count.Best)
			ev.Count.Low, ev.Count.High = ev.Count.Best, ev.Count.Best
		case "maybe":
			fmt.Sscan(v, &ev.Count.Best)
			ev.Count.High = -1
		case "text":
			ev.Text = strings.ReplaceAll(v, "_", " ")
		case "command":
			ev.Set(name, strings.ReplaceAll(v, "_", " "))
		default:
			ev.Set(name, v)
		}
	}
	return ev
}

func (s *story) tell(t testing.TB, lines ...string) {
	t.Helper()
	for _, l := range lines {
		ev := s.ev(t, l)
		if s.selector.Select(ev) {
			s.e.Observe(ev)
		}
		s.last = max(s.last, ev.At)
	}
}

// end closes the engine; a source of host h1 covers everything.
func (s *story) end() *Conclusion {
	if s.seen == nil {
		s.seen = event.Coverage{{Source: 1, Path: "a.log", Host: "h1", First: epoch, Last: epoch + int64(time.Hour), ZoneKnown: true, Kinds: kindNames()}}
	}
	return s.e.Close(s.seen)
}

func kindNames() []string {
	var names []string
	for _, k := range testKinds {
		names = append(names, k.Name)
	}
	return names
}

// short prints findings for comparison: key, count, standing, times.
func short(fs []*Finding) string {
	var out []string
	for _, f := range fs {
		var key []string
		for _, a := range f.Key {
			key = append(key, a.Value)
		}
		s := fmt.Sprintf("%s[%s] %d/%d/%d", f.Host, strings.Join(key, " "), f.Count.Low, f.Count.Best, f.Count.High)
		if f.First.Known() {
			s += fmt.Sprintf(" %g-%g", float64(f.First.At-epoch)/1e9, float64(f.Last.At-epoch)/1e9)
		}
		if f.Standing == Open {
			s += " open"
		}
		out = append(out, s)
	}
	return strings.Join(out, "; ")
}

const head = `
title: A test
severity: warning
say: '{{.Count}} in {{.Span}}'
`

func TestOperators(t *testing.T) {
	for _, c := range []struct {
		name, rule string
		events     []string
		want       string
	}{
		{"any", "select: {a: {kind: app.lost}}\nmatch: {any: a, by: [host, client.host]}",
			[]string{"1 app.lost client=x:1", "2 app.opened client=x:1", "5 app.lost client=x:2", "6 app.lost client=y:2 n=3"},
			"h1[x] 2/2/2 1-5; h1[y] 3/3/3 6-6"},
		{"count reaches its number within the window", "select: {a: {kind: app.lost}}\nmatch: {count: a, at_least: 3, within: 10s, by: [host]}",
			[]string{"0 app.lost", "20 app.lost", "25 app.lost", "30 app.lost"}, "h1[] 4/4/4 0-30"},
		{"count shifted past the window", "select: {a: {kind: app.lost}}\nmatch: {count: a, at_least: 3, within: 10s, by: [host]}",
			[]string{"0 app.lost", "20 app.lost", "25 app.lost", "30.001 app.lost"}, ""},
		{"count adds what an event stands for", "select: {a: {kind: app.lost}}\nmatch: {count: a, at_least: 30, within: 10s, by: [host]}",
			[]string{"0 app.lost", "1 app.lost maybe=29"}, "h1[] 1/30/-1 0-1"},
		{"hosts apart", "select: {a: {kind: app.lost}}\nmatch: {count: a, at_least: 2, within: 10s, by: [host]}",
			[]string{"0 app.lost host=h1", "1 app.lost host=h2", "2 app.lost host=h2"}, "h2[] 2/2/2 1-2"},
		{"a host without a name is its source", "select: {a: {kind: app.lost}}\nmatch: {count: a, at_least: 2, within: 10s, by: [host]}",
			[]string{"0 app.lost host= source=1", "1 app.lost host= source=2", "2 app.lost host= source=2"}, "[] 2/2/2 1-2"},
		{"unknown zones do not mix with known ones", "select: {a: {kind: app.lost}}\nmatch: {count: a, at_least: 3, within: 10s}",
			[]string{"0 app.lost", "1 app.lost zone=unknown", "2 app.lost", "3 app.lost zone=unknown host=h2"}, ""},
		{"no time, no window", "select: {a: {kind: app.lost}}\nmatch: {count: a, at_least: 2, within: 10s}",
			[]string{"? app.lost", "? app.lost"}, ""},
		{"no time, no window asked", "select: {a: {kind: app.lost}}\nmatch: {count: a, at_least: 2}",
			[]string{"? app.lost", "? app.lost"}, "h1[] 2/2/2"},
		{"distinct", "select: {a: {kind: app.lost}}\nmatch: {count: a, distinct: client.host, at_least: 3, within: 10s, by: [host]}",
			[]string{"0 app.lost client=x:1", "1 app.lost client=y:1", "2 app.lost client=y:2", "9 app.lost client=z:1"}, "h1[] 4/4/4 0-9"},
		{"distinct too slow", "select: {a: {kind: app.lost}}\nmatch: {count: a, distinct: client.host, at_least: 3, within: 10s, by: [host]}",
			[]string{"0 app.lost client=x:1", "1 app.lost client=y:1", "12 app.lost client=z:1"}, ""},
		{"a pause ends an episode", "clear: 1m\nselect: {a: {kind: app.lost}}\nmatch: {count: a, at_least: 2, within: 10s}",
			[]string{"0 app.lost", "1 app.lost", "61 app.lost", "122 app.lost", "123 app.lost"}, "h1[] 3/3/3 0-61; h1[] 2/2/2 122-123"},
		{"repeat", "select: {a: {kind: app.lost}}\nmatch: {any: a, by: [host, client], repeat: {at_least: 3, within: 10s, by: [host, client.host]}}",
			[]string{"0 app.lost client=x:1", "1 app.lost client=x:2", "2 app.lost client=x:3", "3 app.lost client=y:1"}, "h1[x] 3/3/3 0-2"},
		{"count that recurs", "select: {a: {kind: app.lost}}\nmatch: {count: a, at_least: 2, within: 5s, repeat: {at_least: 2, within: 1m}}",
			[]string{"0 app.lost", "1 app.lost", "20 app.lost", "21 app.lost"}, "h1[] 4/4/4 0-21"},
		{"count that recurs, once", "select: {a: {kind: app.lost}}\nmatch: {count: a, at_least: 2, within: 5s, repeat: {at_least: 2, within: 1m}}",
			[]string{"0 app.lost", "1 app.lost", "20 app.lost"}, ""},
		{"steady probe", "unless: {steady: 0.1, slower: 1s}\nselect: {a: {kind: app.lost}}\nmatch: {count: a, at_least: 3, within: 1m}",
			[]string{"0 app.lost", "5.01 app.lost", "10 app.lost", "15.02 app.lost", "20 app.lost", "25 app.lost"}, ""},
		{"two probes of one period", "unless: {steady: 0.1, slower: 1s}\nselect: {a: {kind: app.lost}}\nmatch: {count: a, at_least: 3, within: 1m}",
			[]string{"0 app.lost", "1.5 app.lost", "5 app.lost", "6.5 app.lost", "10 app.lost", "11.5 app.lost", "15 app.lost", "16.5 app.lost", "20 app.lost", "21.5 app.lost", "25 app.lost", "26.5 app.lost"}, ""},
		{"irregular, though sums of intervals are not", "unless: {steady: 0.1, slower: 500ms}\nselect: {a: {kind: app.lost}}\nmatch: {count: a, at_least: 3, within: 1m}",
			[]string{"0 app.lost", "1.281 app.lost", "2.932 app.lost", "3.356 app.lost", "4.41 app.lost", "6.108 app.lost", "7.234 app.lost", "8.174 app.lost", "9.822 app.lost"}, "h1[] 9/9/9 0-9.822"},
		{"steady but fast", "unless: {steady: 0.1, slower: 1s}\nselect: {a: {kind: app.lost}}\nmatch: {count: a, at_least: 3, within: 1m}",
			[]string{"0 app.lost", "0.5 app.lost", "1 app.lost", "1.5 app.lost", "2 app.lost", "2.5 app.lost"}, "h1[] 6/6/6 0-2.5"},
		{"not steady", "unless: {steady: 0.1, slower: 1s}\nselect: {a: {kind: app.lost}}\nmatch: {count: a, at_least: 3, within: 1m}",
			[]string{"0 app.lost", "5 app.lost", "7 app.lost", "15 app.lost", "17 app.lost", "25 app.lost", "31 app.lost"}, "h1[] 7/7/7 0-31"},
	} {
		t.Run(c.name, func(t *testing.T) {
			s := newStory(t, parse(t, "test/rule", head+c.rule))
			s.tell(t, c.events...)
			if got := short(s.end().Findings); got != c.want {
				t.Errorf("got  %s\nwant %s", got, c.want)
			}
		})
	}
}

const pairs = head + `
select:
  opened: {kind: app.opened}
  lost: {kind: app.lost, where: {session: '0x0'}}
  closed: {kind: app.closed}
match:
  sequence: ['opened?', lost, 'closed?']
  within: 5s
  by: [host, client]
  repeat: {at_least: 2, within: 1m, by: [host, client.host]}
`

func TestSequence(t *testing.T) {
	for _, c := range []struct {
		name, rule string
		events     []string
		want       string
		roles      string
	}{
		{"all steps, the middle one without a client", pairs, []string{
			"1 app.opened client=x:1 thread=t", "1.001 app.lost session=0x0 thread=t", "1.002 app.closed client=x:1 thread=t",
			"2 app.opened client=x:2 thread=t", "2.001 app.lost session=0x0 thread=t", "2.002 app.closed client=x:2 thread=t",
		}, "h1[x] 2/2/2 1.001-2.001", "opened lost closed opened lost closed"},
		{"threads tell apart", pairs, []string{
			"1 app.opened client=x:1 thread=a", "1 app.lost session=0x0 thread=w1", "1 app.lost session=0x0 thread=w2",
			"1.001 app.closed client=y:1 thread=w2", "1.002 app.closed client=x:1 thread=w1",
			"2 app.lost session=0x0 thread=w1", "2 app.closed client=x:2 thread=w1",
		}, "h1[x] 2/2/2 1-2", "lost closed lost closed"},
		{"handed over", pairs, []string{
			"1 app.opened client=x:1 thread=t", "1 app.opened client=y:1 thread=t", "1.001 app.lost session=0x0 thread=t", "1.002 app.closed client=x:1 thread=t",
			"2 app.opened client=x:2 thread=t", "2 app.opened client=y:2 thread=t", "2.001 app.lost session=0x0 thread=t", "2.002 app.closed client=x:2 thread=t",
		}, "h1[x] 2/2/2 1.001-2.001", "opened lost closed opened lost closed"},
		{"only the mandatory step", pairs, []string{"1 app.lost client=x:1 session=0x0", "2 app.lost client=x:2 session=0x0", "3 app.lost client=y:2 session=0x0"},
			"h1[x] 2/2/2 1-2", "lost lost"},
		{"nobody says whose", pairs, []string{"1 app.lost session=0x0", "2 app.lost session=0x0"}, "h1[] 2/2/2 1-2", "lost lost"},
		{"sessions", pairs, []string{"1 app.opened client=x:1", "1 app.lost client=x:1 session=0x1", "2 app.opened client=x:1", "2 app.lost client=x:1 session=0x2"}, "", ""},
		{"plain", head + "select: {a: {kind: app.opened}, b: {kind: app.closed}}\nmatch: {sequence: [a, b], within: 5s, by: [client]}",
			[]string{"1 app.opened client=x:1", "1 app.opened client=y:1", "5.9 app.closed client=x:1", "6.1 app.closed client=y:1"}, "h1[x:1] 1/1/1 1-1", "a b"},
		{"wrong order", head + "select: {a: {kind: app.opened}, b: {kind: app.closed}}\nmatch: {sequence: [a, b], within: 5s, by: [client]}",
			[]string{"1 app.closed client=x:1", "2 app.opened client=x:1"}, "", ""},
		{"other peer", head + "select: {a: {kind: app.opened}, b: {kind: app.closed}}\nmatch: {sequence: [a, b], within: 5s, by: [client]}",
			[]string{"1 app.opened client=x:1", "2 app.closed client=y:1"}, "", ""},
		{"the same twice", head + "select: {a: {kind: app.lost}}\nmatch: {sequence: [a, a], within: 5s}",
			[]string{"1 app.lost", "2 app.lost", "3 app.lost"}, "h1[] 1/1/1 1-1", "a a"},
		{"join in any order", head + "select: {a: {kind: app.opened}, b: {kind: app.closed}}\nmatch: {join: [a, b], within: 5s, by: [host]}",
			[]string{"1 app.closed source=2", "4 app.opened", "20 app.opened", "26 app.closed"}, "h1[] 1/1/1 4-4", "b a"},
	} {
		t.Run(c.name, func(t *testing.T) {
			s := newStory(t, parse(t, "test/rule", c.rule))
			s.tell(t, c.events...)
			fs := s.end().Findings
			if got := short(fs); got != c.want {
				t.Errorf("got  %s\nwant %s", got, c.want)
			}
			var roles []string
			for _, f := range fs {
				for _, ev := range f.Evidence {
					roles = append(roles, ev.Role)
				}
			}
			if got := strings.Join(roles, " "); got != c.roles {
				t.Errorf("roles %s, want %s", got, c.roles)
			}
		})
	}
}

func TestAbsence(t *testing.T) {
	rule := head + "select: {a: {kind: app.opened}, b: {kind: app.closed}}\nmatch: {absence: {after: a, no: b}, within: 10s, by: [host, client]}\n"
	visible := rule + "visible: app.number\n"
	events := []string{"100 app.opened client=x:1", "101 app.opened client=y:1", "105 app.closed client=y:1"}
	cover := func(from, to int, gaps ...int) event.Coverage {
		c := event.Covered{Source: 1, Host: "h1", First: epoch + int64(from)*1e9, Last: epoch + int64(to)*1e9, ZoneKnown: true, Kinds: kindNames()}
		for i := 0; i+1 < len(gaps); i += 2 {
			c.Gaps = append(c.Gaps, event.Gap{From: epoch + int64(gaps[i])*1e9, To: epoch + int64(gaps[i+1])*1e9})
		}
		return event.Coverage{c}
	}
	other := cover(0, 1000)
	other[0].Kinds = []string{"app.opened"}
	for _, c := range []struct {
		name, rule string
		seen       event.Coverage
		more       []string
		want       string
	}{
		{"watched", rule, cover(0, 1000), nil, "h1[x:1] 1/1/1 100-100"},
		{"the evidence ends before the window", rule, cover(0, 109), nil, "h1[x:1] 1/1/1 100-100 open"},
		{"a gap in the window", rule, cover(0, 1000, 105, 107), nil, "h1[x:1] 1/1/1 100-100 open"},
		{"a gap before it", rule, cover(0, 1000, 50, 90), nil, "h1[x:1] 1/1/1 100-100"},
		{"nobody could have shown it", rule, other, nil, "h1[x:1] 1/1/1 100-100 open"},
		{"not shown to be visible", visible, cover(0, 1000), nil, "h1[x:1] 1/1/1 100-100 open"},
		{"shown to be visible", visible, cover(0, 1000), []string{"200 app.number value=1"}, "h1[x:1] 1/1/1 100-100"},
		{"answered without a key", rule, cover(0, 1000), []string{"106 app.closed"}, ""},
	} {
		t.Run(c.name, func(t *testing.T) {
			s := newStory(t, parse(t, "test/rule", c.rule))
			s.seen = c.seen
			s.tell(t, events...)
			s.tell(t, c.more...)
			fs := s.end().Findings
			if got := short(fs); got != c.want {
				t.Errorf("got  %s\nwant %s", got, c.want)
			}
			for _, f := range fs {
				if (f.Standing == Open) != (f.Wording["en"].Open != "") {
					t.Errorf("open is worded as %q", f.Wording["en"].Open)
				}
			}
		})
	}
}
