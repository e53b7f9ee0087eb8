package main

import (
	"fmt"
	"os"
	"slices"
	"strings"

	"github.com/urfave/cli/v2"
)

// hoist puts the flags of a command line before its arguments, since the
// library stops reading flags at the first argument: "analyze b.tgz -o x.json"
// would lose -o. What stands behind "--" are arguments, whatever they look
// like. Unknown verbs and flags, and flags without their value, are told here.
func hoist(app *cli.App, args []string) ([]string, error) {
	out, rest := []string{args[0]}, args[1:]
	commands, at := app.Commands, "forensic"
	var flags []cli.Flag
	var picked, words []string
	verb := false // the deepest verb has been reached
	for len(rest) > 0 {
		word := rest[0]
		rest = rest[1:]
		switch {
		case word == "--":
			words = append(words, rest...)
			rest = nil
		case len(word) > 1 && word[0] == '-':
			if isHelp(word) {
				return append(out, "--help"), nil
			}
			if !verb && at == "forensic" && word == "--version" {
				return append(out, word), nil
			}
			taken, left, err := takeFlag(at, flags, word, rest)
			if err != nil {
				return nil, err
			}
			picked, rest = append(picked, taken...), left
		case !verb:
			c := commandNamed(commands, word)
			if c == nil {
				return nil, unknownVerb(at, commands, word)
			}
			out, at = append(out, c.Name), at+" "+c.Name
			flags, commands = c.Flags, c.Subcommands
			verb = len(commands) == 0
		default:
			words = append(words, word)
		}
	}
	out = append(out, picked...)
	if len(words) > 0 {
		out = append(append(out, "--"), words...)
	}
	return out, nil
}

func isHelp(word string) bool { return word == "-h" || word == "--help" || word == "-help" }

func commandNamed(cs []*cli.Command, name string) *cli.Command {
	for _, c := range cs {
		if c.HasName(name) {
			return c
		}
	}
	return nil
}

// takeFlag returns a flag with its value, and what follows them.
func takeFlag(at string, flags []cli.Flag, word string, rest []string) (taken, left []string, err error) {
	name, value, has := strings.Cut(strings.TrimLeft(word, "-"), "=")
	f := flagNamed(flags, name)
	if f == nil {
		return nil, nil, unknownFlag(at, flags, word)
	}
	_, isSwitch := f.(*cli.BoolFlag)
	switch {
	case isSwitch && has && value != "true" && value != "false":
		return nil, nil, &failure{code: 2, what: word, why: "this flag is a switch and takes no value", do: "write --" + name}
	case isSwitch || has:
		return []string{word}, rest, nil
	case len(rest) == 0:
		return nil, nil, &failure{code: 2, what: word, why: "this flag needs a value", do: fmt.Sprintf("write %s %s", word, valueName(f))}
	}
	return []string{word, rest[0]}, rest[1:], nil
}

func flagNamed(flags []cli.Flag, name string) cli.Flag {
	for _, f := range flags {
		if slices.Contains(f.Names(), name) {
			return f
		}
	}
	return nil
}

// valueName is what the usage of a flag calls its value.
func valueName(f cli.Flag) string {
	if d, ok := f.(cli.DocGenerationFlag); ok {
		if _, rest, ok := strings.Cut(d.GetUsage(), "`"); ok {
			name, _, _ := strings.Cut(rest, "`")
			return name
		}
	}
	return "VALUE"
}

func unknownFlag(at string, flags []cli.Flag, word string) error {
	var names []string
	for _, f := range flags {
		for _, n := range f.Names() {
			if len(n) > 1 {
				names = append(names, n)
			}
		}
	}
	bare, _, _ := strings.Cut(strings.TrimLeft(word, "-"), "=")
	do := fmt.Sprintf("%q lists the flags", at+" --help")
	if near := nearest(bare, names); near != "" {
		do = "did you mean --" + near + "?"
	}
	if _, err := os.Lstat(word); err == nil {
		do = "if it is a file, write -- before it"
	}
	return &failure{code: 2, what: word, why: at + " has no such flag", do: do}
}

func unknownVerb(at string, commands []*cli.Command, word string) error {
	var names []string
	for _, c := range commands {
		names = append(names, c.Name)
	}
	do := "there is " + strings.Join(names, ", ")
	if _, err := os.Lstat(word); err == nil && at == "forensic" {
		do = "to read a file or folder write forensic analyze " + word
	} else if near := nearest(word, names); near != "" {
		do = "did you mean " + at + " " + near + "?"
	}
	return &failure{code: 2, what: word, why: at + " has no such command", do: do}
}

// verbOf is how a verb is called: "rules show".
func verbOf(c *cli.Context) string { return strings.TrimPrefix(c.Command.HelpName, "forensic ") }

func noVerb() error {
	return &failure{code: 2, what: "no command was given", why: "forensic needs one word that says what to do", do: `"forensic analyze PATH" reads a bundle, "forensic --help" lists the rest`}
}

func noSubcommand(verb string) error {
	return &failure{code: 2, what: verb, why: "it needs a second word", do: fmt.Sprintf("%q lists them", "forensic "+verb+" --help")}
}

// usageError words what the library still finds, such as a value that is no
// number.
func usageError(c *cli.Context, err error, _ bool) error {
	return &failure{code: 2, what: verbOf(c), why: err.Error(), do: fmt.Sprintf("%q says what it takes", c.Command.HelpName+" --help")}
}

// nearest returns the name that takes the fewest edits, if they are few.
func nearest(name string, known []string) string {
	best, least := "", len(name)/3+2
	for _, k := range known {
		if d := edits(name, k); d < least {
			best, least = k, d
		}
	}
	return best
}

// edits counts the letters to insert, delete or exchange.
func edits(a, b string) int {
	if len(a) > 40 || len(b) > 40 {
		return 80
	}
	row := make([]int, len(b)+1)
	for j := range row {
		row[j] = j
	}
	for i := range len(a) {
		corner := row[0]
		row[0]++
		for j := range len(b) {
			cost := corner
			if a[i] != b[j] {
				cost++
			}
			corner = row[j+1]
			row[j+1] = min(cost, row[j]+1, row[j+1]+1)
		}
	}
	return row[len(b)]
}
