package timeline

import (
	"slices"
	"strings"
	"testing"
	"time"

	"forensic/event"
)

// stampOf reads a stamp as tests write it: "Nov 24 13:45:11", "2017-11-24
// 13:46:54.760", "2017-11-24 13:46:54+08:00", "13:45:11", "up 12.5", "".
func stampOf(s string) event.Stamp {
	try := func(layout, s string, has event.Fields, step time.Duration) (event.Stamp, bool) {
		t, err := time.Parse(layout, s)
		if err != nil {
			return event.Stamp{}, false
		}
		_, off := t.Zone()
		return event.Stamp{Wall: t.UnixNano() + int64(off)*1e9, Has: has, Step: step, Zone: int16(off / 60)}, true
	}
	switch {
	case s == "":
		return event.Stamp{}
	case s == "impossible":
		return event.Stamp{Impossible: true, Text: "Feb 30 24:00:00"}
	case strings.HasPrefix(s, "up "):
		d, err := time.ParseDuration(s[3:] + "s")
		if err != nil {
			panic(err)
		}
		return event.Stamp{Wall: int64(d), Has: event.SinceBoot, Step: time.Microsecond}
	}
	if day, rest, ok := strings.Cut(s, ", "); ok { // a weekday is written, no year
		st := stampOf(rest)
		st.Text = day + " " + rest
		return st
	}
	if st, ok := try("2006 Jan 2 15:04:05", "1972 "+s, hasYearless, time.Second); ok {
		return st
	}
	if st, ok := try("2006-01-02 15:04:05Z07:00", s, hasAbsolute, time.Second); ok {
		return st
	}
	if st, ok := try("2006-01-02 15:04:05", s, hasDated, time.Second); ok {
		if strings.Contains(s, ".") {
			st.Step = time.Millisecond
		}
		return st
	}
	if st, ok := try("2006-01-02 15:04:05", "1972-01-01 "+s, event.HasTime, time.Second); ok {
		return st
	}
	panic("no stamp: " + s)
}

// A file is a source of a test: where it lay, its time, and its records, each a
// stamp, then maybe "| kind name=value ...".
type file struct {
	path     string
	modified string
	host     string
	section  string
	line     int
	format   string
	sha      string
	taken    string
	kinds    []string
	records  []string
}

func (f file) told(id int) told {
	s := told{src: event.Source{ID: id, Path: f.path, Host: f.host, Section: f.section, Line: f.line, Format: f.format, SHA256: f.sha, Kinds: f.kinds, Taken: stampOf(f.taken)}}
	if f.format == "" {
		s.src.Format = "syslog"
	}
	if f.format == "capture" {
		s.src.Unit = "packet"
	}
	if f.modified != "" {
		s.src.Modified = time.Unix(0, stampOf(f.modified).Wall).UTC()
	}
	for _, r := range f.records {
		stamp, rest, _ := strings.Cut(r, " | ")
		ev := event.Event{Kind: "log.message", Stamp: stampOf(stamp)}
		for i, word := range strings.Fields(rest) {
			if name, value, ok := strings.Cut(word, "="); ok {
				ev.Set(name, value)
			} else if i == 0 {
				ev.Kind = word
			}
		}
		s.events = append(s.events, ev)
	}
	return s
}

func settled(t *testing.T, opt Options, files ...file) (*Timeline, []Clock) {
	t.Helper()
	tl := New(t.TempDir())
	t.Cleanup(func() { tl.Close() })
	var all []told
	for i, f := range files {
		all = append(all, f.told(100-i))
	}
	sources := gather(t, tl, 2, all, Keep{})
	return tl, tl.Settle(sources, opt)
}

// facts finds what was settled of a path.
func facts(t *testing.T, tl *Timeline, path string) Facts {
	t.Helper()
	for _, p := range tl.places {
		if p.src.Path == path {
			return tl.Facts(p.src.ID)
		}
	}
	t.Fatalf("no source %s", path)
	return Facts{}
}

