package correlate

import (
	"strings"
	"testing"

	"forensic/event"
)

// Who asks is told what a rule took and what was missing.
func TestAccount(t *testing.T) {
	const (
		a  = "select: {a: {kind: app.lost, text: session, where: {session: '0x0'}}}\n"
		ab = "select: {a: {kind: app.opened}, b: {kind: app.closed}}\n"
		n  = "select: {a: {kind: app.number, where: {name: used}}, max: {kind: app.number, where: {name: max}}}\n"
	)
	lost := func(at string) string { return at + " app.lost client=x:1 session=0x0 text=session" }
	for _, c := range []struct {
		name, rule string
		lines      []string
		missing    string // parts joined by |
	}{
		{"count", a + "match: {count: a, at_least: 4, within: 1m, by: [host, client.host]}", []string{lost("0"), lost("50"), lost("70"), lost("300")},
			"at most 2 came together within 1 min, for client.host x, h1, 2024-03-02 10:00:00.000 UTC; at least 4 are needed"},
		{"distinct", a + "match: {count: a, distinct: client, at_least: 3, within: 1m}", []string{lost("0"), "1 app.lost client=y session=0x0 text=session"},
			"at most 2 different values of client came together within 1 min, for h1, 2024-03-02 10:00:00.000 UTC; at least 3 are needed"},
		{"nothing", a + "match: {any: a}", []string{"1 app.lost session=0x7 text=session", "2 app.lost session=0x0 text=other"}, "nothing was taken by a"},
		{"steady", a + "match: {count: a, at_least: 2}\nunless: {steady: 0.1, slower: 1s}", []string{lost("0"), lost("10"), lost("20"), lost("30"), lost("40"), lost("50"), lost("60")},
			"the pattern was met by h1, 2024-03-02 10:00:00.000 UTC, and passed over: as steady as a health check"},
		{"only with", a + "match: {any: a}\ncontext: {v: {kind: app.number}}\nonly_with: [v]", []string{lost("0")},
			"the pattern was met by h1, 2024-03-02 10:00:00.000 UTC, and passed over: v is not there"},
		{"repeat", a + "match: {any: a, repeat: {at_least: 3, within: 1m}}", []string{lost("0"), lost("1"), lost("100")},
			"the pattern came 2 times within 1 min, for h1, 2024-03-02 10:00:00.000 UTC; it must come at least 3 times"},
		{"sequence", ab + "match: {sequence: [a, b], within: 5s, by: [client]}", []string{"0 app.opened client=x", "8 app.closed client=x"},
			"the longest match had a (2024-03-02 10:00:00.000 UTC) and was not followed by b within 5 s|what would have followed came 8 s after its begin, too late"},
		{"sequence without its end", ab + "match: {sequence: [a, b], within: 5s, by: [client]}", []string{"0 app.opened client=x"}, "nothing was taken by b"},
		{"absence", ab + "match: {absence: {after: a, no: b}, within: 10s, by: [client]}", []string{"0 app.opened client=x", "2 app.closed client=x", "3 app.opened client=y", "7.5 app.closed client=y"},
			"all 2 a were followed by b, the slowest after 4.5 s; it would have to be missing for 10 s"},
		{"join too far apart", ab + "match: {join: [a, b], within: 10s, by: [host]}", []string{"0 app.opened", "60 app.closed", "75 app.opened"},
			"all came, 15 s apart at best (2024-03-02 10:01:15 UTC); they must lie within 10 s"},
		{"join of another", ab + "match: {join: [a, b], within: 10s, by: [client]}", []string{"0 app.opened client=x", "1 app.closed client=y"}, "all came, but never for the same client"},
		{"growth", n + "match: {growth: {of: a.value, points: 4, until: max.value}, by: [host]}", []string{"0 app.number name=used value=3", "60 app.number name=used value=5", "120 app.number name=used value=2", "180 app.number name=used value=9"},
			"the longest rise is from 2 to 9 over 2 points, for h1, 2024-03-02 10:02:00.000 UTC; 4 points are needed"},
		{"growth too small", n + "match: {growth: {of: a.value, points: 2, at_least: 10, until: max.value}, by: [host]}", []string{"0 app.number name=used value=3", "60 app.number name=used value=5"},
			"the largest rise is 2, for h1, 2024-03-02 10:00:00.000 UTC; 10 is needed"},
		{"limit", n + "match: {limit: {use: a.value, of: max.value, at_least: 0.9}, by: [host]}", []string{"0 app.number name=max value=60", "60 app.number name=used value=45"}, "the highest usage was 45 of 60 (75 %); 90 % is needed"},
		{"limit of another host", n + "match: {limit: {use: a.value, of: max.value}, by: [host]}", []string{"0 app.number name=max value=60 host=h2", "60 app.number name=used value=60"}, "1 usages were read, and no limit of the same host (max.value)"},
	} {
		t.Run(c.name, func(t *testing.T) {
			s := newStory(t, parse(t, "t/rule", head+c.rule+"\n"))
			if err := s.e.Watch("t/rule"); err != nil {
				t.Fatal(err)
			}
			s.tell(t, c.lines...)
			end := s.end()
			if len(end.Findings) > 0 {
				t.Fatalf("it fired: %s", short(end.Findings))
			}
			var got []string
			for _, m := range end.Account.Missing {
				got = append(got, m["en"])
				if m["zh"] == "" || strings.Contains(m["zh"], "%!") || strings.Contains(m["en"], "%!") {
					t.Errorf("not worded: %v", m)
				}
			}
			if s := strings.Join(got, "|"); s != c.missing {
				t.Errorf("got  %s\nwant %s", s, c.missing)
			}
		})
	}
}

func TestAccountOfSelections(t *testing.T) {
	rule := "select: {a: {kind: app.lost, level: warning, text: session, where: {session: '0x0', client: {match: '^x'}}}, b: {kind: app.closed}}\nmatch: {any: [a, b]}\n"
	s := newStory(t, parse(t, "t/rule", head+rule))
	if err := s.e.Watch("t/other"); err == nil {
		t.Error("a rule that is not there can be watched")
	}
	if err := s.e.Watch("t/rule"); err != nil {
		t.Fatal(err)
	}
	for _, l := range []string{
		"0 app.lost text=session", "1 app.lost text=other", "2 app.lost text=session session=0x7", "3 app.lost text=session session=0x8",
		"4 app.lost text=session session=0x0 client=y", "5 app.lost text=session session=0x0", "6 app.lost text=session session=0x0 client=x",
	} {
		ev := s.ev(t, l)
		if ev.Level = event.Error; strings.HasPrefix(l, "0 ") {
			ev.Level = event.Info
		}
		if s.selector.Select(ev) {
			s.e.Observe(ev)
		}
	}
	a := s.end().Account
	if len(a.Findings) != 1 || len(a.Missing) != 0 || len(a.Took) != 2 {
		t.Fatalf("%+v", a)
	}
	took := a.Took[0]
	var refused []string
	for _, r := range took.Refused {
		refused = append(refused, r["en"])
	}
	want := "1 were below level warning|1 do not hold /session/|2 have another session: 0x7, 0x8|2 have another client: y"
	if got := strings.Join(refused, "|"); got != want || took.Records != 7 || took.Events != 1 || took.Where.First != 7 {
		t.Errorf("got %s, %+v\nwant %s", got, took, want)
	}
	if got := a.Took[1].Refused[0]["en"]; got != "there is no record of kind app.closed" {
		t.Errorf("got %s", got)
	}
}
