package timeline

import (
	"fmt"
	"time"
)

// fittingZones gives a host of unknown zone the one that all other hosts keep,
// where the times of its files fit it: each alone is no evidence, but that a log
// ends just before its file does, in just that zone, is no chance.
func (t *Timeline) fittingZones() {
	var all zoneChoice
	for _, h := range t.hosts.list {
		switch {
		case !h.zone.known:
		case !all.known:
			all = h.zone
		case h.zone.name != all.name:
			return
		}
	}
	if !all.known {
		return
	}
	for _, h := range t.hosts.list {
		if h.zone.known {
			continue
		}
		var fits *place
		for _, p := range t.places {
			if p.host != h || p.duplicate != nil || p.zone.known {
				continue
			}
			minutes, ok := p.hintedZone()
			if !ok {
				continue
			}
			if _, is := p.src.Modified.In(location(all.loc)).Zone(); is != minutes*60 {
				fits = nil
				break
			}
			fits = p
		}
		if fits == nil {
			continue
		}
		h.zone = all
		h.zone.user = false
		h.zone.why = fmt.Sprintf("the time of %s fits it, and the other hosts keep it", fits.name())
		h.say("zone %s: %s", h.zone.name, h.zone.why)
	}
}

func location(loc *time.Location) *time.Location {
	if loc == nil {
		return time.UTC
	}
	return loc
}
