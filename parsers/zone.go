package parsers

import (
	"fmt"
	"strings"
	"time"

	"forensic/event"
)

// What states the zone a machine keeps: /etc/timezone, /etc/sysconfig/clock,
// the environment of a shell, the compiled /etc/localtime.
//
//	Asia/Shanghai
//	ZONE="America/Chicago"
//	TZ=Europe/Paris
var _ = addSnapshot(Format{
	Name:   "zone",
	Doc:    "What states a machine's time zone: /etc/timezone, /etc/sysconfig/clock, /etc/localtime, an environment with TZ.",
	Files:  []string{"timezone*", "TIMEZONE", "clock", "localtime*", "env", "env.*", "printenv*", "environ*"},
	Kinds:  []event.Kind{event.HostClock, event.HostName},
	Binary: true,
	Sniff:  zoneSniff,
	Parse:  snapshotOf(zoneRead),
})

const zoneMagic = "TZif"

func zoneSniff(head []byte) Score {
	if strings.HasPrefix(string(head), zoneMagic) {
		if zoneFooter(string(head)) == "" {
			return Score{0.2, "a compiled zone without its rule in words"}
		}
		return Score{1, "a compiled zone"}
	}
	stated := false
	sc := snapshotScore(head, func(line string) bool {
		name, zone, ok := zoneLine(line)
		stated = stated || name != "HOSTNAME" && zone != ""
		return ok
	})
	if !stated {
		return Score{0, "no zone is named"}
	}
	return sc
}

func zoneRead(s *snapshot) {
	if strings.HasPrefix(s.text, zoneMagic) {
		zoneCompiled(s)
		return
	}
	variable := "variable" // of a file of settings, whose program may be any
	for i := range s.n() {
		if name, _, ok := strings.Cut(s.line(i), "="); ok && zoneShell[name] {
			variable = "environment"
		}
	}
	for i := range s.n() {
		name, value, ok := zoneLine(s.line(i))
		if !ok {
			continue
		}
		s.claim(i)
		switch {
		case value == "":
		case name == "HOSTNAME":
			hostnameSend(s, i, value)
		case name == "TZ":
			zoneSend(s, i, value, variable)
		default:
			zoneSend(s, i, value, "zone")
		}
	}
}

// zoneShell are variables that every shell has, so that a text with one of them
// is what a machine's shell printed.
var zoneShell = wordSet("PATH HOME SHELL USER LOGNAME PWD LANG HOSTNAME TERM SHLVL")

// zoneSend says that line i states a zone by its name.
func zoneSend(s *snapshot, i int, zone, source string) {
	e := s.begin(event.HostClock.Name, i, i)
	if off, ok := zonePOSIX(zone); ok {
		e.Set("zone", off)
	}
	e.Set("zone_name", zone)
	e.Set("source", source)
	s.send()
}

// zoneLine reads a zone's name alone, or a variable: those that hold a zone or
// the host's name have their value returned.
func zoneLine(line string) (name, value string, ok bool) {
	line = strings.TrimSpace(line)
	if line == "" || line[0] == '#' {
		return "", "", true
	}
	if zoneKnown(line) {
		return "", line, true
	}
	line = strings.TrimPrefix(line, "export ")
	name, value, ok = strings.Cut(line, "=")
	if !ok || name == "" || strings.Trim(name, "ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz0123456789_()%") != "" || isDigit(name[0]) {
		return "", "", false
	}
	value, _, _ = strings.Cut(value, ";")
	value = strings.Trim(strings.TrimSpace(value), `"'`)
	switch name {
	case "ZONE", "TIMEZONE", "DEFAULT_TIMEZONE", "TZ":
		value = strings.TrimPrefix(value, ":")
		value = strings.TrimPrefix(value, "/usr/share/zoneinfo/")
		if _, posix := zonePOSIX(value); zoneKnown(value) || posix {
			return name, value, true
		}
		return name, "", true
	case "HOSTNAME":
		if isHostName(value) {
			return name, value, true
		}
	}
	return name, "", true
}

// zoneKnown tells whether a word is a zone of the zone database, with its
// region; an abbreviation has several meanings.
func zoneKnown(s string) bool {
	if s == "UTC" || s == "Universal" || s == "Zulu" {
		return true
	}
	if len(s) > 40 || s[:max(strings.IndexByte(s, '/'), 0)] == "" || strings.ContainsAny(s, " \t.:=\\") {
		return false
	}
	_, err := time.LoadLocation(s)
	return err == nil
}

