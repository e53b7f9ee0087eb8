package correlate

import (
	"reflect"
	"strings"
	"testing"
	"time"

	"forensic/event"
	"forensic/rules"
)

const explained = `
title: A {{.Best}}
severity: error
confidence: {start: medium, raise: [max], lower: [low]}
select:
  a: {kind: app.lost, text: 'lost (?<what>\w+)'}
match: {count: a, at_least: 3, within: 1m, by: [host, client.host]}
context:
  max: {kind: app.number, where: {name: max}}
  low: {kind: app.number, where: {name: low}}
say: '{{.Count}} from {{.Key.client.host}} ({{.a.what}}){{with .max}}; the limit was {{.value}} at {{.at}}{{end}}'
because: '{{if lt .Low .Best}}not all are certain{{else}}all are certain{{end}}'
next: [{do: 'Look at {{.a.client}}.', risk: None., verify: Again.}]
avoid: [{do: x = 1, why: It harms., applied: {kind: app.number, where: {name: x, value: 1}}}]
ruled_out: [{if: max, say: 'Not {{.max.value}}'}]
facts: [{name: limit, value: max.value}, {name: none, value: low.value}]
refs: [https://example.com/]
zh: {say: '来自 {{.Key.client.host}} 的 {{.Count}} 次'}
`

func TestWording(t *testing.T) {
	s := newStory(t, parse(t, "test/rule", explained))
	s.tell(t, "0 app.number name=max value=5", "1 app.number name=max value=7", "2 app.number name=x value=1",
		"5 app.lost client=x:1 text=lost_session", "6 app.lost client=x:2 text=lost_lease n=2", "100 app.number name=max value=9",
		"101 app.number name=max value=11 host=h2")
	c := s.end()
	if len(c.Findings) != 1 {
		t.Fatal(short(c.Findings))
	}
	f := c.Findings[0]
	w := f.Wording["en"]
	for _, l := range []struct{ got, want string }{
		{w.Title, "A 3"}, {w.Say, "3 from x (session); the limit was 7 at 2024-03-02 10:00:01.000 UTC"}, {w.Because, "all are certain"},
		{w.Next[0].Do, "Look at x:1."}, {w.Avoid[0].Applied, "2024-03-02 10:00:02.000 UTC"}, {w.RuledOut[0], "Not 7"},
		{f.Wording["zh"].Say, "来自 x 的 3 次"}, {f.Wording["zh"].Because, "all are certain"}, {f.ID, "F1"},
		{f.Confidence.String(), "high"}, {f.Severity.String(), "error"}, {f.Host, "h1"},
	} {
		if l.got != l.want {
			t.Errorf("got %q, want %q", l.got, l.want)
		}
	}
	var roles []string
	for _, ev := range f.Evidence {
		roles = append(roles, ev.ID+" "+ev.Role+" "+ev.Text)
	}
	if want := []string{"E1 max line 2", "E2 a line 4", "E3 a line 5"}; !reflect.DeepEqual(roles, want) {
		t.Errorf("evidence %q, want %q", roles, want)
	}
	if want := []Fact{{"limit", "7", "E1"}}; !reflect.DeepEqual(f.Facts, want) {
		t.Errorf("facts %v, want %v", f.Facts, want)
	}
	if len(c.LimitsHit) > 0 {
		t.Errorf("limits hit: %q", c.LimitsHit)
	}
}

func TestContextAfter(t *testing.T) {
	s := newStory(t, parse(t, "test/rule", explained))
	s.tell(t, "5 app.lost client=x:1 text=lost_session", "6 app.lost client=x:2 text=lost_lease maybe=9", "100 app.number name=max value=9")
	f := s.end().Findings[0]
	if got := f.Wording["en"].Say; got != "At least 10 from x (session); the limit was 9 at 2024-03-02 10:01:40.000 UTC" {
		t.Errorf("say %q", got)
	}
	if f.Confidence != rules.Medium { // one alone is certain
		t.Errorf("confidence %v", f.Confidence)
	}
}

func rule(name, kind, more string) string {
	return "title: T " + name + "\nseverity: warning\nsay: x\nselect: {a: {kind: " + kind + "}}\nmatch: {any: a, by: [host, client.host]}\nclear: 1m\n" + more
}

