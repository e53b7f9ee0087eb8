package timeline

import (
	"cmp"
	"fmt"
	"strings"
	"time"
	_ "time/tzdata" // zones have the same rules on every machine that has none of its own

	"forensic/event"
)

// A zoneChoice is the zone that local times are taken in, and how it is known.
type zoneChoice struct {
	loc   *time.Location // nil: as if UTC
	name  string
	known bool
	why   string
	user  bool
	seen  int64 // when the offset was stated or written, as if UTC; 0 where nobody knows
}

// Zone reads a zone as a user or a host writes it: a name of the zone database,
// UTC, or an offset like +08:00.
func Zone(name string) (*time.Location, error) {
	name = strings.TrimSpace(name)
	if off, ok := parseOffset(name); ok {
		return time.FixedZone(offsetName(off), off), nil
	}
	switch strings.ToUpper(name) {
	case "UTC", "GMT", "Z", "UCT":
		return time.UTC, nil
	}
	if !strings.Contains(name, "/") || strings.Contains(name, "..") {
		return nil, fmt.Errorf("time zone %q: not a name like Asia/Shanghai, UTC, or an offset like +08:00 (abbreviations have several meanings)", name)
	}
	loc, err := time.LoadLocation(name)
	if err != nil {
		return nil, fmt.Errorf("time zone %q: unknown", name)
	}
	return loc, nil
}

// parseOffset reads +08:00, +0800, +08, UTC+8.
func parseOffset(s string) (seconds int, ok bool) {
	for _, prefix := range []string{"UTC", "GMT"} {
		if rest, found := strings.CutPrefix(s, prefix); found && rest != "" {
			s = rest
		}
	}
	if len(s) < 2 || s[0] != '+' && s[0] != '-' {
		return 0, false
	}
	digits := strings.ReplaceAll(s[1:], ":", "")
	if !isDigits(digits) || len(digits) > 4 || len(digits) == 3 {
		return 0, false
	}
	h, m := 0, 0
	if len(digits) <= 2 {
		h = number(digits)
	} else {
		h, m = number(digits[:2]), number(digits[2:])
	}
	if h > 14 || m > 59 {
		return 0, false
	}
	seconds = h*3600 + m*60
	if s[0] == '-' {
		seconds = -seconds
	}
	return seconds, true
}

func offsetName(seconds int) string {
	if seconds == 0 {
		return "UTC"
	}
	sign := byte('+')
	if seconds < 0 {
		sign, seconds = '-', -seconds
	}
	return fmt.Sprintf("%c%02d:%02d", sign, seconds/3600, seconds/60%60)
}

// settleWritten finds the offset that a source's own records write, for those
// among them that do not.
func (t *Timeline) settleWritten() {
	for _, p := range t.places {
		s := p.tally
		if s.zones[0].n == 0 {
			continue
		}
		best := 0
		for i := range s.zones {
			if s.zones[i].n > s.zones[best].n {
				best = i
			}
		}
		off := int(s.zones[best].zone) * 60
		p.zone = zoneChoice{loc: time.FixedZone(offsetName(off), off), name: offsetName(off), known: true, why: "its own stamps write it", seen: s.spans[absolute].low}
		if s.badZone {
			p.notes = append(p.notes, "its stamps write several zones")
		}
	}
}

// zoneFor is the zone of local times in a source, told by host h.
func (p *place) zoneFor(h *host) zoneChoice {
	switch {
	case h != nil && h.zone.user:
		return h.zone
	case p.zone.known || p.zone.user:
		return p.zone
	case h != nil:
		return h.zone
	}
	return zoneChoice{}
}

// settleZones decides the zone of each host.
func (t *Timeline) settleZones(opt Options) {
	for _, p := range t.places {
		if z := opt.Zones[""]; z != nil && !p.zone.known && p.host == nil {
			p.zone = zoneChoice{loc: z, name: z.String(), known: true, user: true, why: "given by the user"}
		}
	}
	for _, h := range t.hosts.list {
		h.zone = zoneChoice{}
		switch z := forHost(opt.Zones, h); {
		case z != nil:
			h.zone = zoneChoice{loc: z, name: z.String(), known: true, user: true, why: "given by the user"}
		default:
			doubt := ""
			if h.zone, doubt = t.statedZone(h); !h.zone.known {
				h.zone = t.neighbourZone(h)
			}
			if !h.zone.known && doubt != "" {
				h.say("%s", doubt)
			}
		}
		if h.zone.known {
			h.say("zone %s: %s", h.zone.name, h.zone.why)
		}
	}
	t.fittingZones()
	t.unnamedZone()
	t.writtenZones()
}

const writesZone = "its stamps write their zone"

