package correlate

import (
	"fmt"
	"reflect"
	"strings"
	"testing"
	"time"

	"forensic/event"
	"forensic/rules"
)

func TestMasked(t *testing.T) {
	for in, want := range map[string]string{
		"Cannot open channel to 2 at election address zk2/192.0.2.12:3888": "Cannot open channel to <*> at election address <*>",
		"client=192.0.2.1:4711, session=0x1a":                              "client=<*>, session=<*>",
		"took 1 2 3 4 ms":                                                  "took <*> ms",
		"lost [1, 2, 3] of 5":                                              "lost [<*>] of <*>", // a row of numbers is one
		"连接服务器10.0.0.1失败":                                                  "连接服务器<*>失败",
		"no digits here: none":                                             "no digits here: none",
		"":                                                                 "",
		"a\x00b":                                                           "a b",
		strings.Repeat("x", 600):                                           strings.Repeat("x", maxMessage),
	} {
		if got := display(masked(in)); got != want {
			t.Errorf("%q: %q, want %q", in, got, want)
		}
	}
}

// Messages have one signature where they have one masked text, and no two texts
// that differ share one.
func FuzzSignature(f *testing.F) {
	f.Add("client=192.0.2.1:4711, 12", "client=192.0.2.2:1, 7 8")
	f.Add("a 1b", "a b")
	f.Add("连接1失败", "连接22失败")
	f.Fuzz(func(t *testing.T, a, b string) {
		if strings.Contains(a+b, "\x00") {
			return
		}
		if same := masked(a) == masked(b); same != (signature(hashBasis, a) == signature(hashBasis, b)) {
			t.Errorf("%q and %q: masked alike %v", a, b, same)
		}
		if text := masked(a); strings.Join(tokens(text), "") != text {
			t.Errorf("%q is cut to %q", text, tokens(text))
		}
	})
}

func TestForest(t *testing.T) {
	type count struct{ n int }
	join := func(to, from *count) { to.n += from.n }
	place := func(f *forest[count], s string) {
		f.place(masked(s), func() *count { return &count{} }, join).value.n++
	}
	var f forest[count]
	for _, who := range strings.Fields("alice bob carol dave erin frank grace heidi ivan judy") {
		place(&f, "login of "+who+" failed")
	}
	place(&f, "login of alice succeeded")
	place(&f, "connection to db refused")
	place(&f, "connection to db accepted")
	var got []string
	for _, list := range f.leaves {
		for _, t := range list {
			got = append(got, fmt.Sprintf("%s %d", display(t.text()), t.value.n))
		}
	}
	for _, want := range []string{"login of <*> failed 10", "login of alice succeeded 1", "connection to db refused 1", "connection to db accepted 1"} {
		found := false
		for _, g := range got {
			found = found || g == want
		}
		if !found {
			t.Errorf("no %q in %q", want, got)
		}
	}
	if f.n != 4 || len(got) != 4 {
		t.Errorf("%d templates counted, %d there", f.n, len(got))
	}
}

// A log for a miner: records at seconds.
type diary struct {
	m    *Miner
	line int
}

func (d *diary) note(source int, second float64, level event.Level, component, text, rest string) *Noted {
	d.line++
	ev := &event.Event{Level: level, Component: component, Text: text, Raw: "x " + text + rest, Where: event.Span{Source: source, First: d.line}}
	return d.m.Note(ev, epoch+int64(second*1e9), 2)
}

// observe concludes; sources of hosts cover the time from 0 to the given second.
func (d *diary) observe(t *testing.T, e *Engine, c *Conclusion, until float64, hosts ...string) Seen {
	t.Helper()
	var seen event.Coverage
	for i, h := range hosts {
		seen = append(seen, event.Covered{Source: i + 1, Path: fmt.Sprintf("%s/app.log", h), Format: "app", Host: h, First: epoch, Last: epoch + int64(until*1e9), ZoneKnown: true})
	}
	return e.Observations([]*Miner{d.m}, c, seen, func(int64) bool { return true }, func(_ int, key int64, _ uint32) (int64, bool) { return key, true })
}

func told(s Seen) []string {
	var out []string
	for _, o := range s.Observed {
		out = append(out, fmt.Sprintf("%s %s %s: %s (%s) line %d %q", o.ID, o.Host, o.Template, strings.Join(o.What, "+"), o.Say["en"], o.Where.First, o.Text))
	}
	return out
}

