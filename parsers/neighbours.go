package parsers

import (
	"net/netip"
	"strings"

	"forensic/event"
)

// Who is known on the link: ip neigh, arp -n and arp -a.
//
//	192.0.2.1 dev eth0 lladdr 52:54:00:12:34:56 REACHABLE
var _ = addSnapshot(Format{
	Name:  "neighbours",
	Doc:   "ip neigh and arp: neighbours on the link.",
	Files: []string{"arp*", "ip_neigh*"},
	Kinds: []event.Kind{netNeighbour},
	Sniff: func(head []byte) Score {
		rows := 0
		sc := snapshotScore(head, func(line string) bool {
			if neighbourRow(line, &event.Event{}) {
				rows++
				return true
			}
			return neighbourHeader(line)
		})
		if rows == 0 {
			return Score{0, "no neighbour"}
		}
		return sc
	},
	Parse: snapshotOf(func(s *snapshot) {
		for i := range s.n() {
			line := s.line(i)
			if neighbourRow(line, s.trial()) {
				neighbourRow(line, s.begin(netNeighbour.Name, i, i))
				s.send()
			} else if neighbourHeader(line) {
				s.claim(i)
			}
		}
	}),
})

var netNeighbour = event.Kind{
	Name: "net.neighbour", Doc: "An address on the link and whose hardware answers for it.",
	Attrs: []string{"address", "name", "mac", "interface", "state", "flags"},
}

// neighbourHeader recognises the names of columns of arp and of /proc/net/arp.
func neighbourHeader(line string) bool {
	return strings.HasPrefix(line, "Address  ") && strings.Contains(line, "HWtype") || strings.HasPrefix(line, "IP address  ") && strings.Contains(line, "HW address")
}

// neighbourRow reads any of them.
func neighbourRow(line string, e *event.Event) bool {
	f := strings.Fields(line)
	if len(f) < 3 {
		return false
	}
	if len(f) == 6 && strings.HasPrefix(f[1], "0x") && strings.HasPrefix(f[2], "0x") { // /proc/net/arp
		if _, err := netip.ParseAddr(f[0]); err != nil {
			return false
		}
		e.Set("address", f[0])
		e.Set("interface", f[5])
		if f[2] == "0x0" {
			e.Set("state", "incomplete")
		} else {
			e.Set("mac", f[3])
		}
		return true
	}
	if f[1] == "dev" && len(f) > 3 { // ip neigh
		if a, err := netip.ParseAddr(f[0]); err != nil || !isUpper(f[len(f)-1]) || !a.IsValid() {
			return false
		}
		e.Set("address", f[0])
		e.Set("interface", f[2])
		for i := 3; i+1 < len(f); i++ {
			if f[i] == "lladdr" {
				e.Set("mac", f[i+1])
			}
		}
		e.Set("state", f[len(f)-1])
		return true
	}
	if address, ok := strings.CutPrefix(f[1], "("); ok && f[2] == "at" && len(f) > 3 { // arp -a
		if f[0] != "?" {
			e.Set("name", f[0])
		}
		e.Set("address", strings.TrimSuffix(address, ")"))
		if f[3] == "<incomplete>" {
			e.Set("state", "incomplete")
		} else {
			e.Set("mac", f[3])
		}
		for i := 4; i+1 < len(f); i++ {
			if f[i] == "on" {
				e.Set("interface", f[i+1])
			}
		}
		return e.Attrs.Has("interface")
	}
	if f[1] == "ether" && len(f) >= 5 || f[1] == "(incomplete)" { // arp -n
		if isHostName(f[0]) {
			e.Set("name", f[0])
		} else {
			e.Set("address", f[0])
		}
		if f[1] == "ether" {
			e.Set("mac", f[2])
			e.Set("flags", f[3])
		} else {
			e.Set("state", "incomplete")
		}
		e.Set("interface", f[len(f)-1])
		return true
	}
	return false
}
