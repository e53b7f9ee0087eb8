package report

import (
	"bytes"
	"cmp"
	"compress/gzip"
	"encoding/base64"
	"encoding/json"
	"slices"
	"time"

	"forensic/event"
)

// htmlMarks bounds what the script draws one by one: evidence, and kept events.
const htmlMarks = 100_000

// htmlPacked bounds what the script's data may weigh on the page.
const htmlPacked = 6 << 20

// htmlData is what the script works on. Times are milliseconds since 1970 UTC.
// The kept events follow its fields.
type htmlData struct {
	First     *float64                     `json:"first"`
	Last      *float64                     `json:"last"`
	Zone      string                       `json:"zone"`
	Shift     int                          `json:"shift"` // seconds that the zone is ahead of UTC
	Lanes     []htmlLane                   `json:"lanes"`
	Findings  []htmlMark                   `json:"findings"`
	Evidence  htmlColumns                  `json:"evidence"`
	Measures  []htmlSeries                 `json:"measures"`
	Left      int                          `json:"left"` // evidence
	LanesLeft int                          `json:"lanes_left"`
	Records   int                          `json:"records"` // of all sources
	Untimed   int                          `json:"untimed"`
	Words     map[string]map[string]string `json:"words"`
}

// An htmlLane is one source.
type htmlLane struct {
	Host   string   `json:"host"`
	Path   string   `json:"path"`
	First  *float64 `json:"first"`
	Last   *float64 `json:"last"`
	Events int      `json:"events"`
	Loud   int      `json:"loud"`
	NoZone bool     `json:"no_zone,omitempty"` // where it lies on the line is a guess
	Width  float64  `json:"width,omitempty"`   // of a step of its density
	// How its events lie over time, four numbers a step that has any: when it begins, counted from the step before, and how
	// many events, warnings and errors.
	Density []int64 `json:"density,omitempty"`
}

type htmlMark struct {
	ID       string            `json:"id"`
	Rule     string            `json:"rule"`
	Severity string            `json:"sev"`
	Host     string            `json:"host"`
	Title    map[string]string `json:"title"`
	First    *float64          `json:"first"`
	Last     *float64          `json:"last"`
	Step     float64           `json:"step,omitempty"`
	Start    *float64          `json:"start,omitempty"`
	Counts   []int             `json:"counts,omitempty"`
	Full     bool              `json:"full"`
}

// htmlColumns holds the evidence, one slice a field.
type htmlColumns struct {
	ID      []string   `json:"id"`
	At      []*float64 `json:"at"`
	Lane    []int      `json:"lane"`
	Finding []int      `json:"finding"`
	Line    []int      `json:"line"`
}

// data packs what the script needs: JSON, gzip, base64. Where that is too much
// for a page, every second of the kept events goes.
func (p *htmlPage) data(r *Report) string {
	if r.First.Known {
		_, p.shift = time.Unix(r.First.At/1e9, 0).In(p.en.zone.loc).Zone()
	}
	millis := p.millis
	d := htmlData{Shift: p.shift, First: millis(r.First), Last: millis(r.Last), Zone: p.en.zone.name, Records: r.Coverage.Events, Words: map[string]map[string]string{"en": {}, "zh": {}}}
	for key, both := range scriptWords {
		d.Words["en"][key], d.Words["zh"][key] = both[0], both[1]
	}
	byPath, byID, guessed := d.lanes(r, p)
	for i := range r.Findings[:min(len(r.Findings), htmlRows)] {
		p.mark(&d, i, byPath)
	}
	for i := range r.Measures[:min(len(r.Measures), htmlMeasures)] {
		d.Measures = append(d.Measures, p.series(&r.Measures[i]))
	}
	if r.Kept != nil {
		d.Untimed = r.Kept.Untimed
	}
	text, err := json.Marshal(d)
	if err != nil {
		return "" // cannot be: the struct holds numbers and strings
	}
	text[len(text)-1] = ',' // the events follow
	kept, left := r.Kept.all()
	p.guess(kept, guessed)
	for {
		var packed bytes.Buffer
		zip, err := gzip.NewWriterLevel(&packed, gzip.BestSpeed)
		if err != nil {
			return "" // cannot be: the level is one of the package's
		}
		zip.Write(text)                                               //nolint:errcheck // a bytes.Buffer takes everything
		zip.Write(appendKept(nil, kept, left, byID, p.findingRows())) //nolint:errcheck // as above
		zip.Close()                                                   //nolint:errcheck // as above
		if packed.Len() <= htmlPacked || len(kept) < 2 {
			return base64.StdEncoding.EncodeToString(packed.Bytes())
		}
		half := thinned{Events: kept}
		half.halve()
		kept, left = half.Events, left+len(kept)-len(half.Events)
	}
}

// findingRows says which row of the script's findings an id is.
func (p *htmlPage) findingRows() map[string]int {
	rows := map[string]int{}
	for i := range p.en.r.Findings[:min(len(p.en.r.Findings), htmlRows)] {
		rows[p.en.r.Findings[i].ID] = i
	}
	return rows
}

