package parsers

import (
	"strings"
	"testing"
)

// TestLayouts holds that every row of the tables reads its own sample, and that
// no row before it does.
func TestLayouts(t *testing.T) {
	for i, l := range knownLayouts {
		for j, k := range knownLayouts[:i+1] {
			m := matcher{at: -1, strict: true, plain: true}
			if j < 2 && i < 2 || k.loose && k != l || !k.first[l.sample[0]] && k != l {
				continue
			}
			if ok := k.first[l.sample[0]] && m.match(k, l.sample); ok != (i == j) {
				if ok {
					t.Errorf("%q\n is read by row %d, %q, before its own row %d, %q", l.sample, j, k.pattern+k.sample, i, l.pattern)
				} else {
					t.Errorf("%q\n is not read by its own row %d, %q", l.sample, i, l.pattern)
				}
			}
		}
	}
	for _, l := range undatedKnown {
		m := matcher{at: -1, strict: true, plain: true}
		if !m.match(l, l.sample) {
			t.Errorf("%q is not read by %q", l.sample, l.pattern)
		}
	}
}

func TestLayoutFields(t *testing.T) {
	for _, c := range []struct{ line, want string }{
		{"2017-11-24 13:45:11.123  INFO 1234 --- [           main] o.s.b.w.e.tomcat.TomcatWebServer         : Tomcat started", "info|o.s.b.w.e.tomcat.TomcatWebServer|main|1234|Tomcat started"},
		{"[2017-11-24 13:46:54,760] INFO [KafkaServer id=1] started (kafka.server.KafkaServer)", "info|kafka.server.KafkaServer|||[KafkaServer id=1] started"},
		{"2017-11-24 13:46:54,760 - 8 - ERROR: - Error while reading", "error|||8|Error while reading"},
		{"I1124 15:04:05.000000    1234 reflector.go:123] Listing", "info|reflector.go:123||1234|Listing"},
		{"2017-11-24 13:46:54.760 1234 ERROR nova.compute.manager [req-1 - - - - -] gone", "error|nova.compute.manager||1234|gone"},
		{"10:39:09.959 [main] WARN org.x.Y - msg", "warning|org.x.Y|main||msg"},
		{"467 [main] INFO com.example.Order - paid", "info|com.example.Order|main||paid"},
		{"- 1117838570 2005.06.03 R02-M1-N0-C:J12-U11 2005-06-03-15.42.50.675872 R02-M1-N0-C:J12-U11 RAS KERNEL INFO instruction cache", "info|KERNEL|||instruction cache"},
		{"[2017/11/24 13:46:54.123456,  0] ../source3/smbd/server.c:1241(main)", "-|../source3/smbd/server.c|||"},
		{"2017-11-24 13:46:54,760 | INFO  | Apache ActiveMQ started | org.apache.activemq.broker.BrokerService | main", "info|org.apache.activemq.broker.BrokerService|main||Apache ActiveMQ started"},
		{"<Nov 24, 2017 1:46:54 PM CST> <Notice> <WebLogicServer> <BEA-000365> <Server state>", "notice|WebLogicServer|||Server state"},
	} {
		a := newApplication(c.line)
		if !a.read(c.line) {
			t.Errorf("%q is not read", c.line)
			continue
		}
		level := a.level.String()
		if level == "" {
			level = "-"
		}
		if got := strings.Join([]string{level, a.component, a.thread, a.pid, a.text}, "|"); got != c.want {
			t.Errorf("%q:\n got %s\nwant %s", c.line, got, c.want)
		}
	}
}
