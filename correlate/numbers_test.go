package correlate

import (
	"fmt"
	"strings"
	"testing"
	"time"

	"forensic/event"
	"forensic/rules"
)

func TestGrowth(t *testing.T) {
	rule := head + "select: {n: {kind: app.number, where: {name: used}}}\ncontext: {max: {kind: app.number, where: {name: max}}}\n" +
		"match: {growth: {of: n.value, points: 4, at_least: 3, until: max.value}, by: [host]}\n" +
		"impact: '{{with .Growth}}{{.from}} to {{.to}}, {{.slope}}, {{.limit}} at {{.reached}}{{end}}'\n"
	for _, c := range []struct {
		name   string
		events []string
		want   string
		impact string
	}{
		{"rises", []string{"? app.number name=max value=1024", "0 app.number name=used value=960", "60 app.number name=used value=961", "120 app.number name=used value=962", "180 app.number name=used value=963"},
			"h1[] 4/4/4 0-180", "960 to 963, 1 a minute, 1,024 at 2024-03-02 11:04 UTC"},
		{"stands still between", []string{"0 app.number name=used value=1", "60 app.number name=used value=2", "120 app.number name=used value=2", "180 app.number name=used value=4", "240 app.number name=used value=5"},
			"h1[] 5/5/5 0-240", "1 to 5, 1 a minute,  at "},
		{"falls", []string{"0 app.number name=used value=1", "60 app.number name=used value=2", "120 app.number name=used value=1", "180 app.number name=used value=2", "240 app.number name=used value=4"}, "", ""},
		{"too little", []string{"0 app.number name=used value=1", "60 app.number name=used value=1.1", "120 app.number name=used value=1.2", "180 app.number name=used value=1.3"}, "", ""},
	} {
		t.Run(c.name, func(t *testing.T) {
			s := newStory(t, parse(t, "test/rule", rule))
			for i, l := range c.events { // what has no time comes last
				if !strings.HasPrefix(l, "?") {
					s.tell(t, c.events[i])
				}
			}
			for _, l := range c.events {
				if strings.HasPrefix(l, "?") {
					s.tell(t, l)
				}
			}
			fs := s.end().Findings
			if got := short(fs); got != c.want {
				t.Fatalf("got  %s\nwant %s", got, c.want)
			}
			if len(fs) > 0 && fs[0].Wording["en"].Impact != c.impact {
				t.Errorf("impact %q, want %q", fs[0].Wording["en"].Impact, c.impact)
			}
		})
	}
}

func TestGrowthOfGroups(t *testing.T) {
	rule := head + "select: {n: {kind: app.number}}\nmatch: {growth: {of: n.count, points: 3}, by: [host]}\nimpact: '{{with .Growth}}{{.from}} to {{.to}}{{end}}'\n"
	s := newStory(t, parse(t, "test/rule", rule))
	s.tell(t, "0 app.number count=10 name=a", "0 app.number count=5 name=b", "60 app.number count=3 name=a", "60 app.number count=14 name=b", "120 app.number count=20 name=b")
	fs := s.end().Findings
	if len(fs) != 1 || fs[0].Wording["en"].Impact != "15 to 20" {
		t.Errorf("got %s", short(fs))
	}
}

func TestLimit(t *testing.T) {
	apart := head + "select: {n: {kind: app.number, where: {name: used}}, max: {kind: app.number, where: {name: max}}}\n" +
		"match: {limit: {use: n.value, of: max.value, at_least: 0.9}, by: [host]}\nimpact: '{{with .Limit}}{{.used}} of {{.of}}{{end}}'\n"
	groups := strings.ReplaceAll(apart, "use: n.value", "use: n.count")
	for _, c := range []struct {
		name, rule string
		events     []string
		want       string
	}{
		{"the limit before", apart, []string{"0 app.number name=max value=128", "9 app.number name=used value=128"}, "128 of 128"},
		{"the limit after", apart, []string{"0 app.number name=used value=116", "9 app.number name=max value=128"}, "116 of 128"},
		{"below", apart, []string{"0 app.number name=used value=115", "9 app.number name=max value=128"}, ""},
		{"the limit that held then", apart, []string{"0 app.number name=max value=128", "5 app.number name=used value=128", "9 app.number name=max value=256", "10 app.number name=used value=130"}, "128 of 128"},
		{"raised within the same second", apart, []string{"5 app.number name=max value=128", "5 app.number name=used value=128", "5 app.number name=max value=256", "5 app.number name=used value=134"}, "128 of 128"},
		{"another host", apart, []string{"0 app.number name=max value=128 host=h2", "9 app.number name=used value=128"}, ""},
		{"no times", apart, []string{"? app.number name=used value=128", "? app.number name=max value=128"}, "128 of 128"},
		{"groups are added", groups, []string{"0 app.number name=max value=60", "1 app.number name=used count=40", "1 app.number name=used count=20"}, "60 of 60"},
		{"snapshots are not", groups, []string{"0 app.number name=max value=60", "1 app.number name=used count=40", "2 app.number name=used count=20"}, ""},
		{"a number of the rule", strings.ReplaceAll(strings.ReplaceAll(apart, "of: max.value", "of: 100"), ", max: {kind: app.number, where: {name: max}}", ""), []string{"1 app.number name=used value=90"}, "90 of 100"},
	} {
		t.Run(c.name, func(t *testing.T) {
			s := newStory(t, parse(t, "test/rule", c.rule))
			s.tell(t, c.events...)
			got := ""
			for _, f := range s.end().Findings {
				got += f.Wording["en"].Impact
			}
			if got != c.want {
				t.Errorf("got %q, want %q", got, c.want)
			}
		})
	}
}

