package report

import (
	"cmp"
	"fmt"
	"strings"
	"time"
)

// gantt draws when the findings happened, for renderers that know Mermaid.
// Names in it are letters and digits only.
func (p *page) gantt() string {
	var rows []string
	section, drawn := "", 0
	for i := range p.raw.Findings {
		f := &p.raw.Findings[i]
		if !f.First.Known || !f.Last.Known {
			continue
		}
		end := max(f.Last.At, f.First.At+int64(time.Second))
		crit := ""
		if f.Severity == "critical" || f.Severity == "error" {
			crit = "crit, "
		}
		if host := plainName(cmp.Or(f.Host, "-")); host != section || len(rows) == 0 {
			rows = append(rows, "    section "+host)
			section = host
		}
		drawn++
		rows = append(rows, fmt.Sprintf("    %s %s :%s%d, %d", plainName(f.ID), plainName(f.Title), crit, f.First.At/1e6, end/1e6))
	}
	if drawn < 2 {
		return ""
	}
	return "```mermaid\ngantt\n    dateFormat x\n    axisFormat %H:%M:%S\n" + strings.Join(rows, "\n") + "\n```"
}

// plainName leaves only what no language of diagrams gives a meaning to.
func plainName(s string) string {
	return strings.Join(strings.FieldsFunc(s, func(r rune) bool {
		return r != '.' && r != '_' && !(r >= '0' && r <= '9' || r >= 'a' && r <= 'z' || r >= 'A' && r <= 'Z' || r >= 0x4e00 && r <= 0x9fff)
	}), " ")
}
