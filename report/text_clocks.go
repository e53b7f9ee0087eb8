package report

import (
	"cmp"
	"fmt"
	"slices"
	"strings"
)

// clocks tells how each host's clock was settled. Hosts of which nothing is
// known stand together.
func (p *printer) clocks() {
	if len(p.r.Hosts) == 0 {
		return
	}
	p.heading(p.t.Clocks, "")
	var unknown []string
	for i := range p.r.Hosts {
		h := &p.r.Hosts[i]
		name := shown(cmp.Or(h.Name, p.t.NoHost))
		if h.Zone == "" && h.Offset == "" && len(h.Addresses) == 0 && len(h.Names) < 2 && !asks(h.Why) && !writesZone(h.Why) && !p.style.Verbose {
			unknown = append(unknown, name)
			continue
		}
		if len(h.Addresses) > 0 {
			name += " (" + shown(list(h.Addresses, 4, p.t.Join)) + ")"
		}
		p.clock(h, name)
	}
	if len(unknown) > 0 {
		line := strings.Join(unknown, p.t.Join) + p.t.Colon + p.t.UnknownZone
		if len(p.r.Hosts) > 1 {
			line += p.t.Join + p.t.NotCompared
		}
		p.para(2, line)
	}
}

// asks tells whether one of the reasons is a question that the user can answer.
func asks(why []string) bool {
	return slices.ContainsFunc(why, func(w string) bool { return strings.Contains(w, "--timezone") })
}

// writesZone tells whether no record of a host needs a zone to be known.
func writesZone(why []string) bool {
	return slices.ContainsFunc(why, func(w string) bool { return w == "its stamps write their zone" || w == "其时间戳都自带时区" })
}

func (p *printer) clock(h *Host, name string) {
	unknown := p.t.UnknownZone
	if writesZone(h.Why) {
		unknown = p.t.WrittenZone
	}
	line := name + p.t.Colon + shown(cmp.Or(h.Zone, unknown))
	if s := p.offset(h); s != "" {
		line += p.t.Join + s
	}
	p.para(2, line)
	if len(h.Names) > 1 {
		p.colored(dim, 4, fmt.Sprintf(p.t.AlsoCalled, shown(list(h.Names, 6, p.t.Join))))
	}
	for _, why := range h.Why {
		p.colored(dim, 4, shown(why))
	}
}

// offset says how far a clock is off, in the words of somebody who looks at two
// clocks on a wall.
func (p *printer) offset(h *Host) string {
	switch {
	case h.Offset == "":
		if len(p.r.Hosts) > 1 && h.Name != "" {
			return p.t.NotCompared
		}
		return ""
	case strings.Trim(h.Offset, "+-0.s") == "" && h.OffsetError == "":
		if len(p.r.Hosts) > 1 {
			return p.t.Reference
		}
		return ""
	}
	if strings.Trim(h.Offset, "+-0.s") == "" {
		return fmt.Sprintf(p.t.Agrees, h.OffsetError)
	}
	way := p.t.Fast
	if strings.HasPrefix(h.Offset, "-") {
		way = p.t.Slow
	}
	s := fmt.Sprintf(way, strings.TrimLeft(h.Offset, "+-"))
	if h.OffsetError != "" {
		s += " " + h.OffsetError
	}
	if h.Drift != "" {
		s += p.t.Join + h.Drift
	}
	if h.Joins > 0 {
		s += p.t.Join + fmt.Sprintf(p.t.By, h.Joins)
	}
	return s
}