// lanes lists the sources; a section is drawn with its member. It returns which
// lane a path, and the number of a source, is.
func (d *htmlData) lanes(r *Report, p *htmlPage) (byPath map[string]int, byID map[int]int, guessed map[int]bool) {
	byPath, byID, guessed = map[string]int{}, map[int]int{}, map[int]bool{}
	millis := p.millis
	var minutes [][]event.Minute
	var widths []time.Duration
	for i := range r.Sources {
		s := &r.Sources[i]
		k, ok := byPath[s.Path]
		switch {
		case ok:
			l := &d.Lanes[k]
			l.Events, l.Loud = l.Events+s.Events, l.Loud+s.Loud
			l.First, l.Last = earlier(l.First, millis(s.First)), later(l.Last, millis(s.Last))
			minutes[k], widths[k] = append(minutes[k], s.Minutes...), max(widths[k], s.Width)
		case len(d.Lanes) >= htmlRows:
			d.LanesLeft++
			continue
		default:
			k = len(d.Lanes)
			byPath[s.Path] = k
			d.Lanes = append(d.Lanes, htmlLane{Host: cell(s.Host), Path: cell(s.Path), First: millis(s.First), Last: millis(s.Last), Events: s.Events, Loud: s.Loud, NoZone: s.First.Known && s.ZoneKnown != nil})
			minutes, widths = append(minutes, slices.Clip(s.Minutes)), append(widths, s.Width)
		}
		byID[s.ID] = k
		if s.First.Known && !s.First.ZoneKnown {
			guessed[s.ID] = true
		}
	}
	for k := range d.Lanes {
		all, width := coarser(minutes[k], widths[k], max(htmlDensity/len(d.Lanes), 64))
		l := &d.Lanes[k]
		l.Width = float64(width) / 1e6
		before := int64(0)
		for _, m := range all {
			at := m.At / 1e6
			if l.NoZone {
				at -= int64(p.shift) * 1000
			}
			l.Density = append(l.Density, at-before, int64(m.Events), int64(m.Warnings), int64(m.Errors))
			before = at
		}
	}
	return byPath, byID, guessed
}

// mark adds a finding and its evidence.
func (p *htmlPage) mark(d *htmlData, i int, lanes map[string]int) {
	f := &p.en.r.Findings[i]
	m := htmlMark{
		ID: line(f.ID), Rule: line(f.Rule), Severity: severityClass(f.Severity), Host: line(f.Host), First: p.millis(f.First), Last: p.millis(f.Last),
		Title: map[string]string{"en": line(f.Title), "zh": line(p.zh.r.Findings[i].Title)}, Full: i < htmlFullFindings,
	}
	if s := f.Series; s != nil {
		if step, err := time.ParseDuration(s.Step); err == nil && step > 0 {
			m.Step, m.Start, m.Counts = float64(step)/1e6, p.millis(s.Start), s.Counts
		}
	}
	d.Findings = append(d.Findings, m)
	for k := range f.Evidence {
		e := &f.Evidence[k]
		if len(d.Evidence.ID) >= htmlMarks {
			d.Left++
			continue
		}
		lane, ok := lanes[e.Source]
		if !ok {
			lane = -1
		}
		c := &d.Evidence
		c.ID, c.At, c.Lane = append(c.ID, line(e.ID)), append(c.At, p.millis(e.At)), append(c.Lane, lane)
		c.Finding, c.Line = append(c.Finding, i), append(c.Line, max(e.Line, e.Packet))
	}
}

// An htmlSeries is a measure.
type htmlSeries struct {
	What  map[string]string `json:"what"`
	Of    map[string]string `json:"of,omitempty"`
	Where string            `json:"where"` // host and key
	At    []*float64        `json:"at"`
	Value []float64         `json:"value"`
	Limit []float64         `json:"limit"` // 0 where none is known
}

func (p *htmlPage) series(m *Measure) htmlSeries {
	both := func(name string) map[string]string {
		if name == "" {
			return nil
		}
		return map[string]string{"en": line(measureName(name, "en")), "zh": line(measureName(name, "zh"))}
	}
	s := htmlSeries{What: both(m.What), Of: both(m.Of), Where: measureWhere(m)}
	for i := range m.Readings {
		v := &m.Readings[i]
		s.At, s.Value, s.Limit = append(s.At, p.millis(v.At)), append(s.Value, v.Value), append(s.Limit, v.Of)
	}
	return s
}

// millis is a time for the script. One whose zone nobody knows is placed as if
// it were that of the page, and its lane says that this is a guess.
func (p *htmlPage) millis(m Moment) *float64 {
	if !m.Known {
		return nil
	}
	ms := float64(m.At/1000) / 1000
	if !m.ZoneKnown {
		ms -= float64(p.shift) * 1000
	}
	return &ms
}

// guess places events whose zone nobody knows in the same way, and puts all in
// the order of time again.
func (p *htmlPage) guess(kept []keptEvent, guessed map[int]bool) {
	if len(guessed) == 0 || p.shift == 0 {
		return
	}
	for i := range kept {
		if guessed[kept[i].Source] {
			kept[i].At -= int64(p.shift) * int64(time.Second)
		}
	}
	slices.SortStableFunc(kept, func(a, b keptEvent) int { return cmp.Compare(a.At, b.At) })
}

func earlier(a, b *float64) *float64 {
	if a == nil || b != nil && *b < *a {
		return b
	}
	return a
}

func later(a, b *float64) *float64 {
	if a == nil || b != nil && *b > *a {
		return b
	}
	return a
}
