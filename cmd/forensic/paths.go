package main

import (
	"errors"
	"fmt"
	"io"
	"io/fs"
	"os"
	"path/filepath"

	"github.com/urfave/cli/v2"
)

// readable sorts the PATHs of a command line into those that can be read and
// the failures of the others.
func (p *program) readable(c *cli.Context) (paths []string, failed error) {
	return p.readableOf(c, c.Args().Slice())
}

// readableOf does so for arguments of which some are no PATHs.
func (p *program) readableOf(c *cli.Context, args []string) (paths []string, failed error) {
	if len(args) == 0 {
		return nil, &failure{exitUsage, verbOf(c), "no PATH was given", "name a folder, a file, an archive, or - for standard input"}
	}
	var failures []error
	stdin := false
	for _, path := range args {
		err := look(path)
		if path == "-" {
			err = nil
			if stdin {
				return nil, &failure{exitUsage, "-", "standard input can be read once", "name it once"}
			} else if isTerminalReader(p.stdin) {
				return nil, &failure{exitUsage, "-", "standard input is a terminal", "pipe something into it, or name a file"}
			}
			stdin = true
		}
		if err != nil {
			failures = append(failures, err)
			continue
		}
		paths = append(paths, path)
	}
	return paths, errors.Join(failures...)
}

func isTerminalReader(r io.Reader) bool {
	f, ok := r.(*os.File)
	return ok && isTerminal(f)
}

// look tells why a PATH cannot be read, or nil.
func look(path string) error {
	if path == "" {
		return &failure{exitFailed, "open ''", "the name is empty", "name a folder, a file or an archive"}
	}
	info, err := os.Stat(path)
	if err != nil {
		return openFailure(path, err)
	}
	switch {
	case info.IsDir():
		return lookInside(path)
	case info.Mode().IsRegular():
		f, err := os.Open(path)
		if err != nil {
			return openFailure(path, err)
		}
		defer f.Close()
		if info.Size() == 0 {
			return &failure{exitFailed, "open " + path, "the file is empty", "name a file with something in it"}
		}
	case info.Mode()&fs.ModeNamedPipe == 0:
		return &failure{exitFailed, "open " + path, "it is neither a file nor a folder", "name a folder, a file or an archive"}
	}
	return nil
}

func openFailure(path string, err error) error {
	f := &failure{exitFailed, "open " + path, "", ""}
	switch {
	case errors.Is(err, fs.ErrNotExist):
		f.why, f.do = "there is no such file or folder", "check the name"
		if dir := filepath.Dir(path); dir != "." {
			if _, err := os.Stat(dir); err != nil {
				f.do = fmt.Sprintf("check the name; there is no folder %s either", dir)
			}
		}
	case errors.Is(err, fs.ErrPermission):
		f.why, f.do = "permission denied", "run as its owner, or name a copy that you may read"
	default:
		var p *fs.PathError
		f.why, f.do = err.Error(), "check the name"
		if errors.As(err, &p) {
			f.why = p.Err.Error()
		}
	}
	return f
}

// lookInside tells whether a folder holds any file at all.
func lookInside(dir string) error {
	if _, err := os.ReadDir(dir); err != nil && errors.Is(err, fs.ErrPermission) {
		return openFailure(dir, err)
	}
	found := errors.New("found")
	err := filepath.WalkDir(dir, func(_ string, d fs.DirEntry, err error) error {
		if err == nil && !d.IsDir() {
			return found
		}
		return nil
	})
	if !errors.Is(err, found) {
		return &failure{exitFailed, "open " + dir, "the folder is empty", "name the folder or archive that holds the logs"}
	}
	return nil
}
