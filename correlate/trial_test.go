package correlate

import (
	"fmt"
	"testing"

	"forensic/event"
)

// What an operator did is listed with what became of the symptom.
func TestTried(t *testing.T) {
	counted := head + "select: {a: {kind: app.lost}}\nmatch: {count: a, at_least: 5, within: 1m, by: [host]}\nclear: 20m\n"
	limited := head + "select: {a: {kind: app.number, where: {name: used}}, max: {kind: app.number, where: {name: max}}}\nmatch: {limit: {use: a.value, of: max.value}, by: [host]}\n"
	grown := head + "select: {a: {kind: app.number, where: {name: used}}}\nmatch: {growth: {of: a.value, points: 3}, by: [host]}\n"
	every := func(from, to, step int) (out []string) {
		for i := from; i < to; i += step {
			out = append(out, fmt.Sprintf("%d app.lost client=x:1", i))
		}
		return out
	}
	did := "600 operator.ran command=sysctl changes=sysctl"
	for _, c := range []struct {
		name, rule string
		lines      []string
		want       string // "" where nothing was tried
	}{
		{"it went on", counted, append(append(every(0, 600, 10), did), every(605, 1200, 10)...), "same: 6 a minute before it, 6 a minute after it"},
		{"it stopped", counted, append(every(0, 600, 10), did), "stopped: 6 a minute before it, none in the 50 min after it"},
		{"it came less often", counted, append(append(every(0, 600, 10), did), every(630, 3600, 60)...), "fewer: 6 a minute before it, 1 a minute after it"},
		{"it came more often", counted, append(append(every(0, 600, 10), did), every(601, 3600, 2)...), "more: 6 a minute before it, 30 a minute after it"},
		{"it came again", counted, append(append(every(0, 600, 10), did), every(1210, 1500, 10)...), "fewer: 6 a minute before it, none in the 10 min after it, and then again"},
		{"the evidence ends", counted, append(every(0, 600, 10), "3590 operator.ran command=x changes=y"), ""},
		{"too short to tell", counted, append(every(0, 600, 10), did, "610 operator.ran command=z changes=z"), "unknown: "},
		{"only looked", counted, append(every(0, 600, 10), "600 operator.ran command=ls"), ""},
		{"another host", counted, append(every(0, 600, 10), did+" host=h2"), ""},
		{"the cluster, from another host", counted, append(every(0, 600, 10), "600 operator.ran command=kubectl_drain_h1 changes=node host=h2"), "stopped: 6 a minute before it, none in the 50 min after it"},
		{"before it began", counted, append([]string{"0 operator.ran command=x changes=y"}, every(10, 600, 10)...), ""},
		{"a limit was raised", limited, []string{"0 app.number name=max value=128", "1 app.number name=used value=128", did, "601 app.number name=max value=256", "602 app.number name=used value=134"}, "fewer: 128/128 before it, 134/256 after it"},
		{"a limit is still met", limited, []string{"0 app.number name=max value=128", "1 app.number name=used value=128", did, "602 app.number name=used value=128"}, "same: 128/128 before it, 128/128 after it"},
		{"what grew fell", grown, []string{"0 app.number name=used value=1", "60 app.number name=used value=2", "120 app.number name=used value=3", did, "620 app.number name=used value=1"}, "fewer: 3 before it, 1 after it"},
		{"nobody looked again", grown, []string{"0 app.number name=used value=1", "60 app.number name=used value=2", "120 app.number name=used value=3", did}, "unknown: "},
	} {
		t.Run(c.name, func(t *testing.T) {
			s := newStory(t, parse(t, "t/rule", c.rule))
			for _, l := range c.lines {
				ev := s.ev(t, l)
				if s.selector.Select(ev) || ev.Kind == event.OperatorRan.Name {
					s.e.Observe(ev)
				}
			}
			f := s.end().Findings[0]
			got := ""
			for _, tried := range f.Tried[:min(len(f.Tried), 1)] {
				got = tried.Effect.String() + ": " + tried.Say["en"]
				if (tried.Say["zh"] == "") != (tried.Effect == Untold) || tried.Command == "" || tried.Where.First == 0 {
					t.Errorf("not complete: %+v", tried)
				}
			}
			if got != c.want {
				t.Errorf("got %q, want %q", got, c.want)
			}
		})
	}
}
