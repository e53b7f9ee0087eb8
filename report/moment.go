package report

import (
	"bytes"
	"time"

	"forensic"
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

// zoneOf returns the zone of a report.
func zoneOf(r *Report) zone {
	z := zone{loc: time.UTC, name: r.Zone}
	if loc, ok := forensic.Location(r.Zone); ok {
		z.loc = loc
	}
	if r.First.Known && r.Last.Known {
		a, b := z.civil(r.First), z.civil(r.Last)
		z.oneDay, z.oneYear = a[:10] == b[:10], a[:4] == b[:4]
	}
	return z
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