// zonePOSIX reads a zone written as its rule, where that has no summer time:
// CST-8, <+0530>-5:30. West is positive.
func zonePOSIX(s string) (offset string, ok bool) {
	rest := strings.TrimLeft(s, "ABCDEFGHIJKLMNOPQRSTUVWXYZ")
	if strings.HasPrefix(s, "<") {
		_, rest, _ = strings.Cut(s, ">")
	} else if n := len(s) - len(rest); n < 3 || n > 6 {
		return "", false
	}
	sign := -1
	switch {
	case rest == "":
		return "", false
	case rest[0] == '-':
		rest, sign = rest[1:], 1
	case rest[0] == '+':
		rest = rest[1:]
	}
	h, m, _ := strings.Cut(rest, ":")
	if !isNumber(h) || len(h) > 2 || m != "" && (!isNumber(m) || len(m) != 2) {
		return "", false
	}
	minutes := atoi(h) * 60
	if m != "" {
		minutes += atoi(m)
	}
	return zoneText(sign * minutes), minutes <= 14*60
}

// zoneRules are zones whose present rule is this one, where it has summer time.
// Several keep the same; the name stands for all of them.
var zoneRules = map[string]string{
	"EST5EDT,M3.2.0,M11.1.0": "America/New_York", "CST6CDT,M3.2.0,M11.1.0": "America/Chicago", "MST7MDT,M3.2.0,M11.1.0": "America/Denver",
	"PST8PDT,M3.2.0,M11.1.0": "America/Los_Angeles", "AKST9AKDT,M3.2.0,M11.1.0": "America/Anchorage", "AST4ADT,M3.2.0,M11.1.0": "America/Halifax",
	"CST5CDT,M3.2.0/0,M11.1.0/1": "America/Havana", "GMT0BST,M3.5.0/1,M10.5.0": "Europe/London", "IST-1GMT0,M10.5.0,M3.5.0/1": "Europe/Dublin",
	"WET0WEST,M3.5.0/1,M10.5.0": "Europe/Lisbon", "CET-1CEST,M3.5.0,M10.5.0/3": "Europe/Berlin", "EET-2EEST,M3.5.0/3,M10.5.0/4": "Europe/Helsinki",
	"AEST-10AEDT,M10.1.0,M4.1.0/3": "Australia/Sydney", "ACST-9:30ACDT,M10.1.0,M4.1.0/3": "Australia/Adelaide", "NZST-12NZDT,M9.5.0,M4.1.0/3": "Pacific/Auckland",
	"IST-2IDT,M3.4.4/26,M10.5.0": "Asia/Jerusalem",
}

// zoneCompiled reads /etc/localtime: the last line of it is the zone's rule.
func zoneCompiled(s *snapshot) {
	rule := zoneFooter(s.text)
	if rule == "" {
		s.odd(0, "a compiled zone without its rule in words, as old systems have it")
		return
	}
	last := s.n() - 1
	for i := range s.n() {
		s.claim(i)
	}
	e := s.begin(event.HostClock.Name, last, last)
	switch off, ok := zonePOSIX(rule); {
	case rule == "UTC0" || rule == "GMT0":
		e.Set("zone", zoneText(0))
		e.Set("zone_name", rule[:3])
	case ok:
		e.Set("zone", off)
		e.Set("zone_name", rule)
	case zoneRules[rule] != "":
		e.Set("zone_name", zoneRules[rule])
	default:
		e.Set("zone_name", rule)
		s.odd(last, fmt.Sprintf("the rule %.40s has summer time and is none of those known; --timezone names the zone", rule))
	}
	e.Set("source", "localtime")
	s.send()
}

// zoneFooter is the rule behind the last table of a compiled zone.
func zoneFooter(text string) string {
	text, ok := strings.CutSuffix(text, "\n")
	i := strings.LastIndexByte(text, '\n')
	if !ok || i < 0 || len(text)-i > 64 {
		return ""
	}
	rule := text[i+1:]
	if rule == "" || strings.Trim(rule, "ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz0123456789<>+-,./:") != "" {
		return ""
	}
	return rule
}
