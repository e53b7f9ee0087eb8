package main

import (
	"fmt"
	"io"
	"os"
	"path"
	"strconv"
	"strings"
	"time"

	"github.com/urfave/cli/v2"
	"golang.org/x/term"

	"forensic"
	"forensic/parsers"
	"forensic/report"
	"forensic/rules"
	"forensic/timeline"
)

// readingFlags are those of every verb that reads a bundle.
func readingFlags() []cli.Flag {
	return []cli.Flag{
		&cli.StringFlag{Name: "since", Usage: "`TIME` only from this time on: RFC 3339, \"2014-11-24 15:00\", or 2h before the last event"},
		&cli.StringFlag{Name: "until", Usage: "`TIME` only up to this time"},
		&cli.StringSliceFlag{Name: "timezone", Usage: "`[HOST=]ZONE` the zone that clocks show, such as +08:00 or Asia/Shanghai; repeatable"},
		&cli.StringFlag{Name: "year", Usage: "`YEAR` the year of logs that do not write it"},
		&cli.StringSliceFlag{Name: "clock", Usage: "`HOST=OFFSET` how far a clock is ahead: zk3=+90s is 90 s fast; repeatable"},
		&cli.StringSliceFlag{Name: "rules", Usage: "`DIR` more rules, from a folder; repeatable"},
		&cli.StringSliceFlag{Name: "disable", Usage: "`RULE` leave out a rule; repeatable"},
		&cli.StringSliceFlag{Name: "format-of", Usage: "`GLOB=FORMAT` read matching members as a format; repeatable"},
		&cli.BoolFlag{Name: "no-hash", Usage: "leave out the SHA-256 of inputs and sources", DisableDefaultText: true},
		&cli.StringFlag{Name: "memory", Usage: "`SIZE` what queues and tables may take (default: 192MiB)"},
		&cli.StringFlag{Name: "jobs", Usage: "`N` read so many inputs at the same time (default: as many as cores, at most 4)"},
		&cli.StringFlag{Name: "temp", Usage: "`DIR` folder for temporary files"},
		&cli.StringFlag{Name: "progress", Usage: "`WHEN` show how far it is: auto, always, never", Value: "auto", DefaultText: "auto"},
		&cli.BoolFlag{Name: "strict", Usage: "exit 4 when part of the input could not be read", DisableDefaultText: true},
		&cli.BoolFlag{Name: "quiet", Aliases: []string{"q"}, Usage: "no progress, no notes", DisableDefaultText: true},
		&cli.BoolFlag{Name: "verbose", Aliases: []string{"v"}, Usage: "everything, nothing folded", DisableDefaultText: true},
	}
}

// lookFlags are those of every verb that prints for people.
func lookFlags() []cli.Flag {
	return []cli.Flag{
		&cli.StringFlag{Name: "lang", Usage: "`LANG` language of what people read: en, zh (default: from the locale)"},
		&cli.StringFlag{Name: "color", Usage: "`WHEN` use colours: auto, always, never", Value: "auto", DefaultText: "auto"},
	}
}

// badValue is a flag whose value cannot be used.
func badValue(flag, value, why, do string) error {
	return &failure{exitUsage, "--" + flag + " " + value, why, do}
}

// options reads the flags that package forensic answers.
func options(c *cli.Context) (forensic.Options, error) {
	o := forensic.Options{
		Disable: c.StringSlice("disable"),
		Since:   c.String("since"), Until: c.String("until"),
		Temp: c.String("temp"),
	}
	o.Limits.Hash = !c.Bool("no-hash")
	for _, read := range []func(*cli.Context, *forensic.Options) error{readTimes, readClocks, readBounds, readFormats, readRules} {
		if err := read(c, &o); err != nil {
			return o, err
		}
	}
	return o, nil
}

