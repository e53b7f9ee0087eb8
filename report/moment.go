package report

import (
	"bytes"
	"time"

	"forensic/timeline"
)

// A zone is how times are shown to people: in the one zone that all clocks of
// the incident agree on, else in UTC.
type zone struct {
	loc     *time.Location
	name    string // "+08:00", "Asia/Shanghai", "UTC"; "" where nobody knows it
	oneDay  bool   // all times lie on one date
	oneYear bool
}

// zoneOf chooses the zone of a report. Offsets within it may change (summer
// time), so a name is kept as a name.
func zoneOf(r *Report) zone {
	z := zone{loc: time.UTC, name: "UTC"}
	known, unknown := "", false
	for _, h := range r.Hosts {
		switch {
		case h.Zone == "":
		case known == "" || known == h.Zone:
			known = h.Zone
		default:
			known = "UTC"
		}
	}
	for i := range r.Sources {
		s := &r.Sources[i]
		unknown = unknown || s.First.Known && s.ZoneKnown != nil
		if s.First.Known && s.ZoneKnown == nil && known == "" {
			known = "UTC"
		}
	}
	if known == "" && unknown {
		z.name = ""
	}
	if loc, ok := location(known); ok {
		z.loc, z.name = loc, known
	}
	if r.First.Known && r.Last.Known {
		a, b := z.civil(r.First), z.civil(r.Last)
		z.oneDay, z.oneYear = a[:10] == b[:10], a[:4] == b[:4]
	}
	return z
}

// location finds a zone by its name or offset.
func location(name string) (*time.Location, bool) {
	if name == "" || name == "UTC" || name == "Z" {
		return time.UTC, name != ""
	}
	if t, err := time.Parse("-07:00", name); err == nil {
		_, seconds := t.Zone()
		return time.FixedZone(name, seconds), true
	}
	loc, err := time.LoadLocation(name)
	return loc, err == nil
}

// civil writes a time as its clock showed it: 2014-11-24 15:38:33.348.
func (z zone) civil(m Moment) string { return string(z.appendCivil(nil, m)) }

func (z zone) appendCivil(b []byte, m Moment) []byte {
	at := m.At
	if m.ZoneKnown {
		_, seconds := time.Unix(at/1e9, 0).In(z.loc).Zone()
		at += int64(seconds) * int64(time.Second)
	}
	from := len(b)
	b = timeline.AppendFormat(b, at, m.Step)
	if i := bytes.IndexByte(b[from:], 'T'); i >= 0 {
		b[from+i] = ' '
	}
	return bytes.TrimSuffix(b, []byte("Z"))
}

// short leaves out the date, or the year, where all times share it.
func (z zone) short(m Moment) string {
	if !m.Known {
		return ""
	}
	s := z.civil(m)
	switch {
	case z.oneDay:
		s = s[11:]
	case z.oneYear:
		s = s[5:]
	}
	return s
}

// span writes the length of time between two moments, for people.
func span(a, b Moment) string {
	d := time.Duration(b.At - a.At)
	switch {
	case d >= 48*time.Hour:
		d = d.Round(time.Hour)
	case d >= time.Hour:
		d = d.Round(time.Minute)
	case d >= time.Second:
		d = d.Round(max(time.Second/10, roundTo(d)))
	default:
		d = d.Round(roundTo(max(d, 1)))
	}
	return duration(d)
}
