package main

import (
	"errors"
	"io"
	"syscall"
)

// An output is standard output. Once nobody reads it any more ("| head") it
// swallows what comes and reports the end as errClosed.
type output struct {
	w    io.Writer
	gone bool
	err  error
}

func newOutput(w io.Writer) *output { return &output{w: w} }

// errClosed says that nobody reads standard output any more.
var errClosed = errors.New("standard output is closed")

// Write passes b on.
func (o *output) Write(b []byte) (int, error) {
	if o.gone {
		return 0, errClosed
	}
	if o.err != nil {
		return 0, o.err
	}
	n, err := o.w.Write(b)
	switch {
	case errors.Is(err, syscall.EPIPE):
		o.gone = true
		return n, errClosed
	case err != nil:
		o.err = stdoutFailure(err)
		return n, o.err
	}
	return n, nil
}

// close returns what went wrong and was not told yet.
func (o *output) close() error { return o.err }

func stdoutFailure(err error) error {
	f := &failure{exitFailed, "write standard output", "the system says " + err.Error(), "write to another place, or name a file with -o"}
	if errors.Is(err, syscall.ENOSPC) {
		f.why, f.do = "no space left on the disk", "free space, or write to another disk"
	}
	return f
}
