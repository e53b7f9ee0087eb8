package bundle

import (
	"errors"
	"fmt"
	"io/fs"
	"os"
	"path"
	"path/filepath"
	"slices"
	"strings"
	"time"
)

// A spec is one PATH: what it stands for is looked up again and again.
type spec struct {
	path  string
	label string // what member paths begin with; "" for a single folder
	kind  byte   // 'f' a file, 'd' a folder, '*' a pattern, 's' standard input
	found bool
}

// specsOf tells what each PATH is.
func specsOf(paths []string) ([]*spec, error) {
	labels := []string{""}
	if len(paths) > 1 {
		labels = labelsOf(paths)
	}
	var specs []*spec
	for i, p := range paths {
		s := &spec{path: p, label: labels[i], kind: 'f'}
		info, err := os.Stat(p)
		switch {
		case p == "-":
			s.kind = 's'
		case err == nil && info.IsDir():
			s.kind = 'd'
		case err == nil && info.Mode()&fs.ModeNamedPipe != 0:
			return nil, &NotFollowed{"follow " + p, "it is a named pipe", "let standard input read it: forensic follow - < " + p}
		case err == nil && !info.Mode().IsRegular():
			return nil, &NotFollowed{"follow " + p, "it is neither a file nor a folder", "name a file, a folder or a pattern"}
		case err != nil && strings.ContainsAny(p, "*?["):
			if _, bad := path.Match(p, ""); bad != nil {
				return nil, &NotFollowed{"follow " + p, "the pattern is not complete", `write \[ for a bracket that stands for itself`}
			}
			s.kind = '*'
		case err != nil:
			if _, bad := os.Stat(filepath.Dir(p)); bad != nil && !errors.Is(bad, fs.ErrPermission) {
				return nil, &NotFollowed{"follow " + p, "there is no folder " + filepath.Dir(p), "check the name"}
			}
		}
		if s.label == "" && s.kind != 'd' {
			s.label = "stdin"
			if p != "-" {
				s.label = baseName(p)
			}
		}
		specs = append(specs, s)
	}
	return specs, nil
}

// look looks at every log, and, where list says so, for new ones.
func (f *Following) look(list bool) {
	if list {
		for _, s := range f.specs {
			f.find(s)
		}
	}
	now := time.Now()
	f.mu.Lock()
	logs := f.logs
	f.mu.Unlock()
	ended := map[*Log]bool{}
	for _, l := range logs {
		l.mu.Lock()
		if !l.ended && !l.closed {
			if l.path != "" {
				l.look(now)
			}
			l.tick(now)
		}
		if l.ended {
			ended[l] = true
		}
		l.mu.Unlock()
	}
	if len(ended) > 0 && f.ctx.Err() == nil { // at the end they stay, so that none begins anew
		f.forgetLogs(ended)
	}
}

// lookSoon looks at the logs that something came of just now: who writes much
// rotates often.
func (f *Following) lookSoon(now time.Time) {
	f.mu.Lock()
	logs := f.logs
	f.mu.Unlock()
	for _, l := range logs {
		if l.path == "" || now.UnixNano()-l.gave.Load() > int64(quietAfter) {
			continue
		}
		l.mu.Lock()
		if !l.ended && !l.closed {
			l.look(now)
		}
		l.mu.Unlock()
	}
}

// forgetLogs drops the logs that have ended.
func (f *Following) forgetLogs(ended map[*Log]bool) {
	for l := range ended {
		l.Close()
	}
	f.mu.Lock()
	defer f.mu.Unlock()
	f.logs = slices.DeleteFunc(slices.Clone(f.logs), func(l *Log) bool {
		if ended[l] && l.path != "" && f.byPath[l.path] == l {
			delete(f.byPath, l.path)
		}
		return ended[l]
	})
}

// find finds the files that a PATH stands for.
func (f *Following) find(s *spec) {
	first := !s.found
	s.found = true
	switch s.kind {
	case 's':
		if first {
			f.add(s.label, "", s, first)
		}
	case 'f':
		f.add(s.label, s.path, s, first)
	case '*':
		names, _ := filepath.Glob(s.path)
		for _, name := range names {
			label := baseName(name)
			if strings.Count(s.label, "/") > 0 || len(f.specs) > 1 {
				label = s.label + "/" + label
			}
			f.addFound(label, name, names, s, first)
		}
	case 'd':
		f.findIn(s, s.path, s.label, 0, first)
	}
}

// findIn goes through a folder. Links are not followed.
func (f *Following) findIn(s *spec, dir, label string, depth int, first bool) {
	list, err := os.ReadDir(dir)
	f.trouble(dir, err, "the folder cannot be read: ")
	var names []string
	for _, e := range list {
		if e.Type().IsRegular() {
			names = append(names, filepath.Join(dir, e.Name()))
		}
	}
	for _, e := range list {
		at := path.Join(label, readableName(e.Name()))
		switch {
		case e.IsDir() && depth < 32:
			f.findIn(s, filepath.Join(dir, e.Name()), at, depth+1, first)
		case e.Type().IsRegular():
			f.addFound(at, filepath.Join(dir, e.Name()), names, s, first)
		}
	}
}