func TestCauses(t *testing.T) {
	rs := []rules.Rule{
		parse(t, "t/root", rule("root", "app.opened", "causes: [{rule: t/middle, same: [host], within: 10s, strength: explains}]")),
		parse(t, "t/middle", rule("middle", "app.lost", "causes: [{rule: t/leaf, same: [host, client.host], within: 10s, strength: coincides}, {rule: t/root, same: [host], within: 10s, strength: coincides}]")),
		parse(t, "t/leaf", rule("leaf", "app.closed", "severity_of: x")[:len(rule("leaf", "app.closed", ""))]),
	}
	s := newStory(t, rs...)
	s.tell(t,
		"0 app.opened client=x:1", "3 app.lost client=x:1", "8 app.closed client=x:1", // a story
		"8.5 app.closed client=y:1",                                    // another client's
		"9 app.lost client=x:1 host=h2",                                // another host's
		"200 app.opened client=x:1", "230 app.lost client=x:1 host=h1", // too late
	)
	c := s.end()
	var got []string
	for _, f := range c.Findings {
		line := f.ID + " " + f.Rule + " " + f.Host
		for _, l := range f.CausedBy {
			line += " <" + l.Strength.String() + " " + l.Cause.ID
		}
		for _, l := range f.Coincides {
			line += " ~" + l.Cause.ID + l.Effect.ID
		}
		got = append(got, line)
	}
	want := []string{
		"F1 t/root h1", "F2 t/leaf h1 ~F7F2", "F3 t/leaf h1", "F4 t/middle h2", "F5 t/root h1", "F6 t/middle h1",
		"F7 t/middle h1 <explains F1 ~F7F2",
	}
	if !reflect.DeepEqual(got, want) {
		t.Errorf("got  %q\nwant %q", got, want)
	}
	if len(c.Chains) != 1 {
		t.Fatalf("%d chains", len(c.Chains))
	}
	ch := c.Chains[0]
	say := "It begins with: T root (F1). F1 explains: T middle (F7), which began 3 s later. In the same period as F7, 5 s apart: T leaf (F2); nothing shows that the one brought about the other."
	if ch.Say["en"] != say || ch.Confidence != rules.Medium || ch.Weakest.Effect.ID != "F7" || !strings.Contains(ch.Say["zh"], "没有证据表明") {
		t.Errorf("chain %q, %v", ch.Say["en"], ch.Confidence)
	}
	if want := "It would be refuted if F7 were found where F1 is absent (at another time, for another client), or had begun before it."; ch.Refute["en"] != want || ch.Refute["zh"] == "" {
		t.Errorf("refuted by %q", ch.Refute)
	}
	if got := c.Findings[1].Coincides[0].Coincidence(c.Findings[1])["en"]; got != "In the same period as F2, 5 s apart: T middle (F7); nothing shows that the one brought about the other." {
		t.Errorf("coincidence %q", got)
	}
}

// What tells the order of two hosts badly makes a link weak; a link between
// hosts that nothing joins is not drawn.
func TestTwoHosts(t *testing.T) {
	for _, c := range []struct {
		same, sure string
		confidence rules.Confidence
		refute     string
	}{
		{"same: [client.host], ", "yes", rules.High, "or had begun before it."},
		{"same: [client.host], ", "no", rules.Medium, "Which of the two began first is not sure: their times are 1 s apart, and stamps or clocks are no finer."},
		{"", "yes", 0, ""},
	} {
		s := newStory(t,
			parse(t, "t/cut", rule("cut", "app.opened", "causes: [{rule: t/churn, "+c.same+"within: 10s, strength: proves}]")),
			parse(t, "t/churn", rule("churn", "app.lost", "")))
		s.e.Order = func(a, b *event.Event) (int, bool) {
			if a.Where.First != 1 || b.Where.First != 2 || a.Host != "h1" || b.Host != "h2" {
				t.Errorf("asked for the order of %v and %v", a, b)
			}
			return -1, c.sure == "yes"
		}
		s.tell(t, "0 app.opened client=x:1", "1 app.lost client=x:1 host=h2")
		end := s.end()
		if c.refute == "" {
			if len(end.Chains) != 0 || len(end.Findings) != 2 {
				t.Errorf("one story of two hosts: %q", end.Chains[0].Say["en"])
			}
			continue
		}
		if len(end.Chains) != 1 || end.Chains[0].Confidence != c.confidence || !strings.HasSuffix(end.Chains[0].Refute["en"], c.refute) {
			t.Errorf("sure %s: %+v", c.sure, end.Chains)
		}
	}
}