// readTimes refuses what is no time before anything is read.
func readTimes(c *cli.Context, o *forensic.Options) error {
	for name, value := range map[string]string{"since": o.Since, "until": o.Until} {
		if value != "" && !isTime(value) {
			return badValue(name, value, "not a time", `write 2014-11-24T15:00:00+08:00, "2014-11-24 15:00", or a length such as 2h`)
		}
	}
	return nil
}

func isTime(s string) bool {
	if _, err := time.ParseDuration(s); err == nil {
		return true
	}
	for _, layout := range []string{time.RFC3339, "2006-01-02 15:04:05", "2006-01-02 15:04", "2006-01-02T15:04:05", "2006-01-02T15:04", "2006-01-02"} {
		if _, err := time.Parse(layout, s); err == nil {
			return true
		}
	}
	return false
}

func readClocks(c *cli.Context, o *forensic.Options) error {
	o.Clock = timeline.Options{Zones: map[string]*time.Location{}, Offsets: map[string]time.Duration{}}
	for _, v := range c.StringSlice("timezone") {
		host, zone := "", v
		if before, after, ok := strings.Cut(v, "="); ok {
			host, zone = before, after
		}
		loc, err := zoneNamed(zone)
		if err != nil {
			return badValue("timezone", v, "there is no such zone", "write an offset such as +08:00, or a name such as Asia/Shanghai")
		}
		o.Clock.Zones[host] = loc
	}
	for _, v := range c.StringSlice("clock") {
		host, offset, ok := strings.Cut(v, "=")
		d, err := time.ParseDuration(strings.TrimPrefix(offset, "+"))
		if offset == "0" {
			d, err = 0, nil
		}
		if !ok || host == "" || err != nil {
			return badValue("clock", v, "not HOST=OFFSET", "write zk3=+90s for a clock that is 90 s fast")
		}
		o.Clock.Offsets[host] = d
	}
	if v := c.String("year"); v != "" {
		y, err := strconv.Atoi(v)
		if err != nil || y < 1970 || y > 2261 {
			return badValue("year", v, "not a year", "write one from 1970 to 2261")
		}
		o.Clock.Year = y
	}
	return nil
}

// zoneNamed finds a zone by name or offset: Asia/Shanghai, UTC, +08:00, +0800,
// +8.
func zoneNamed(s string) (*time.Location, error) {
	if s == "" {
		return nil, fmt.Errorf("empty")
	}
	if s[0] != '+' && s[0] != '-' {
		if s == "Local" {
			return nil, fmt.Errorf("the zone of this machine is nobody's")
		}
		return time.LoadLocation(s)
	}
	for _, layout := range []string{"-07:00", "-0700", "-07"} {
		if t, err := time.Parse(layout, s); err == nil {
			return fixedZone(t), nil
		}
	}
	t, err := time.Parse("-07", s[:1]+"0"+s[1:])
	if err != nil {
		return nil, err
	}
	return fixedZone(t), nil
}

func fixedZone(t time.Time) *time.Location {
	_, seconds := t.Zone()
	return time.FixedZone(t.Format("-07:00"), seconds)
}

func readBounds(c *cli.Context, o *forensic.Options) error {
	if v := c.String("memory"); v != "" {
		n, err := sizeNamed(v)
		if err != nil || n < 16<<20 {
			return badValue("memory", v, "not a size of at least 16MiB", "write a number with MiB or GiB, such as 512MiB")
		}
		o.Memory = n
	}
	if v := c.String("jobs"); v != "" {
		n, err := strconv.Atoi(v)
		if err != nil || n < 1 || n > 1024 {
			return badValue("jobs", v, "not a number of jobs", "write one from 1 to 1024")
		}
		o.Jobs = n
	}
	if v := o.Temp; v != "" {
		info, err := os.Stat(v)
		if err != nil || !info.IsDir() {
			return badValue("temp", v, "there is no such folder", "name a folder that you may write to")
		}
	}
	return nil
}

