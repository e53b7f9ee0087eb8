package main

import (
	"errors"
	"fmt"
	"io/fs"
	"strings"
	"syscall"

	"forensic/report"
	"forensic/rules"
)

// Exit codes.
const (
	exitDone        = 0
	exitFailed      = 1 // could not do the job
	exitUsage       = 2 // wrong usage, or rules that cannot be read
	exitFound       = 3 // --fail-on is met
	exitIncomplete  = 4 // --strict, and part of the input could not be read
	exitInterrupted = 130
)

// A failure is one line on standard error: what: why: what to do.
type failure struct {
	code          int
	what, why, do string
}

func (f *failure) Error() string {
	parts := []string{"forensic"}
	for _, s := range []string{f.what, f.why, f.do} {
		if s != "" {
			parts = append(parts, s)
		}
	}
	return report.Visible(strings.Join(parts, ": "))
}

// A status ends the program with a code and no word.
type status int

func (s status) Error() string { return fmt.Sprintf("exit code %d", int(s)) }

// precedence orders exit codes: the first that is met counts.
var precedence = []int{exitInterrupted, exitUsage, exitFailed, exitFound, exitIncomplete}

// tell prints every failure in err, a line each, and returns the exit code.
func (p *program) tell(err error) int {
	met := map[int]bool{}
	for _, one := range flatten(err) {
		var s status
		if errors.As(one, &s) {
			met[int(s)] = true
			continue
		}
		f := asFailure(one)
		met[f.code] = true
		fmt.Fprintln(p.stderr, f.Error())
	}
	for _, code := range precedence {
		if met[code] {
			return code
		}
	}
	return exitDone
}

// flatten takes joined errors apart.
func flatten(err error) []error {
	if err == nil || errors.Is(err, errClosed) { // nobody reads on: a quiet end
		return nil
	}
	if j, ok := err.(interface{ Unwrap() []error }); ok {
		var all []error
		for _, e := range j.Unwrap() {
			all = append(all, flatten(e)...)
		}
		return all
	}
	var ps rules.Problems
	if errors.As(err, &ps) {
		var all []error
		for _, problem := range ps {
			all = append(all, ruleFailure(problem))
		}
		return all
	}
	return []error{err}
}

// ruleFailure words what is wrong with a rule.
func ruleFailure(p *rules.Problem) *failure {
	what := p.File
	if p.Line > 0 {
		what += fmt.Sprintf(": line %d", p.Line)
	}
	why, do, ok := strings.Cut(p.What, "; ")
	if !ok {
		do = "correct the rule"
	}
	return &failure{code: exitUsage, what: what, why: why, do: do}
}

// asFailure words an error of a package below.
func asFailure(err error) *failure {
	var f *failure
	if errors.As(err, &f) {
		return f
	}
	why := err.Error()
	what, rest, ok := strings.Cut(why, ": ")
	if !ok {
		what, rest = "analysis", why
	}
	switch {
	case errors.Is(err, syscall.ENOSPC):
		return &failure{exitFailed, what, "no space left on the disk", "free space, or name another folder with --temp"}
	case errors.Is(err, syscall.EDQUOT):
		return &failure{exitFailed, what, "the disk quota is used up", "free space, or name another folder with --temp"}
	case errors.Is(err, fs.ErrPermission):
		return &failure{exitFailed, what, "permission denied", "run as its owner, or name a copy that you may read"}
	case errors.Is(err, fs.ErrNotExist):
		return &failure{exitFailed, what, "there is no such file or folder", "check the name"}
	}
	return &failure{exitFailed, what, rest, "nothing was written"}
}