func TestYear(t *testing.T) {
	syslog := []string{"Nov 24 13:37:53", "Nov 24 13:45:11", "Nov 24 13:45:16"}
	newYear := []string{"Dec 30 10:00:00", "Dec 31 23:59:59", "Jan 1 00:00:01", "Jan 2 00:00:00"}
	for _, c := range []struct {
		name  string
		opt   Options
		files []file
		first string // of messages, UTC
		last  string
		year  string // a piece of the reasons
	}{
		{"nothing", Options{}, []file{{path: "messages", records: syslog}},
			"1972-11-24T13:37:53Z", "1972-11-24T13:45:16Z", "unknown"},
		{"the file's time", Options{}, []file{{path: "messages", modified: "2017-11-24 14:00:00", records: syslog}},
			"2017-11-24T13:37:53Z", "2017-11-24T13:45:16Z", "2017: from the file's time 2017-11-24, just after"},
		{"the file's time, of the next year", Options{}, []file{{path: "messages", modified: "2018-03-01 00:00:00", records: syslog}},
			"2017-11-24T13:37:53Z", "2017-11-24T13:45:16Z", "2017: from the file's time 2018-03-01"},
		{"a dated neighbour", Options{}, []file{{path: "messages", records: syslog}, {path: "app.log", format: "text", records: []string{"2017-11-24 13:46:54.760"}}},
			"2017-11-24T13:37:53Z", "2017-11-24T13:45:16Z", "2017: from the dates in app.log"},
		{"unpacked years later", Options{}, []file{{path: "messages", modified: "2021-06-01 00:00:00", records: syslog}, {path: "app.log", format: "text", records: []string{"2017-11-24 13:46:54.760"}}},
			"2017-11-24T13:37:53Z", "2017-11-24T13:45:16Z", "2017: from the dates in app.log; against it the file's time 2021-06-01: 2020"},
		{"the user", Options{Year: 2015}, []file{{path: "messages", modified: "2017-11-24 14:00:00", records: syslog}},
			"2015-11-24T13:37:53Z", "2015-11-24T13:45:16Z", "2015: given by the user; against it the file's time"},
		{"rotation", Options{}, []file{{path: "messages-20171126", records: syslog}},
			"2017-11-24T13:37:53Z", "2017-11-24T13:45:16Z", "2017: from its name"},
		{"rotation at New Year", Options{}, []file{{path: "messages-20180101.gz", records: []string{"Dec 25 00:00:00", "Dec 31 23:59:59"}}},
			"2017-12-25T00:00:00Z", "2017-12-31T23:59:59Z", "2017: from its name"},
		{"a folder with a date", Options{}, []file{{path: "sosreport-app-07-4711-2017-12-01-abcdefg/var/log/messages", records: syslog}},
			"2017-11-24T13:37:53Z", "2017-11-24T13:45:16Z", "2017: from the folder sosreport"},
		{"New Year inside", Options{}, []file{{path: "messages", modified: "2018-01-02 00:10:00", records: newYear}},
			"2017-12-30T10:00:00Z", "2018-01-02T00:00:00Z", "2017 to 2018: from the file's time"},
		{"New Year inside, a straggler", Options{}, []file{{path: "messages", modified: "2018-01-02 00:10:00", records: []string{"Dec 31 23:59:58", "Jan 1 00:00:01", "Dec 31 23:59:59", "Jan 1 00:00:02"}}},
			"2017-12-31T23:59:58Z", "2018-01-01T00:00:02Z", "2017 to 2018"},
		{"two New Years", Options{}, []file{{path: "messages", modified: "2018-02-02 00:10:00", records: []string{"Nov 1 00:00:00", "Feb 1 00:00:00", "Aug 1 00:00:00", "Jan 5 00:00:00"}}},
			"2016-11-01T00:00:00Z", "2018-01-05T00:00:00Z", "2016 to 2018"},
		{"a leap day", Options{}, []file{{path: "messages", modified: "2019-03-05 00:00:00", records: []string{"Feb 28 10:00:00", "Feb 29 10:00:00", "Mar 1 10:00:00"}}},
			"2016-02-28T10:00:00Z", "2016-03-01T10:00:00Z", "2016: from the file's time 2019-03-05, and a 29 February is written"},
		{"no leap day", Options{}, []file{{path: "messages", modified: "2019-03-05 00:00:00", records: []string{"Feb 28 10:00:00", "Mar 1 10:00:00"}}},
			"2019-02-28T10:00:00Z", "2019-03-01T10:00:00Z", "2019"},
		{"a weekday", Options{}, []file{{path: "messages", modified: "2019-03-05 00:00:00", records: []string{"Fri, Nov 24 13:45:11"}}},
			"2017-11-24T13:45:11Z", "2017-11-24T13:45:11Z", "the weekday is written"},
		{"dated records among its own", Options{}, []file{{path: "messages", modified: "2020-01-01 00:00:00", records: []string{"Nov 24 13:45:11", "2014-11-24 13:45:12", "Nov 24 13:45:16"}}},
			"2014-11-24T13:45:11Z", "2014-11-24T13:45:16Z", "2014: from the dated records among its own"},
		{"a member made without a time", Options{}, []file{{path: "messages", modified: "1980-01-01 00:00:00", records: syslog}, {path: "x/app.log", format: "text", records: []string{"2017-11-24 13:46:54.760"}}},
			"2017-11-24T13:37:53Z", "2017-11-24T13:45:16Z", "2017: from the dates in x/app.log"},
		{"a snapshot's time", Options{}, []file{{path: "messages", records: syslog}, {path: "date.txt", kinds: []string{"host.clock"}, records: []string{"2017-11-24 16:00:00 | host.clock"}}},
			"2017-11-24T13:37:53Z", "2017-11-24T13:45:16Z", "2017: from the dates in date.txt"},
	} {
		t.Run(c.name, func(t *testing.T) {
			tl, _ := settled(t, c.opt, c.files...)
			f := facts(t, tl, c.files[0].path)
			if got := Format(f.First, f.Step); got != c.first {
				t.Errorf("first %s, want %s", got, c.first)
			}
			if got := Format(f.Last, f.Step); got != c.last {
				t.Errorf("last %s, want %s", got, c.last)
			}
			if !strings.Contains(f.Year, c.year) {
				t.Errorf("year %q, want %q in it", f.Year, c.year)
			}
		})
	}
}

