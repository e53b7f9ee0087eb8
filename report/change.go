package report

import (
	"bytes"
	"encoding/json"
	"fmt"
	"strings"
	"time"

	"forensic"
	"forensic/correlate"
)

// ChangeSchema names the form in which a change of a finding is told in JSON.
const ChangeSchema = "forensic.change/v1"

// A Change is what became of a finding while the logs grow. Times of events are
// provisional: the report at the end settles them.
type Change struct {
	Schema      string    `json:"schema"`
	Time        time.Time `json:"time"`
	State       string    `json:"state"` // opened, grew, cleared
	ID          string    `json:"id"`    // L1, L2, ...: not the one in a report
	Provisional bool      `json:"provisional"`
	Resumed     bool      `json:"resumed,omitempty"`
	Count       int       `json:"count"`
	Rate        float64   `json:"rate,omitempty"` // a second, over the last minute
	Last        Moment    `json:"last"`
	Source      string    `json:"source,omitempty"`
	Line        int       `json:"line,omitempty"`
	Text        string    `json:"text,omitempty"`
	Finding     Finding   `json:"finding"`
}

// NewChange returns a change as programs get it. False: the finding is below
// the severity that is asked for.
func NewChange(c *forensic.Change, o Options) (Change, bool) {
	r := New(&forensic.Result{Findings: []*correlate.Finding{c.Finding}, Sources: c.Sources, Complete: true}, o)
	if len(r.Findings) == 0 {
		return Change{}, false
	}
	f := r.Findings[0]
	f.ID, f.Count, f.CountLow = c.ID, c.Count.Best, c.Count.Low
	f.CountHigh = nil
	if high := c.Count.High; high >= 0 {
		f.CountHigh = &high
	}
	f.Last = moment(c.Last.At, c.Last.Step, c.Last.ZoneKnown)
	return Change{
		Schema: ChangeSchema, Time: c.Time.UTC().Truncate(time.Millisecond), State: c.State, ID: c.ID, Provisional: true, Resumed: c.Resumed,
		Count: c.Count.Best, Rate: float64(int(c.Rate*100+0.5)) / 100, Last: f.Last,
		Source: c.Path, Line: c.Line, Text: strings.ToValidUTF8(c.Text, "\ufffd"), Finding: f,
	}, true
}

// JSONLine returns the change on one line.
func (c Change) JSONLine() ([]byte, error) {
	var b bytes.Buffer
	e := json.NewEncoder(&b)
	e.SetEscapeHTML(false)
	err := e.Encode(c)
	return b.Bytes(), err
}

// states are the words of a change's state.
var states = map[string][2]string{
	forensic.Opened: {"opened", "出现"}, forensic.Grew: {"grew", "增长"}, forensic.Cleared: {"cleared", "消除"},
}

// StateWord is the word for the state, in a language.
func (c Change) StateWord(lang string) string {
	w := states[c.State]
	if lang == "zh" {
		return w[1]
	}
	return w[0]
}

// Sentence is the change on one line, for people.
func (c Change) Sentence(lang string, in *time.Location) string {
	f := &c.Finding
	var b strings.Builder
	fmt.Fprintf(&b, "%s %s %s %s", c.Time.In(in).Format("15:04:05"), pad(c.StateWord(lang), 7), c.ID, severityWord(lang, f.Severity))
	if c.Resumed {
		b.WriteString(pick(lang, " (before the restart)", "（重启之前）"))
	}
	if f.Host != "" {
		b.WriteString(" " + f.Host)
	}
	if c.State == forensic.Opened {
		b.WriteString(" " + f.Title + ": " + oneLine(f.Say))
	} else {
		b.WriteString(" " + f.Title + ": " + c.Amount(lang))
	}
	if c.Source != "" && c.State != forensic.Cleared {
		fmt.Fprintf(&b, " [%s", c.Source)
		if c.Line > 0 {
			fmt.Fprintf(&b, ":%d", c.Line)
		}
		b.WriteString("] " + oneLine(c.Text))
	}
	return Cut(Visible(b.String()), 1000)
}

// Amount is how often, and at what pace.
func (c Change) Amount(lang string) string {
	s := fmt.Sprintf(pick(lang, "%d times", "%d 次"), c.Count)
	if c.Count == 1 {
		s = pick(lang, "once", "1 次")
	}
	if c.Rate > 0 {
		s += fmt.Sprintf(pick(lang, ", %s a second", "，每秒 %s 次"), pace(c.Rate))
	}
	return s
}

func pace(r float64) string {
	switch {
	case r >= 10:
		return fmt.Sprintf("%.0f", r)
	case r >= 0.1:
		return fmt.Sprintf("%.1f", r)
	}
	return fmt.Sprintf("%.2f", r)
}

func pick(lang, en, zh string) string {
	if lang == "zh" {
		return zh
	}
	return en
}

// oneLine is the first line of a text.
func oneLine(s string) string {
	line, _, _ := strings.Cut(strings.TrimSpace(s), "\n")
	return line
}

func severityWord(lang, severity string) string {
	p := printer{t: wordsFor(lang)}
	return p.severity(severity)
}