func TestObservations(t *testing.T) {
	e, err := Compile(nil)
	if err != nil {
		t.Fatal(err)
	}
	d := &diary{m: NewMiner()}
	hour := 3600.0
	for s := 0.0; s < 4*hour; s += 30 {
		d.note(1, s, event.Warning, "pool", fmt.Sprintf("slow query of %d ms", int(s)), "") // always there
		if s < hour {
			d.note(1, s, event.Warning, "mail", "queue is long", "") // stops
		}
	}
	for i := range 40 {
		d.note(1, 2*hour+float64(i), event.Warning, "net", "retransmission to 192.0.2.1", "") // bursts
		d.note(1, 3*hour+float64(30*i), event.Error, "store", "write failed", "\njava.io.IOException: No space\n\tat x")
	}
	d.note(2, 10, event.Error, "store", "write failed", "\njava.io.IOException: No space") // another host
	s := d.observe(t, e, &Conclusion{}, 4*hour, "h1", "h2")
	want := []string{
		`O1 h1 net: retransmission to <*>: new+burst (not there in the first 2 h of the log; since 2024-03-02 12:00:00 UTC it came 40 times; 40 in the minute from 2024-03-02 12:00 UTC, none in the others)`,
		`O2 h1 store: write failed | java.io.IOException: new (not there in the first 3 h of the log; since 2024-03-02 13:00:00 UTC it came 40 times)`,
		`O3 h1 mail: queue is long: stopped (none after 2024-03-02 10:59:30 UTC, although the log goes on for 3 h)`,
	}
	var got []string
	for _, line := range told(s) {
		head, _, _ := strings.Cut(line, " line")
		got = append(got, head)
	}
	if !reflect.DeepEqual(got, want) {
		t.Errorf("got  %s\nwant %s", strings.Join(got, "\n"), strings.Join(want, "\n"))
	}
	if s.Records != 480+120+80+1 || s.Only != 0 || len(s.Limits) != 0 {
		t.Errorf("%d records, %d counted only, %v", s.Records, s.Only, s.Limits)
	}
	for _, o := range s.Observed {
		if o.Say["zh"] == "" || o.Text == "" || o.Where.First == 0 {
			t.Errorf("not complete: %+v", o)
		}
	}
}

// The first errors before the incident; what a rule's finding rests on is told,
// and stands behind.
func TestObservationsBesideFindings(t *testing.T) {
	e, err := Compile([]rules.Rule{parse(t, "t/rule", head+"select: {a: {kind: app.lost}}\nmatch: {any: a}")})
	if err != nil {
		t.Fatal(err)
	}
	d := &diary{m: NewMiner()}
	d.note(1, 0, event.Error, "", "an old acquaintance", "")
	d.note(1, 3500, event.Error, "", "disk is going read-only", "")
	for i := range 30 {
		d.note(1, 3600+float64(i), event.Error, "", "session lost", "").Took([]event.Hit{{Selection: 0}})
	}
	f := &Finding{ID: "F1", Rule: "t/rule", Severity: rules.Error, Host: "h1", First: Moment{epoch + int64(time.Hour), time.Second, true}, rule: e.rules[0]}
	s := d.observe(t, e, &Conclusion{Findings: []*Finding{f}}, 3700, "h1")
	var got []string
	for _, o := range s.Observed {
		ids := ""
		for _, f := range o.Findings {
			ids += f.ID
		}
		got = append(got, o.Template+": "+strings.Join(o.What, "+")+" "+ids)
	}
	want := []string{"disk is going read-only: first+new ", "session lost: first+new+burst F1"}
	if !reflect.DeepEqual(got, want) {
		t.Errorf("got %q, want %q", got, want)
	}
	if say := s.Observed[0].Say["en"]; !strings.HasPrefix(say, "first seen 1 min 40 s before F1 began; not there in the first 58 min 20 s of the log") {
		t.Errorf("say %q", say)
	}
}

// Rotated files of one host are one log: what stands in the older one is not new.
func TestObservationsOfRotatedFiles(t *testing.T) {
	e, _ := Compile(nil)
	d := &diary{m: NewMiner()}
	for i := range 20 {
		d.note(1, float64(60*i), event.Error, "", "write failed", "")
		d.note(2, 7200+float64(60*i), event.Error, "", "write failed", "")
	}
	seen := event.Coverage{
		{Source: 1, Path: "app.log.1", Format: "app", Host: "h1", First: epoch, Last: epoch + int64(time.Hour), ZoneKnown: true},
		{Source: 2, Path: "app.log", Format: "app", Host: "h1", First: epoch + int64(time.Hour), Last: epoch + 3*int64(time.Hour), ZoneKnown: true},
	}
	at := func(_ int, key int64, _ uint32) (int64, bool) { return key, true }
	s := e.Observations([]*Miner{d.m}, &Conclusion{}, seen, func(int64) bool { return true }, at)
	for _, o := range s.Observed {
		if o.What[0] == "new" {
			t.Errorf("%+v", o)
		}
	}
	if s.Records != 40 {
		t.Errorf("%d records", s.Records)
	}
}

