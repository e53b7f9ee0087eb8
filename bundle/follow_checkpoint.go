package bundle

import (
	"encoding"
	"encoding/json"
	"errors"
	"fmt"
	"io"
	"io/fs"
	"os"
	"path/filepath"
	"slices"
	"strings"
	"time"
)

// A checkpoint says how far every log was read, and up to where what was read is
// kept. What was kept or read beyond it before the process died counts for
// nothing: the store is cut off there, and the files are read again from there.
type checkpoint struct {
	Version int             `json:"version"`
	Paths   []string        `json:"paths"`
	Segment int             `json:"segment"`
	At      int64           `json:"at"`
	Next    int             `json:"next"`
	Logs    []logState      `json:"logs"`
	Files   []fileState     `json:"files"`
	Faults  []*Fault        `json:"faults,omitempty"`
	More    json.RawMessage `json:"more,omitempty"`
}

// A logState is one log.
type logState struct {
	Label string            `json:"label"`
	Path  string            `json:"path"`
	Gens  []generationState `json:"generations"`
	Known []generationState `json:"known,omitempty"`
}

// A generationState is one file of a log.
type generationState struct {
	File int    `json:"file,omitempty"` // among files
	Path string `json:"path"`
	Dev  uint64 `json:"dev"`
	Ino  uint64 `json:"ino"`
	Head []byte `json:"head,omitempty"`
	Tail []byte `json:"tail,omitempty"`
	Sum  []byte `json:"sum,omitempty"`
	From int64  `json:"from,omitempty"`
	At   int64  `json:"offset"`
	Line int    `json:"line"`
	Old  bool   `json:"old,omitempty"` // there was a newer one
}

// A fileState is one file of which bytes are kept.
type fileState struct {
	ID       int       `json:"id"`
	Log      string    `json:"log"`
	Path     string    `json:"path"`
	From     int64     `json:"from"`
	At       int64     `json:"offset"`
	Line     int       `json:"line"`
	Modified time.Time `json:"modified"`
}

const checkpointVersion = 1

// maxCheckpoint bounds what is read of a checkpoint file.
const maxCheckpoint = 256 << 20

// save writes the checkpoint: first what is kept is made durable, then the file
// beside it gets its name.
func (f *Following) save() error {
	f.saved = time.Now()
	f.dirty.Store(false)
	f.mu.Lock()
	logs := slices.Clone(f.logs)
	faults := slices.Clone(f.faults)
	f.mu.Unlock()
	// No log moves while its place and what is kept are taken down together.
	for _, l := range logs {
		l.mu.Lock()
	}
	c, err := f.capture(logs)
	for _, l := range logs {
		l.mu.Unlock()
	}
	if err == nil {
		c.Faults = faults
		err = writeCheckpoint(f.opt.Checkpoint, c)
	}
	if err != nil && !f.told["checkpoint"] {
		f.told["checkpoint"] = true
		f.fault(&Fault{Path: filepath.Base(f.opt.Checkpoint), What: "the checkpoint cannot be written: " + plainError(err) + "; the one before it stands, and it is tried again"})
	} else if err == nil && f.told["checkpoint"] {
		delete(f.told, "checkpoint")
		f.fault(&Fault{Path: filepath.Base(f.opt.Checkpoint), What: "the checkpoint is written again"})
	}
	return err
}

// capture takes everything down.
func (f *Following) capture(logs []*Log) (*checkpoint, error) {
	c := &checkpoint{Version: checkpointVersion, Paths: f.paths}
	var err error
	if c.Segment, c.At, err = f.kept.sync(); err != nil {
		return nil, err
	}
	for _, l := range logs {
		if l.path == "" {
			continue
		}
		s := logState{Label: l.Path, Path: l.path}
		for _, g := range l.gens {
			s.Gens = append(s.Gens, g.state())
		}
		for _, g := range l.past[max(0, len(l.past)-64):] {
			s.Known = append(s.Known, g.state())
		}
		for _, g := range l.before {
			s.Known = append(s.Known, generationState{Path: g.path, Dev: g.id.dev, Ino: g.id.ino, Head: g.head, Old: true, At: -1})
		}
		slices.SortFunc(s.Known, func(a, b generationState) int { return int(int64(a.Ino) - int64(b.Ino)) })
		c.Logs = append(c.Logs, s)
	}
	f.kept.mu.Lock()
	defer f.kept.mu.Unlock()
	c.Next = f.kept.next
	for _, x := range f.kept.files {
		_, line := x.first()
		c.Files = append(c.Files, fileState{x.id, x.log, x.g.path, x.g.from, x.end(), line, x.g.mtime})
	}
	return c, nil
}

