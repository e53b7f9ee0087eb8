package correlate

import (
	"fmt"
	"math/rand/v2"
	"strings"
	"testing"

	"forensic/event"
	"forensic/rules"
)

// A record in the tests' format is a line "LEVEL text"; what is indented belongs
// to the record before. Its kind is app.opened for "open ..." and app.message
// for the rest; "again N" stands for the record before, N times.
func decodeTest(e *event.Event) {
	e.Kind = "app.message"
	if rest, ok := strings.CutPrefix(e.Text, "open "); ok {
		e.Kind = "app.opened"
		e.Set("client", rest)
	}
	if rest, ok := strings.CutPrefix(e.Text, "again "); ok {
		fmt.Sscan(rest, &e.Count.Best)
	}
	if rest, ok := strings.CutPrefix(e.Text, "of "); ok {
		e.Of = rest
		e.Count = event.Times{Low: 2, Best: 2, High: 2}
	}
	if _, trace, ok := strings.Cut(e.Raw, "\n"); ok {
		e.Trace.Class, _, _ = strings.Cut(strings.TrimSpace(trace), ":")
	}
}

var recordKinds = []event.Kind{
	{Name: "app.opened", Attrs: []string{"client"}},
	{Name: "app.message", Attrs: []string{"class"}, Again: []string{"again "}},
}

// records cuts a text as the scanner does; marks come from the selector where
// it is given.
func records(text string, s *Selector, emit func(*event.Event)) {
	page := &event.Page{Text: text}
	var marks []event.Mark
	if s != nil {
		marks = s.Filter(text, nil)
	}
	var ev event.Event
	for from := 0; from < len(text); {
		to := from
		for to < len(text) {
			end := strings.IndexByte(text[to:], '\n')
			if end < 0 {
				to = len(text)
				break
			}
			to += end + 1
			if to >= len(text) || text[to] != ' ' {
				break
			}
		}
		ev.Reset()
		ev.Raw = strings.TrimRight(text[from:to], "\n")
		first, _, _ := strings.Cut(ev.Raw, "\n")
		level, rest, _ := strings.Cut(first, " ")
		for l := event.NoLevel; l < event.Levels; l++ {
			if l.String() == level {
				ev.Level = l
			}
		}
		ev.Text, ev.Page, ev.From, ev.Rest = rest, page, from, decodeTest
		if strings.HasPrefix(rest, "coded ") {
			ev.Text, ev.Rewritten = strings.ReplaceAll(rest, "_", " "), true
		}
		for _, m := range marks {
			if int(m.At) >= from && int(m.At) < to {
				ev.Marks = append(ev.Marks, m)
			}
		}
		ev.Where = event.Span{Source: 1, First: from}
		emit(&ev)
		from = to
	}
}

const selectorRules = `
select:
  plain: {text: 'bucket table overflow'}
  grouped: {kind: app.message, text: '(?i)timeout after (?<ms>\d+) ms'}
  short: {text: 'oom'}
  line: {line: 'at com\.example\.(?<where>\w+)'}
  kind: {kind: app.opened, where: {client.host: {match: '^192\.'}}}
  loud: {kind: app.message, level: error}
  class: {kind: app.message, where: {class: {one_of: [com.example.Broken, com.example.Gone]}}}
  ahead: {text: 'failed(?! over)'}
  number: {text: 'size (?<size>\d+)', where: {size: {at_least: 100}}}
  either: {text: 'alpha|beta gamma'}
match: {any: [plain, grouped, short, line, kind, loud, class, ahead, number, either]}
`

// randomLog makes records that meet the rules' patterns, or nearly.
func randomLog(r *rand.Rand, lines int) string {
	pieces := []string{
		"bucket table overflow", "bucket table", "TIMEOUT after 12 ms", "timeout after ms", "oom", "o om", "open 192.0.2.1:5", "open 203.0.113.1:5",
		"failed over", "failed", "size 99", "size 100", "again 3", "of bucket table overflow", "coded bucket_table_overflow", "coded at com.example.X",
		"alpha", "beta gamma", "beta", "连接", "\xff\xfe", "again", "coded failed",
	}
	tails := []string{"  com.example.Broken: x", "  com.example.Gone", "  at com.example.Main", "  at org.example.Main", "  oom", "  bucket table overflow"}
	levels := []string{"info", "warning", "error", "debug", "x"}
	var b strings.Builder
	for range lines {
		b.WriteString(levels[r.IntN(len(levels))] + " ")
		for range r.IntN(4) {
			b.WriteString(pieces[r.IntN(len(pieces))])
			if r.IntN(3) > 0 {
				b.WriteByte(' ')
			}
		}
		b.WriteByte('\n')
		for r.IntN(4) == 0 {
			b.WriteString(tails[r.IntN(len(tails))] + "\n")
		}
	}
	return b.String()
}

func hitsOf(e *Engine, ev *event.Event) string {
	var b strings.Builder
	for _, h := range ev.Hits {
		fmt.Fprintf(&b, "%s%v ", e.selections[h.Selection].sel.Name, h.Groups)
	}
	return b.String()
}

