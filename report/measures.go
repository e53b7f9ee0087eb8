package report

import (
	"math"
	"strconv"
	"strings"

	"forensic/rules"
)

// htmlMeasures bounds how many measures a page lists.
const htmlMeasures = 120

// measureNames are the numbers that people know by a name: English, Chinese.
var measureNames = map[string][2]string{
	"ipc.usage arrays (resource semaphores)":      {"semaphore arrays in use", "使用中的信号量集"},
	"ipc.limits arrays (resource semaphores)":     {"most semaphore arrays (SEMMNI)", "信号量集上限（SEMMNI）"},
	"ipc.usage semaphores (resource semaphores)":  {"semaphores in use", "使用中的信号量"},
	"ipc.limits semaphores (resource semaphores)": {"most semaphores (SEMMNS)", "信号量上限（SEMMNS）"},
	"file.listed bytes":                           {"size of the file", "文件大小"},
	"disk.usage use_percent":                      {"per cent of the file system in use", "文件系统使用率"},
	"shell.count count":                           {"what the command counted", "命令的计数"},
}

// measureName words the name of a measure. Settings are called by their own
// names, sockets by their state; of what nobody has a name for the kind and the
// attribute stand, as the formats call them.
func measureName(name, lang string) string {
	pick := func(en, zh string) string {
		if lang == "zh" {
			return zh
		}
		return en
	}
	if w, ok := measureNames[name]; ok {
		return pick(w[0], w[1])
	}
	what, only, _ := strings.Cut(strings.TrimSuffix(name, ")"), " (")
	if setting, ok := strings.CutPrefix(only, "name "); ok && strings.HasSuffix(what, " value") && !strings.Contains(setting, ", ") {
		return strings.ReplaceAll(setting, "|", " | ")
	}
	if state, ok := strings.CutPrefix(only, "state "); ok && what == "socket.states count" {
		state, _, _ = strings.Cut(state, ", ")
		return pick("sockets in "+state, state+" 状态的套接字")
	}
	return strings.ReplaceAll(name, "|", " | ")
}

// measureWhere says whose number it is.
func measureWhere(m *Measure) string {
	var parts []string
	if m.Host != "" {
		parts = append(parts, m.Host)
	}
	for _, a := range m.Key {
		parts = append(parts, a.Name+" "+a.Value)
	}
	return line(shorten(strings.Join(parts, " · "), htmlCellRunes))
}

// An htmlMeasure is a row of the table of measures.
type htmlMeasure struct {
	What, Of                        said
	Where, Times, Last, Most, Limit string
	Share                           string
	From, To                        htmlTime
	Full                            bool // it was at its limit
}

// measureRows fills the table of measures in.
func (p *htmlPage) measureRows(r *Report) {
	for i := range r.Measures[:min(len(r.Measures), htmlMeasures)] {
		m := &r.Measures[i]
		row := htmlMeasure{What: pairOf(measureName(m.What, "en"), measureName(m.What, "zh")), Where: measureWhere(m), Times: rules.Thousands(len(m.Readings))}
		if m.Of != "" {
			row.Of = pairOf(measureName(m.Of, "en"), measureName(m.Of, "zh"))
		}
		first, last := &m.Readings[0], &m.Readings[len(m.Readings)-1]
		row.From, row.Last = p.time(first.At), figure(last.Value)
		if last.At.Known && last.At.At != first.At.At {
			row.To = p.time(last.At)
		}
		most := first
		for k := range m.Readings {
			if v := &m.Readings[k]; v.Value > most.Value {
				most = v
			}
		}
		row.Most = figure(most.Value)
		if most.Of > 0 {
			share := most.Value / most.Of
			row.Limit, row.Share, row.Full = figure(most.Of), strconv.FormatFloat(share*100, 'f', 0, 64)+" %", share >= 1
		}
		p.Measures = append(p.Measures, row)
	}
	p.MeasuresLeft = leftOut(len(r.Measures) - len(p.Measures))
}

// figure writes a value as people read it.
func figure(v float64) string {
	if v == math.Trunc(v) && math.Abs(v) < 1e15 {
		return thousands(int64(v))
	}
	return strconv.FormatFloat(v, 'g', 6, 64)
}
