package rules

import (
	"cmp"
	"embed"
	"fmt"
	"io"
	"io/fs"
	"os"
	"path"
	"path/filepath"
	"regexp"
	"runtime"
	"slices"
	"strings"
	"sync"
	"sync/atomic"
)

//go:embed */*.yaml
var builtin embed.FS

var nameForm = regexp.MustCompile(`^[a-z0-9][a-z0-9-]*/[a-z0-9][a-z0-9-]*$`)

// Builtin returns the rules that come with the program, sorted by name. They are
// read once; nobody may change what is in them.
func Builtin() ([]Rule, error) {
	rs, err := loadBuiltin()
	return slices.Clone(rs), err
}

var loadBuiltin = sync.OnceValues(func() ([]Rule, error) { return load(builtin, ".", "rules", "") })

// Dir returns the rules below a directory of the user's, sorted by name. A rule
// directly in it has the directory's own name as its area.
func Dir(dir string) ([]Rule, error) {
	info, err := os.Stat(dir)
	switch {
	case err != nil:
		return nil, fmt.Errorf("open rules: %w", err)
	case !info.IsDir():
		return nil, fmt.Errorf("open rules: %s is not a directory", dir)
	}
	area := "rules"
	if abs, err := filepath.Abs(dir); err == nil {
		area = strings.ToLower(filepath.Base(abs))
	}
	return load(os.DirFS(dir), ".", dir, area)
}

// load reads every .yaml file below root; label is how files are called in
// complaints.
func load(fsys fs.FS, root, label, area string) ([]Rule, error) {
	var ps Problems
	var files []ruleFile
	err := fs.WalkDir(fsys, root, func(p string, d fs.DirEntry, err error) error {
		if err != nil {
			return err
		}
		ext := path.Ext(p)
		if d.IsDir() || ext != ".yaml" && ext != ".yml" {
			return nil
		}
		name, file := strings.TrimSuffix(p, ext), path.Join(filepath.ToSlash(label), p)
		if area != "" && !strings.Contains(name, "/") {
			name = area + "/" + name
		}
		if !nameForm.MatchString(name) {
			ps = append(ps, &Problem{File: file, What: "a rule's name is its path, area/what-is-wrong, in lower case letters, digits and hyphens"})
			return nil
		}
		data, err := readFile(fsys, p)
		if err != nil {
			return err
		}
		files = append(files, ruleFile{name: name, file: file, data: data})
		return nil
	})
	if err != nil {
		return nil, fmt.Errorf("read rules: %w", err)
	}
	readAll(files)
	var rs []Rule
	for i := range files {
		ps = append(ps, files[i].wrong...)
		if len(files[i].wrong) == 0 {
			rs = append(rs, files[i].rule)
		}
	}
	slices.SortFunc(rs, func(a, b Rule) int { return strings.Compare(a.Name, b.Name) })
	if len(ps) > 0 {
		sortProblems(ps)
		return rs, ps
	}
	return rs, nil
}

// A ruleFile is a rule to read, and what came of it.
type ruleFile struct {
	name, file string
	data       []byte
	rule       Rule
	wrong      Problems
}

// readAll reads every file, on all processors: hundreds of rules are what the
// start of the program takes longest for.
func readAll(files []ruleFile) {
	var next atomic.Int64
	var wg sync.WaitGroup
	for range min(runtime.GOMAXPROCS(0), len(files)) {
		wg.Go(func() {
			for {
				i := int(next.Add(1)) - 1
				if i >= len(files) {
					return
				}
				f := &files[i]
				f.rule, f.wrong = Read(f.name, f.file, f.data)
			}
		})
	}
	wg.Wait()
}

// readFile reads a little more than a file may hold, so that a larger one is
// refused without being read.
func readFile(fsys fs.FS, p string) ([]byte, error) {
	f, err := fsys.Open(p)
	if err != nil {
		return nil, err
	}
	defer f.Close()
	return io.ReadAll(io.LimitReader(f, maxFile+1))
}

func sortProblems(ps Problems) {
	slices.SortStableFunc(ps, func(a, b *Problem) int {
		return cmp.Or(strings.Compare(a.File, b.File), cmp.Compare(a.Line, b.Line), cmp.Compare(a.Column, b.Column))
	})
}
