package timeline

import (
	"fmt"
	"net/netip"
	"slices"
	"strings"

	"forensic/event"
)

// A host is one machine, under all the names it was called.
type host struct {
	name   string
	names  []string // as written, the first is name
	addrs  []string
	why    []string
	zone   zoneChoice
	skew   *drift // nil: true, or not known
	offset offset
}

func (h *host) say(format string, args ...any) {
	if why := fmt.Sprintf(format, args...); !slices.Contains(h.why, why) && len(h.why) < 24 {
		h.why = append(h.why, why)
	}
}

// A roster holds the hosts by all their names and addresses.
type roster struct {
	list   []*host
	byName map[string]*host // lower case
	byAddr map[string]*host
	shared map[string]bool // addresses that several hosts claim: NAT, floating, or cloned
}

func newRoster() *roster {
	return &roster{byName: map[string]*host{}, byAddr: map[string]*host{}, shared: map[string]bool{}}
}

// find returns the host of that name or address, or nil.
func (r *roster) find(name string) *host {
	if name == "" {
		return nil
	}
	if h := r.byName[name]; h != nil {
		return h
	}
	name = strings.ToLower(strings.TrimSuffix(name, "."))
	if h := r.byName[name]; h != nil {
		return h
	}
	return r.at(name)
}

// at returns the host with that address, or nil.
func (r *roster) at(addr string) *host {
	if addr == "" {
		return nil
	}
	return r.byAddr[addr]
}

// add returns the host of that name, made if it is new. A short name and the one
// full name that begins with it are one host.
func (r *roster) add(name string) *host {
	key := strings.ToLower(strings.TrimSuffix(name, "."))
	if h := r.byName[key]; h != nil {
		return h
	}
	h := &host{name: name, names: []string{name}}
	r.list = append(r.list, h)
	r.byName[key] = h
	return h
}

// merge makes b another name of a.
func (r *roster) merge(a, b *host, why string) {
	if a == b {
		return
	}
	for _, n := range b.names {
		if !slices.Contains(a.names, n) {
			a.names = append(a.names, n)
		}
	}
	a.addrs = append(a.addrs, b.addrs...)
	for k, h := range r.byName {
		if h == b {
			r.byName[k] = a
		}
	}
	for k, h := range r.byAddr {
		if h == b {
			r.byAddr[k] = a
		}
	}
	r.list = slices.DeleteFunc(r.list, func(h *host) bool { return h == b })
	for _, w := range b.why {
		a.say("%s", w)
	}
	a.say("%s", why)
}

// address notes that a host has an address. One that two hosts claim belongs to
// neither; loopback and the like belong to everybody.
func (r *roster) address(h *host, addr string) bool {
	ip, err := netip.ParseAddr(strings.Trim(addr, "[]"))
	if err != nil {
		return false
	}
	ip = ip.Unmap().WithZone("")
	if ip.IsLoopback() || ip.IsUnspecified() || ip.IsMulticast() || ip.IsLinkLocalUnicast() {
		return false
	}
	key := ip.String()
	if r.shared[key] {
		return false
	}
	if was := r.byAddr[key]; was != nil && was != h {
		r.shared[key] = true
		delete(r.byAddr, key)
		was.addrs = slices.DeleteFunc(was.addrs, func(a string) bool { return a == key })
		was.say("%s is also an address of %s, so it tells them not apart", key, h.name)
		return false
	}
	if r.byAddr[key] == nil {
		r.byAddr[key] = h
		h.addrs = append(h.addrs, key)
	}
	return true
}

// settleHosts finds out whose each source is.
func (t *Timeline) settleHosts() {
	names := t.writtenNames()
	for _, n := range names {
		t.hosts.add(n)
	}
	t.mergeShort()
	for _, p := range t.places {
		t.ownHost(p)
	}
	t.statedHosts()
	t.folderHosts()
	t.hostAddresses()
	for _, h := range t.hosts.list {
		slices.Sort(h.addrs)
		h.addrs = slices.Compact(h.addrs)
	}
	slices.SortFunc(t.hosts.list, func(a, b *host) int { return strings.Compare(a.name, b.name) })
}

// writtenNames lists the names that records and prompts use, sorted.
func (t *Timeline) writtenNames() []string {
	set := map[string]bool{}
	for _, l := range t.lanes {
		for _, n := range l.hosts.list[1:] {
			set[n] = true
		}
		for _, s := range l.statements {
			if n := s.attrs.Get(event.Host); n != "" && s.attrs.Get("address") == "" && s.kind == event.HostName.Name {
				set[n] = true
			}
		}
	}
	for _, p := range t.places {
		set[p.src.Host] = true
	}
	var names []string
	for n := range set {
		if isName(n) {
			names = append(names, n)
		}
	}
	slices.Sort(names)
	return names
}