// state takes one file down.
func (g *generation) state() generationState {
	s := generationState{Path: g.path, Dev: g.id.dev, Ino: g.id.ino, Head: slices.Clone(g.head), From: g.from, At: g.given, Line: g.line, Old: !g.retired.IsZero()}
	s.Tail = slices.Clone(g.tail[:max(0, len(g.tail)-len(g.held))])
	if m, ok := g.sum.(encoding.BinaryMarshaler); ok {
		s.Sum, _ = m.MarshalBinary()
	}
	if g.kept != nil {
		s.File = g.kept.id
	}
	return s
}

func writeCheckpoint(name string, c *checkpoint) error {
	b, err := json.Marshal(c)
	if err != nil {
		return err
	}
	temp := name + ".new"
	f, err := os.OpenFile(temp, os.O_WRONLY|os.O_CREATE|os.O_TRUNC, 0o600)
	if err != nil {
		return err
	}
	_, err = f.Write(append(b, '\n'))
	if err == nil {
		err = f.Sync()
	}
	err = errors.Join(err, f.Close())
	if err == nil {
		err = os.Rename(temp, name)
	}
	if err != nil {
		os.Remove(temp)
		return err
	}
	if d, err := os.Open(filepath.Dir(name)); err == nil {
		d.Sync()
		d.Close()
	}
	return nil
}

// readCheckpoint reads one, or nothing where there is none.
func readCheckpoint(name string) (*checkpoint, error) {
	f, err := os.Open(name)
	if errors.Is(err, fs.ErrNotExist) {
		return nil, nil
	}
	if err != nil {
		return nil, err
	}
	defer f.Close()
	b, err := io.ReadAll(io.LimitReader(f, maxCheckpoint+1))
	if err != nil {
		return nil, err
	}
	return parseCheckpoint(b)
}

func parseCheckpoint(b []byte) (*checkpoint, error) {
	if len(b) > maxCheckpoint {
		return nil, fmt.Errorf("it is larger than %d bytes", maxCheckpoint)
	}
	c := &checkpoint{}
	if err := json.Unmarshal(b, c); err != nil {
		return nil, errors.New("it is no checkpoint, or a damaged one")
	}
	if c.Version != checkpointVersion {
		return nil, fmt.Errorf("it is of version %d, this program reads %d", c.Version, checkpointVersion)
	}
	seen := map[int]bool{}
	for _, x := range c.Files {
		if x.ID <= 0 || x.ID > c.Next || seen[x.ID] || x.At < 0 || x.From < 0 || x.Line < 0 {
			return nil, errors.New("it is no checkpoint, or a damaged one")
		}
		seen[x.ID] = true
	}
	for _, l := range c.Logs {
		for _, g := range l.Gens {
			if g.At < 0 || g.From < 0 || g.From > g.At || g.Line < 0 || len(g.Head) > headKept || len(g.Tail) > tailKept || int64(len(g.Tail)) > g.At {
				return nil, errors.New("it is no checkpoint, or a damaged one")
			}
		}
	}
	return c, nil
}

