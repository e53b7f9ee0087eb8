package main

import (
	"errors"
	"fmt"
	"io"
	"io/fs"
	"os"
	"path/filepath"
	"slices"
	"strings"
	"syscall"

	"forensic"
	"forensic/report"
)

// files are the results named with -o: reports, written when the result is
// there, and lists of all events, written as the events come.
type files struct {
	telling telling
	out     report.Files
	reports []reportFile
	events  []*report.Events
}

type reportFile struct {
	*report.File
	format string
}

// endings pick the format of a file.
var endings = []struct{ ending, format string }{
	{".json", "json"}, {".md", "markdown"}, {".html", "html"}, {".txt", "text"},
}

// newFiles opens every file before anything is read, so that a name that cannot
// be written to costs nothing.
func newFiles(names []string, t telling, list report.EventOptions) (*files, error) {
	fs := &files{telling: t}
	seen := map[string]bool{}
	for _, name := range names {
		events := eventFormat(name)
		format, err := events, error(nil)
		if events == "" {
			format, err = formatOf(name)
		}
		if err == nil && seen[filepath.Clean(name)] {
			err = &failure{exitUsage, "-o " + name, "the file is named twice", "name it once"}
		}
		if err != nil {
			fs.discard()
			return nil, err
		}
		seen[filepath.Clean(name)] = true
		f, err := fs.out.Create(name)
		if err != nil {
			fs.discard()
			return nil, writeFailure(err)
		}
		if events == "" {
			fs.reports = append(fs.reports, reportFile{f, format})
			continue
		}
		list.Format = events
		sink, err := report.NewEvents(f, list)
		if err != nil {
			fs.discard()
			return nil, err
		}
		fs.events = append(fs.events, sink)
	}
	return fs, nil
}

func formatOf(name string) (string, error) {
	lower := strings.ToLower(name)
	known := eventEndings
	for _, e := range endings {
		if strings.HasSuffix(lower, e.ending) {
			return e.format, nil
		}
		known = append(known, e.ending)
	}
	if name == "-" {
		return "", &failure{exitUsage, "-o -", "standard output is written anyway", "choose what goes there with --format"}
	}
	return "", &failure{exitUsage, "-o " + name, "the ending does not tell the format", "use one of " + strings.Join(known, " ")}
}

func (fs *files) wantEvents() bool { return len(fs.events) > 0 }

// wantPage tells whether one of the files is a page.
func (fs *files) wantPage() bool {
	return slices.ContainsFunc(fs.reports, func(f reportFile) bool { return f.format == "html" })
}

// sinks are what the files want of the events: lists all of them, pages those
// that they show.
func (fs *files) sinks() []forensic.Sink {
	var all []forensic.Sink
	for _, e := range fs.events {
		all = append(all, e)
	}
	if fs.wantPage() {
		fs.telling.kept = report.NewKept()
		all = append(all, fs.telling.kept)
	}
	return all
}

// apart holds that no output is one of the inputs, which are never written to,
// and has the walk pass over outputs that lie in an input folder.
func apart(paths []string, stdin io.Reader, opt *forensic.Options, outs ...*report.Files) error {
	own := func(info fs.FileInfo) bool {
		return slices.ContainsFunc(outs, func(o *report.Files) bool { return o.Own(info) })
	}
	for _, path := range paths {
		info, err := os.Stat(path)
		if f, ok := stdin.(*os.File); ok && path == "-" {
			info, err = f.Stat()
		}
		if err == nil && own(info) {
			return &failure{exitUsage, "-o", path + " is an input, too, and inputs are never written to", "choose another name"}
		}
	}
	opt.Limits.Own = own
	return nil
}

// discard gives up what has not been finished.
func (fs *files) discard() {
	for _, e := range fs.events {
		e.Abort()
	}
	fs.out.Discard()
}

// finish writes the reports and gives all files their names.
func (fs *files) finish(r *forensic.Result) error {
	for _, f := range fs.reports {
		t := fs.telling
		t.style.Color = false
		t.style.Width = 0
		if err := t.to(f, f.format, r); err != nil {
			fs.discard()
			return writeFailure(err)
		}
	}
	if err := fs.out.Commit(); err != nil {
		return writeFailure(err)
	}
	return nil
}

// writeFailure words why a result file was not written.
func writeFailure(err error) error {
	var w *report.WriteError
	if !errors.As(err, &w) {
		return err
	}
	f := &failure{exitFailed, "write " + w.Target, why(w.Err), "choose another folder"}
	switch {
	case errors.Is(err, syscall.ENOSPC), errors.Is(err, syscall.EDQUOT):
		f.do = "free space or choose another folder"
	case errors.Is(err, syscall.ENOENT):
		f.why, f.do = "there is no folder "+filepath.Dir(w.Target), "make it, or choose another folder"
	}
	if w.Earlier {
		f.do = fmt.Sprintf("the earlier %s is unchanged; %s", filepath.Base(w.Target), f.do)
	}
	return f
}

// why words what the system said, without the names of its calls and of our
// temporary files.
func why(err error) string {
	var n syscall.Errno
	switch {
	case errors.Is(err, syscall.ENOSPC):
		return "no space left on the disk"
	case errors.Is(err, syscall.EDQUOT):
		return "the disk quota is used up"
	case errors.Is(err, syscall.EFBIG):
		return "the file would be larger than this user may write"
	case errors.Is(err, syscall.EACCES), errors.Is(err, syscall.EPERM):
		return "permission denied"
	case errors.As(err, &n):
		return n.Error()
	}
	return err.Error()
}