// writtenZones tells hosts whose zone nobody need know, since no record of
// theirs writes local time.
func (t *Timeline) writtenZones() {
	written, local := map[*host]bool{}, map[*host]bool{}
	for _, p := range t.places {
		sp := &p.tally.spans
		written[p.host] = written[p.host] || sp[absolute].seen
		local[p.host] = local[p.host] || sp[dated].seen || sp[yearless].seen || sp[timed].seen
	}
	for _, h := range t.hosts.list {
		if !h.zone.known && written[h] && !local[h] {
			h.say(writesZone)
		}
	}
}

// forHost looks a host up by any of its names, then under "".
func forHost[V any](m map[string]V, h *host) (v V) {
	for _, n := range h.names {
		for key, v := range m {
			if strings.EqualFold(key, n) {
				return v
			}
		}
	}
	for _, a := range h.addrs {
		if v, ok := m[a]; ok {
			return v
		}
	}
	return m[""]
}

// statedZone takes what date, timedatectl, /etc/localtime and the like said.
// Doubt is what stays open where a zone was only named by an abbreviation.
func (t *Timeline) statedZone(h *host) (found zoneChoice, doubt string) {
	var shell zoneChoice
	for _, s := range t.statements() {
		p := t.byID[s.source]
		if s.kind != event.HostClock.Name || p.host != h || p.duplicate != nil {
			continue
		}
		c, ok := t.zoneOf(s, p)
		if !ok {
			doubt = cmp.Or(doubt, t.meanings(s, p))
			continue
		}
		if s.attrs.Get("source") == "variable" {
			doubt = cmp.Or(doubt, fmt.Sprintf("%s sets the zone %s for some program; --timezone says so if it is the host's", p.name(), c.name))
			continue
		}
		if s.attrs.Get("source") == "environment" { // of one shell, which may be another than the host's
			shell = c
			continue
		}
		switch {
		case !found.known:
			found = c
		case c.name == found.name:
		case strings.Contains(c.name, "/") && !strings.Contains(found.name, "/"):
			found = c // a name knows about summer time
		case strings.Contains(c.name, "/") == strings.Contains(found.name, "/"):
			h.say("%s", fmt.Sprintf("zone %s is also stated: %s", c.name, c.why))
		}
	}
	if !found.known {
		found = shell
	}
	return found, doubt
}

// zoneOf reads the zone off one statement.
func (t *Timeline) zoneOf(s statement, p *place) (z zoneChoice, ok bool) {
	defer func() {
		if f := familyOf(&s.stamp); f == dated || f == absolute {
			z.seen = s.stamp.Wall
		}
	}()
	what := "stated in " + p.name()
	if name := s.attrs.Get("zone_name"); strings.HasSuffix(s.attrs.Get("source"), "in Chinese") {
		what = fmt.Sprintf("%s says %s, in Chinese", p.name(), name)
	}
	if name := s.attrs.Get("zone_name"); strings.Contains(name, "/") || strings.EqualFold(name, "UTC") {
		if loc, err := Zone(name); err == nil {
			return zoneChoice{loc: loc, name: loc.String(), known: true, why: what}, true
		}
	}
	if off, ok := parseOffset(s.attrs.Get("zone")); ok {
		return zoneChoice{loc: time.FixedZone(offsetName(off), off), name: offsetName(off), known: true, why: what}, true
	}
	if s.stamp.Has&event.HasZone != 0 {
		off := int(s.stamp.Zone) * 60
		return zoneChoice{loc: time.FixedZone(offsetName(off), off), name: offsetName(off), known: true, why: what}, true
	}
	return t.abbreviated(s, p)
}

// neighbourZone takes the offset that other sources of the host write. UTC is
// no evidence: containers and servers write it wherever they stand.
func (t *Timeline) neighbourZone(h *host) zoneChoice {
	var found zoneChoice
	for _, q := range t.places {
		if q.host != h || q.duplicate != nil || !q.zone.known || q.zone.user || q.flows || q.zone.name == "UTC" {
			continue
		}
		if found.known && found.name != q.zone.name {
			h.say("sources write different zones: %s in %s", q.zone.name, q.name())
			return zoneChoice{}
		}
		if !found.known {
			found = q.zone
			found.why = "written in " + q.name()
		}
	}
	return found
}

// unnamedZone lets a source without a host use what the same file or folder
// states.
func (t *Timeline) unnamedZone() {
	found := map[string]zoneChoice{}
	for _, s := range t.statements() {
		p := t.byID[s.source]
		if s.kind != event.HostClock.Name || p.host != nil || p.duplicate != nil {
			continue
		}
		if c, ok := t.zoneOf(s, p); ok && s.attrs.Get("source") != "variable" {
			for _, key := range p.near() {
				if !found[key].known {
					found[key] = c
				}
			}
		} else if doubt := t.meanings(s, p); doubt != "" {
			p.note("%s", doubt)
		}
	}
	for _, q := range t.places {
		if q.host != nil || q.zone.known || len(found) == 0 {
			continue
		}
		for _, key := range q.near() {
			if c := found[key]; c.known {
				q.zone = c
				break
			}
		}
	}
}