// TestYearOfASeries has all members copied at once, so that their times are only
// the latest they can be; the members bound each other.
func TestYearOfASeries(t *testing.T) {
	m := "2018-01-20 00:00:00"
	members := []file{
		{path: "log/messages", modified: m, records: []string{"Jan 10 00:00:00", "Jan 19 00:00:00"}},
		{path: "log/messages.1", modified: m, records: []string{"Jun 3 00:00:00", "Oct 3 00:00:00", "Jan 9 00:00:00"}},
		{path: "log/messages.2.gz", modified: m, records: []string{"Feb 1 00:00:00", "Jun 2 00:00:00"}},
		{path: "log/messages.3.gz", modified: m, records: []string{"Mar 1 00:00:00", "Nov 1 00:00:00", "Jan 31 00:00:00"}},
		{path: "log/messages.10.gz", modified: m, records: []string{"Feb 20 00:00:00", "Feb 27 00:00:00"}},
	}
	for range 2 {
		tl, _ := settled(t, Options{}, members...)
		for path, first := range map[string]string{
			"log/messages": "2018-01-10", "log/messages.1": "2017-06-03", "log/messages.2.gz": "2017-02-01",
			"log/messages.3.gz": "2016-03-01", "log/messages.10.gz": "2016-02-20",
		} {
			f := facts(t, tl, path)
			if got := Format(f.First, f.Step)[:10]; got != first {
				t.Errorf("%s begins %s, want %s (%s)", path, got, first, f.Year)
			}
		}
		slices.Reverse(members)
	}
}

