package timeline

import (
	"slices"
	"strconv"
	"strings"
	"testing"
	"time"

	"forensic/event"
)

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
		{"an abbreviation and the file's time", Options{}, []file{{path: "a.log", records: local}, {path: "date", modified: "2017-11-24 06:00:02", records: []string{"2017-11-24 14:00:00 | host.clock zone_name=CST"}}}, "2017-11-24T05:00:00Z", true, "date says CST, and the times of files fit"},
		{"an abbreviation and another file's time", Options{}, []file{{path: "a.log", modified: "2017-11-24 19:00:02", records: local}, {path: "date", records: []string{"2017-11-24 14:00:00 | host.clock zone_name=CST"}}}, "2017-11-24T19:00:00Z", true, "date says CST, and the times of files fit"},
		{"an abbreviation with one meaning", Options{}, []file{{path: "a.log", records: local}, {path: "date", records: []string{"2017-11-24 14:00:00 | host.clock zone_name=CET"}}}, "2017-11-24T12:00:00Z", true, "date says CET"},
		{"a neighbour writes it", Options{}, []file{{path: "a.log", records: local}, {path: "access.log", format: "access", records: []string{"2017-11-24 14:00:00+08:00"}}}, "2017-11-24T05:00:00Z", true, "written in access.log"},
		{"a neighbour in UTC says nothing", Options{}, []file{{path: "a.log", records: local}, {path: "docker.json", format: "docker", records: []string{"2017-11-24 14:00:00Z"}}}, "2017-11-24T13:00:00Z", false, ""},
		{"an abbreviation is a question", Options{}, []file{{path: "a.log", records: local}, {path: "date", records: []string{"2017-11-24 14:00:00 | host.clock zone_name=CST"}}}, "2017-11-24T13:00:00Z", false, "date says CST, which can be +08:00, -06:00 or -05:00, and nothing tells which; --timezone does"},
		{"an abbreviation nobody knows", Options{}, []file{{path: "a.log", records: local}, {path: "date", records: []string{"2017-11-24 14:00:00 | host.clock zone_name=XYT"}}}, "2017-11-24T13:00:00Z", false, "date says XYT, which names no zone known here"},
		{"the machine's link beats a shell's variable", Options{}, []file{{path: "a.log", records: local}, {path: "env", records: []string{"2017-11-24 14:00:00 | host.clock zone_name=Asia/Tokyo source=environment"}}, {path: "ls", records: []string{"2017-11-24 14:00:00 | host.clock zone_name=Asia/Shanghai source=localtime"}}}, "2017-11-24T05:00:00Z", true, "stated in ls"},
		{"a variable of some program", Options{}, []file{{path: "a.log", records: local}, {path: "app.env", records: []string{"2017-11-24 14:00:00 | host.clock zone_name=Asia/Tokyo source=variable"}}}, "2017-11-24T13:00:00Z", false, "app.env sets the zone Asia/Tokyo for some program"},
		{"a shell's variable alone", Options{}, []file{{path: "a.log", records: local}, {path: "env", records: []string{"2017-11-24 14:00:00 | host.clock zone_name=Asia/Tokyo source=environment"}}}, "2017-11-24T04:00:00Z", true, "stated in env"},
		{"the file's time and the other host", Options{}, []file{{path: "a.log", modified: "2017-11-24 05:00:02", records: local}, {path: "b.log", records: []string{"2017-11-24 13:00:00+08:00 | log.message host=b"}}}, "2017-11-24T05:00:00Z", true, "the time of a.log fits it, and the other hosts keep it"},
		{"a file's time that fits another zone", Options{}, []file{{path: "a.log", modified: "2017-11-24 06:00:02", records: local}, {path: "b.log", records: []string{"2017-11-24 13:00:00+08:00 | log.message host=b"}}}, "2017-11-24T13:00:00Z", false, ""},
		{"the other hosts differ", Options{}, []file{{path: "a.log", modified: "2017-11-24 05:00:02", records: local}, {path: "b.log", records: []string{"2017-11-24 13:00:00+08:00 | log.message host=b"}}, {path: "c.log", format: "x", records: []string{"2017-11-24 13:00:00+01:00 | log.message host=c"}}}, "2017-11-24T13:00:00Z", false, ""},
		{"the time in a zip is the packer's", Options{}, []file{{path: "a.log", modified: "2017-11-24 13:00:02", packed: true, records: local}, {path: "date", modified: "2017-11-24 06:00:02", packed: true, records: []string{"2017-11-24 14:00:00 | host.clock zone_name=CST"}}}, "2017-11-24T13:00:00Z", false, "nothing tells which"},
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