func TestMasks(t *testing.T) {
	rs := []rules.Rule{
		parse(t, "t/special", rule("special", "app.opened", "masks: [t/generic]")),
		parse(t, "t/generic", rule("generic", "app.lost", "")),
	}
	s := newStory(t, rs...)
	s.tell(t, "0 app.opened client=x:1", "30 app.lost client=x:2", "31 app.lost client=y:2", "32 app.lost client=x:2 host=h2", "900 app.lost client=x:2")
	c := s.end()
	if got := short(c.Findings); got != "h1[x] 1/1/1 0-0; h1[y] 1/1/1 31-31; h2[x] 1/1/1 32-32; h1[x] 1/1/1 900-900" {
		t.Errorf("findings %s", got)
	}
	if len(c.Masked) != 1 || len(c.Findings[0].Masks) != 1 {
		t.Errorf("masked %s", short(c.Masked))
	}
}

func TestNotRun(t *testing.T) {
	rs := []rules.Rule{
		parse(t, "t/one", rule("one", "app.opened", "")),
		parse(t, "t/two", rule("two", "app.lost", "")),
		parse(t, "t/three", head+"select: {n: {kind: app.number}, a: {kind: [app.closed, app.lost]}}\nmatch: {join: [n, a], within: 1s}\n"),
	}
	s := newStory(t, rs...)
	s.e.Sources = func(kind, lang string) string {
		if kind == "app.number" && lang == "en" {
			return "a listing of numbers"
		}
		return ""
	}
	s.seen = event.Coverage{{Source: 1, Kinds: []string{"app.opened", "app.closed"}, First: event.NoTime, Last: event.NoTime}}
	c := s.end()
	var got []string
	for _, n := range c.NotRun {
		got = append(got, n.Rule+": "+n.Why["en"]+" / "+n.Why["zh"])
	}
	want := []string{"t/two: nothing in the input tells of app.lost / 输入中没有 app.lost", "t/three: nothing in the input tells of a listing of numbers / 输入中没有 app.number"}
	if !reflect.DeepEqual(got, want) || c.RulesRun != 1 {
		t.Errorf("got %q, %d run", got, c.RulesRun)
	}
}

func TestDue(t *testing.T) {
	s := newStory(t, parse(t, "t/rule", head+"select: {a: {kind: app.lost}}\nmatch: {count: a, at_least: 2, within: 10s}\nclear: 1m\n"))
	s.tell(t, "0 app.lost")
	if n := len(s.e.Due()); n != 0 {
		t.Errorf("%d due too early", n)
	}
	s.tell(t, "1 app.lost")
	if got := short(s.e.Due()); got != "h1[] 2/2/2 0-1" {
		t.Errorf("due %s", got)
	}
	s.tell(t, "2 app.lost", "100 app.lost", "101 app.lost")
	if got := short(s.e.Due()); got != "h1[] 2/2/2 100-101" {
		t.Errorf("due %s", got)
	}
	if got := short(s.end().Findings); got != "h1[] 3/3/3 0-2; h1[] 2/2/2 100-101" {
		t.Errorf("in the end %s", got)
	}
}

// State is bounded: what is given up is said.
func TestBounds(t *testing.T) {
	s := newStory(t, parse(t, "t/rule", head+"select: {a: {kind: app.opened}, b: {kind: app.lost}}\nmatch: {sequence: [a, b], within: 1h, by: [client]}\n"))
	ev := s.ev(t, "0 app.opened client=x")
	s.selector.Select(ev)
	for i := range maxOpen + 10 {
		ev.At = epoch + int64(i)*int64(time.Millisecond)
		ev.Attrs[0].Value = "c" + string(rune('a'+i%26)) + string(rune('0'+i/26%10)) + strings.Repeat("x", i%7)
		s.e.Observe(ev)
	}
	c := s.end()
	if len(c.LimitsHit) != 1 || !strings.Contains(c.LimitsHit[0]["en"], "10 open matches were given up") {
		t.Errorf("limits hit: %q", c.LimitsHit)
	}
}