func TestBaseline(t *testing.T) {
	rule := head + "select: {a: {kind: app.lost}}\nmatch: {count: a, at_least: 10, within: 1m, by: [host]}\nbaseline: {times: 10}\n"
	minutes := func(counts ...int) []string {
		var out []string
		for m, n := range counts {
			for i := range n {
				out = append(out, fmt.Sprintf("%g app.lost", float64(60*m)+float64(i)*0.5))
			}
		}
		return out
	}
	for _, c := range []struct {
		name   string
		events []string
		fires  bool
	}{
		{"ten times as many", minutes(3, 4, 3, 5, 4, 3, 3, 40), true},
		{"nine times as many", minutes(3, 4, 3, 5, 4, 4, 4, 35), false},
		{"always as many", minutes(20, 20, 20, 20, 20, 20), false},
		{"nothing before, long enough", minutes(0, 0, 0, 0, 0, 0, 12), true},
		{"nothing to compare with", minutes(12, 0), false},
	} {
		s := newStory(t, parse(t, "test/rule", rule))
		s.tell(t, c.events...)
		if got := len(s.end().Findings) > 0; got != c.fires {
			t.Errorf("%s: fires %v", c.name, got)
		}
	}
}

func TestSeries(t *testing.T) {
	var s spread
	day := int64(24 * time.Hour)
	for i := range int64(10_000) {
		s.add(epoch+i*int64(time.Second), 1)
	}
	got := s.series()
	sum := 0
	for _, n := range got.Counts {
		sum += n
	}
	if sum != 10_000 || got.Step != time.Minute || len(got.Counts) > maxBuckets || got.Start > epoch || epoch-got.Start >= int64(time.Minute) {
		t.Errorf("%d events, step %v, %d buckets", sum, got.Step, len(got.Counts))
	}
	s.add(epoch-5*int64(time.Minute), 7) // late
	if got := s.series(); got.Start != floor(epoch-5*int64(time.Minute), int64(time.Minute)) || got.Counts[0] != 7 {
		t.Errorf("after a late one: %+v", got.Start)
	}
	s.add(epoch+3000*day, 1)
	s.add(-day, 1)
	s.add(event.NoTime, 1)
	sum = 0
	for _, n := range s.series().Counts {
		sum += n
	}
	if sum != 10_009 || len(s.counts) > maxBuckets {
		t.Errorf("%d events in %d buckets", sum, len(s.counts))
	}
}

func TestTexts(t *testing.T) {
	for _, c := range []struct{ got, want string }{
		{counted{event.Times{Low: 21, Best: 517, High: -1}, false}.String(), "at least 517"},
		{counted{event.Times{Low: 4500, Best: 4500, High: 4500}, false}.String(), "4,500"},
		{counted{event.Times{Low: 1, Best: 4500, High: -1}, true}.String(), "至少 4,500"},
		{lengthText(17*time.Hour+2*time.Minute, false), "17 h 2 min"},
		{lengthText(17*time.Hour, true), "17 小时"},
		{lengthText(98800*time.Millisecond, false), "1 min 38 s"},
		{lengthText(6700*time.Millisecond, false), "6.7 s"},
		{lengthText(12500*time.Millisecond, false), "12 s"},
		{lengthText(3*time.Millisecond, false), "3 ms"},
		{lengthText(0, false), "less than 1 ms"},
		{perText(75, false), "75 a second"},
		{perText(1.0/60, false), "1 a minute"},
		{perText(1.4, true), "每秒 1.4"},
		{(&Engine{}).timeText(Moment{epoch, time.Second, false}, false), "2024-03-02 10:00:00"},
		{(&Engine{}).timeText(Moment{epoch, time.Millisecond, true}, false), "2024-03-02 10:00:00.000 UTC"},
		{(&Engine{In: time.FixedZone("", 8*3600)}).timeText(Moment{epoch, time.Second, true}, false), "2024-03-02 18:00:00 +08:00"},
		{(&Engine{}).timeText(Moment{At: event.NoTime}, true), "时间未知"},
		{rules.Number(83.333).String(), "83"},
		{rules.Number(1234567).String(), "1,234,567"},
	} {
		if c.got != c.want {
			t.Errorf("got %q, want %q", c.got, c.want)
		}
	}
}
