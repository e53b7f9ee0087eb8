package bundle

import (
	"bytes"
	"errors"
	"fmt"
	"io"
	"strings"
)

// tarMaxRecord bounds a record of extended attributes or a long name, the only
// part of an archive that is held in memory.
const tarMaxRecord = 1 << 20

// A tarWalk goes through one tar archive.
type tarWalk struct {
	*walker
	it     item
	s      stream
	start  int64 // offset of the archive's first byte
	names  *names
	next   tarExtension // for the next header
	always tarExtension // for all headers
	begin  int64        // where the records of the next member begin, -1: none yet
	member int          // number of the member at hand, from 1
	kept   int64        // members that came through whole
	zeros  int          // zero blocks just passed
	marker int64        // where the end marker was passed, -1: no
}

// tar goes through the members of an archive; false: stop.
func (w *walker) tar(it item, s stream) bool {
	it.in = it.within("tar", it.inside)
	t := &tarWalk{
		walker: w, it: it, s: s, start: s.offset(), names: newNames(it.inside),
		next: noExtension, always: noExtension, begin: -1, marker: -1,
	}
	for t.step() {
	}
	return !w.stopped
}

// position is where the next byte stands in the archive.
func (w *tarWalk) position() int64 { return w.s.offset() - w.start }

// note reports something about the archive itself.
func (w *tarWalk) note(at, lost int64, format string, args ...any) bool {
	return w.fault(&Fault{Path: w.it.path, What: fmt.Sprintf(format, args...), At: byteAt(at), Bytes: lost})
}

// step takes the next header with its data; false: the archive is over, or the walk.
func (w *tarWalk) step() bool {
	b := w.s.peek(tarBlock)
	if len(b) < tarBlock {
		return w.finish(b)
	}
	if zero(b) {
		w.s.skip(tarBlock)
		if w.zeros++; w.zeros == 2 && w.marker < 0 {
			w.marker = w.position()
		}
		return true
	}
	at := w.position()
	h, ok := parseTarHeader(b)
	if !ok {
		return w.resync(at, "a header is damaged")
	}
	if w.marker >= 0 && !w.note(w.marker, 0, "another archive follows the end marker; its members are read too") {
		return false
	}
	w.zeros, w.marker = 0, -1
	if w.begin < 0 {
		w.begin = at
	}
	w.s.skip(tarBlock)
	if strings.IndexByte("xXgLK", h.kind) >= 0 {
		return w.record(h)
	}
	ok = w.header(h, b[482] != 0 && h.kind == 'S')
	w.begin = -1
	return ok
}

func zero(b []byte) bool { return len(bytes.TrimLeft(b, "\x00")) == 0 }

// pass skips data that nobody reads. What ends it early comes up again in step.
func (w *tarWalk) pass(n int64) bool {
	w.s.skip(n)
	return !w.stopped
}

// padded is how much room n bytes of data take.
func padded(n int64) int64 {
	if n > 1<<62 {
		return n
	}
	return (n + tarBlock - 1) &^ (tarBlock - 1)
}

// record reads extended attributes or a long name that stand before a header.
func (w *tarWalk) record(h tarHeader) bool {
	at := w.position()
	if h.size > tarMaxRecord {
		what := fmt.Sprintf("a record of %d bytes for names or attributes, the limit is %d; not read", h.size, tarMaxRecord)
		return w.fault(&Fault{Path: w.it.path, What: what, At: byteAt(at), Bytes: h.size, Limit: true}) && w.pass(padded(h.size))
	}
	text, err := io.ReadAll(io.LimitReader(w.s, h.size))
	if err != nil || int64(len(text)) < h.size {
		return true // step tells about the end
	}
	w.pass(padded(h.size) - h.size)
	value, whole := string(text), true
	switch h.kind {
	case 'L':
		w.next.name = tarString(text)
	case 'K':
		w.next.link = tarString(text)
	case 'g':
		whole = w.always.parsePax(value)
	default:
		whole = w.next.parsePax(value)
	}
	return whole || w.note(at, 0, "a record of attributes is damaged; what stands before the damage counts")
}

// header handles a header that stands for a member, with the data behind it.
func (w *tarWalk) header(h tarHeader, more bool) bool {
	ext := w.next.over(w.always)
	w.next = noExtension
	old := h.kind == 'S'
	ext.apply(&h)
	w.member++
	if h.kind == 0 && strings.HasSuffix(h.name, "/") {
		h.kind = '5'
	}
	switch h.kind {
	case '5': // a directory
		return true
	case 'D', 'V', 'N': // lists of names, labels
		return w.pass(padded(h.size))
	case '1', '2', '3', '4', '6':
		h.size = 0
	}
	child := item{modified: h.modified, size: h.size, depth: w.it.depth, flow: w.it.flow, ratio: w.it.ratio, in: w.it.in}
	if !h.modified.IsZero() {
		child.modifiedFrom = "tar header"
	}
	at := fmt.Sprintf("member %d", w.member)
	return w.name(&child, w.names, h.name, at) && w.data(h, child, at, old && more)
}

