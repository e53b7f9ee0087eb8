package timeline

import (
	"fmt"
	"strings"
	"time"
)

// abbreviations says what the short names of zones can mean, in minutes east of
// UTC. Those with several meanings tell a zone only together with something else.
var abbreviations = map[string][]int{
	"WET": {0}, "CET": {60}, "MEZ": {60}, "WEST": {60}, "CEST": {120}, "MESZ": {120}, "EET": {120}, "EEST": {180}, "MSK": {180},
	"GST": {240}, "PKT": {300}, "NPT": {345}, "WIB": {420}, "ICT": {420}, "HKT": {480}, "SGT": {480}, "AWST": {480},
	"JST": {540}, "KST": {540}, "ACST": {570}, "AEST": {600}, "ACDT": {630}, "AEDT": {660}, "NZST": {720}, "NZDT": {780},
	"EDT": {-240}, "MDT": {-360}, "PDT": {-420}, "AKDT": {-480}, "AKST": {-540}, "HST": {-600}, "ART": {-180}, "BRT": {-180},
	"CST": {480, -360, -300}, "IST": {330, 120, 60}, "EST": {-300, 600}, "BST": {60, 360}, "PST": {-480, 480}, "MST": {-420, 480}, "CDT": {-300, -240, 540},
	"SST": {480, -660}, "AST": {-240, 180}, "ADT": {-180, 240}, "WST": {480, 780, 60},
}

// abbreviated takes a zone from a short name. Where it has several meanings the
// times of the host's files must agree with one of them.
func (t *Timeline) abbreviated(s statement, p *place) (zoneChoice, bool) {
	name := strings.ToUpper(s.attrs.Get("zone_name"))
	minutes := abbreviations[name]
	why := fmt.Sprintf("%s says %s", p.name(), name)
	if len(minutes) > 1 {
		hinted := map[int]bool{}
		for _, q := range t.places {
			if q == p || q.duplicate == nil && q.host == p.host && (p.host != nil || sameFolder(p, q)) {
				if m, ok := q.hintedZone(); ok {
					hinted[m] = true
				}
			}
		}
		var fit []int
		for _, m := range minutes {
			if hinted[m] {
				fit = append(fit, m)
			}
		}
		minutes = fit
		why += ", and the times of files fit"
	}
	if len(minutes) != 1 {
		return zoneChoice{}, false
	}
	off := minutes[0] * 60
	return zoneChoice{loc: time.FixedZone(offsetName(off), off), name: offsetName(off), known: true, why: why}, true
}

// meanings says why the short name of a zone decides nothing.
func (t *Timeline) meanings(s statement, p *place) string {
	name := strings.ToUpper(s.attrs.Get("zone_name"))
	if name == "" || len(name) > 6 {
		return ""
	}
	all := abbreviations[name]
	if len(all) == 0 {
		return fmt.Sprintf("%s says %s, which names no zone known here; --timezone says which it is", p.name(), name)
	}
	var list []string
	for _, m := range all {
		list = append(list, offsetName(m*60))
	}
	last := len(list) - 1
	return fmt.Sprintf("%s says %s, which can be %s or %s, and nothing tells which; --timezone does", p.name(), name, strings.Join(list[:last], ", "), list[last])
}

// hintedZone is the zone, in minutes, that would put the last record of a source
// in local time shortly before the time of its file.
func (p *place) hintedZone() (int, bool) {
	m, ok := p.modified()
	f := p.tally.mainFamily()
	if !ok || p.src.Packed || f != dated && f != yearless || p.duplicate != nil {
		return 0, false
	}
	high := p.tally.spans[f].high
	if f == yearless {
		high = p.civilNS(p.nearest(m, m), high)
	}
	ahead := high - m
	quarters := floorDiv(ahead+quarter-1, quarter) * quarter
	if late := quarters - ahead; late > int64(5*time.Minute) || abs(quarters) > 14*int64(time.Hour) {
		return 0, false
	}
	return int(quarters / int64(time.Minute)), true
}

// fewJoinsZones takes the zone of a host from few joins: too few for an offset
// may still agree that its times are off by the same quarters of an hour.
func (t *Timeline) fewJoinsZones(faces []*face) {
	for _, g := range faces {
		for _, f := range faces {
			if g.known || g.host == nil || g.host.zone.user || f == g || !f.known {
				continue
			}
			ms := pairs(f, g)
			keys := map[uint64]bool{}
			zone, same := int64(0), true
			for i, m := range ms {
				keys[m.first.hash] = true
				d := m.then.at - m.first.at
				if !m.ours {
					d = -d
				}
				z := floorDiv(d+quarter/2, quarter) * quarter
				same = same && (i == 0 || z == zone) && abs(d-z) < int64(time.Minute)
				zone = z
			}
			if len(keys) == 2 && same && abs(zone) <= 14*int64(time.Hour) {
				t.rezone(g, zone, fmt.Sprintf("%d joins with %s", len(keys), f.name()))
			}
		}
	}
}
