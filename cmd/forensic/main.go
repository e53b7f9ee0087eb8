// Command forensic reads what a support engineer was sent and says what
// happened, with the lines that prove it.
//
// This package owns the command line: flags in, package forensic called, what
// package report makes of the result out. A verb is a file that returns a
// *cli.Command. It analyses nothing itself. Results go to standard output or
// to files named with -o; everything else is one line on standard error.
package main

import (
	"cmp"
	"context"
	"fmt"
	"io"
	"os"
	"os/signal"
	"runtime/debug"
	"slices"
	"strings"
	"syscall"

	"github.com/urfave/cli/v2"
)

func main() {
	signal.Ignore(syscall.SIGPIPE) // a closed standard output is an error of Write, not an end
	tuneHeap()
	os.Exit(run(os.Args, os.Stdin, os.Stdout, os.Stderr))
}

// run is the program: it returns the exit code and ends nothing.
func run(args []string, stdin io.Reader, stdout, stderr io.Writer) int {
	p := &program{stdin: stdin, stderr: stderr, lang: localeLang(os.Getenv)}
	p.stdout = newOutput(stdout)
	app := p.app()
	line, err := hoist(app, args)
	if err == nil {
		err = app.RunContext(context.Background(), line)
	}
	if closing := p.stdout.close(); err == nil {
		err = closing
	}
	return p.tell(err)
}

// A program is one run.
type program struct {
	stdin  io.Reader
	stdout *output
	stderr io.Writer
	lang   string // of the locale
}

// version is set when a release is built.
var version = ""

func programVersion() string {
	if version != "" {
		return version
	}
	if info, ok := debug.ReadBuildInfo(); ok && info.Main.Version != "" && info.Main.Version != "(devel)" {
		return info.Main.Version
	}
	return "unreleased"
}

func init() {
	cli.VersionFlag = &cli.BoolFlag{Name: "version", Usage: "print the version", DisableDefaultText: true}
	cli.HelpFlag = &cli.BoolFlag{Name: "help", Aliases: []string{"h"}, Usage: "say what it does", DisableDefaultText: true}
	cli.FlagStringer = flagLine
	cli.VersionPrinter = func(c *cli.Context) { fmt.Fprintln(c.App.Writer, "forensic", c.App.Version) }
}

// flagLine is a flag's line in the help: names, what it takes, what it does.
func flagLine(f cli.Flag) string {
	var names []string
	for _, n := range f.Names() {
		dashes := "--"
		if len(n) == 1 {
			dashes = "-"
		}
		names = append(names, dashes+n)
	}
	slices.SortStableFunc(names, func(a, b string) int { return cmp.Compare(len(a), len(b)) })
	left, usage := strings.Join(names, ", "), ""
	if d, ok := f.(cli.DocGenerationFlag); ok {
		usage = d.GetUsage()
	}
	if strings.HasPrefix(usage, "`") {
		value, rest, _ := strings.Cut(usage[1:], "` ")
		left, usage = left+" "+value, rest
	}
	if len(left) > 26 {
		return left + "\n  " + strings.Repeat(" ", 28) + usage
	}
	return fmt.Sprintf("%-26s  %s", left, usage)
}

// app is the table of verbs.
func (p *program) app() *cli.App {
	return &cli.App{
		Name:                      "forensic",
		HelpName:                  "forensic",
		Usage:                     "say what happened, from the logs, listings and captures somebody sent",
		UsageText:                 "forensic analyze ./bundle.tgz",
		Version:                   programVersion(),
		HideHelpCommand:           true,
		DisableSliceFlagSeparator: true,
		Suggest:                   true,
		Writer:                    p.stdout,
		ErrWriter:                 p.stderr,
		Reader:                    p.stdin,
		CustomAppHelpTemplate:     appHelp,
		ExitErrHandler:            func(*cli.Context, error) {}, // run tells errors
		OnUsageError:              usageError,
		Action:                    func(*cli.Context) error { return noVerb() },
		Commands: ready([]*cli.Command{
			p.analyze(), p.timeline(), p.follow(), p.redact(), p.rules(), p.formats(), p.explain(), p.schema(),
		}),
	}
}

// ready gives every command what the library does not take from the app.
func ready(cs []*cli.Command) []*cli.Command {
	for _, c := range cs {
		c.HideHelpCommand = true
		c.OnUsageError = usageError
		c.CustomHelpTemplate = commandHelp
		if len(c.Subcommands) > 0 {
			ready(c.Subcommands)
			c.CustomHelpTemplate = groupHelp
			if c.Action == nil {
				name := c.Name
				c.Action = func(*cli.Context) error { return noSubcommand(name) }
			}
		}
	}
	return cs
}

const appHelp = `forensic - {{.Usage}}

Usage:
{{range .VisibleCommands}}  {{$.HelpName}} {{printf "%-9s" .Name}} {{printf "%-16s" .ArgsUsage}} {{.Usage}}
{{end}}
"forensic VERB --help" says more. Exit codes: 0 done, 1 could not do the job, 2 wrong usage,
3 --fail-on met, 4 part of the input could not be read (with --strict), 130 interrupted.
`

const commandHelp = `{{.HelpName}} - {{.Usage}}

Usage: {{if .UsageText}}{{.UsageText}}{{else}}{{.HelpName}} [flags] {{.ArgsUsage}}{{end}}
{{if .Description}}
{{.Description}}
{{end}}{{if .VisibleFlags}}
Flags:
{{range .VisibleFlags}}  {{.}}
{{end}}{{end}}`

const groupHelp = `{{.HelpName}} - {{.Usage}}

Usage:
{{range .VisibleCommands}}  {{$.HelpName}} {{printf "%-7s" .Name}} {{printf "%-14s" .ArgsUsage}} {{.Usage}}
{{end}}`
