package main

import (
	"strings"

	"github.com/urfave/cli/v2"

	"forensic/report"
)

func (p *program) schema() *cli.Command {
	return &cli.Command{
		Name: "schema", Usage: "the JSON Schema of an output", ArgsUsage: strings.Join(report.SchemaNames(), "|"),
		Action: func(c *cli.Context) error {
			names := report.SchemaNames()
			if c.NArg() != 1 {
				return &failure{exitUsage, "schema", "it takes the name of one schema", "it is " + strings.Join(names, " or ")}
			}
			text, ok := report.SchemaText(c.Args().First())
			if !ok {
				return &failure{exitUsage, c.Args().First(), "there is no such schema", "it is " + strings.Join(names, " or ")}
			}
			_, err := p.stdout.Write(text)
			return err
		},
	}
}