// trouble tells once what stands in the way of a folder, and again when it came
// back after it was gone.
func (f *Following) trouble(dir string, err error, what string) {
	key := "dir " + dir
	if err == nil {
		delete(f.told, key)
		return
	}
	if !f.told[key] {
		f.told[key] = true
		f.fault(&Fault{Path: readableName(filepath.Base(dir)), What: what + whyNotOpen(err)})
	}
}

// addFound adds a file that was found in a folder, unless it is an older
// generation of another one, or compressed.
func (f *Following) addFound(label, name string, among []string, s *spec, first bool) {
	if f.known(name) != nil {
		return
	}
	if ending := compressedEnding(name); ending != "" {
		if !first && !f.told[name] && len(f.told) < 1<<16 {
			f.told[name] = true
			if !f.isOlder(name, among) {
				f.fault(&Fault{Path: label, What: "a compressed file; such are not followed: analyze reads it"})
			}
		}
		return
	}
	if f.held(name) {
		return
	}
	if f.isOlder(name, among) {
		if !first && !f.told[name] && len(f.told) < 1<<16 && f.strange(name) {
			f.told[name] = true
			f.fault(&Fault{Path: label, What: "by its name an older file of a log that is followed, but it was not renamed from it: not read; analyze reads it"})
		}
		return
	}
	f.add(label, name, s, first)
}

// isOlder tells whether a name is that of an older generation of a log among
// others, or of one that is followed.
func (f *Following) isOlder(name string, among []string) bool {
	for _, other := range among {
		if other != name && len(other) <= len(name) && rotatedFrom(filepath.Base(name), filepath.Base(other)) {
			return true
		}
	}
	f.mu.Lock()
	defer f.mu.Unlock()
	for _, l := range f.logs {
		if filepath.Dir(l.path) == filepath.Dir(name) && rotatedFrom(filepath.Base(name), filepath.Base(l.path)) {
			return true
		}
	}
	return false
}

// held tells whether the file under a name is one of a log's already, under
// another name.
func (f *Following) held(name string) bool {
	info, err := os.Lstat(name)
	if err != nil {
		return false
	}
	id := idOf(info)
	f.mu.Lock()
	logs := f.logs
	f.mu.Unlock()
	for _, l := range logs {
		l.mu.Lock()
		for _, g := range l.gens {
			if g.file != nil && g.id == id && id != (fileID{}) {
				l.mu.Unlock()
				return true
			}
		}
		l.mu.Unlock()
	}
	return false
}

// strange tells whether a file, silent for long enough that it is no copy that
// is being made, is none that a log was written to.
func (f *Following) strange(name string) bool {
	info, err := os.Lstat(name)
	if err != nil || time.Since(info.ModTime()) < retireAfter {
		return false
	}
	id := idOf(info)
	f.mu.Lock()
	logs := f.logs
	f.mu.Unlock()
	for _, l := range logs {
		l.mu.Lock()
		_, known := l.before[id]
		known = known || slices.ContainsFunc(l.past, func(g *generation) bool { return g.id == id })
		l.mu.Unlock()
		if known {
			return false
		}
	}
	return true
}

func (f *Following) known(name string) *Log {
	f.mu.Lock()
	defer f.mu.Unlock()
	return f.byPath[name]
}

// add begins to follow what a name stands for.
func (f *Following) add(label, name string, s *spec, first bool) {
	key := name
	if s.kind == 's' {
		key = "-"
	}
	f.mu.Lock()
	have := f.byPath[key] != nil
	full := len(f.logs) >= maxLogs
	for n, base := 2, label; !have && slices.ContainsFunc(f.logs, func(l *Log) bool { return l.Path == label }); n++ {
		label = fmt.Sprintf("%s#%d", base, n)
	}
	f.mu.Unlock()
	if have {
		return
	}
	if full {
		if !f.told["full"] {
			f.told["full"] = true
			f.fault(&Fault{Path: label, What: fmt.Sprintf("%d files are followed, the limit; this one and the rest are not", maxLogs), Limit: true})
		}
		return
	}
	l := f.newLog(label, name, s)
	l.mu.Lock()
	if s.kind == 's' {
		l.startPump()
	} else {
		l.start(first)
	}
	l.mu.Unlock()
	f.open.Add(1)
	f.mu.Lock()
	f.byPath[key] = l
	f.logs = append(f.logs, l)
	f.queue = append(f.queue, l)
	f.mu.Unlock()
	select {
	case f.fresh <- struct{}{}:
	default:
	}
}
