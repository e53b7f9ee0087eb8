package main

import (
	"io"

	"github.com/urfave/cli/v2"

	"forensic"
	"forensic/report"
)

// A telling is how a result is told: in which language, from which severity on,
// how text looks.
type telling struct {
	people, machines report.Options
	style            report.Style
}

func (p *program) telling(c *cli.Context) (telling, error) {
	var t telling
	people, machines, err := p.langFlag(c)
	if err != nil {
		return t, err
	}
	floor, err := severityFlag(c, "severity")
	if err != nil {
		return t, err
	}
	t.people = report.Options{Lang: people, Severity: floor, Version: programVersion()}
	t.machines = t.people
	t.machines.Lang = machines
	t.style, err = p.style(c)
	return t, err
}

// to writes the report of r in a format.
func (t telling) to(w io.Writer, format string, r *forensic.Result) error {
	if format == "json" {
		return report.JSON(w, report.New(r, t.machines))
	}
	return report.Text(w, report.New(r, t.people), t.style)
}