// resume reads the checkpoint, if there is one, and what was kept up to it.
func (f *Following) resume() error {
	name := f.opt.Checkpoint
	if name == "" {
		dir, err := os.MkdirTemp(f.opt.Temp, fmt.Sprintf("forensic-%d-", os.Getpid()))
		if err != nil {
			return fmt.Errorf("make a temporary folder: %w", err)
		}
		f.kept, err = newKept(dir, true, f.opt)
		if err == nil {
			f.kept.tell = f.fault
		}
		return err
	}
	c, err := readCheckpoint(name)
	if err != nil {
		return &NotFollowed{"checkpoint " + name, plainError(err), "name another file, or remove it to begin anew"}
	}
	if c != nil && !slices.Equal(c.Paths, f.paths) {
		return &NotFollowed{"checkpoint " + name, "it was written for other files: " + strings.Join(c.Paths, " "), "name another checkpoint, or the same files"}
	}
	dir := name + ".kept"
	if c == nil {
		if err := os.RemoveAll(dir); err != nil { // of a run that never wrote one
			return &NotFollowed{"checkpoint " + name, plainError(err), "name a place that can be written to"}
		}
	}
	if err := os.MkdirAll(dir, 0o700); err != nil {
		return &NotFollowed{"checkpoint " + name, plainError(err), "name a place that can be written to"}
	}
	if links, err := filepath.Glob(filepath.Join(dir, "watch-*")); err == nil {
		for _, l := range links {
			os.Remove(l)
		}
	}
	if f.kept, err = newKept(dir, false, f.opt); err != nil {
		return err
	}
	f.kept.tell = f.fault
	if c == nil {
		return nil
	}
	f.state, f.faults, f.kept.next = c, c.Faults, c.Next
	files := map[int]*keptFile{}
	logs := map[string]*Log{}
	for _, s := range c.Logs {
		logs[s.Label] = f.newLog(s.Label, s.Path, nil)
	}
	for _, s := range c.Files {
		l := logs[s.Log]
		if l == nil { // it ended
			l = f.newLog(s.Log, "", nil)
			logs[s.Log] = l
		}
		g := &generation{path: s.Path, from: s.From, given: s.At, seen: s.At, mtime: s.Modified, gone: true, retired: time.Unix(1, 0)}
		x := &keptFile{id: s.ID, l: l, g: g, log: s.Log, listed: true, over: true, at: s.At, line: s.Line}
		files[s.ID] = x
		f.kept.files = append(f.kept.files, x)
	}
	if err := f.kept.load(c.Segment, c.At, files); err != nil {
		return &NotFollowed{"checkpoint " + name, "what was kept with it cannot be read: " + plainError(err), "remove " + name + " and " + dir + " to begin anew"}
	}
	return nil
}

// resume goes on where the checkpoint says; false: it knows nothing of the log.
func (l *Log) resume() bool {
	i := slices.IndexFunc(l.f.state.Logs, func(s logState) bool { return s.Path == l.path })
	if i < 0 {
		return false
	}
	s := &l.f.state.Logs[i]
	now := time.Now()
	l.f.kept.mu.Lock()
	byID := map[int]*keptFile{}
	for _, x := range l.f.kept.files {
		if x.log == s.Label {
			x.l = l
			byID[x.id] = x
		}
	}
	l.f.kept.mu.Unlock()
	l.replay = l.f.replayOf(l, byID)
	for _, k := range s.Known {
		g := &generation{id: fileID{k.Dev, k.Ino}, path: k.Path, head: k.Head}
		if k.At < 0 {
			l.before[g.id] = g
		} else if x := byID[k.File]; x != nil {
			k.restore(x)
			l.past = append(l.past, x.g)
		}
	}
	for n, k := range s.Gens {
		x := byID[k.File]
		if x == nil {
			x = l.f.kept.file(l, &generation{given: k.At, line: k.Line})
			x.id = k.File
			x.g = &generation{}
		}
		g := k.restore(x)
		x.over = false
		g.grew = now
		if n < len(s.Gens)-1 || k.Old {
			g.retired = now
		}
		if !l.reopen(g) {
			if n == len(s.Gens)-1 {
				l.fault(g, "what was written to the file after the checkpoint and before it was deleted is lost", byteAt(g.given))
			}
			l.f.kept.done(x)
			l.past = append(l.past, g)
			continue
		}
		l.gens = append(l.gens, g)
		g.waker = l.f.wakeBy(g.file, func(gone bool) {
			l.rouse()
			if gone {
				l.f.again()
			}
		})
	}
	// What was written to other files meanwhile, between the newest known and
	// the one that has the name now.
	if n := len(l.gens); n > 0 {
		l.gens[n-1].retired = time.Time{}
		return true
	}
	last := &generation{path: l.path}
	for _, g := range l.between(last, nil) {
		l.join(g, now)
	}
	return true
}
