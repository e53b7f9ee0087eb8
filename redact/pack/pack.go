// Package pack writes members into containers like those they came in: a folder
// into a folder, a tgz into a tgz, an archive in an archive into one.
//
// It owns: the order of opening and closing containers as members come, sizes
// that must be known before the data (kept back in memory or in a private file
// until they are), times. It refuses: links and devices, which package bundle
// does not give, and names that would leave the folder it writes to.
//
// Its input is the members of a walk of package bundle, in their order, with the
// content that is to stand for theirs; its output goes to a folder that the
// caller made, or to one file.
package pack

import (
	"fmt"
	"io"
	"os"
	"path"
	"strings"
	"time"

	"forensic/bundle"
)

// A Packer writes one copy. Exactly one of Folder and File is set.
type Packer struct {
	Folder *os.Root            // members become files of it
	File   io.Writer           // the one file, an archive or not
	Temp   string              // where what is large waits for its size; "": the system's folder
	Name   func(string) string // what a name becomes

	open []*level // outermost first
	used bool     // of File
}

// A level is one container being written.
type level struct {
	of   *bundle.Container
	kind writer
	slot slot // where it stands in the container around it
}

// A writer is a kind of container. It has one open slot at a time.
type writer interface {
	slot(name string, modified time.Time, from string) (slot, error)
	close() error
}

// A slot takes the content of one member.
type slot interface {
	io.Writer
	done() error
}

// Add writes one member; fill writes its content.
func (p *Packer) Add(m *bundle.Member, fill func(io.Writer) error) error {
	var chain []*bundle.Container
	for c := m.In; c != nil; c = c.Outer {
		chain = append([]*bundle.Container{c}, chain...)
	}
	shared := 0
	for shared < len(chain) && shared < len(p.open) && p.open[shared].of == chain[shared] {
		shared++
	}
	if err := p.closeTo(shared); err != nil {
		return err
	}
	for i := shared; i < len(chain); i++ {
		if err := p.enter(chain[i], chain, i, m); err != nil {
			return err
		}
	}
	s, err := p.slot(m.In, m.Path, m.Modified, m.ModifiedFrom)
	if err != nil {
		return err
	}
	if err := fill(s); err != nil {
		return err
	}
	return s.done()
}

// enter begins a container.
func (p *Packer) enter(c *bundle.Container, chain []*bundle.Container, i int, m *bundle.Member) error {
	s, err := p.slot(c.Outer, c.Path, c.Modified, c.ModifiedFrom)
	if err != nil {
		return err
	}
	l := &level{of: c, slot: s}
	switch c.Kind {
	case "tar":
		l.kind = newTar(s, p.Temp)
	case "zip":
		l.kind = newZip(s)
	default:
		// What a gzip file says about its content is the time of what comes next.
		inner, from := m.Modified, m.ModifiedFrom
		if i+1 < len(chain) {
			inner, from = chain[i+1].Modified, chain[i+1].ModifiedFrom
		}
		if from != "gzip header" {
			inner = time.Time{}
		}
		w, err := bundle.Compress(c.Kind, s, inner)
		if err != nil {
			return fmt.Errorf("%s: %w", c.Path, err)
		}
		l.kind = &packed{w}
	}
	p.open = append(p.open, l)
	return nil
}

// slot opens a place for a path in the container it belongs to.
func (p *Packer) slot(in *bundle.Container, at string, modified time.Time, from string) (slot, error) {
	if in == nil {
		if p.Folder != nil {
			return p.file(p.Name(at), modified)
		}
		if p.used {
			return nil, fmt.Errorf("%s: the input is more than one file", at)
		}
		p.used = true
		return plain{p.File}, nil
	}
	return p.open[len(p.open)-1].kind.slot(p.Name(strings.TrimPrefix(at, in.Inside)), modified, from)
}

// closeTo ends all containers but the first n.
func (p *Packer) closeTo(n int) error {
	for len(p.open) > n {
		l := p.open[len(p.open)-1]
		p.open = p.open[:len(p.open)-1]
		if err := l.kind.close(); err != nil {
			return err
		}
		if err := l.slot.done(); err != nil {
			return err
		}
	}
	return nil
}

// Close ends all containers. It does not close Folder or File.
func (p *Packer) Close() error { return p.closeTo(0) }

// Abandon gives back what an unfinished copy holds.
func (p *Packer) Abandon() {
	for _, l := range p.open {
		if t, ok := l.kind.(*tarWriter); ok {
			t.spool.drop()
		}
	}
}

// plain is the one file of a copy that is no archive.
type plain struct{ io.Writer }

func (plain) done() error { return nil }

// packed is a compressed file, whose one slot is its content.
type packed struct{ io.WriteCloser }

func (c *packed) slot(string, time.Time, string) (slot, error) { return plain{c}, nil }
func (c *packed) close() error                                 { return c.Close() }

// file makes a file of the folder, and the folders above it.
func (p *Packer) file(name string, modified time.Time) (slot, error) {
	if dir := path.Dir(name); dir != "." {
		if err := p.Folder.MkdirAll(dir, 0o700); err != nil {
			return nil, err
		}
	}
	f, err := p.Folder.OpenFile(name, os.O_WRONLY|os.O_CREATE|os.O_EXCL, 0o600)
	if err != nil {
		return nil, err
	}
	return &fileSlot{f: f, root: p.Folder, name: name, modified: modified}, nil
}

type fileSlot struct {
	f        *os.File
	root     *os.Root
	name     string
	modified time.Time
}

func (s *fileSlot) Write(b []byte) (int, error) { return s.f.Write(b) }

func (s *fileSlot) done() error {
	err := s.f.Sync()
	if closing := s.f.Close(); err == nil {
		err = closing
	}
	if err == nil && !s.modified.IsZero() {
		err = s.root.Chtimes(s.name, s.modified, s.modified)
	}
	return err
}
