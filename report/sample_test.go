package report

import (
	"time"

	"forensic"
	"forensic/correlate"
	"forensic/event"
	"forensic/rules"
	"forensic/timeline"
)

// sample is a result with something in every field.
func sample() *forensic.Result {
	at := func(s string) int64 {
		t, err := time.Parse(time.RFC3339Nano, s)
		if err != nil {
			panic(err)
		}
		return t.UnixNano()
	}
	ms := func(s string) correlate.Moment {
		return correlate.Moment{At: at(s), Step: time.Millisecond, ZoneKnown: true}
	}
	sources := []forensic.Source{
		{
			Source: event.Source{
				ID: 2, Path: "app-07/messages", Format: "syslog", Why: "9 of 9 lines begin a record", Unit: "line",
				Account: event.Account{Bytes: 900, Claimed: 880, Unparsed: 20, Lines: 9, UnparsedLines: 1, Events: 8},
			},
			Settled: timeline.Facts{Source: 2, Host: "app-07", First: at("2014-11-24T07:30:11Z"), Last: at("2014-11-24T07:40:16Z"), Step: time.Second, Year: "2014: from the dates in app-07/app.log", Zone: "+08:00", ZoneKnown: true},
		},
		{
			Source: event.Source{
				ID: 3, Path: "wire.pcap", Format: "capture", Unit: "packet",
				Account: event.Account{Bytes: 24, Claimed: 24, Packets: 12, BadPackets: 1, Events: 2},
			},
			Settled: timeline.Facts{Source: 3, Host: "zk3", First: at("2014-11-24T07:38:33.682113Z"), Last: at("2014-11-24T07:38:34Z"), Step: time.Microsecond, Zone: "UTC", ZoneKnown: true},
		},
		{
			Source: event.Source{
				ID: 1, Path: "zk3/logs/zookeeper.out", Format: "zookeeper", Why: "400 of 400 lines begin a record", Unit: "line", SHA256: "5feceb66ffc86f38d952786c6d696c79c2dbc239dd4e91b46729d73a27fb57e9",
				Account:  event.Account{Bytes: 76240, Claimed: 76240, Lines: 812, Events: 640},
				Problems: []event.Problem{{What: "compressed data ends early; 76240 bytes (812 lines) were kept", At: "byte 285943", Times: 1}},
			},
			Settled: timeline.Facts{Source: 1, Host: "zk3", First: at("2014-11-24T07:38:33.348Z"), Last: at("2014-11-24T07:42:44.120Z"), Step: time.Millisecond, Zone: "+08:00", ZoneKnown: true},
		},
	}
	churn := &correlate.Finding{
		ID: "F1", Rule: "zookeeper/sessionless-churn", Severity: rules.Error, Confidence: rules.High, Host: "zk3",
		Key:   event.Attrs{{Name: "server", Value: "10.0.1.77:2181"}, {Name: "client.host", Value: "10.0.0.3"}},
		First: ms("2014-11-24T07:38:33.682Z"), Last: ms("2014-11-24T07:42:44.12Z"), Count: event.Times{Low: 115, Best: 115, High: 115},
		Wording: map[string]correlate.Wording{
			"en": {
				Title: "Clients connect to ZooKeeper and leave without a session", Say: "115 connections of 10.0.0.3 ended without a session in 4m10s",
				Because: "A client opens a TCP connection and closes it before it has sent a request.\nThe server logs the end of the stream.", Impact: "The log grows by 100 MB a day.",
				Next:     []correlate.Step{{Do: "Find the process on 10.0.0.3 that connects: ss -tnp dst 10.0.1.77:2181", Risk: "none", Verify: "the lines stop within a minute"}, {Do: "Restart it."}},
				Avoid:    []correlate.Caution{{Do: "maxClientCnxns=600", Why: "ten times later, the same end", Applied: "2014-11-24 15:40:00 on zk3"}},
				RuledOut: []string{"A health probe: the intervals vary."},
			},
			"zh": {Title: "客户端连接 ZooKeeper 后未建立会话即断开", Say: "10.0.0.3 在 4m10s 内有 115 个连接未建立会话就结束", Because: "客户端打开 TCP 连接，在发送任何请求之前就关闭了它。服务器因此记录流结束。"},
		},
		Facts:  []correlate.Fact{{Name: "maxClientCnxns", Value: "60", Evidence: "E3"}},
		Series: correlate.Series{Step: time.Second, Start: at("2014-11-24T07:38:33Z"), Counts: []int{3, 5, 4, 0, 1}},
		Evidence: []correlate.Evidence{
			{
				ID: "E1", Role: "accepted", At: ms("2014-11-24T07:38:33.682Z"), Host: "zk3", Where: event.Span{Source: 1, First: 17, Last: 17},
				Text:   "2014-11-24 15:38:33,682 [myid:3] - INFO  [NIOServerCxn.Factory:0.0.0.0/0.0.0.0:2181:NIOServerCnxnFactory@197] - Accepted socket connection from /10.0.0.3:32119",
				Before: []string{"2014-11-24 15:38:33,348 [myid:3] - INFO  [NIOServerCxn.Factory:0.0.0.0/0.0.0.0:2181:NIOServerCnxn@1001] - Closed socket connection for client /10.0.0.3:47772 (no session established for client)"},
				After:  []string{"2014-11-24 15:38:33,682 [myid:3] - WARN  [NIOServerCxn.Factory:0.0.0.0/0.0.0.0:2181:NIOServerCnxn@349] - caught end of stream exception"},
			},
			{
				ID: "E2", Role: "dropped", At: ms("2014-11-24T07:38:33.682Z"), Host: "zk3", Where: event.Span{Source: 1, First: 18, Last: 20},
				Text: "2014-11-24 15:38:33,682 [myid:3] - WARN  [NIOServerCxn.Factory:0.0.0.0/0.0.0.0:2181:NIOServerCnxn@349] - caught end of stream exception\nEndOfStreamException: Unable to read additional data from client sessionid 0x0, likely client has closed socket\n\tat org.apache.zookeeper.server.NIOServerCnxn.doIO(NIOServerCnxn.java:220)",
			},
			{ID: "E3", Role: "wire", At: correlate.Moment{At: at("2014-11-24T07:38:33.682113Z"), Step: time.Microsecond, ZoneKnown: true}, Where: event.Span{Source: 3, First: 4, Last: 9}, Text: "flow 10.0.0.3:32119 → 10.0.1.77:2181"},
		},
		Refs: []string{"https://issues.apache.org/jira/browse/ZOOKEEPER-1"},
	}
	overflow := &correlate.Finding{
		ID: "F2", Rule: "kernel/time-wait-overflow", Severity: rules.Warning, Confidence: rules.Medium, Standing: correlate.Open, Host: "app-07",
		First: correlate.Moment{At: at("2014-11-24T07:38:40Z"), Step: time.Second, ZoneKnown: true}, Last: correlate.Moment{At: at("2014-11-24T07:40:16Z"), Step: time.Second, ZoneKnown: true},
		Count: event.Times{Low: 21, Best: 517, High: -1},
		Wording: map[string]correlate.Wording{
			"en": {Title: "The kernel is discarding TIME_WAIT sockets", Say: "517 (at least 21) overflows in 1m36s", Open: "the log ends 2 s after the last one"},
			"zh": {Title: "内核正在丢弃 TIME_WAIT 套接字", Say: "1m36s 内溢出 517 次（至少 21 次）"},
		},
		Evidence: []correlate.Evidence{{ID: "E4", Role: "overflow", At: correlate.Moment{At: at("2014-11-24T07:38:40Z"), Step: time.Second, ZoneKnown: true}, Where: event.Span{Source: 2, First: 4, Last: 4}, Text: "Nov 24 15:38:40 app-07 kernel: TCP: time wait bucket table overflow \xff\x1b[31m"}},
	}
	link := &correlate.Link{Cause: churn, Effect: overflow, Strength: rules.Coincides, Gap: 6318 * time.Millisecond}
	churn.Explains, overflow.CausedBy = []*correlate.Link{link}, []*correlate.Link{link}
	return &forensic.Result{
		Complete: true, Rules: make([]rules.Rule, 4),
		Inputs:  []forensic.Input{{Path: "bundle.tgz", Bytes: 8000, SHA256: "6b86b273ff34fce19d6b804eff5a3f5747ada4eaa22f1d49c01e52ddb7875b4b"}},
		Hosts:   []timeline.Clock{{Host: "app-07", Zone: "+08:00", ZoneKnown: true, Why: []string{"zone +08:00: stated in app-07/date.txt"}}, {Host: "zk3", Names: []string{"zk3", "zk3.example.com"}, Addresses: []string{"10.0.1.77"}, Zone: "+08:00", ZoneKnown: true, Offset: 2104 * time.Millisecond, OffsetKnown: true, Error: 400 * time.Microsecond, Joins: 214, Why: []string{"its clock is +2.104s ahead of that of wire.pcap, give or take 0.4ms: 214 joins"}}},
		Sources: sources,
		Members: 4,
		Skipped: []forensic.Skipped{{Path: "core.1234", Why: "no format takes it; nearest is text (2 of 400 lines begin a record)", Bytes: 10}},
		First:   at("2014-11-24T07:30:11Z"), Last: at("2014-11-24T07:42:44.12Z"), Step: time.Second,
		Findings: []*correlate.Finding{churn, overflow},
		Chains:   []correlate.Chain{{Findings: []*correlate.Finding{churn, overflow}, Say: map[string]string{"en": "Clients of zk3 that leave without a session come before the kernel of app-07 discards TIME_WAIT sockets; that one brings about the other is not proven", "zh": "zk3 的客户端未建立会话即断开，之后 app-07 的内核丢弃 TIME_WAIT 套接字"}, Confidence: rules.Low, Weakest: link}},
		NotRun:   []correlate.NotRun{{Rule: "socket/time-wait", Why: map[string]string{"en": "no netstat or ss listing in the bundle", "zh": "没有 netstat 或 ss 列表"}}, {Rule: "socket/leak", Why: map[string]string{"en": "no netstat or ss listing in the bundle", "zh": "没有 netstat 或 ss 列表"}}},
		Limits:   []map[string]string{{"en": "rule kernel/x: 3 open matches were given up; at most 256 are kept", "zh": "规则 kernel/x：放弃了 3 个未完成的匹配；最多保留 256 个"}},
		Coverage: event.Coverage{
			{Source: 1, Events: 640, Width: time.Minute, Minutes: []event.Minute{
				{At: at("2014-11-24T07:38:00Z"), Events: 100, Warnings: 3}, {At: at("2014-11-24T07:39:00Z"), Events: 240}, {At: at("2014-11-24T07:42:00Z"), Events: 300, Errors: 1},
			}},
			{Source: 2, Events: 8, Width: time.Minute, Minutes: []event.Minute{{At: at("2014-11-24T07:30:00Z"), Events: 2}, {At: at("2014-11-24T07:40:00Z"), Events: 6}}},
			{Source: 3, Events: 2},
		},
		Measures: []correlate.Measure{
			{What: "socket.states count (state TIME_WAIT)", Of: "sysctl.setting value (name net.ipv4.tcp_max_tw_buckets)", Host: "app-07", Zoned: true, Rules: []string{"net/time-wait-at-limit"}, Readings: []correlate.Reading{
				{At: at("2014-11-24T07:38:00Z"), Value: 3200, Of: 5000}, {At: at("2014-11-24T07:40:00Z"), Value: 5000, Of: 5000},
			}},
			{What: "once", Readings: []correlate.Reading{{At: at("2014-11-24T07:38:00Z"), Value: 3200}}},
		},
	}
}
