package parsers

import (
	"strings"

	"forensic/event"
)

// What lscpu, ethtool, chronyc tracking and vmstat -s print: a name and a value a
// line, each known by names that only it has.
//
//	Architecture:        x86_64
//	     rx_missed_errors: 34
//	System time     : 0.000012345 seconds slow of NTP time
var _ = addSnapshot(Format{
	Name:  "facts",
	Doc:   "lscpu, ethtool, chronyc tracking, vmstat -s: names with their values.",
	Files: []string{"lscpu*", "ethtool*", "chronyc*", "vmstat_-s*"},
	Kinds: []event.Kind{hostSetting, netCounter, clockWrong},
	Sniff: func(head []byte) Score {
		tool := ""
		sc := snapshotScore(head, func(line string) bool {
			if t := factsTool(line); t != "" && tool == "" {
				tool = t
			}
			_, _, _, ok := factsLine(line)
			return ok || factsTool(line) != ""
		})
		if tool == "" {
			return Score{0, "no name that only one of them has"}
		}
		return sc
	},
	Parse: snapshotOf(factsRead),
})

// factsTool recognises the line that tells whose output it is.
func factsTool(line string) string {
	switch {
	case strings.HasPrefix(line, "Architecture:"), strings.HasPrefix(line, "CPU op-mode(s):"):
		return "lscpu"
	case line == "NIC statistics:", strings.HasPrefix(line, "Settings for ") && strings.HasSuffix(line, ":"):
		return "ethtool"
	case strings.HasPrefix(line, "Reference ID    : "), strings.HasPrefix(line, "Stratum         : "):
		return "chronyc"
	case strings.HasSuffix(line, " K total memory"), strings.HasSuffix(line, " boot time") && strings.HasPrefix(line, " "):
		return "vmstat"
	}
	return ""
}

// factsLine reads "Name: value", and "   24684084 K total memory".
func factsLine(line string) (name, value, unit string, ok bool) {
	if t := strings.TrimLeft(line, " "); t != "" && isDigit(t[0]) && line[0] == ' ' {
		value, name, ok = strings.Cut(t, " ")
		if !isNumber(value) || !ok {
			return "", "", "", false
		}
		if rest, k := strings.CutPrefix(name, "K "); k {
			return rest, value, "K", true
		}
		return name, value, "", name != ""
	}
	name, value, ok = strings.Cut(line, ":")
	name = strings.TrimSpace(name)
	if !ok || name == "" || len(name) > 60 || !isWord(name[0]) && name[0] != '[' && name[0] != '-' {
		return "", "", "", false
	}
	return name, strings.TrimSpace(value), "", true
}

func factsRead(s *snapshot) {
	tool, of := "", factsInterface(commandOf(s.in))
	counters, above := false, ""
	for i := range s.n() {
		line := s.line(i)
		if t := factsTool(line); t != "" {
			tool = t
			if t == "ethtool" {
				counters = line == "NIC statistics:"
				if name, ok := strings.CutPrefix(line, "Settings for "); ok {
					of = strings.TrimSuffix(name, ":")
				}
				s.claim(i)
				continue
			}
		}
		name, value, unit, ok := factsLine(line)
		if !ok {
			if t := strings.TrimSpace(line); tool == "ethtool" && above != "" && t != "" && line[0] == '\t' { // more link modes
				procSetting(s, i, above, t, "", strings.TrimSpace("ethtool "+of))
			}
			continue
		}
		above = name
		switch {
		case counters && isNumber(value):
			procNetCount(s, i, strings.TrimSpace("ethtool "+of), name, value)
		case tool == "ethtool":
			procSetting(s, i, name, value, unit, strings.TrimSpace("ethtool "+of))
		default:
			procSetting(s, i, name, value, unit, tool)
			factsClock(s, i, tool, name, value)
		}
	}
}

// factsInterface is the interface a command names: ethtool -S eth0.
func factsInterface(cmd string) string {
	f := strings.Fields(cmd)
	if len(f) < 2 || f[0] != "ethtool" || strings.HasPrefix(f[len(f)-1], "-") {
		return ""
	}
	return f[len(f)-1]
}

// factsClock takes how far chronyd says that the clock is off: slow is positive,
// as chronyd logs it.
func factsClock(s *snapshot, i int, tool, name, value string) {
	if tool != "chronyc" || name != "System time" {
		return
	}
	f := strings.Fields(value) // 12.345678 seconds slow of NTP time
	if len(f) < 3 || !isDecimal(f[0]) || f[1] != "seconds" || strings.HasPrefix(f[0], "0.0") {
		return
	}
	seconds := f[0]
	if f[2] == "fast" {
		seconds = "-" + seconds
	}
	e := s.begin(clockWrong.Name, i, i)
	e.Set("seconds", seconds)
	e.Set("program", "chronyd")
	s.send()
}
