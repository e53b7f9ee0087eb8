package timeline

import (
	"cmp"
	"path"
	"slices"
	"strings"
	"time"
)

// A series is one log that was rotated: members of one folder, format and host
// whose names differ by number, date or compression only. Oldest first.
type series struct {
	key     string
	members []*place
}

// A rotation is what a file's name says of its place in a series.
type rotation struct {
	stem   string
	number int       // .3; -1 where there is none
	date   time.Time // -20171126; zero where there is none
}

// settleSeries groups rotated siblings.
func (t *Timeline) settleSeries() {
	groups := map[string]*series{}
	for _, p := range t.places {
		if p.duplicate != nil {
			continue
		}
		key := p.seriesKey() + "\x00" + p.hostName()
		g := groups[key]
		if g == nil {
			g = &series{key: key}
			groups[key] = g
		}
		p.series = g
		g.members = append(g.members, p)
	}
	for _, g := range groups {
		slices.SortStableFunc(g.members, func(a, b *place) int { return older(a.rotation(), b.rotation()) })
	}
}

// seriesOf is the group a source will be in, before hosts are settled.
func (t *Timeline) seriesOf(p *place) *series {
	key := p.seriesKey()
	if t.early == nil {
		t.early = map[string]*series{}
	}
	if t.early[key] == nil {
		t.early[key] = &series{key: key}
	}
	return t.early[key]
}

func (p *place) seriesKey() string {
	if p.src.Section != "" {
		return p.src.Path + "\x00" + p.src.Section + "\x00" + p.src.Format
	}
	return path.Dir(p.src.Path) + "/" + p.rotation().stem + "\x00" + p.src.Format
}

func (p *place) rotation() rotation { return rotated(path.Base(p.src.Path)) }

// older orders siblings, oldest first: the one without a suffix is the newest,
// higher numbers and earlier dates are older.
func older(a, b rotation) int {
	if c := a.date.Compare(b.date); c != 0 {
		if a.date.IsZero() {
			return 1
		}
		if b.date.IsZero() {
			return -1
		}
		return c
	}
	return cmp.Compare(b.number, a.number)
}

// rotated takes the endings of rotation off a base name: messages-20171126.gz,
// app.log.2.bz2, server.log.2014-11-24, catalina.2014-11-24.log.
func rotated(base string) rotation {
	r := rotation{stem: base, number: -1}
	for _, end := range []string{".gz", ".bz2", ".xz", ".zst", ".Z", ".zip"} {
		r.stem = strings.TrimSuffix(r.stem, end)
	}
	if i := strings.LastIndexByte(r.stem, '.'); i > 0 && isDigits(r.stem[i+1:]) && len(r.stem)-i-1 <= 4 {
		for _, c := range r.stem[i+1:] {
			r.number = max(r.number, 0)*10 + int(c-'0')
		}
		r.stem = r.stem[:i]
	}
	if date, from, to, ok := dateInName(r.stem); ok {
		r.date = date
		r.stem = strings.TrimRight(r.stem[:from], "-._") + r.stem[to:]
	}
	return r
}

// dateInName finds YYYYMMDD or YYYY-MM-DD (also with _ or .) in a name, with the
// hours or minutes that may be glued to it.
func dateInName(s string) (date time.Time, from, to int, ok bool) {
	for i := 0; i < len(s); i++ {
		if s[i] < '0' || s[i] > '9' || i > 0 && s[i-1] >= '0' && s[i-1] <= '9' {
			continue
		}
		n := i
		for n < len(s) && s[n] >= '0' && s[n] <= '9' {
			n++
		}
		var y, m, d, end int
		switch run := s[i:n]; {
		case len(run) == 8 || len(run) == 10 || len(run) == 12 || len(run) == 14:
			y, m, d, end = number(run[:4]), number(run[4:6]), number(run[6:8]), n
		case len(run) == 4 && n+6 <= len(s) && strings.IndexByte("-_.", s[n]) >= 0 && s[n+3] == s[n] && isDigits(s[n+1:n+3]) && isDigits(s[n+4:n+6]) && (n+6 == len(s) || s[n+6] < '0' || s[n+6] > '9'):
			y, m, d, end = number(run), number(s[n+1:n+3]), number(s[n+4:n+6]), n+6
		default:
			i = n - 1
			continue
		}
		if y >= 1980 && y <= 2100 && m >= 1 && m <= 12 && d >= 1 && d <= 31 {
			t := time.Date(y, time.Month(m), d, 0, 0, 0, 0, time.UTC)
			if t.Day() == d {
				return t, i, end, true
			}
		}
		i = n - 1
	}
	return time.Time{}, 0, 0, false
}

func number(s string) int {
	n := 0
	for i := 0; i < len(s); i++ {
		n = n*10 + int(s[i]-'0')
	}
	return n
}