func TestZone(t *testing.T) {
	local := []string{"2017-11-24 13:00:00 | log.message host=app-07"}
	for _, c := range []struct {
		name  string
		opt   Options
		files []file
		first string
		known bool
		why   string
	}{
		{"nothing", Options{}, []file{{path: "a.log", records: local}}, "2017-11-24T13:00:00Z", false, ""},
		{"the user, for all", Options{Zones: zones("", "Asia/Shanghai")}, []file{{path: "a.log", records: local}}, "2017-11-24T05:00:00Z", true, "given by the user"},
		{"the user, for the host", Options{Zones: zones("APP-07", "+02:00")}, []file{{path: "a.log", records: local}}, "2017-11-24T11:00:00Z", true, "given by the user"},
		{"the user, for another host", Options{Zones: zones("app-08", "+02:00")}, []file{{path: "a.log", records: local}}, "2017-11-24T13:00:00Z", false, ""},
		{"the user, without a host", Options{Zones: zones("", "+02:00")}, []file{{path: "a.log", records: []string{"2017-11-24 13:00:00"}}}, "2017-11-24T11:00:00Z", true, ""},
		{"a written offset", Options{}, []file{{path: "a.log", records: []string{"2017-11-24 13:00:00+08:00"}}}, "2017-11-24T05:00:00Z", true, ""},
		{"a written offset beats the user", Options{Zones: zones("", "+02:00")}, []file{{path: "a.log", records: []string{"2017-11-24 13:00:00+08:00"}}}, "2017-11-24T05:00:00Z", true, ""},
		{"a written offset among its own", Options{}, []file{{path: "a.log", records: []string{"2017-11-24 13:00:00", "2017-11-24 13:00:01+08:00"}}}, "2017-11-24T05:00:00Z", true, ""},
		{"date says an offset", Options{}, []file{{path: "a.log", records: local}, {path: "date", records: []string{"2017-11-24 14:00:00 | host.clock zone=+08:00 zone_name=CST"}}}, "2017-11-24T05:00:00Z", true, "stated in date"},
		{"a name, with summer time", Options{}, []file{{path: "a.log", records: []string{"2017-07-24 13:00:00 | log.message host=app-07"}}, {path: "timedatectl", records: []string{"2017-11-24 14:00:00 | host.clock zone=+01:00 zone_name=Europe/Berlin"}}}, "2017-07-24T11:00:00Z", true, "zone Europe/Berlin: stated in timedatectl"},
		{"an abbreviation says nothing", Options{}, []file{{path: "a.log", records: local}, {path: "date", records: []string{"2017-11-24 14:00:00 | host.clock zone_name=CST"}}}, "2017-11-24T13:00:00Z", false, ""},
		{"a neighbour writes it", Options{}, []file{{path: "a.log", records: local}, {path: "access.log", format: "access", records: []string{"2017-11-24 14:00:00+08:00"}}}, "2017-11-24T05:00:00Z", true, "written in access.log"},
		{"a neighbour in UTC says nothing", Options{}, []file{{path: "a.log", records: local}, {path: "docker.json", format: "docker", records: []string{"2017-11-24 14:00:00Z"}}}, "2017-11-24T13:00:00Z", false, ""},
		{"neighbours disagree", Options{}, []file{{path: "a.log", records: local}, {path: "access.log", format: "access", records: []string{"2017-11-24 14:00:00+08:00"}}, {path: "b.log", format: "other", records: []string{"2017-11-24 14:00:00+02:00"}}}, "2017-11-24T13:00:00Z", false, "different zones"},
	} {
		t.Run(c.name, func(t *testing.T) {
			tl, clocks := settled(t, c.opt, c.files...)
			f := facts(t, tl, "a.log")
			if got := Format(f.First, f.Step); got != c.first || f.ZoneKnown != c.known {
				t.Errorf("first %s (zone known: %v), want %s (%v)", got, f.ZoneKnown, c.first, c.known)
			}
			why := ""
			for _, k := range clocks {
				why += strings.Join(k.Why, "; ")
			}
			if !strings.Contains(why, c.why) {
				t.Errorf("why %q, want %q in it", why, c.why)
			}
		})
	}
}

