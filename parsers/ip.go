package parsers

import (
	"strings"

	"forensic/event"
)

// What ip and ifconfig say of interfaces: their addresses, which are names of
// the host, and what they counted; and routes.
//
//	2: eth0: <BROADCAST,MULTICAST,UP,LOWER_UP> mtu 1500 qdisc mq state UP group default qlen 1000
//	    inet 192.0.2.10/24 brd 192.0.2.255 scope global eth0
var _ = addSnapshot(Format{
	Name:  "ip",
	Doc:   "ip addr, ip link, ip route and ifconfig: interfaces, addresses, routes.",
	Files: []string{"ip", "ip_*", "ifconfig*"},
	Kinds: []event.Kind{netInterface, netRoute, event.HostName},
	Sniff: func(head []byte) Score {
		var p ipText
		sc := snapshotScore(head, func(line string) bool { return p.fits(line) })
		if !p.seen {
			return Score{0, "no interface and no route"}
		}
		return sc
	},
	Parse: snapshotOf(ipRead),
})

// An ipText remembers the interface that lines belong to.
type ipText struct {
	seen   bool
	within bool
}

func (p *ipText) fits(line string) bool {
	if _, ok := ipHeader(line); ok || ipRoute(line, &event.Event{}) {
		p.seen, p.within = true, ok
		return true
	}
	if name, _ := ipOneLine(line); name != "" {
		p.seen, p.within = true, false
		return true
	}
	if name, _, _ := ipBrief(line); name != "" {
		p.seen, p.within = true, false
		return true
	}
	return p.within && (line[0] == ' ' || line[0] == '\t')
}

// ipBrief reads what ip -br prints of an interface: its name, state, and
// addresses or hardware address and flags.
//
//	eth0             UP             192.0.2.10/24 2001:db8::2/64
func ipBrief(line string) (name, state string, rest []string) {
	f := strings.Fields(line)
	if len(f) < 2 || line[0] == ' ' || !ipStates[f[1]] {
		return "", "", nil
	}
	for _, v := range f[2:] {
		if !ipHost(v) && !strings.HasPrefix(v, "<") && v != "metric" && !isNumber(v) {
			return "", "", nil
		}
	}
	name, _, _ = strings.Cut(f[0], "@")
	return name, f[1], f[2:]
}

var ipStates = wordSet("UP DOWN UNKNOWN LOWERLAYERDOWN DORMANT NOTPRESENT TESTING")

// ipHeader recognises the first line of an interface, in ip's or ifconfig's
// ways, and returns its name.
func ipHeader(line string) (name string, ok bool) {
	if line == "" || line[0] == ' ' || line[0] == '\t' {
		return "", false
	}
	if n, rest, ok := strings.Cut(line, ": "); ok && isNumber(n) { // 2: eth0@if3: <UP>
		name, flags, ok := strings.Cut(rest, ": <")
		if !ok || !strings.Contains(flags, " mtu ") {
			return "", false
		}
		name, _, _ = strings.Cut(name, "@")
		return name, true
	}
	if n, rest, ok := strings.Cut(line, ": flags="); ok && strings.Contains(rest, " mtu ") { // eth0: flags=4163<UP>  mtu 1500
		return n, true
	}
	if n, _, ok := strings.Cut(line, " "); ok && strings.Contains(line, "Link encap:") {
		return strings.TrimSuffix(n, ":"), true
	}
	return "", false
}

// ipOneLine reads what ip -o prints of an address:
//
//	2: eth0    inet 192.0.2.10/24 brd 192.0.2.255 scope global eth0\       valid_lft forever
func ipOneLine(line string) (name, address string) {
	f := strings.Fields(line)
	if len(f) < 4 || !isNumber(strings.TrimSuffix(f[0], ":")) || f[2] != "inet" && f[2] != "inet6" || !ipHost(f[3]) {
		return "", ""
	}
	return f[1], f[3]
}

// ipRoute reads "default via 192.0.2.1 dev eth0 proto static metric 100".
func ipRoute(line string, e *event.Event) bool {
	f := strings.Fields(line)
	if len(f) < 3 || line[0] == ' ' || strings.Contains(line, " lladdr ") || isUpper(f[len(f)-1]) {
		return false // or a neighbour, whose state is in capitals
	}
	dest := f[0]
	if dest == "blackhole" || dest == "unreachable" || dest == "broadcast" || dest == "local" {
		dest = f[1]
	}
	if dest != "default" && (!strings.ContainsAny(dest, ".:") || !isDigit(dest[0]) && !strings.Contains(dest, ":")) || !ipHost(dest) && dest != "default" {
		return false
	}
	dev := false
	e.Set("destination", dest)
	for i := 1; i+1 < len(f); i++ {
		switch f[i] {
		case "via":
			e.Set("gateway", f[i+1])
		case "dev":
			e.Set("interface", f[i+1])
			dev = true
		case "metric":
			e.Set("metric", f[i+1])
		}
	}
	return dev
}

// ipHost tells whether a word is an address, perhaps with a prefix length.
func ipHost(s string) bool {
	a, _, _ := strings.Cut(s, "/")
	return strings.Trim(a, "0123456789abcdefABCDEF.:") == ""
}

