package forensic

import (
	"time"

	"forensic/event"
)

// Zone is the zone that times are shown in to people: the one that all clocks
// of the incident agree on, else UTC. The name is "" where nobody knows any: then
// times are shown as they were written. Findings say their times in it, and so do
// reports.
func (r *Result) Zone() (in *time.Location, name string) {
	known, unknown := "", false
	for i := range r.Hosts {
		switch h := &r.Hosts[i]; {
		case !h.ZoneKnown || h.Zone == "":
		case known == "" || known == h.Zone:
			known = h.Zone
		default:
			known = "UTC"
		}
	}
	for i := range r.Sources {
		f := &r.Sources[i].Settled
		if f.First == event.NoTime {
			continue
		}
		unknown = unknown || !f.ZoneKnown
		if f.ZoneKnown && known == "" {
			known = "UTC"
		}
	}
	if loc, ok := Location(known); ok {
		return loc, known
	}
	if unknown {
		return time.UTC, ""
	}
	return time.UTC, "UTC"
}

// Location finds a zone by its name or offset. Offsets within it may change
// (summer time), so a name is kept as a name.
func Location(name string) (*time.Location, bool) {
	switch name {
	case "":
		return nil, false
	case "UTC", "Z":
		return time.UTC, true
	}
	if t, err := time.Parse("-07:00", name); err == nil {
		_, seconds := t.Zone()
		return time.FixedZone(name, seconds), true
	}
	loc, err := time.LoadLocation(name)
	return loc, err == nil
}