// isName tells whether a word can be the name of a host; addresses and the
// names everybody has are not.
func isName(s string) bool {
	if s == "" || len(s) > 253 {
		return false
	}
	switch strings.ToLower(s) {
	case "localhost", "localhost.localdomain", "localhost4", "localhost6", "ip6-localhost", "-", "(none)", "unknown":
		return false
	}
	if _, err := netip.ParseAddr(strings.Trim(s, "[]")); err == nil {
		return false
	}
	for i := 0; i < len(s); i++ {
		if c := s[i]; c <= ' ' || c == '/' || c == '\\' || c == 0x7f {
			return false
		}
	}
	return true
}

// mergeShort makes one host of a short name and the only full name it begins.
func (t *Timeline) mergeShort() {
	full := map[string][]*host{}
	for _, h := range t.hosts.list {
		if short, _, ok := strings.Cut(strings.ToLower(h.name), "."); ok {
			full[short] = append(full[short], h)
		}
	}
	for _, h := range slices.Clone(t.hosts.list) {
		if long := full[strings.ToLower(h.name)]; !strings.Contains(h.name, ".") && len(long) == 1 {
			t.hosts.merge(h, long[0], fmt.Sprintf("%s and %s are one host: no other is called %s", h.name, long[0].name, h.name))
		}
	}
}

// ownHost takes what a source itself says: its prompt or wrapper, or the one
// host all its records name.
func (t *Timeline) ownHost(p *place) {
	if h := t.hosts.find(p.src.Host); h != nil {
		p.host, p.hostWhy = h, "its prompt or wrapper names it"
		return
	}
	if p.lane == nil {
		return
	}
	var one *host
	for _, id := range p.tally.hosts {
		h := t.hosts.find(p.lane.hosts.name(id))
		if h == nil {
			continue
		}
		if one != nil && one != h {
			p.hostWhy = "its records name several hosts"
			p.many = true
			return
		}
		one = h
	}
	if one != nil && !p.tally.manyHosts {
		p.host, p.hostWhy = one, "its records name it"
	}
}

// statedHosts takes the output of hostname, uname and the like: the host of the
// source, and of the other sections of the same member.
func (t *Timeline) statedHosts() {
	for _, s := range t.statements() {
		name := s.attrs.Get(event.Host)
		p := t.byID[s.source]
		if s.kind != event.HostName.Name || name == "" || s.attrs.Get("address") != "" || p == nil || p.duplicate != nil {
			continue
		}
		h := t.hosts.find(name)
		if h == nil || p.host == h {
			continue
		}
		if p.host != nil {
			// A prompt and the command under it: one machine with two names,
			// unless both names have machines of their own.
			if p.src.Host != "" && len(h.names) == 1 && !t.speaks(h) {
				t.hosts.merge(p.host, h, fmt.Sprintf("%s calls itself %s", p.host.name, h.name))
			}
			continue
		}
		p.host, p.hostWhy = h, "it states the name"
		for _, q := range t.sameFile(p) {
			if q.host == nil && !q.many {
				q.host, q.hostWhy = h, "another part of the same file states the name"
			}
		}
	}
}

// sameFile lists the sections of a source's member, itself included: they stand
// together in the order of paths.
func (t *Timeline) sameFile(p *place) []*place {
	from, to := int(p.rank), int(p.rank)+1
	for from > 0 && t.places[from-1].src.Path == p.src.Path {
		from--
	}
	for to < len(t.places) && t.places[to].src.Path == p.src.Path {
		to++
	}
	return t.places[from:to]
}

// speaks tells whether records name the host themselves.
func (t *Timeline) speaks(h *host) bool {
	for _, p := range t.places {
		if p.host == h {
			return true
		}
	}
	return false
}

// hostAddresses collects which addresses belong to which host.
func (t *Timeline) hostAddresses() {
	for _, s := range t.statements() {
		p := t.byID[s.source]
		addr := s.attrs.Get("address")
		if p == nil || addr == "" || s.kind != event.HostName.Name || p.duplicate != nil {
			continue
		}
		name := s.attrs.Get(event.Host)
		h := t.hosts.find(name)
		if name == "" {
			h = p.host
		}
		for _, alias := range strings.Fields(s.attrs.Get("alias")) {
			if h == nil {
				h = t.hosts.byName[strings.ToLower(alias)]
			}
		}
		if h != nil {
			t.hosts.address(h, addr)
		}
	}
	for _, p := range t.places {
		if p.host == nil || p.duplicate != nil {
			continue
		}
		for _, a := range p.tally.locals {
			t.hosts.address(p.host, a)
		}
	}
}