func BenchmarkObserve(b *testing.B) {
	for name, text := range map[string]string{
		"count":    head + "select: {a: {kind: app.lost}}\nmatch: {count: a, at_least: 10, within: 1m, by: [host, client.host]}\n",
		"sequence": pairs,
		"absence":  head + "select: {a: {kind: app.opened}, b: {kind: app.closed}}\nmatch: {absence: {after: a, no: b}, within: 10s, by: [host, client]}\n",
	} {
		b.Run(name, func(b *testing.B) {
			s := newStory(b, parse(b, "t/rule", text))
			var evs []*event.Event
			for _, l := range []string{"1 app.opened client=192.0.2.1:1 thread=t", "1.001 app.lost session=0x0 thread=t client=192.0.2.1:1", "1.002 app.closed client=192.0.2.1:1 thread=t"} {
				ev := s.ev(b, l)
				s.selector.Select(ev)
				evs = append(evs, ev)
			}
			b.ReportAllocs()
			at := epoch
			for b.Loop() {
				at += int64(300 * time.Millisecond)
				for _, ev := range evs {
					ev.At = at
					s.e.Observe(ev)
				}
			}
		})
	}
}

// A state that a snapshot shows may be read after what it brought about.
func TestCausesSeenLate(t *testing.T) {
	rs := []rules.Rule{
		parse(t, "t/full", rule("full", "app.number", "causes: [{rule: t/failed, same: [host], within: 10s, seen_late: 1m, strength: explains}]")),
		parse(t, "t/failed", rule("failed", "app.lost", "")),
	}
	for _, c := range []struct {
		read string
		say  string
	}{
		{"36", "It begins with: T full (F1). F1 explains: T failed (F2), which had begun 6 s before that state was read."},
		{"30", "It begins with: T full (F1). F1 explains: T failed (F2), which began less than 1 ms later."},
		{"95", ""},
	} {
		s := newStory(t, rs...)
		s.tell(t, "30 app.lost client=x:1", c.read+" app.number name=used value=128")
		got := ""
		if end := s.end(); len(end.Chains) > 0 {
			got = end.Chains[0].Say["en"]
		}
		if got != c.say {
			t.Errorf("read at %s s: %q", c.read, got)
		}
	}
}

// An address is the same as the host that has it.
func TestCausesAcrossHosts(t *testing.T) {
	rs := []rules.Rule{
		parse(t, "t/broken", rule("broken", "app.opened", "causes: [{rule: t/churn, same: [host=client.host], within: 10s, strength: proves}]")),
		parse(t, "t/churn", rule("churn", "app.lost", "")),
	}
	for address, linked := range map[string]bool{"192.0.2.7": true, "192.0.2.8": false, "": false} {
		s := newStory(t, rs...)
		s.e.HostOf = func(a string) string {
			if a != "" && a == address {
				return "h1"
			}
			return ""
		}
		s.tell(t, "0 app.opened client=x:1", "1 app.lost client=192.0.2.7:1 host=zk1")
		if c := s.end(); (len(c.Chains) == 1) != linked {
			t.Errorf("h1 has %q: %d chains", address, len(c.Chains))
		}
	}
}

// A rule may ask that some context be there at all.
func TestOnlyWith(t *testing.T) {
	text := rule("known", "app.lost", "context: {version: {kind: app.number, where: {name: version}}}\nonly_with: [version]\n")
	for line, found := range map[string]int{"9 app.number name=version value=5": 1, "9 app.number name=limit value=5": 0, "9 app.number name=version value=5 host=h2": 0} {
		s := newStory(t, parse(t, "t/rule", text))
		s.tell(t, "1 app.lost client=x:1", line)
		if got := len(s.end().Findings); got != found {
			t.Errorf("%s: %d findings", line, got)
		}
	}
	if _, ps := rules.Read("t/rule", "t.yaml", []byte(strings.Replace(text, "only_with: [version]", "only_with: [versoin]", 1))); len(ps) != 1 || !strings.Contains(ps[0].Error(), "versoin") {
		t.Errorf("problems %v", ps)
	}
}
