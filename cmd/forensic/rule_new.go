package main

import (
	"errors"
	"fmt"
	"io/fs"
	"os"
	"path/filepath"
	"regexp"
	"strings"

	"github.com/urfave/cli/v2"

	"forensic/report"
)

var ruleName = regexp.MustCompile(`^[a-z0-9][a-z0-9-]*/[a-z0-9][a-z0-9-]*$`)

// newRule begins a rule: a file that works, to be changed, and two cases that
// pass.
func (p *program) newRule(c *cli.Context) error {
	if c.NArg() != 1 || !ruleName.MatchString(c.Args().First()) {
		return &failure{exitUsage, "rules new", "it takes a name such as disk/full", "use lower case letters, digits and hyphens"}
	}
	name, dir := c.Args().First(), c.String("dir")
	base := filepath.Join(dir, filepath.FromSlash(name))
	if err := os.MkdirAll(base, 0o755); err != nil {
		return &failure{exitFailed, "make " + base, why(err), "choose another folder with --dir"}
	}
	for _, f := range []struct{ path, text string }{
		{base + ".yaml", newRuleText},
		{filepath.Join(base, "fires.txtar"), newFires},
		{filepath.Join(base, "quiet.txtar"), newQuiet},
	} {
		if err := writeNew(f.path, strings.ReplaceAll(f.text, "RULE", name)); err != nil {
			if errors.Is(err, fs.ErrExist) {
				return &failure{exitFailed, "write " + f.path, "there is such a file", "choose another name"}
			}
			return &failure{exitFailed, "write " + f.path, why(err), "choose another folder with --dir"}
		}
		fmt.Fprintln(p.stdout, report.Visible(f.path))
	}
	fmt.Fprintf(p.stdout, "change them, then: UPDATE=1 forensic rules test %s\n", report.Visible(dir))
	return nil
}

// writeNew writes a file that must not exist yet.
func writeNew(path, text string) error {
	f, err := os.OpenFile(path, os.O_WRONLY|os.O_CREATE|os.O_EXCL, 0o644)
	if err != nil {
		return err
	}
	_, err = f.WriteString(text)
	if closing := f.Close(); err == nil {
		err = closing
	}
	return err
}

const newRuleText = `title: A service says that its disk is full
severity: error
select:
  full: {kind: log.message, text: 'No space left on device'}
match:
  count: full
  at_least: 3
  within: 1m
  by: [host]
say: '{{.Count}} writes failed in {{.Span}} because a disk is full'
because: |
  What happens inside the machine when this is logged, in plain words.
next:
  - do: What to look at or change, one imperative sentence.
    risk: What it may break.
    verify: How to see that it helped.
`

const newFires = `What this case shows, for the reader.
from: written for this test
-- app.log --
2024-03-02 10:14:03 ERROR store: write failed: No space left on device
2024-03-02 10:14:05 ERROR store: write failed: No space left on device
2024-03-02 10:14:09 ERROR store: write failed: No space left on device
2024-03-02 10:15:00 INFO  store: still here
`

const newQuiet = `The near miss: two are not enough.
from: written for this test
-- app.log --
2024-03-02 10:14:03 ERROR store: write failed: No space left on device
2024-03-02 10:14:05 ERROR store: write failed: No space left on device
2024-03-02 10:15:00 INFO  store: still here
`