func zones(host, name string) map[string]*time.Location {
	loc, err := Zone(name)
	if err != nil {
		panic(err)
	}
	return map[string]*time.Location{host: loc}
}

func TestHost(t *testing.T) {
	plain := []string{"2017-11-24 13:00:00"}
	for _, c := range []struct {
		name  string
		files []file
		hosts map[string]string // by path
		names string            // of the first host
	}{
		{"nothing", []file{{path: "a.log", records: plain}}, map[string]string{"a.log": ""}, ""},
		{"records", []file{{path: "a.log", records: []string{"Nov 24 13:00:00 | log.message host=zk1"}}}, map[string]string{"a.log": "zk1"}, "zk1"},
		{"records of several", []file{{path: "a.log", records: []string{"Nov 24 13:00:00 | log.message host=zk1", "Nov 24 13:00:00 | log.message host=zk2"}}}, map[string]string{"a.log": ""}, "zk1"},
		{"a prompt", []file{{path: "a.txt", host: "zk1", section: "$ date", records: plain}}, map[string]string{"a.txt": "zk1"}, "zk1"},
		{"short and full", []file{{path: "a/a.log", records: []string{"Nov 24 13:00:00 | log.message host=zk1"}}, {path: "b/b.log", records: []string{"Nov 24 13:00:00 | log.message host=zk1.example.com"}}},
			map[string]string{"a/a.log": "zk1", "b/b.log": "zk1"}, "zk1 zk1.example.com"},
		{"short and two full", []file{{path: "a/a.log", records: []string{"Nov 24 13:00:00 | log.message host=zk1"}}, {path: "b/b.log", records: []string{"Nov 24 13:00:00 | log.message host=zk1.example.com"}}, {path: "c/c.log", records: []string{"Nov 24 13:00:00 | log.message host=zk1.example.net"}}},
			map[string]string{"a/a.log": "zk1", "b/b.log": "zk1.example.com", "c/c.log": "zk1.example.net"}, "zk1"},
		{"a folder's name", []file{{path: "zk3/logs/zookeeper.out", records: plain}, {path: "zk4/logs/zookeeper.out", records: plain}}, map[string]string{"zk3/logs/zookeeper.out": "zk3", "zk4/logs/zookeeper.out": "zk4"}, "zk3"},
		{"an archive's name", []file{{path: "zk3.tar.gz!/zookeeper.out", records: plain}}, map[string]string{"zk3.tar.gz!/zookeeper.out": "zk3"}, "zk3"},
		{"a folder that is no host", []file{{path: "logs/2017/zookeeper.out", records: plain}, {path: "case-4711/zookeeper.out", records: plain}, {path: "tomcat8/catalina.out", records: plain}}, map[string]string{"logs/2017/zookeeper.out": "", "case-4711/zookeeper.out": "", "tomcat8/catalina.out": ""}, ""},
		{"sosreport", []file{{path: "sosreport-app-07-4711-2017-12-01-abcdefg/var/log/messages", records: plain}}, map[string]string{"sosreport-app-07-4711-2017-12-01-abcdefg/var/log/messages": "app-07"}, "app-07"},
		{"old sosreport", []file{{path: "sosreport-web2.4711-20171201101112/var/log/messages", records: plain}}, map[string]string{"sosreport-web2.4711-20171201101112/var/log/messages": "web2"}, "web2"},
		{"supportconfig", []file{{path: "scc_db_a_171201_1011/messages.txt", records: plain}}, map[string]string{"scc_db_a_171201_1011/messages.txt": ""}, ""},
		{"beside", []file{{path: "x/messages", records: []string{"Nov 24 13:00:00 | log.message host=app-07"}}, {path: "x/app/server.log", format: "log4j", records: plain}}, map[string]string{"x/app/server.log": "app-07"}, "app-07"},
		{"beside, of two", []file{{path: "messages", records: []string{"Nov 24 13:00:00 | log.message host=app-07"}}, {path: "b/messages", records: []string{"Nov 24 13:00:00 | log.message host=app-08"}}, {path: "server.log", format: "log4j", records: plain}}, map[string]string{"server.log": ""}, "app-07"},
		{"alike, so perhaps of several", []file{{path: "messages", records: []string{"Nov 24 13:00:00 | log.message host=app-07"}}, {path: "one.log", format: "zookeeper", records: plain}, {path: "two.log", format: "zookeeper", records: plain}}, map[string]string{"one.log": "", "two.log": "", "messages": "app-07"}, "app-07"},
		{"it states its name", []file{{path: "d/hostname.txt", kinds: []string{"host.name"}, records: []string{" | host.name host=app-07"}}, {path: "d/a.log", records: plain}}, map[string]string{"d/hostname.txt": "app-07", "d/a.log": "app-07"}, "app-07"},
		{"a prompt and a name", []file{{path: "t.txt", section: "$ uname -a", line: 3, host: "prod", records: []string{" | host.name host=db-2.example.com"}}}, map[string]string{"t.txt": "prod"}, "prod db-2.example.com"},
		{"nobody's names", []file{{path: "a.log", records: []string{"Nov 24 13:00:00 | log.message host=localhost"}}}, map[string]string{"a.log": ""}, ""},
	} {
		t.Run(c.name, func(t *testing.T) {
			tl, clocks := settled(t, Options{}, c.files...)
			for path, host := range c.hosts {
				if f := facts(t, tl, path); f.Host != host {
					t.Errorf("%s is of %q (%s), want %q", path, f.Host, f.HostWhy, host)
				}
			}
			names := ""
			if len(clocks) > 0 {
				names = strings.Join(clocks[0].Names, " ")
			}
			if names != c.names {
				t.Errorf("names %q, want %q", names, c.names)
			}
		})
	}
}