// TestACaptureTellsTheZone: the capture's times are in UTC, the log's are not
// known, and both saw the same connections.
func TestACaptureTellsTheZone(t *testing.T) {
	var log, wire []string
	for i := range 5 {
		m := strconv.Itoa(10 + i*7)
		log = append(log, "2017-11-24 21:"+m+":01 | zookeeper.accepted client=10.0.0.3:40"+m, "2017-11-24 21:"+m+":02 | zookeeper.closed client=10.0.0.3:40"+m)
		wire = append(wire, "2017-11-24 13:"+m+":00Z | flow.opened client=10.0.0.3:40"+m, "2017-11-24 13:"+m+":02Z | flow.summary close=fin_client client=10.0.0.3:40"+m)
	}
	tl, clocks := settled(t, Options{}, file{path: "zk1/zookeeper.log", format: "zookeeper", records: log}, file{path: "dump.pcap", format: "capture", records: wire}, file{path: "zk2/zookeeper.log", format: "zookeeper"})
	f := facts(t, tl, "zk1/zookeeper.log")
	if f.Zone != "+08:00" || !f.ZoneKnown || Format(f.First, f.Step) != "2017-11-24T13:10:01Z" {
		t.Errorf("%+v; %q", f, clocks[0].Why)
	}
	if c := clocks[0]; c.Offset != 0 || c.Joins == 0 || c.Error > 3*time.Second || len(c.Pairs) == 0 {
		t.Errorf("%+v", c)
	}
	tl.Settle([]event.Source{{ID: 100, Path: "zk1/zookeeper.log"}, {ID: 99, Path: "dump.pcap", Unit: "packet"}, {ID: 98, Path: "zk2/zookeeper.log"}}, Options{Zones: zones("zk1", "+02:00")})
	if f := tl.Facts(100); f.Zone != "+02:00" {
		t.Errorf("the user's zone was not taken: %+v", f)
	}
	tl.Settle([]event.Source{{ID: 100, Path: "zk1/zookeeper.log"}, {ID: 99, Path: "dump.pcap", Unit: "packet"}, {ID: 98, Path: "zk2/zookeeper.log"}}, Options{Zones: zones("zk1", "UTC"), Offsets: map[string]time.Duration{"zk1": 90 * time.Second}})
	if f := tl.Facts(100); Format(f.First, f.Step) != "2017-11-24T21:08:31Z" {
		t.Errorf("a clock that is 90 s ahead: %s", Format(f.First, f.Step))
	}
}

// TestTimesApartProveNothing: the three times of one incident report belong to
// three machines, and nothing joins them.
func TestTimesApartProveNothing(t *testing.T) {
	tl, clocks := settled(t, Options{},
		file{path: "zk/zookeeper.log", format: "zookeeper", host: "zk-a", records: []string{"2014-11-24 15:38:33 | zookeeper.accepted client=10.0.0.3:32119", "2014-11-24 15:38:33 | zookeeper.closed client=10.0.0.0:32119"}},
		file{path: "app/catalina.out", format: "text", host: "app-a", records: []string{"2014-11-24 19:32:43", "2014-11-24 19:42:44"}},
	)
	for _, c := range clocks {
		if c.OffsetKnown || c.Offset != 0 || c.ZoneKnown {
			t.Errorf("%+v", c)
		}
	}
	if f := facts(t, tl, "app/catalina.out"); Format(f.First, f.Step) != "2014-11-24T19:32:43Z" {
		t.Error(Format(f.First, f.Step))
	}
}

func TestTheFilesTimeSuggestsAZone(t *testing.T) {
	tl, _ := settled(t, Options{},
		file{path: "a.log", modified: "2017-11-24 05:01:00", records: []string{"2017-11-24 13:00:00"}},
		file{path: "b.log", modified: "2017-11-24 06:38:00", records: []string{"2017-11-24 13:00:00"}},
	)
	if f := facts(t, tl, "a.log"); f.ZoneKnown || !strings.Contains(strings.Join(f.Notes, ";"), "suggests the zone +08:00") {
		t.Errorf("%+v", f)
	}
	if f := facts(t, tl, "b.log"); len(f.Notes) != 0 {
		t.Errorf("%+v", f)
	}
}