// name gives child its path and says what is odd about its name.
func (w *walker) name(child *item, names *names, raw, at string) bool {
	name := cleanName(readableName(raw))
	path, again := names.path(name)
	child.path, child.inside = path, path+"!/"
	if again > 0 && !w.fault(&Fault{Path: path, What: fmt.Sprintf("the archive has another member of this name; this is number %d", again), At: at}) {
		return false
	}
	return !pointsOutside(name) ||
		w.fault(&Fault{Path: path, What: "name points outside the bundle; read under its written name, nothing written", At: at})
}

// data goes into the data of a member, and past it.
func (w *tarWalk) data(h tarHeader, child item, at string, more bool) bool {
	why := ""
	switch h.kind {
	case '1':
		why = "hard link to " + readableName(h.link)
	case '2':
		why = "symbolic link to " + readableName(h.link)
	case '3':
		why = "character device"
	case '4':
		why = "block device"
	case '6':
		why = "named pipe"
	case 'S':
		return w.sparse(h, child, at, more)
	case 'M':
		if !w.fault(&Fault{Path: child.path, What: "continued from another volume; only this part is read", At: at}) {
			return false
		}
	}
	if why != "" {
		return w.refuse(child, why+"; not followed", "")
	}
	body := &section{in: w.s, left: h.size}
	if !w.enter(child, body) {
		return false
	}
	body.skip(body.left)
	if body.left == 0 {
		w.kept++
	}
	return w.pass(padded(h.size) - h.size)
}

// sparse names a file with holes. To give it as a member its data would have to
// be put together with zeros that are not there, as many as a header says.
func (w *tarWalk) sparse(h tarHeader, child item, at string, more bool) bool {
	for more { // blocks with further places of data
		b := w.s.peek(tarBlock)
		if len(b) < tarBlock {
			break
		}
		more = b[504] != 0
		w.s.skip(tarBlock)
	}
	w.s.skip(padded(h.size))
	child.size = max(h.whole, 0)
	size := w.position() - w.begin
	return w.refuse(child, fmt.Sprintf("sparse file of %s in %s of archive; not expanded", count(child.size, "byte"), count(size, "byte")), at)
}

// resync looks for the next valid header. Headers stand at multiples of a block,
// but behind a hole in compressed data nobody knows of what.
func (w *tarWalk) resync(at int64, what string) bool {
	from := w.position()
	if w.marker >= 0 {
		at = w.marker
	}
	for {
		b := w.s.peek(tapeSize)
		found := findTarHeader(b, int((from-w.position())&(tarBlock-1)))
		if found < 0 && len(b) == tapeSize {
			w.s.skip(int64(len(b) - tarBlock + 1))
			continue
		}
		if found < 0 {
			found = len(b)
		}
		w.s.skip(int64(found))
		w.next, w.begin = noExtension, -1
		lost := w.position() - at
		end := fmt.Sprintf("reading resumed at byte %d", w.position())
		if found == len(b) {
			end = "no valid header follows"
		}
		if w.marker >= 0 {
			what = count(lost, "byte") + " after the end marker"
		}
		return w.note(at, lost, "%s; %s; %s", what, wasKept(w.kept, "member"), end)
	}
}

// findTarHeader returns where in b a valid header begins, -1: nowhere. Blocks
// begin at aligned; headers with a magic are found anywhere.
func findTarHeader(b []byte, aligned int) int {
	best := -1
	for i := aligned; i+tarBlock <= len(b); i += tarBlock {
		if _, ok := parseTarHeader(b[i : i+tarBlock]); ok && b[i] != 0 {
			best = i
			break
		}
	}
	for i := 257; i < len(b); i++ {
		k := bytes.Index(b[i:], []byte("ustar"))
		if k < 0 {
			break
		}
		i += k
		if i-257+tarBlock > len(b) || best >= 0 && i-257 >= best {
			break
		}
		if _, ok := parseTarHeader(b[i-257:][:tarBlock]); ok {
			return i - 257
		}
	}
	return best
}

// finish ends the archive where less than a block is left, or goes on behind a
// hole; false: it is over.
func (w *tarWalk) finish(b []byte) bool {
	at := w.position()
	odd := !zero(b)
	_, err := w.s.skip(int64(len(b)) + 1)
	var d *damage
	switch {
	case w.ctx.Err() != nil:
		return w.give(nil, w.ctx.Err())
	case errors.As(err, &d):
		return w.hole(d)
	case err != io.EOF && err != errCut:
		return w.note(at, 0, "reading failed: %s; %s", plainError(err), wasKept(w.kept, "member")) && false
	case odd && w.marker >= 0:
		w.note(w.marker, int64(len(b)), "%s after the end marker", count(int64(len(b)), "byte"))
	case odd:
		w.note(at, int64(len(b)), "the archive ends inside a header; %s", wasKept(w.kept, "member"))
	case err == errCut:
		w.note(at, 0, "the archive ends early; %s", wasKept(w.kept, "member"))
	case w.zeros == 0:
		w.note(at, 0, "the archive has no end marker; %s", wasKept(w.kept, "member"))
	}
	return false
}

// hole goes on behind damage of the bytes below, where they do.
func (w *tarWalk) hole(d *damage) bool {
	if !d.more || !w.s.resume() {
		what := d.what + "; " + wasKept(w.kept, "member") + d.behind()
		w.fault(&Fault{Path: w.it.path, What: what, At: byteAt(d.at), Bytes: d.lost, Limit: d.limit})
		return false
	}
	return w.resync(w.position(), d.what) && !w.stopped
}
