package parsers

import (
	"strings"

	"forensic/event"
)

// ZooKeeper's configuration, and what its server answers to four letters: conf,
// envi, mntr, stat, srvr, cons, ruok.
//
//	maxClientCnxns=60
var _ = addSnapshot(Format{
	Name:  "zoo",
	Doc:   "ZooKeeper: zoo.cfg, and answers to four-letter words.",
	Files: []string{"zoo*.cfg", "zookeeper.properties", "mntr*", "cons*", "srvr*"},
	Kinds: []event.Kind{zookeeperSetting, zookeeperMetric, zookeeperConnection},
	Sniff: func(head []byte) Score {
		known := 0
		sc := snapshotScore(head, func(line string) bool {
			k, sure := zooKind(line)
			if sure {
				known++
			}
			return k != zooOther || isComment(line)
		})
		if known == 0 {
			return Score{0, "no word of ZooKeeper's"}
		}
		return sc
	},
	Parse: snapshotOf(zooRead),
})

var (
	zookeeperSetting = event.Kind{
		Name: "zookeeper.setting", Doc: "A setting of a ZooKeeper server: of its configuration, or as it stated it.",
		Attrs: []string{"name", "value"},
	}
	zookeeperMetric = event.Kind{
		Name: "zookeeper.metric", Doc: "What a ZooKeeper server measured of itself, under the names of mntr without their zk_; those of stat and srvr are given the same.",
		Attrs: []string{"name", "value"},
	}
	zookeeperConnection = event.Kind{
		Name: "zookeeper.connection", Doc: "A client's connection that a server listed; one without a session has none yet.",
		Attrs: []string{event.Client, event.Session, "queued", "received", "sent", "last_operation", "established", "timeout", "max_latency"},
	}
)

type zooLine uint8

const (
	zooOther zooLine = iota
	zooSetting
	zooMetric
	zooClient
	zooWord // imok, and what a server says that does not serve
)

// zooStat gives the lines of stat and srvr the names that mntr has.
var zooStat = []struct{ begins, name string }{
	{"Zookeeper version: ", "version"}, {"Latency min/avg/max: ", "latency"}, {"Received: ", "packets_received"}, {"Sent: ", "packets_sent"}, {"Connections: ", "num_alive_connections"},
	{"Outstanding: ", "outstanding_requests"}, {"Zxid: ", "zxid"}, {"Mode: ", "server_state"}, {"Node count: ", "znode_count"}, {"Proposal sizes last/min/max: ", "proposal_sizes"},
}

// zooSettings are the names that make a text ZooKeeper's.
var zooSettings = wordSet(`tickTime initLimit syncLimit dataDir dataLogDir clientPort clientPortAddress maxClientCnxns minSessionTimeout maxSessionTimeout
	autopurge.snapRetainCount autopurge.purgeInterval electionAlg electionPort quorumPort peerType serverId snapCount jute.maxbuffer 4lw.commands.whitelist
	admin.enableServer admin.serverPort secureClientPort dynamicConfigFile standaloneEnabled reconfigEnabled maxCnxns zookeeper.version`)

// zooKind tells what a line is, and whether only ZooKeeper writes it.
func zooKind(line string) (k zooLine, sure bool) {
	t := strings.TrimSpace(line)
	if zooConnection(t, &event.Event{}) {
		return zooClient, true
	}
	if strings.HasPrefix(t, "zk_") {
		if _, v, ok := strings.Cut(t, "\t"); ok && v != "" || strings.Contains(t, " ") {
			return zooMetric, true
		}
	}
	for _, s := range zooStat {
		if strings.HasPrefix(t, s.begins) {
			return zooMetric, s.name == "version" || s.name == "latency" || s.name == "zxid"
		}
	}
	switch {
	case t == "imok" || t == "Clients:" || t == "Environment:" || strings.HasPrefix(t, "This ZooKeeper instance is not currently serving") || strings.Contains(t, "is not executed because it is not in the whitelist"):
		return zooWord, t != "Clients:" && t != "Environment:"
	}
	name, _, ok := strings.Cut(t, "=")
	if !ok || name == "" || strings.ContainsAny(name, " \t:#") {
		return zooOther, false
	}
	name = strings.TrimSpace(name)
	server := strings.HasPrefix(name, "server.") && isNumber(name[len("server."):])
	return zooSetting, zooSettings[name] || server
}

func zooRead(s *snapshot) {
	for i := range s.n() {
		line := strings.TrimSpace(s.line(i))
		k, _ := zooKind(line)
		switch {
		case isComment(line):
			s.claim(i)
		case k == zooSetting:
			name, value, _ := strings.Cut(line, "=")
			zooSend(s, i, zookeeperSetting.Name, name, value)
		case k == zooMetric:
			name, value := zooMeasured(line)
			zooSend(s, i, zookeeperMetric.Name, name, value)
		case k == zooClient:
			zooConnection(line, s.begin(zookeeperConnection.Name, i, i))
			s.send()
		case k == zooWord && strings.HasSuffix(line, ":"):
			s.claim(i)
		case k == zooWord:
			zooSend(s, i, zookeeperMetric.Name, "answer", line)
		}
	}
}

func zooSend(s *snapshot, i int, kind, name, value string) {
	e := s.begin(kind, i, i)
	e.Set("name", strings.TrimSpace(name))
	e.Set("value", strings.TrimSpace(value))
	s.send()
}

// zooMeasured reads "zk_num_alive_connections\t5" and "Connections: 5".
func zooMeasured(line string) (name, value string) {
	if rest, ok := strings.CutPrefix(line, "zk_"); ok {
		i := strings.IndexAny(rest, "\t ")
		if i < 0 {
			return rest, ""
		}
		return rest[:i], rest[i:]
	}
	for _, s := range zooStat {
		if rest, ok := strings.CutPrefix(line, s.begins); ok {
			return s.name, rest
		}
	}
	return "", ""
}

// zooConnection reads " /192.0.2.3:47772[1](queued=0,recved=123,sent=123,sid=0x…".
func zooConnection(line string, e *event.Event) bool {
	line = strings.TrimSpace(line)
	open := strings.Index(line, "](")
	if open < 0 || line[0] != '/' && !isHostName(strings.SplitN(line, "/", 2)[0]) || !strings.HasSuffix(line, ")") {
		return false
	}
	at := strings.LastIndexByte(line[:open], '[')
	if at < 0 {
		return false
	}
	e.Set(event.Client, addressIn(line[:at]))
	for _, f := range strings.Split(line[open+2:len(line)-1], ",") {
		name, value, _ := strings.Cut(f, "=")
		switch name {
		case "queued", "sent":
			e.Set(name, value)
		case "recved":
			e.Set("received", value)
		case "sid":
			e.Set(event.Session, value)
		case "lop":
			e.Set("last_operation", value)
		case "est":
			e.Set("established", value)
		case "to":
			e.Set("timeout", value)
		case "maxlat":
			e.Set("max_latency", value)
		}
	}
	return e.Attrs.Has("queued")
}
