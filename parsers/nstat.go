package parsers

import (
	"strings"

	"forensic/event"
)

// What nstat prints of the kernel's counters, and /proc/net/snmp6.
//
//	TcpExtListenOverflows           311                0.0
var _ = addSnapshot(Format{
	Name:  "nstat",
	Doc:   "nstat: the network stack's counters by the kernel's names.",
	Files: []string{"nstat*", "snmp6"},
	Kinds: []event.Kind{netCounter},
	Sniff: func(head []byte) Score {
		return snapshotScore(head, func(line string) bool {
			_, _, _, ok := nstatLine(line)
			return ok || strings.HasPrefix(line, "#kernel")
		})
	},
	Parse: snapshotOf(func(s *snapshot) {
		for i := range s.n() {
			line := s.line(i)
			if group, name, value, ok := nstatLine(line); ok {
				procNetCount(s, i, group, name, value)
			} else if strings.HasPrefix(line, "#") {
				s.claim(i)
			}
		}
	}),
})

// nstatGroups are the groups a name begins with, longer ones first.
var nstatGroups = [...]string{"MPTcpExt", "Icmp6Msg", "IcmpMsg", "UdpLite6", "UdpLite", "TcpExt", "IpExt", "Icmp6", "Udp6", "Icmp", "Ip6", "Tcp", "Udp", "Ip"}

func nstatLine(line string) (group, name, value string, ok bool) {
	var w words
	w.split(line)
	if w.n != 2 && w.n != 3 || !isNumber(w.at(1)) || w.n == 3 && !isDecimal(w.at(2)) {
		return "", "", "", false
	}
	for _, g := range nstatGroups {
		if rest, found := strings.CutPrefix(w.at(0), g); found && rest != "" && rest[0] >= 'A' && rest[0] <= 'Z' {
			return g, rest, w.at(1), true
		}
	}
	return "", "", "", false
}
