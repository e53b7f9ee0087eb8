package main

import (
	"errors"
	"strings"
	"testing"

	"github.com/urfave/cli/v2"
)

func TestHoist(t *testing.T) {
	app := &cli.App{Commands: []*cli.Command{
		{Name: "analyze", Flags: []cli.Flag{
			&cli.StringFlag{Name: "format", Aliases: []string{"f"}},
			&cli.StringSliceFlag{Name: "output", Aliases: []string{"o"}},
			&cli.BoolFlag{Name: "strict"}, &cli.BoolFlag{Name: "verbose", Aliases: []string{"v"}},
		}},
		{Name: "rules", Subcommands: []*cli.Command{{Name: "show", Flags: []cli.Flag{&cli.StringFlag{Name: "rules"}}}}},
	}}
	for line, want := range map[string]string{
		"analyze":                              "analyze",
		"analyze a -f json b":                  "analyze -f json -- a b",
		"analyze -f json a":                    "analyze -f json -- a",
		"analyze --format=json a":              "analyze --format=json -- a",
		"analyze a -o x,y.json -o z.md":        "analyze -o x,y.json -o z.md -- a",
		"analyze a --strict b -v":              "analyze --strict -v -- a b",
		"analyze -- -x --strict":               "analyze -- -x --strict",
		"analyze -v -- -x":                     "analyze -v -- -x",
		"analyze -":                            "analyze -- -",
		"analyze a -o -":                       "analyze -o - -- a",
		"analyze a -f -x":                      "analyze -f -x -- a",
		"analyze -strict a":                    "analyze -strict -- a",
		"analyze a --help b":                   "analyze --help",
		"-h":                                   "--help",
		"--version":                            "--version",
		"rules show a/b --rules d":             "rules show --rules d -- a/b",
		"rules --help":                         "rules --help",
		"analize":                              `analize: forensic has no such command: did you mean forensic analyze?`,
		"rules sow":                            `sow: forensic rules has no such command: did you mean forensic rules show?`,
		"analyze --strct":                      `--strct: forensic analyze has no such flag: did you mean --strict?`,
		"analyze --xyzzyx":                     `--xyzzyx: forensic analyze has no such flag: "forensic analyze --help" lists the flags`,
		"analyze a -f":                         `-f: this flag needs a value: write -f VALUE`,
		"analyze --strict=yes a":               `--strict=yes: this flag is a switch and takes no value: write --strict`,
		"--strict analyze":                     `--strict: forensic has no such flag: "forensic --help" lists the flags`,
		"rules --rules d show x":               `--rules: forensic rules has no such flag: "forensic rules --help" lists the flags`,
		"analyze \x1b[31m --\x1b]0;x\x07":      `--\x1b]0;x\x07: forensic analyze has no such flag: "forensic analyze --help" lists the flags`,
		"analyze a --output=x.json --strict=0": `--strict=0: this flag is a switch and takes no value: write --strict`,
	} {
		got, err := hoist(app, append([]string{"forensic"}, strings.Fields(line)...))
		text := strings.Join(got, " ")
		var f *failure
		if errors.As(err, &f) {
			text = f.Error()
			if f.code != exitUsage {
				t.Errorf("%q: exit code %d", line, f.code)
			}
		}
		if text != "forensic "+want && text != "forensic: "+want {
			t.Errorf("%q:\n got %s\nwant %s", line, text, want)
		}
	}
}

func TestZonesAndSizes(t *testing.T) {
	for in, want := range map[string]string{"+08:00": "+08:00", "+0800": "+08:00", "+8": "+08:00", "-05": "-05:00", "Asia/Shanghai": "Asia/Shanghai", "UTC": "UTC", "Mars": "", "Local": "", "+99:00": "", "": ""} {
		loc, err := zoneNamed(in)
		if got := ""; err == nil {
			if got = loc.String(); got != want {
				t.Errorf("zone %q is %q, want %q", in, got, want)
			}
		} else if want != "" {
			t.Errorf("zone %q: %v", in, err)
		}
	}
	for in, want := range map[string]int64{"192MiB": 192 << 20, "1G": 1 << 30, "500000": 500000, "1.5GiB": 3 << 29, "16m": 16 << 20, "x": -1, "-1": -1, "10Q": -1, "": -1} {
		got, err := sizeNamed(in)
		if err != nil {
			got = -1
		}
		if got != want {
			t.Errorf("size %q is %d, want %d", in, got, want)
		}
	}
}

func TestLocale(t *testing.T) {
	for _, c := range []struct {
		env  map[string]string
		want string
	}{
		{nil, "en"},
		{map[string]string{"LANG": "zh_CN.UTF-8"}, "zh"},
		{map[string]string{"LANG": "zh_CN.UTF-8", "LC_ALL": "C"}, "en"},
		{map[string]string{"LANG": "de_DE.UTF-8", "LC_MESSAGES": "zh_TW"}, "zh"},
		{map[string]string{"LC_ALL": "", "LANG": "zh"}, "zh"},
	} {
		if got := localeLang(func(name string) string { return c.env[name] }); got != c.want {
			t.Errorf("%v: %s, want %s", c.env, got, c.want)
		}
	}
}
