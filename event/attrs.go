package event

import (
	"slices"
	"strings"
)

// Attribute names that make sources join. Use them before inventing one.
const (
	Client  = "client"  // address:port of who connected, bracketed IPv6, no leading slash
	Server  = "server"  // address:port of who was connected to
	Host    = "host"    // host name as the record wrote it
	PID     = "pid"     // process id as the record wrote it
	Thread  = "thread"  // thread name
	Session = "session" // ZooKeeper session id, hexadecimal with 0x
	Class   = "class"   // exception class
	Flow    = "flow"    // number of a flow within its capture
)

// An Attr is one named value, as written.
type Attr struct{ Name, Value string }

// Attrs are the named values of an event, in the order they were found.
type Attrs []Attr

// Get returns the first value of that name, or "". The names client.host,
// client.port, server.host and server.port are derived from client and server;
// in a group of sockets, which has neither, from its role and its two ends.
func (a Attrs) Get(name string) string {
	for i := range a {
		if a[i].Name == name {
			return a[i].Value
		}
	}
	if base, part, ok := strings.Cut(name, "."); ok && (base == Client || base == Server) {
		for i := range a {
			if a[i].Name == base {
				host, port := SplitAddr(a[i].Value)
				switch part {
				case "host":
					return host
				case "port":
					return port
				}
			}
		}
		return a.end(base, part)
	}
	return ""
}

// end is the address or port of a group's client or server: this machine where
// its role is that, else the peer.
func (a Attrs) end(base, part string) string {
	side := "peer."
	for i := range a {
		if a[i].Name == "role" {
			if a[i].Value == base {
				side = "local."
			} else if a[i].Value != Client && a[i].Value != Server {
				return ""
			}
			for j := range a {
				if strings.HasPrefix(a[j].Name, side) && a[j].Name[len(side):] == part {
					return a[j].Value
				}
			}
			return ""
		}
	}
	return ""
}

// Has tells whether there is a value of that name.
func (a Attrs) Has(name string) bool { return a.Get(name) != "" }

// Clone returns a copy that borrows nothing; nil stays nil.
func (a Attrs) Clone() Attrs {
	if len(a) == 0 {
		return nil
	}
	c := make(Attrs, len(a))
	for i := range a {
		c[i] = Attr{strings.Clone(a[i].Name), strings.Clone(a[i].Value)}
	}
	return c
}

// Sorted returns a copy in the order of names, for printing.
func (a Attrs) Sorted() Attrs {
	c := slices.Clone(a)
	slices.SortStableFunc(c, func(x, y Attr) int { return strings.Compare(x.Name, y.Name) })
	return c
}

// SplitAddr splits "192.0.2.1:80" or "[2001:db8::1]:80" into address and port.
// Where there is no port the whole is the address.
func SplitAddr(s string) (host, port string) {
	if strings.HasPrefix(s, "[") {
		if end := strings.IndexByte(s, ']'); end > 0 {
			host, port = s[1:end], strings.TrimPrefix(s[end+1:], ":")
			return host, port
		}
	}
	i := strings.LastIndexByte(s, ':')
	if i < 0 || strings.IndexByte(s, ':') != i {
		return s, ""
	}
	return s[:i], s[i+1:]
}