func TestFlowHost(t *testing.T) {
	tl, clocks := settled(t, Options{},
		file{path: "zk1/hosts", records: []string{" | host.name address=10.0.1.77", " | host.name address=127.0.0.1", " | host.name address=10.0.1.99"}},
		file{path: "zk2/hosts", records: []string{" | host.name address=10.0.1.99"}},
		file{path: "x.pcap", format: "capture", records: []string{
			"2017-11-24 13:00:00Z | flow.summary client=10.0.0.3:4000 server=10.0.1.77:2181",
			"2017-11-24 13:00:01Z | flow.summary client=10.0.1.77:4001 server=203.0.113.9:443",
			"2017-11-24 13:00:02Z | flow.summary client=10.0.1.99:4002 server=203.0.113.9:443",
		}},
	)
	got := replayed(t, tl)[:3]
	want := []string{"x.pcap:1 2017-11-24T13:00:00Z zk1 flow.summary", "x.pcap:2 2017-11-24T13:00:01Z zk1 flow.summary", "x.pcap:3 2017-11-24T13:00:02Z  flow.summary"}
	if !slices.Equal(got, want) {
		t.Errorf("got %q, want %q", got, want)
	}
	if a := strings.Join(clocks[0].Addresses, " "); a != "10.0.1.77" {
		t.Errorf("addresses %q", a)
	}
}

