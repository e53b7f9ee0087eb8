// Package bundle opens what a support engineer was sent and gives its members,
// one after another, as streams of bytes.
//
// It owns: telling archives and compressed data by their content, unpacking
// them as a stream to any depth within limits, naming every member by a path
// of its own, and saying exactly what of a damaged input was kept and what was
// lost. It refuses: writing anything under a name that came from an input,
// following links, opening devices, and trusting a size before it is checked.
//
// Its input is a directory, a file or standard input as named on the command
// line; its output is a sequence of Members whose bytes package parsers reads,
// and Faults that package forensic turns into problems.
//
// Compressed data are decoded by libraries, but for inflate, which for speed is
// package bundle/inflate. The framing around them (tar, zip, the streams of gzip
// and the blocks of xz) is read here, for what can be saved of a broken input:
// the readers of the libraries stop at the first odd byte, hold a whole
// directory in memory, expand the holes of sparse files to zeros, take a cut
// archive for one without members, and allocate what a field says. Where they
// stop, a walk goes on behind the damage and says what was kept.
package bundle

import (
	"context"
	"fmt"
	"io"
	"io/fs"
	"iter"
	"strings"
	"sync/atomic"
	"time"
)

// A Member is one file inside a bundle. Its Reader is good until Close, and the
// walk closes it before it goes on.
//
// Members of one Root come one at a time: the walk waits. Different Roots may
// be walked at the same time, each by a goroutine of its own: where two need
// much memory to unpack, one waits for the other.
type Member struct {
	Path         string    // "logs/zk.tgz!/zookeeper.out"
	Modified     time.Time // zero where nothing tells it
	ModifiedFrom string    // "file", "tar header", "gzip header", "zip entry", "zip entry without zone"
	Size         int64     // bytes to come, as far as the container says; -1: it does not say
	Line         int       // lines of the file before the first that is read, of one that was followed from there on
	Offset       int64     // bytes of the file before the first that is read
	In           *Container
	io.ReadCloser
}

// A Container is an archive or compressed file that a member lies in, for who
// writes members back as they came. Members of one container share it.
type Container struct {
	Kind         string // "tar", "zip", or a compression: "gzip", "bzip2", "xz", "zstd"
	Path         string // as Member.Path
	Inside       string // what the paths of its members begin with; of a compression it is Path
	Modified     time.Time
	ModifiedFrom string
	Outer        *Container // nil: it is the PATH itself, or a file of that directory
}

// A Fault is damage in an input, or a part of it that is not read, with the
// reason. It comes from the walk, for a member or a container, or as the last
// error of a Reader, after which Close and the walk go on.
type Fault struct {
	Path  string // the member or container, as in Member.Path
	What  string // what was kept before what was lost, numbers in full
	At    string // "byte 285943", "member 9", or nothing
	Bytes int64  // how many bytes were left out, of those At counts or of the member, where that is known
	Limit bool   // a limit of ours was reached; nothing is wrong with the input
}

func (f *Fault) Error() string {
	if f.At == "" {
		return f.Path + ": " + f.What
	}
	return f.Path + ": " + f.What + ", at " + f.At
}

// WithLines returns What with the number of lines beside the number of bytes
// that were kept; who counted the lines knows it, this package does not.
func (f *Fault) WithLines(lines int) string {
	for _, kept := range []string{" bytes were kept", " byte was kept"} {
		if before, after, ok := strings.Cut(f.What, kept); ok {
			unit, verb, _ := strings.Cut(strings.TrimPrefix(kept, " "), " ")
			return fmt.Sprintf("%s %s (%s) %s%s", before, unit, count(int64(lines), "line"), verb, after)
		}
	}
	return f.What
}

// Limits bound what one input may cost. A zero field means its default.
type Limits struct {
	Depth       int                    // archives and compressed files inside each other; 8
	Members     int                    // of the whole input; 1,000,000
	MemberBytes int64                  // of one member; as TotalBytes
	TotalBytes  int64                  // unpacked from the whole input, counted at every level; 200 GiB
	Ratio       int64                  // unpacked bytes for one byte of input; 1000
	RatioAfter  int64                  // so much may be unpacked at a higher ratio, in the whole input; 1 GiB
	Temp        string                 // folder for what needs random access but came as a stream; the system's
	Hash        bool                   // compute the SHA-256 of each input, see Root.Sum
	Read        *atomic.Int64          // where not nil, counts the inputs' own bytes as they are read
	Own         func(fs.FileInfo) bool // files of the caller's, which are in its input by chance: as if they were not there
}

// DefaultLimits returns the limits that zero fields stand for.
func DefaultLimits() Limits {
	return Limits{Depth: 8, Members: 1_000_000, MemberBytes: 200 << 30, TotalBytes: 200 << 30, Ratio: 1000, RatioAfter: 1 << 30}
}

func (l Limits) withDefaults() Limits {
	d := DefaultLimits()
	if l.Depth == 0 {
		l.Depth = d.Depth
	}
	if l.Members == 0 {
		l.Members = d.Members
	}
	if l.TotalBytes == 0 {
		l.TotalBytes = d.TotalBytes
	}
	if l.MemberBytes == 0 {
		l.MemberBytes = l.TotalBytes
	}
	if l.Ratio == 0 {
		l.Ratio = d.Ratio
	}
	if l.RatioAfter == 0 {
		l.RatioAfter = d.RatioAfter
	}
	return l
}

// Open walks a single PATH: a directory, a file, an archive, or "-".
//
// (m, nil) is a member to read. (m, fault) skips m: it is named, not read.
// (nil, fault) is damage of a container or something worth saying about the
// member of that path; the walk goes on. (nil, other error) ends the walk.
func Open(ctx context.Context, path string, lim Limits) iter.Seq2[*Member, error] {
	return func(yield func(*Member, error) bool) {
		roots, err := Roots([]string{path})
		if err != nil {
			yield(nil, err)
			return
		}
		for _, r := range roots {
			for m, err := range r.Open(ctx, lim) {
				if !yield(m, err) {
					return
				}
			}
		}
	}
}

// Walk is Open for the files of fsys.
func Walk(ctx context.Context, fsys fs.FS, lim Limits) iter.Seq2[*Member, error] {
	return func(yield func(*Member, error) bool) {
		list, err := listTree(fsysTree{fsys})
		if err != nil {
			yield(nil, err)
			return
		}
		g := group{tree: fsysTree{fsys}, list: list, first: 0, end: list.len()}
		r := Root{state: &rootState{shared: newShared()}, group: &g}
		r.Open(ctx, lim)(yield)
	}
}

// count writes a number with its unit: "1 byte", "12 members".
func count(n int64, unit string) string {
	if n == 1 {
		return "1 " + unit
	}
	return fmt.Sprintf("%d %ss", n, unit)
}

// wasKept words what came through: "1 byte was kept", "12 members were kept".
func wasKept(n int64, unit string) string {
	if n == 1 {
		return count(n, unit) + " was kept"
	}
	return count(n, unit) + " were kept"
}