// With and without the filter the same events meet the same selections.
func TestSelectorsAgree(t *testing.T) {
	rule := parse(t, "test/selector", head+selectorRules)
	e, err := Compile([]rules.Rule{rule})
	if err != nil {
		t.Fatal(err)
	}
	met := map[string]bool{}
	for seed := range uint64(200) {
		text := randomLog(rand.New(rand.NewPCG(seed, 9)), 40)
		var want []string
		plain := e.For(recordKinds, "").Plain()
		records(text, nil, func(ev *event.Event) {
			plain.Select(ev)
			want = append(want, hitsOf(e, ev))
			for _, h := range ev.Hits {
				met[e.selections[h.Selection].sel.Name] = true
			}
		})
		for _, way := range []string{"marks", "no page"} {
			fast := e.For(recordKinds, text)
			n := 0
			records(text, fast, func(ev *event.Event) {
				if way == "no page" {
					ev.Page, ev.Marks = nil, nil
					if ev.Of != "" || strings.HasPrefix(ev.Text, "again") {
						n++
						return // what stands for another is told by its mark
					}
				}
				raw := ev.Raw
				fast.Select(ev)
				if got := hitsOf(e, ev); got != want[n] && !(way == "no page" && strings.Contains(raw, "again")) {
					t.Fatalf("seed %d, %s: %q: %s, want %s", seed, way, raw, got, want[n])
				}
				n++
			})
		}
	}
	for i := range rule.Select {
		if !met[rule.Select[i].Name] {
			t.Errorf("nothing met %s", rule.Select[i].Name)
		}
	}
}

func TestAgain(t *testing.T) {
	e, _ := Compile([]rules.Rule{parse(t, "test/selector", head+selectorRules)})
	s := e.For(recordKinds, "")
	var got []string
	records("info bucket table overflow\ninfo again 3\ninfo other\ninfo again 3\ninfo timeout after 5 ms\ninfo again 2\ninfo again x\n", s, func(ev *event.Event) {
		s.Select(ev)
		got = append(got, hitsOf(e, ev))
	})
	want := "plain[] |plain[] |||grouped[{ms 5}] |grouped[{ms 5}] |"
	if s := strings.Join(got, "|"); s != want {
		t.Errorf("got  %s\nwant %s", s, want)
	}
}

func TestParked(t *testing.T) {
	e, _ := Compile([]rules.Rule{parse(t, "test/selector", head+"select: {a: {text: 'qqqq(x+x+)+y(?=z)'}}\nmatch: {any: a}")})
	s := e.For(recordKinds, "")
	records(strings.Repeat("info qqqq"+strings.Repeat("x", 60)+"\n", 6), s, func(ev *event.Event) { s.Select(ev) })
	if n := e.stopsOf(0); n != park {
		t.Errorf("the pattern was stopped %d times, want %d", n, park)
	}
	c := e.Close(event.Coverage{{Source: 1, Path: "a/app.log", Kinds: kindNames()}})
	if len(c.LimitsHit) != 1 || !strings.Contains(c.LimitsHit[0]["zh"], "3 次模式匹配") {
		t.Errorf("limits hit: %q", c.LimitsHit)
	}
	if want := (Stopped{"test/selector", 1, 0, 3, true}); len(c.Stopped) != 1 || c.Stopped[0] != want {
		t.Errorf("stopped %v, want %v", c.Stopped, want)
	}
	if len(c.NotRun) != 1 || !strings.Contains(c.NotRun[0].Why["en"], "stopped 3 times, each after 100 ms, and it was not tried any further in a/app.log") {
		t.Errorf("not run: %v", c.NotRun)
	}
}

func textRules(n int) string {
	var b strings.Builder
	b.WriteString(head + "select:\n")
	for i := range n {
		fmt.Fprintf(&b, "  s%d: {text: 'time wait bucket %s'}\n", i, strings.Repeat("q", i))
	}
	b.WriteString("match: {any: [s0")
	for i := 1; i < min(n, 16); i++ {
		fmt.Fprintf(&b, ", s%d", i)
	}
	b.WriteString("]}\n")
	return b.String()
}

func TestSelectAllocates(t *testing.T) {
	e, _ := Compile([]rules.Rule{parse(t, "test/selector", textRules(10))})
	s := e.For(recordKinds, "")
	text := corpus(32 << 10)
	var events []*event.Event
	records(text, s, func(ev *event.Event) {
		c := *ev
		c.Marks = append([]event.Mark(nil), ev.Marks...)
		c.Hits = make([]event.Hit, 0, 4)
		c.Rest = nil
		events = append(events, &c)
	})
	hits := 0
	n := testing.AllocsPerRun(20, func() {
		for _, ev := range events {
			if s.Select(ev) {
				hits++
			}
		}
	})
	if n > 0 || hits == 0 {
		t.Errorf("%g allocations for %d records, %d hits", n, len(events), hits)
	}
}

func BenchmarkSelect(b *testing.B) {
	e, _ := Compile([]rules.Rule{parse(b, "test/selector", textRules(10))})
	s := e.For(recordKinds, "")
	ev := &event.Event{Page: &event.Page{}, Text: "x", Hits: make([]event.Hit, 0, 4)}
	b.ReportAllocs()
	for b.Loop() {
		s.Select(ev)
	}
}
