package timeline

import (
	"slices"
	"strings"
	"testing"
)

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
		{"alike, so perhaps of several", []file{{path: "messages", records: []string{"Nov 24 13:00:00 | log.message host=app-07"}}, {path: "zk1.log", format: "zookeeper", records: plain}, {path: "zk2.log", format: "zookeeper", records: plain}, {path: "three.log", format: "zookeeper", records: plain}}, map[string]string{"zk1.log": "", "zk2.log": "", "three.log": "app-07", "messages": "app-07"}, "app-07"},
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