func ipRead(s *snapshot) {
	for i := 0; i < s.n(); i++ {
		line := s.line(i)
		if ipRoute(line, &event.Event{}) {
			ipRoute(line, s.begin(netRoute.Name, i, i))
			s.send()
			continue
		}
		if name, address := ipOneLine(line); name != "" {
			e := s.begin(netInterface.Name, i, i)
			e.Set("interface", name)
			e.Set("address", address)
			s.send()
			ipNamed(s, i, address)
			continue
		}
		if name, state, rest := ipBrief(line); name != "" {
			ipBriefly(s, i, name, state, rest)
			continue
		}
		name, ok := ipHeader(line)
		if !ok {
			continue
		}
		last := i
		for last+1 < s.n() {
			if next := s.line(last + 1); next == "" || next[0] != ' ' && next[0] != '\t' {
				break
			}
			last++
		}
		ipInterface(s, i, last, name)
		i = last
	}
}

// ipBriefly emits an interface of ip -br, and its addresses.
func ipBriefly(s *snapshot, i int, name, state string, rest []string) {
	e := s.begin(netInterface.Name, i, i)
	e.Set("interface", name)
	e.Set("state", state)
	var addresses []string
	for _, v := range rest {
		switch {
		case strings.HasPrefix(v, "<"):
			e.Set("flags", strings.Trim(v, "<>"))
		case strings.Contains(v, "/"):
			addresses = append(addresses, v)
		case strings.Count(v, ":") == 5:
			e.Set("mac", v)
		}
	}
	if len(addresses) > 0 {
		e.Set("address", addresses[0])
	}
	s.send()
	for _, a := range addresses {
		ipNamed(s, i, a)
	}
}

// ipInterface reads the lines of one interface, then its addresses.
func ipInterface(s *snapshot, first, last int, name string) {
	e := s.begin(netInterface.Name, first, last)
	e.Set("interface", name)
	type address struct {
		text string
		line int
	}
	var addresses []address
	counts := ""
	for i := first; i <= last; i++ {
		line := s.line(i)
		f := strings.Fields(strings.NewReplacer("addr:", "addr: ", "MTU:", "mtu ", "HWaddr", "ether").Replace(line))
		if i == first {
			if _, flags, ok := strings.Cut(line, "<"); ok {
				flags, _, _ = strings.Cut(flags, ">")
				e.Set("flags", flags)
			}
		}
		for k := 0; k+1 < len(f); k++ {
			switch v := f[k+1]; f[k] {
			case "mtu":
				e.Set("mtu", v)
			case "state":
				e.Set("state", v)
			case "link/ether", "ether":
				e.Set("mac", v)
			case "inet", "inet6":
				if v == "addr:" && k+2 < len(f) {
					v = f[k+2]
				}
				addresses = append(addresses, address{v, i})
			}
		}
		counts = ipCounts(e, strings.TrimSpace(line), counts)
	}
	if len(addresses) > 0 {
		e.Set("address", addresses[0].text)
	}
	s.send()
	for _, a := range addresses {
		ipNamed(s, a.line, a.text)
	}
}

// ipNamed says that an address is the host's, unless it is every host's.
func ipNamed(s *snapshot, i int, address string) {
	host, _, _ := strings.Cut(address, "/")
	if strings.HasPrefix(host, "127.") || host == "::1" || strings.HasPrefix(host, "fe80:") || !ipHost(host) {
		return
	}
	e := s.begin(event.HostName.Name, i, i)
	e.Set("address", host)
	s.send()
}

// ipCounts reads counters: ip's header line and the numbers below it, and
// ifconfig's "RX packets 12  bytes 34" and "RX packets:12 errors:0".
func ipCounts(e *event.Event, line, header string) string {
	side := strings.ToLower(line[:min(2, len(line))])
	if strings.HasPrefix(line, "RX: ") || strings.HasPrefix(line, "TX: ") {
		return line
	}
	if header != "" && line != "" && isDigit(line[0]) {
		names, values := strings.Fields(header)[1:], strings.Fields(line)
		side = strings.ToLower(header[:2])
		for k := 0; k < min(len(names), len(values)); k++ {
			e.Set(ipCounter(side, names[k]), values[k])
		}
		return ""
	}
	if side != "rx" && side != "tx" {
		return header
	}
	f := strings.Fields(strings.ReplaceAll(line, ":", " "))
	for k := 1; k+1 < len(f); k++ {
		if f[k] == "RX" || f[k] == "TX" { // "RX bytes:1 (1.0 B)  TX bytes:2"
			side = strings.ToLower(f[k])
			continue
		}
		if name := ipCounter(side, f[k]); name != "" && isNumber(f[k+1]) && !e.Attrs.Has(name) {
			e.Set(name, f[k+1])
			k++
		}
	}
	return ""
}

// ipCounter is the attribute of a counter's name.
func ipCounter(side, name string) string {
	switch name {
	case "packets", "bytes", "errors", "dropped", "overruns":
		return side + "_" + name
	case "overrun":
		return side + "_overruns"
	case "frame", "carrier":
		return side + "_" + name
	case "mcast":
		return side + "_multicast"
	case "collsns", "collisions":
		return "tx_collisions"
	}
	return ""
}
