package main

import (
	"slices"
	"strings"

	"github.com/urfave/cli/v2"

	"forensic/report"
	"forensic/rules"
)

func (p *program) schema() *cli.Command {
	names := append([]string{"rule"}, report.SchemaNames()...)
	slices.Sort(names)
	return &cli.Command{
		Name: "schema", Usage: "the JSON Schema of an output", ArgsUsage: strings.Join(names, "|"),
		Action: func(c *cli.Context) error {
			if c.NArg() != 1 {
				return &failure{exitUsage, "schema", "it takes the name of one schema", "it is " + strings.Join(names, ", ")}
			}
			text, ok := report.SchemaText(c.Args().First())
			if c.Args().First() == "rule" {
				text, ok = rules.Schema(), true
			}
			if !ok {
				return &failure{exitUsage, c.Args().First(), "there is no such schema", "it is " + strings.Join(names, ", ")}
			}
			_, err := p.stdout.Write(text)
			return err
		},
	}
}