func TestSummerTime(t *testing.T) {
	// In New York the hour from 1 to 2 came twice on 5 November 2017, and on 12
	// March the one from 2 to 3 never came.
	tl, _ := settled(t, Options{Zones: zones("", "America/New_York")},
		file{path: "a.log", records: []string{
			"2017-11-05 00:30:00", "2017-11-05 01:10:00", "2017-11-05 01:50:00",
			"2017-11-05 01:05:00", "2017-11-05 01:55:00", "2017-11-05 02:00:00",
		}},
		file{path: "b.log", records: []string{"2017-03-12 01:59:59", "2017-03-12 02:30:00", "2017-03-12 03:00:00"}},
	)
	got := replayed(t, tl)
	want := []string{
		"b.log:1 2017-03-12T06:59:59Z  log.message", "b.log:2 2017-03-12T07:00:00Z  log.message", "b.log:3 2017-03-12T07:00:00Z  log.message",
		"a.log:1 2017-11-05T04:30:00Z  log.message", "a.log:2 2017-11-05T05:10:00Z  log.message", "a.log:3 2017-11-05T05:50:00Z  log.message",
		"a.log:4 2017-11-05T06:05:00Z  log.message", "a.log:5 2017-11-05T06:55:00Z  log.message", "a.log:6 2017-11-05T07:00:00Z  log.message",
	}
	if !slices.Equal(got, want) {
		t.Errorf("got\n%s\nwant\n%s", strings.Join(got, "\n"), strings.Join(want, "\n"))
	}
	for path, note := range map[string]string{"a.log": "comes twice", "b.log": "skips"} {
		if f := facts(t, tl, path); !strings.Contains(strings.Join(f.Notes, "; "), note) {
			t.Errorf("%s: notes %q", path, f.Notes)
		}
	}
}

func TestBadStampsComeLastAndHarmNobody(t *testing.T) {
	tl, _ := settled(t, Options{}, file{path: "a.log", modified: "2018-01-01 12:00:00", records: []string{"impossible", "Dec 31 23:59:59", "impossible", "", "Jan 1 00:00:00", "impossible"}}, file{path: "b.log", records: []string{"impossible"}})
	got := strings.Join(replayed(t, tl), "\n")
	want := "a.log:2 2017-12-31T23:59:59Z  log.message\na.log:5 2018-01-01T00:00:00Z  log.message\na.log:1   log.message\na.log:3   log.message\na.log:4   log.message\na.log:6   log.message\nb.log:1   log.message"
	if got != want {
		t.Errorf("got\n%s", got)
	}
}

func TestTaken(t *testing.T) {
	snap := []string{" | socket.states", " | socket.states"}
	kinds := []string{"socket.states"}
	for _, c := range []struct {
		name  string
		files []file
		at    string
		why   string
	}{
		{"nothing", []file{{path: "netstat.txt", kinds: kinds, records: snap}}, "", ""},
		{"it says so", []file{{path: "netstat.txt", kinds: kinds, taken: "2017-11-24 13:00:00+08:00", modified: "2017-12-24 00:00:00", records: snap}}, "2017-11-24T05:00:00Z", "as its transcript"},
		{"the file's time", []file{{path: "netstat.txt", kinds: kinds, modified: "2017-11-24 13:00:00", records: snap}}, "2017-11-24T13:00:00Z", "no later than the file's time"},
		{"a log without times is no snapshot", []file{{path: "netstat.txt", kinds: []string{"log.message"}, modified: "2017-11-24 13:00:00", records: snap}}, "", ""},
		{"between date and date", []file{
			{path: "netstat.txt", section: "$ netstat", line: 5, kinds: kinds, modified: "2018-01-01 00:00:00", records: snap},
			{path: "netstat.txt", section: "$ date", line: 1, kinds: []string{"host.clock"}, records: []string{"2017-11-24 13:00:00Z | host.clock"}},
			{path: "netstat.txt", section: "$ date", line: 9, kinds: []string{"host.clock"}, records: []string{"2017-11-24 13:02:00Z | host.clock"}},
		}, "2017-11-24T13:00:00Z", "between"},
	} {
		t.Run(c.name, func(t *testing.T) {
			tl, _ := settled(t, Options{}, c.files...)
			f := tl.Facts(100)
			if got := Format(f.First, f.Step); got != c.at || !strings.Contains(f.Taken, c.why) {
				t.Errorf("taken %q (%s), want %q (%s)", got, f.Taken, c.at, c.why)
			}
		})
	}
}

