package report

import (
	"fmt"
	"strconv"
	"strings"
)

// htmlObservations bounds how many observations a page lists.
const htmlObservations = 60

// An htmlObservation is what is remarkable without a rule.
type htmlObservation struct {
	ID, Place, Text string
	Say, See        said
}

func (p *htmlPage) observationRows(r *Report) {
	for i := range r.Observations[:min(len(r.Observations), htmlObservations)] {
		o := &r.Observations[i]
		row := htmlObservation{
			ID: line(o.ID), Place: line(o.Source + ":" + strconv.Itoa(max(o.Line, o.Packet))), Text: cell(strings.TrimSpace(o.Text)),
			Say: p.pair(func(q *printer) string { return q.r.Observations[i].Say }),
		}
		if row.Text == "" {
			row.Text = cell(o.Template)
		}
		if len(o.Findings) > 0 {
			row.See = p.pair(func(q *printer) string { return fmt.Sprintf(q.t.SeeFindings, strings.Join(o.Findings, q.t.Join)) })
		}
		p.Observed = append(p.Observed, row)
	}
	p.ObservedLeft = leftOut(len(r.Observations) - len(p.Observed))
}
