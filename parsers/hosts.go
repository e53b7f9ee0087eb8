package parsers

import (
	"net/netip"
	"strings"

	"forensic/event"
)

// A table of names: /etc/hosts, getent hosts.
//
//	192.0.2.51    app-07.example.com    app-07
var _ = addSnapshot(Format{
	Name:  "hosts",
	Doc:   "A hosts file: addresses and the names they have.",
	Files: []string{"hosts", "hosts.txt", "getent_hosts*"},
	Kinds: []event.Kind{event.HostName},
	Sniff: func(head []byte) Score {
		named := 0
		sc := snapshotScore(head, func(line string) bool {
			_, names, ok := hostsLine(line)
			if ok && names != "" {
				named++
			}
			return ok
		})
		if named == 0 {
			return Score{0, "no address with a name"}
		}
		return sc
	},
	Parse: snapshotOf(func(s *snapshot) {
		for i := range s.n() {
			address, names, ok := hostsLine(s.line(i))
			if !ok {
				continue
			}
			s.claim(i)
			if names == "" {
				continue
			}
			f := strings.Fields(names)
			e := s.begin(event.HostName.Name, i, i)
			e.Set(event.Host, f[0])
			e.Set("address", address)
			e.Set("alias", strings.Join(f[1:], " "))
			s.send()
		}
	}),
})

// hostsLine reads an address with names behind it, or a comment.
func hostsLine(line string) (address, names string, ok bool) {
	line, _, comment := strings.Cut(line, "#")
	line = strings.TrimSpace(line)
	if line == "" {
		return "", "", comment
	}
	i := strings.IndexAny(line, " \t")
	if i < 0 {
		return "", "", false
	}
	a, err := netip.ParseAddr(line[:i])
	if err != nil {
		return "", "", false
	}
	names = strings.TrimSpace(line[i:])
	for _, n := range strings.Fields(names) {
		if !isHostName(n) {
			return "", "", false
		}
	}
	return a.String(), names, true
}

// isHostName tells whether a word may be the name of a host.
func isHostName(s string) bool {
	if s == "" || len(s) > 253 || s[0] == '-' || s[0] == '.' {
		return false
	}
	letters := 0
	for i := range len(s) {
		switch c := s[i]; {
		case c >= 'a' && c <= 'z' || c >= 'A' && c <= 'Z' || c == '_':
			letters++
		case isDigit(c) || c == '-' || c == '.':
		default:
			return false
		}
	}
	return letters > 0
}

// What hostname prints, and /etc/hostname: a name and nothing else, which could
// be anything, so only a command or the user can say that it is one.
//
//	app-07.example.com
var _ = addSnapshot(Format{
	Name:  "hostname",
	Doc:   "A host's name alone, or hostnamectl.",
	Files: []string{"hostname", "HOSTNAME", "hostname.txt", "hostnamectl*"},
	Named: 0.8,
	Kinds: []event.Kind{event.HostName, hostSetting},
	Sniff: func(head []byte) Score {
		static := false
		sc := snapshotScore(head, func(line string) bool {
			name, _, ok := timedatectlLine(line)
			static = static || name == "static_hostname"
			return ok
		})
		if !static && hostnameAlone(head) {
			return Score{0.03, "nothing but its name would tell"}
		}
		if !static {
			return Score{0, "one word may be anything"}
		}
		return sc
	},
	Parse: snapshotOf(func(s *snapshot) {
		for i := range s.n() {
			line := strings.TrimSpace(s.line(i))
			if name, value, ok := timedatectlLine(line); ok {
				if name == "static_hostname" || name == "transient_hostname" {
					hostnameSend(s, i, value)
					continue
				}
				e := s.begin(hostSetting.Name, i, i)
				e.Set("name", name)
				e.Set("value", value)
				e.Set("source", "hostnamectl")
				s.send()
			} else if isHostName(line) {
				hostnameSend(s, i, line)
			} else if a, err := netip.ParseAddr(strings.Fields(line + " -")[0]); err == nil { // hostname -I
				e := s.begin(event.HostName.Name, i, i)
				e.Set("address", a.String())
				s.send()
			}
		}
	}),
})

// hostnameAlone tells whether a text is one word that may be a host's name.
func hostnameAlone(head []byte) bool {
	n := 0
	for line := range headLines(head) {
		if n++; n > 1 || !isHostName(strings.TrimSpace(line)) {
			return false
		}
	}
	return n == 1
}

func hostnameSend(s *snapshot, i int, name string) {
	e := s.begin(event.HostName.Name, i, i)
	e.Set(event.Host, name)
	s.send()
}