// What is more than the bounds is counted, and said.
func TestMinerBounds(t *testing.T) {
	e, _ := Compile(nil)
	d := &diary{m: NewMiner()}
	for i := range 2_500 {
		d.note(1, float64(i)/100, event.Error, "", "the same", "")
	}
	word := func(n int) string {
		return strings.Repeat(string(rune('a'+n%26)), 1+n/26%26) + strings.Repeat(string(rune('a'+n/676)), 1+n/676)
	}
	for i := range 900 {
		d.note(2, float64(i), event.Error, "", word(i)+" "+word(i+7)+" "+word(i+3), "")
	}
	s := d.observe(t, e, &Conclusion{}, 1000, "h1", "h2")
	if s.Only != 1_500+900-maxTemplates || len(s.Limits) != 2 || !strings.HasPrefix(s.Limits[0]["en"], "h1/app.log: 1,500 loud records were counted and not compared") {
		t.Errorf("%d counted only: %v", s.Only, s.Limits)
	}
}

// Nothing is allocated for a message that was seen before.
func TestMinerAllocates(t *testing.T) {
	m := NewMiner()
	ev := &event.Event{Level: event.Error, Component: "store", Where: event.Span{Source: 1}}
	texts := make([]string, 100)
	for i := range texts {
		texts[i] = fmt.Sprintf("write of %d bytes to 192.0.2.%d:%d failed after %d ms", i*17, i, i+4000, i)
	}
	key := epoch
	note := func() {
		for _, s := range texts {
			ev.Text, ev.Raw = s, s
			ev.Where.First++
			key += int64(time.Second)
			m.Note(ev, key, 2).Took(nil)
		}
	}
	note()
	if n := testing.AllocsPerRun(20, note); n > 0 {
		t.Errorf("%g allocations", n)
	}
}

// Whatever the filter marks is an alarm, and what it does not is none.
func TestAlarms(t *testing.T) {
	for _, a := range alarms {
		if len(a) < shortest || a != strings.ToLower(a) {
			t.Errorf("%q: it must be lower case and have %d bytes", a, shortest)
		}
	}
	e, _ := Compile([]rules.Rule{parse(t, "t/rule", head+"select: {a: {kind: app.message, text: 'disk on fire'}}\nmatch: {any: a}")})
	s, plain := e.For(recordKinds, ""), e.For(recordKinds, "").Plain()
	text := "info nothing here\ninfo Connection REFUSED by peer\ninfo a Timeout of 3 s\ninfo error\ninfo an error: x\ninfo failing\n"
	var got []bool
	records(text, s, func(ev *event.Event) {
		a := s.Alarmed(ev)
		if a != plain.Alarmed(ev) {
			t.Errorf("%q: %v with the filter", ev.Text, a)
		}
		if s.Select(ev) || ev.Rest == nil && a {
			t.Errorf("%q: looked at by rules", ev.Text)
		}
		got = append(got, a)
	})
	if want := []bool{false, true, true, false, true, false}; !reflect.DeepEqual(got, want) {
		t.Errorf("got %v, want %v", got, want)
	}
}

func TestContrast(t *testing.T) {
	m := NewMiner()
	line := 0
	print := func(kind, text, command string, level event.Level) {
		line++
		ev := &event.Event{Kind: kind, Text: text, Level: level, Where: event.Span{Source: 1, First: line}}
		ev.Set(event.Host, "h1")
		ev.Set("command", command)
		m.Transcript(ev)
	}
	run := func(command string, lines ...string) {
		print(event.OperatorRan.Name, "", command, 0)
		for _, l := range lines {
			level := event.NoLevel
			if strings.HasPrefix(l, "ERROR") {
				level = event.Error
			}
			print(outputKind, l, command, level)
		}
	}
	run("service x start", "ls: cannot access /x/*: No such file", "ERROR: x can not be started.", "done")
	run("service y start", "ERROR: y can not be started.")
	run("service x start", "ls: cannot access /x/*: No such file", "INFO: x is started.", "done")
	run("service y start", "ERROR: y is broken.")
	e, _ := Compile(nil)
	d := &diary{m: m}
	s := d.observe(t, e, &Conclusion{}, 10, "h1")
	if len(s.Observed) != 1 {
		t.Fatalf("%+v", s.Observed)
	}
	want := `"service x start" failed in line 1 and succeeded in line 7: this line stands in the first run alone; that one has "INFO: x is started." instead. "ls: cannot access /x/*: No such file" stands in both and is no cause of the difference.`
	if o := s.Observed[0]; o.Say["en"] != want || o.Text != "ERROR: x can not be started." || o.Where.First != 3 || strings.Contains(o.Say["zh"], "%!") {
		t.Errorf("%+v", o)
	}
}

func BenchmarkNote(b *testing.B) {
	m := NewMiner()
	ev := &event.Event{Level: event.Error, Component: "org.example.Store", Where: event.Span{Source: 1}}
	texts := make([]string, 64)
	for i := range texts {
		texts[i] = fmt.Sprintf("write of %d bytes to 192.0.2.%d:%d failed after %d ms: connection reset by peer", i*17, i, i+4000, i)
	}
	b.ReportAllocs()
	key, i := epoch, 0
	for b.Loop() {
		ev.Text = texts[i&63]
		i++
		key += int64(100 * time.Millisecond)
		m.Note(ev, key, 2)
	}
}
