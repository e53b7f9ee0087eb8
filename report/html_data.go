package report

import (
	"bytes"
	"compress/gzip"
	"encoding/base64"
	"encoding/json"
	"time"
)

// htmlMarks bounds what the script draws one by one.
const htmlMarks = 100_000

// htmlData is what the script works on. Times are milliseconds since 1970 UTC.
type htmlData struct {
	First     *float64                     `json:"first"`
	Last      *float64                     `json:"last"`
	Zone      string                       `json:"zone"`
	Shift     int                          `json:"shift"` // seconds that the zone is ahead of UTC
	Lanes     []htmlLane                   `json:"lanes"`
	Findings  []htmlMark                   `json:"findings"`
	Evidence  htmlColumns                  `json:"evidence"`
	Left      int                          `json:"left"` // evidence
	LanesLeft int                          `json:"lanes_left"`
	Words     map[string]map[string]string `json:"words"`
}

// An htmlLane is one source. Density is what is known of how its events spread:
// one stretch from its first to its last.
type htmlLane struct {
	Host   string   `json:"host"`
	Path   string   `json:"path"`
	First  *float64 `json:"first"`
	Last   *float64 `json:"last"`
	Events int      `json:"events"`
	Loud   int      `json:"loud"`
	NoZone bool     `json:"no_zone,omitempty"` // where it lies on the line is a guess
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

// data packs what the script needs: JSON, gzip, base64.
func (p *htmlPage) data(r *Report) string {
	d := htmlData{First: millis(r.First), Last: millis(r.Last), Zone: p.en.zone.name, Words: map[string]map[string]string{"en": {}, "zh": {}}}
	if r.First.Known {
		_, d.Shift = time.Unix(r.First.At/1e9, 0).In(p.en.zone.loc).Zone()
	}
	for key, both := range scriptWords {
		d.Words["en"][key], d.Words["zh"][key] = both[0], both[1]
	}
	byPath := map[string]int{}
	for i := range r.Sources {
		s := &r.Sources[i]
		if k, ok := byPath[s.Path]; ok { // a section is drawn with its member
			l := &d.Lanes[k]
			l.Events, l.Loud = l.Events+s.Events, l.Loud+s.Loud
			l.First, l.Last = earlier(l.First, millis(s.First)), later(l.Last, millis(s.Last))
			continue
		}
		if len(d.Lanes) >= htmlRows {
			d.LanesLeft++
			continue
		}
		byPath[s.Path] = len(d.Lanes)
		d.Lanes = append(d.Lanes, htmlLane{cell(s.Host), cell(s.Path), millis(s.First), millis(s.Last), s.Events, s.Loud, s.First.Known && s.ZoneKnown != nil})
	}
	for i := range r.Findings {
		if i >= htmlRows {
			break
		}
		p.mark(&d, i, byPath)
	}
	text, err := json.Marshal(d)
	if err != nil {
		return "" // cannot be: the struct holds numbers and strings
	}
	var packed bytes.Buffer
	zip := gzip.NewWriter(&packed)
	zip.Write(text) //nolint:errcheck // a bytes.Buffer takes everything
	zip.Close()     //nolint:errcheck // as above
	return base64.StdEncoding.EncodeToString(packed.Bytes())
}

// mark adds a finding and its evidence.
func (p *htmlPage) mark(d *htmlData, i int, lanes map[string]int) {
	f := &p.en.r.Findings[i]
	m := htmlMark{
		ID: line(f.ID), Rule: line(f.Rule), Severity: severityClass(f.Severity), Host: line(f.Host), First: millis(f.First), Last: millis(f.Last),
		Title: map[string]string{"en": line(f.Title), "zh": line(p.zh.r.Findings[i].Title)}, Full: i < htmlFullFindings,
	}
	if s := f.Series; s != nil {
		if step, err := time.ParseDuration(s.Step); err == nil && step > 0 {
			m.Step, m.Start, m.Counts = float64(step)/1e6, millis(s.Start), s.Counts
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
		c.ID, c.At, c.Lane = append(c.ID, line(e.ID)), append(c.At, millis(e.At)), append(c.Lane, lane)
		c.Finding, c.Line = append(c.Finding, i), append(c.Line, max(e.Line, e.Packet))
	}
}

func millis(m Moment) *float64 {
	if !m.Known {
		return nil
	}
	ms := float64(m.At/1000) / 1000
	return &ms
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
