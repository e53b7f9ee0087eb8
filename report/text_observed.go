package report

import (
	"fmt"
	"strings"
)

// fewObservations are listed; the JSON report has all.
const fewObservations = 8

// observations lists what no rule was asked for.
func (p *printer) observations() {
	all := p.r.Observations
	if len(all) == 0 {
		return
	}
	p.heading(p.t.Observed, p.t.ObservedAs)
	if len(all) > fewObservations && !p.style.Verbose {
		all = all[:fewObservations]
	}
	for i := range all {
		p.observation(&all[i])
	}
	if n := len(p.r.Observations) - len(all); n > 0 {
		p.colored(dim, 2, fmt.Sprintf(p.t.MoreEvidence, n))
	}
}

func (p *printer) observation(o *Observation) {
	id := shown(o.ID) + " "
	p.hanging("", "  "+p.paint(bold, id), 2+width(id), o.Say)
	at := fmt.Sprintf("%s:%d", shown(o.Source), o.Line)
	if o.Packet > 0 {
		at = shown(o.Source) + " " + fmt.Sprintf(p.t.Packet, o.Packet)
	}
	text := strings.TrimSpace(o.Text)
	if text == "" {
		text = o.Template
	}
	p.hanging(dim, strings.Repeat(" ", 2+width(id)), 4+width(id), Cut(shown(at+"  "+text), 2*p.style.Width))
	if len(o.Findings) > 0 {
		p.colored(dim, 2+width(id), fmt.Sprintf(p.t.SeeFindings, strings.Join(o.Findings, p.t.Join)))
	}
}
