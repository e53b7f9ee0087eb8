package main

import (
	"cmp"
	"errors"
	"io"
	"os"
	"slices"
	"strings"

	"github.com/urfave/cli/v2"

	"forensic"
	"forensic/report"
)

// A telling is how a result is told: in which language, from which severity on,
// how text looks.
type telling struct {
	people, machines report.Options
	style            report.Style
	template         string       // the shape of Markdown: a name, or the text of the user's own
	kept             *report.Kept // the events that a page lists; nil where no page is asked for
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
	if t.template, err = templateFlag(cmp.Or(c.String("template"), "sre")); err != nil {
		return t, err
	}
	t.style, err = p.style(c)
	return t, err
}

// templateFlag returns the shape of Markdown: one that comes with the program,
// or the text of a file of the user's.
func templateFlag(v string) (string, error) {
	known := report.Templates()
	if slices.Contains(known, v) {
		return v, nil
	}
	if !strings.ContainsAny(v, "./\\") {
		return "", badValue("template", v, "there is no such template", "it is "+strings.Join(known, ", ")+", or a file")
	}
	f, err := os.Open(v)
	if err != nil {
		return "", badValue("template", v, why(err), "name a template, or one of "+strings.Join(known, ", "))
	}
	defer f.Close()
	const most = 1 << 20
	text, err := io.ReadAll(io.LimitReader(f, most+1))
	if err == nil && len(text) > most {
		err = errors.New("it is larger than 1 MiB")
	}
	if err == nil {
		err = report.CheckTemplate(string(text))
	}
	if err != nil {
		return "", badValue("template", v, templateWhy(err), "correct it; \"forensic analyze --template sre\" shows what one gives")
	}
	return string(text), nil
}

// templateWhy takes the name that the library gives a template out of a
// complaint, and leaves line and column.
func templateWhy(err error) string {
	s := err.Error()
	s = strings.TrimPrefix(s, "template: template:")
	if s != err.Error() {
		s = "line " + s
	}
	return s
}

// templateFailure tells a template that cannot be filled in from a place that
// cannot be written to.
func templateFailure(err error) error {
	var w *report.WriteError
	var f *failure
	if errors.As(err, &w) || errors.As(err, &f) || errors.Is(err, errClosed) {
		return err
	}
	return &failure{exitFailed, "fill in the template", templateWhy(err), "correct it"}
}

// to writes the report of r in a format.
func (t telling) to(w io.Writer, format string, r *forensic.Result) error {
	switch format {
	case "json":
		return report.JSON(w, report.New(r, t.machines))
	case "html":
		page := report.New(r, t.people)
		page.Kept = t.kept
		return report.HTML(w, page, report.New(r, t.otherLanguage()))
	case "markdown":
		if err := report.Markdown(w, report.New(r, t.people), t.template); err != nil {
			return templateFailure(err)
		}
		return nil
	}
	return report.Text(w, report.New(r, t.people), t.style)
}

// otherLanguage is for reports that hold both.
func (t telling) otherLanguage() report.Options {
	o := t.people
	if o.Lang = "zh"; t.people.Lang == "zh" {
		o.Lang = "en"
	}
	return o
}