// sizeNamed reads 192MiB, 1G, 500000.
func sizeNamed(s string) (int64, error) {
	digits := len(s) - len(strings.TrimLeft(s, "0123456789."))
	number := s[:digits]
	unit := strings.TrimSuffix(strings.ToLower(s[digits:]), "b")
	shift, ok := map[string]int{"": 0, "k": 10, "ki": 10, "m": 20, "mi": 20, "g": 30, "gi": 30, "t": 40, "ti": 40}[unit]
	f, err := strconv.ParseFloat(number, 64)
	if !ok || err != nil || f < 0 || f > 1<<40 {
		return 0, fmt.Errorf("not a size")
	}
	return int64(f * float64(int64(1)<<shift)), nil
}

func readFormats(c *cli.Context, o *forensic.Options) error {
	for _, v := range c.StringSlice("format-of") {
		i := strings.LastIndexByte(v, '=')
		if i <= 0 {
			return badValue("format-of", v, "not GLOB=FORMAT", "write '*.trace=capture'")
		}
		glob, name := v[:i], v[i+1:]
		if _, err := path.Match(glob, ""); err != nil {
			return badValue("format-of", v, "the pattern is not complete", `write \[ for a bracket that stands for itself`)
		}
		if _, err := parsers.Named(name); err != nil {
			what, _, _ := strings.Cut(err.Error(), "; ")
			return badValue("format-of", v, what, `"forensic formats list" names them`)
		}
		o.FormatOf = append(o.FormatOf, forensic.Override{Glob: glob, Format: name})
	}
	return nil
}

// readRules loads the rules of --rules and checks them with the embedded ones,
// and that what --disable names is there.
func readRules(c *cli.Context, o *forensic.Options) error {
	rs, err := loadRules(c.StringSlice("rules"))
	if err != nil {
		return err
	}
	o.Rules = rs
	for _, name := range o.Disable {
		if _, err := ruleNamed(rs, name); err != nil {
			return badValue("disable", name, "there is no such rule", `"forensic rules list" names them`)
		}
	}
	return nil
}

// severityFlag reads --severity and --fail-on.
func severityFlag(c *cli.Context, name string) (rules.Severity, error) {
	v := c.String(name)
	s, ok := rules.SeverityNamed(v)
	if v != "" && !ok {
		return s, badValue(name, v, "there is no such level", "it is info, warning, error or critical")
	}
	return s, nil
}

// choice reads a flag that is one of a few words.
func choice(c *cli.Context, name string, words ...string) (string, error) {
	v := c.String(name)
	for _, w := range words {
		if v == w {
			return v, nil
		}
	}
	return "", badValue(name, v, "there is no such choice", "it is "+strings.Join(words[:len(words)-1], ", ")+" or "+words[len(words)-1])
}

// langFlag reads --lang; machine formats are English unless it is given.
func (p *program) langFlag(c *cli.Context) (people, machines string, err error) {
	if !c.IsSet("lang") {
		return p.lang, "en", nil
	}
	v, err := choice(c, "lang", "en", "zh")
	return v, v, err
}

// style decides how text is printed: the width of the terminal, and colours by
// --color, then NO_COLOR, then whether somebody looks.
func (p *program) style(c *cli.Context) (report.Style, error) {
	when, err := choice(c, "color", "auto", "always", "never")
	s := report.Style{Verbose: c.Bool("verbose"), Color: when == "always"}
	file, ok := p.stdout.w.(*os.File)
	tty := ok && term.IsTerminal(int(file.Fd()))
	if when == "auto" {
		forced := os.Getenv("CLICOLOR_FORCE") != "" || os.Getenv("FORCE_COLOR") != ""
		s.Color = os.Getenv("NO_COLOR") == "" && (forced || tty && os.Getenv("TERM") != "dumb")
	}
	if tty {
		if w, _, err := term.GetSize(int(file.Fd())); err == nil && w > 0 {
			s.Width = min(max(w, 60), 160)
		}
	}
	return s, err
}

// isTerminal tells whether w is one.
func isTerminal(w io.Writer) bool {
	f, ok := w.(*os.File)
	return ok && term.IsTerminal(int(f.Fd()))
}
