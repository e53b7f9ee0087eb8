package timeline

import (
	"slices"
	"strings"
	"testing"
)

func TestYear(t *testing.T) {
	syslog := []string{"Nov 24 13:37:53", "Nov 24 13:45:11", "Nov 24 13:45:16"}
	named := []string{"Nov 24 13:37:53 | log.message host=a", "Nov 24 13:45:16 | log.message host=a"}
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
		{"goes on from a dated member, copied years later", Options{}, []file{{path: "messages", modified: "2021-06-01 00:00:00", records: syslog}, {path: "messages-20171112.gz", modified: "2021-06-01 00:00:00", records: []string{"Nov 5 03:00:00", "Nov 12 03:00:00"}}},
			"2017-11-24T13:37:53Z", "2017-11-24T13:45:16Z", "2017: from going on from messages-20171112.gz; against it the file's time 2021-06-01: 2020"},
		{"goes on over New Year", Options{}, []file{{path: "messages", modified: "2021-06-01 00:00:00", records: []string{"Jan 2 00:00:00", "Jan 5 00:00:00"}}, {path: "messages-20180101.gz", modified: "2021-06-01 00:00:00", records: []string{"Dec 25 03:00:00", "Dec 31 23:00:00"}}},
			"2018-01-02T00:00:00Z", "2018-01-05T00:00:00Z", "2018: from going on from messages-20180101.gz"},
		{"goes on from a leap day", Options{}, []file{{path: "messages", modified: "2019-06-01 00:00:00", records: []string{"Mar 4 00:00:00", "Mar 5 00:00:00"}}, {path: "messages.1", modified: "2019-06-01 00:00:00", records: []string{"Feb 29 03:00:00", "Mar 3 23:00:00"}}},
			"2016-03-04T00:00:00Z", "2016-03-05T00:00:00Z", "2016: from going on from messages.1"},
		{"ends before a leap day", Options{}, []file{{path: "messages.1", modified: "2019-06-01 00:00:00", records: []string{"Feb 20 00:00:00", "Feb 21 00:00:00"}}, {path: "messages", modified: "2019-06-01 00:00:00", records: []string{"Feb 22 00:00:00", "Feb 29 03:00:00", "Mar 3 23:00:00"}}},
			"2016-02-20T00:00:00Z", "2016-02-21T00:00:00Z", "2016: from ending before messages"},
		{"another host is nearer than the time of a copy", Options{}, []file{{path: "a/messages", modified: "2019-06-01 00:00:00", records: named}, {path: "b/app.log", format: "text", records: []string{"2017-12-24 13:46:54.760 | log.message host=b"}}},
			"2017-11-24T13:37:53Z", "2017-11-24T13:45:16Z", "2017: from the dates in b/app.log; against it the file's time 2019-06-01: 2018"},
		{"a file's time is nearer than another host", Options{}, []file{{path: "a/messages", modified: "2018-11-30 00:00:00", records: named}, {path: "b/app.log", format: "text", records: []string{"2014-12-24 13:46:54.760 | log.message host=b"}}},
			"2018-11-24T13:37:53Z", "2018-11-24T13:45:16Z", "2018: from the file's time 2018-11-30"},
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

func TestBadStampsComeLastAndHarmNobody(t *testing.T) {
	tl, _ := settled(t, Options{}, file{path: "a.log", modified: "2018-01-01 12:00:00", records: []string{"impossible", "Dec 31 23:59:59", "impossible", "", "Jan 1 00:00:00", "impossible"}}, file{path: "b.log", records: []string{"impossible"}})
	got := strings.Join(replayed(t, tl), "\n")
	want := "a.log:2 2017-12-31T23:59:59Z  log.message\na.log:5 2018-01-01T00:00:00Z  log.message\na.log:1   log.message\na.log:3   log.message\na.log:4   log.message\na.log:6   log.message\nb.log:1   log.message"
	if got != want {
		t.Errorf("got\n%s", got)
	}
}
