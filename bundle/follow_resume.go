package bundle

import (
	"crypto/sha256"
	"encoding"
	"io"
	"slices"
	"time"
)

// restore fills in a generation that was taken down.
func (s *generationState) restore(x *keptFile) *generation {
	g := x.g
	g.id, g.path, g.head, g.tail = fileID{s.Dev, s.Ino}, s.Path, s.Head, s.Tail
	g.from, g.given, g.seen, g.line = s.From, s.At, s.At, s.Line
	g.kept, g.retired, g.gone = x, time.Time{}, false
	if s.Old {
		g.retired = time.Now()
	}
	if s.Sum != nil {
		h := sha256.New()
		if m, ok := h.(encoding.BinaryUnmarshaler); ok && m.UnmarshalBinary(s.Sum) == nil {
			g.sum = h
		}
	}
	return g
}

// reopen finds the file of a generation by what is known of it, wherever it is
// now.
func (l *Log) reopen(g *generation) bool {
	for _, name := range slices.Concat([]string{g.path, l.path}, l.siblings()) {
		if name == "" || compressedEnding(name) != "" {
			continue
		}
		f, info, err := openRegular(name)
		if err != nil {
			continue
		}
		if idOf(info) == g.id && info.Size() >= g.given && g.starts(f) {
			g.file, g.path, g.size = f, name, info.Size()
			return true
		}
		f.Close()
	}
	return false
}

// replayOf reads what is kept of a log from its beginning.
func (f *Following) replayOf(l *Log, byID map[int]*keptFile) io.ReadCloser {
	var ids []int
	for id := range byID {
		ids = append(ids, id)
	}
	slices.Sort(ids)
	var all []io.Reader
	for _, id := range ids {
		x := byID[id]
		from, line := x.first()
		if to := x.end(); to > from {
			all = append(all, &keptReader{k: f.kept, m: &keptMember{name: x.log, f: x, from: from, to: to, line: line}, at: from})
		}
	}
	if len(all) == 0 {
		return nil
	}
	return io.NopCloser(io.MultiReader(all...))
}