func TestDuplicateIsNotReplayed(t *testing.T) {
	r := []string{"2017-11-24 13:00:00"}
	tl, _ := settled(t, Options{}, file{path: "b.log", sha: "x", records: r}, file{path: "a.log", sha: "x", records: r}, file{path: "c.log", sha: "y", records: r})
	if got := replayed(t, tl); len(got) != 2 || facts(t, tl, "b.log").Duplicate != "a.log" || len(tl.Coverage()) != 2 {
		t.Errorf("%q", got)
	}
}

func TestCopiedRecordsCountOnce(t *testing.T) {
	lines := func(from, to int) (all []string) {
		for i := from; i <= to; i++ {
			all = append(all, "2017-11-24 13:00:"+string(rune('0'+i/10))+string(rune('0'+i%10)))
		}
		return all
	}
	for _, c := range []struct {
		name       string
		older, new []string
		want       int
	}{
		{"nothing in common", lines(0, 9), lines(10, 19), 20},
		{"the end is copied", lines(0, 14), lines(10, 19), 20},
		{"all of the later one", lines(0, 19), lines(5, 9), 20},
		{"two equal records are chance", lines(0, 11), lines(10, 19), 22},
		{"interleaved, not copied", []string{lines(0, 0)[0], lines(5, 5)[0], lines(9, 9)[0]}, []string{lines(1, 1)[0], lines(5, 5)[0], lines(8, 8)[0]}, 6},
	} {
		t.Run(c.name, func(t *testing.T) {
			a, b := file{path: "messages.1", records: c.older}.told(1), file{path: "messages", records: c.new}.told(2)
			for _, s := range []told{a, b} {
				for i := range s.events {
					s.events[i].Raw = "record of " + time.Unix(0, s.events[i].Stamp.Wall).UTC().String()
				}
			}
			tl := New(t.TempDir())
			defer tl.Close()
			tl.Settle(gather(t, tl, 1, []told{a, b}, Keep{}), Options{})
			if got := replayed(t, tl); len(got) != c.want {
				t.Errorf("%d records, want %d: %q; %q", len(got), c.want, got, facts(t, tl, "messages").Notes)
			}
		})
	}
}

func TestCoverage(t *testing.T) {
	var regular []string
	at := wall("2017-11-24 00:00:00")
	for i := range 100 {
		at += int64(10+i%5) * int64(time.Second)
		if i == 60 {
			at += int64(time.Hour)
		}
		regular = append(regular, time.Unix(0, at).UTC().Format("2006-01-02 15:04:05"))
	}
	tl, _ := settled(t, Options{},
		file{path: "a.log", records: regular},
		file{path: "b.log", records: []string{"2017-11-24 00:00:00", "2017-11-24 05:00:00"}},
		file{path: "c.log", records: []string{""}},
	)
	c := tl.Coverage()
	if len(c) != 3 || c[0].Path != "a.log" || c[2].First != event.NoTime {
		t.Fatalf("%+v", c)
	}
	if c[0].Rhythm < 12*time.Second || c[0].Rhythm > 14*time.Second || len(c[0].Gaps) != 1 || c[0].Gaps[0].To-c[0].Gaps[0].From < int64(time.Hour) {
		t.Errorf("rhythm %v, gaps %v", c[0].Rhythm, c[0].Gaps)
	}
	if c[1].Rhythm != 5*time.Hour || len(c[1].Gaps) != 0 {
		t.Errorf("rhythm %v, gaps %v", c[1].Rhythm, c[1].Gaps)
	}
	if c[0].Events != 100 || c[0].ByLevel[event.NoLevel] != 100 {
		t.Errorf("%d events, %v", c[0].Events, c[0].ByLevel)
	}
}
