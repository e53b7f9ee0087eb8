package bundle

import (
	"context"
	"errors"
	"fmt"
	"io/fs"
	"iter"
	"os"
	"path/filepath"
	"strconv"
	"sync"
)

// A Root is something that can be read independently of everything else: a
// file, an archive, standard input, or some of the files of a directory.
type Root struct {
	Path  string // the PATH it belongs to, as given
	Label string // what member paths begin with: "" for one PATH, its base name for several
	Input int    // number of that PATH, from 0
	Dir   bool   // the PATH is a directory; its files may be spread over several Roots

	state *rootState
	group *group // of a directory
}

// rootState is what copies of a Root share.
type rootState struct {
	shared *shared
	mu     sync.Mutex
	bytes  int64
	sum    string
}

// A group is a run of files of one directory, in the order of their paths.
type group struct {
	tree       tree // nil: opened by the Root's path
	list       *pathList
	first, end int
}

// Every file of a directory is a Root of its own up to groupsOf files; beyond
// that they come in groups, up to groupMax each.
const (
	groupsOf = 512
	groupMax = 256
)

// Roots lists what can be read independently, in order. Where some paths cannot
// be opened it returns the others and an error that names those.
func Roots(paths []string) ([]Root, error) {
	labels := []string{""}
	if len(paths) > 1 {
		labels = labelsOf(paths)
	}
	var roots []Root
	var errs []error
	common := newShared()
	for i, p := range paths {
		r := Root{Path: p, Label: labels[i], Input: i, state: &rootState{shared: common}}
		if p == "-" {
			roots = append(roots, r)
			continue
		}
		info, err := os.Stat(p)
		switch {
		case err != nil:
			errs = append(errs, fmt.Errorf("open %s: %s", p, plainError(err)))
		case info.IsDir():
			more, err := r.groups()
			if err != nil {
				errs = append(errs, fmt.Errorf("open %s: %s", p, plainError(err)))
				continue
			}
			roots = append(roots, more...)
		case info.Mode().IsRegular(), info.Mode()&fs.ModeNamedPipe != 0:
			roots = append(roots, r)
		default:
			errs = append(errs, fmt.Errorf("open %s: neither a file nor a directory", p))
		}
	}
	return roots, errors.Join(errs...)
}

// Labelled lets the members of a lone PATH begin with its base name, as those of
// several do: for one that is left of several.
func Labelled(roots []Root) {
	for i := range roots {
		if roots[i].Label == "" {
			roots[i].Label = labelsOf([]string{roots[i].Path})[0]
		}
	}
}

// groups lists a directory and cuts it into Roots. A directory without files is
// one Root without members.
func (r Root) groups() ([]Root, error) {
	root, err := os.OpenRoot(r.Path)
	if err != nil {
		return nil, err
	}
	defer root.Close()
	list, err := listTree(dirTree{root})
	if err != nil {
		return nil, err
	}
	r.Dir = true
	size := min(max((list.len()+groupsOf-1)/groupsOf, 1), groupMax)
	var roots []Root
	for first := 0; first < max(list.len(), 1); first += size {
		r.group = &group{list: list, first: first, end: min(first+size, list.len())}
		roots = append(roots, r)
	}
	return roots, nil
}

// labelsOf returns the base names of several paths, made unique with #2.
func labelsOf(paths []string) []string {
	seen := map[string]bool{}
	labels := make([]string, len(paths))
	for i, p := range paths {
		base := "stdin"
		if p != "-" {
			base = baseName(p)
		}
		label := base
		for n := 2; seen[label]; n++ {
			label = base + "#" + strconv.Itoa(n)
		}
		seen[label] = true
		labels[i] = label
	}
	return labels
}

func baseName(p string) string {
	if base := filepath.Base(p); base != "." && base != ".." && base != string(filepath.Separator) {
		return readableName(base)
	}
	if abs, err := filepath.Abs(p); err == nil && filepath.Base(abs) != string(filepath.Separator) {
		return readableName(filepath.Base(abs))
	}
	return "root"
}

// Sum returns, after the walk, how many bytes of the input were read and, where
// Limits.Hash asked for it and all were, their SHA-256 in hexadecimal. They are
// zero for a directory.
func (r *Root) Sum() (bytes int64, sha256 string) {
	r.state.mu.Lock()
	defer r.state.mu.Unlock()
	return r.state.bytes, r.state.sum
}

func (s *rootState) set(bytes int64, sum string) {
	s.mu.Lock()
	defer s.mu.Unlock()
	s.bytes, s.sum = bytes, sum
}

// Open walks r. See the function Open for what is yielded.
func (r Root) Open(ctx context.Context, lim Limits) iter.Seq2[*Member, error] {
	return func(yield func(*Member, error) bool) {
		lim = lim.withDefaults()
		w := &walker{
			lim: lim, shared: r.state.shared, total: &budget{r.state.shared, lim.TotalBytes},
			yield: yield, spool: &spool{parent: lim.Temp},
		}
		w.ctx, w.cancel = context.WithCancel(ctx)
		w.windows = &windows{ctx: w.ctx, token: r.state.shared.large}
		defer w.cancel()
		defer w.spool.close()
		var err error
		switch {
		case r.group != nil:
			err = w.files(r)
		case r.Path == "-":
			err = w.standardInput(r)
		default:
			err = w.path(r)
		}
		switch {
		case w.stopped:
		case ctx.Err() != nil:
			yield(nil, ctx.Err())
		case err != nil:
			yield(nil, err)
		}
	}
}
