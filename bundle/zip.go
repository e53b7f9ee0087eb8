package bundle

import (
	"bufio"
	"cmp"
	"errors"
	"fmt"
	"hash/crc32"
	"io"
	"slices"
	"strings"
	"sync"

	"github.com/klauspost/compress/flate"
)

// A zipWalk goes through one zip archive, which needs random access: what comes
// as a stream is spooled first.
type zipWalk struct {
	*walker
	it    item
	at    io.ReaderAt
	size  int64
	names *names
}

// zip goes through the members of an archive; false: stop.
func (w *walker) zip(it item, s stream) bool {
	it.in = it.within("zip", it.inside)
	z := &zipWalk{walker: w, it: it, at: it.random, size: it.whole, names: newNames(it.inside)}
	if z.at == nil {
		got, problem, err := w.spool.take(s)
		if err != nil {
			return w.fault(&Fault{Path: it.path, What: err.Error() + "; the archive was not read", Bytes: max(it.size, 0)})
		}
		defer got.close()
		z.at, z.size = got, got.size
		if problem != nil && !z.cut(problem) {
			return false
		}
		if it.flow != nil {
			z.it.ratio = it.flow.ratio
		}
	}
	z.it.flow = nil
	z.walk()
	return !w.stopped
}

// cut reports that the stream the archive came in has an end or a hole.
func (z *zipWalk) cut(problem error) bool {
	if z.ctx.Err() != nil {
		return z.give(nil, z.ctx.Err())
	}
	what, at := "the archive ends early", z.size
	if d, ok := errors.AsType[*damage](problem); ok {
		what, at = d.what, d.at
	} else if problem != errCut {
		what = "reading failed: " + plainError(problem)
	}
	return z.note(at, 0, "%s; %s", what, wasKept(z.size, "byte"))
}

func (z *zipWalk) note(at, lost int64, format string, args ...any) bool {
	return z.fault(&Fault{Path: z.it.path, What: fmt.Sprintf(format, args...), At: byteAt(at), Bytes: lost})
}

// A zipRef is one record of the directory: where its member and where itself begin.
type zipRef struct{ member, record int64 }

func (z *zipWalk) walk() bool {
	end, ok := findZipEnd(z.at, z.size)
	if !ok {
		return z.salvage("the archive has no directory at its end")
	}
	var head [8]byte
	if n, _ := z.at.ReadAt(head[:], 0); end.base > 0 && zipMagic(head[:n]) {
		// Two archives, or one that was cut off behind an archive it holds.
		return z.salvage("the directory at its end covers only a part")
	}
	refs, ok := z.directory(end)
	if !ok {
		return z.salvage("the directory is damaged")
	}
	if end.base > 0 && !z.note(0, end.base, "%s before the archive; not read", count(end.base, "byte")) {
		return false
	}
	if !z.members(end, refs) {
		return false
	}
	after := z.size - end.after
	return after == 0 || z.note(end.after, after, "%s after the end marker; not read", count(after, "byte"))
}

// directory lists the records, by where their members stand. false: a record is
// not readable.
func (z *zipWalk) directory(end zipEnd) ([]zipRef, bool) {
	stop := end.dir + end.dirSize
	in := bufio.NewReaderSize(io.NewSectionReader(z.at, end.dir, end.dirSize), 64<<10)
	var refs []zipRef
	for at := end.dir; at < stop; {
		var b [zipDirSize]byte
		if _, err := io.ReadFull(in, b[:]); err != nil || string(b[:4]) != "PK\x01\x02" {
			// A signature behind the records is allowed.
			return refs, err == nil && string(b[:4]) == "PK\x05\x05"
		}
		if len(refs) >= z.lim.Members {
			break // count will say so
		}
		e, next, ok := readZipRecord(z.at, at, stop)
		if !ok {
			return nil, false
		}
		in.Discard(int(next - at - zipDirSize))
		refs = append(refs, zipRef{e.offset + end.base, at})
		at = next
	}
	byPlace := func(a, b zipRef) int { return cmp.Or(cmp.Compare(a.member, b.member), cmp.Compare(a.record, b.record)) }
	if !slices.IsSortedFunc(refs, byPlace) {
		slices.SortFunc(refs, byPlace)
	}
	return refs, uint64(len(refs)) >= end.entries || len(refs) >= z.lim.Members || uint64(len(refs)) == end.entries&0xffff
}

// members goes through the members in the order of their bytes. Two that share
// bytes are how a small archive declares a huge content; the first is read.
func (z *zipWalk) members(end zipEnd, refs []zipRef) bool {
	taken, by := end.base, ""
	for i, ref := range refs {
		e, _, ok := readZipRecord(z.at, ref.record, end.dir+end.dirSize)
		if !ok {
			return z.note(ref.record, 0, "the directory changed while it was read")
		}
		at := fmt.Sprintf("member %d", i+1)
		child := z.child(e)
		local, data, ok := readZipLocal(z.at, ref.member, z.size)
		stop := data + e.packed
		if isZipFolder(e) {
			if ok && ref.member >= taken {
				taken = stop
			}
			continue
		}
		if !z.name(&child, z.names, e.name, at) {
			return false
		}
		switch {
		case !ok || e.packed < 0 || e.size < 0 || stop < data:
			if !z.refuse(child, "the directory names it, but there is no header of a member at its place; not read", at) {
				return false
			}
			continue
		case ref.member < taken && by != "":
			if !z.refuse(child, "shares its bytes with "+by+"; not read a second time", at) {
				return false
			}
			continue
		case ref.member < end.dir && stop > end.dir:
			stop = end.dir
		}
		if gap := ref.member - taken; gap > 24 && !z.note(taken, gap, "%s between members that the directory does not name; not read", count(gap, "byte")) {
			return false
		}
		if odd := disagreement(e, local); odd != "" && !z.fault(&Fault{Path: child.path, What: odd, At: at}) {
			return false
		}
		taken, by = stop, child.path
		if !z.member(child, e, data, stop, at) {
			return false
		}
	}
	gap := end.dir - taken
	return gap <= 24 || z.note(taken, gap, "%s between members that the directory does not name; not read", count(gap, "byte"))
}

func isZipFolder(e zipEntry) bool {
	return e.size == 0 && (strings.HasSuffix(e.name, "/") || strings.HasSuffix(e.name, `\`))
}

func (z *zipWalk) child(e zipEntry) item {
	return item{
		modified: e.modified, modifiedFrom: e.modifiedFrom, size: e.size,
		depth: z.it.depth, ratio: z.it.ratio, in: z.it.in,
	}
}

// disagreement words where the local header differs from the directory, whose
// word counts. Sizes may stand behind the data (flag 8).
func disagreement(e, local zipEntry) string {
	var odd []string
	if e.raw != local.raw {
		odd = append(odd, fmt.Sprintf("the directory names it %s, its own header %s", readableName(e.raw), readableName(local.raw)))
	}
	if e.method != local.method {
		odd = append(odd, fmt.Sprintf("the directory says method %d, its own header %d", e.method, local.method))
	}
	if local.flags&8 == 0 && (e.packed != local.packed || e.size != local.size) {
		odd = append(odd, fmt.Sprintf("the directory says %d bytes in %d, its own header %d in %d", e.size, e.packed, local.size, local.packed))
	}
	if local.flags&8 == 0 && e.crc != local.crc {
		odd = append(odd, "the directory and its own header have different checksums")
	}
	if odd == nil {
		return ""
	}
	return strings.Join(odd, "; ") + "; the directory counts"
}

// member reads the data of one member, from data to stop.
func (z *zipWalk) member(child item, e zipEntry, data, stop int64, at string) bool {
	if e.flags&1 != 0 || e.method == 99 {
		return z.refuse(child, "encrypted; not read", at)
	}
	p, how := z.decoder(e, io.NewSectionReader(z.at, data, stop-data))
	if how != "" {
		return z.refuse(child, how+"; not read", at)
	}
	if e.link {
		target, _ := io.ReadAll(io.LimitReader(p, 4<<10))
		p.close()
		return z.refuse(child, "symbolic link to "+readableName(string(target))+"; not followed", "")
	}
	if e.method == 0 {
		if stop <= z.size && e.packed == stop-data {
			child.random, child.whole = io.NewSectionReader(z.at, data, stop-data), stop-data
		}
		t := newTape(p)
		defer t.release()
		return z.enter(child, t)
	}
	f := &flow{limit: float64(z.lim.Ratio), base: child.ratio, total: z.total, judge: z.judge}
	f.start(z.ctx, p)
	child.flow = f
	defer f.close()
	t := newTape(f)
	defer t.release()
	return z.enter(child, t)
}

// decoder returns what decodes a member's method, or why nothing does.
func (z *zipWalk) decoder(e zipEntry, in *io.SectionReader) (producer, string) {
	v := verified{want: e.crc, size: e.size, torn: e.torn}
	switch e.method {
	case 0:
		v.producer = &storedProducer{in: in}
	case 8:
		v.producer = newDeflate(in)
	case 12:
		v.producer = newStreams(bzip2Codec, in, z.windows)
	case 20, 93:
		v.producer = newStreams(zstdCodec, in, z.windows)
	case 95:
		v.producer = newStreams(xzCodec, in, z.windows)
	default:
		name, ok := zipMethods[e.method]
		if !ok {
			name = "unknown"
		}
		return nil, fmt.Sprintf("compressed with method %d (%s)", e.method, name)
	}
	return &v, ""
}

var zipMethods = map[uint16]string{
	1: "shrink", 2: "reduce", 3: "reduce", 4: "reduce", 5: "reduce", 6: "implode", 9: "deflate64",
	10: "DCL implode", 14: "LZMA", 16: "CMPSC", 18: "TERSE", 19: "LZ77", 94: "MP3", 96: "JPEG", 97: "WavPack", 98: "PPMd", 99: "AES",
}

// verified holds what a decoder made against the size and checksum in the directory.
type verified struct {
	producer
	want uint32
	size int64 // -1: not known
	torn bool
	sum  uint32
	n    int64
}

func (v *verified) Read(p []byte) (int, error) {
	n, err := readGuarded(v.producer, p)
	v.sum = crc32.Update(v.sum, crc32.IEEETable, p[:n])
	v.n += int64(n)
	if err == io.EOF && (v.size >= 0 || v.torn) {
		switch {
		case v.torn:
			err = &damage{what: "the data end early", at: v.consumed(), resumed: -1}
		case v.n < v.size:
			err = &damage{what: "the data end early", at: v.consumed(), resumed: -1}
		case v.n > v.size:
			err = &damage{what: fmt.Sprintf("its header says %s", count(v.size, "byte")), at: v.consumed(), resumed: -1}
		case v.sum != v.want:
			err = &damage{what: "the checksum does not match", at: v.consumed(), resumed: -1}
		}
	}
	return n, err
}

// storedProducer hands out data that is not compressed.
type storedProducer struct {
	in *io.SectionReader
	n  int64
}

func (s *storedProducer) Read(p []byte) (int, error) {
	n, err := s.in.Read(p)
	s.n += int64(n)
	return n, err
}

func (s *storedProducer) consumed() int64 { return s.n }
func (s *storedProducer) effort() int64   { return 0 }
func (s *storedProducer) close()          {}

// deflate decodes the commonest method.
type deflate struct {
	in *io.SectionReader
	br *bufio.Reader
	fr io.ReadCloser
}

var deflaters = sync.Pool{New: func() any { return flate.NewReader(nil) }}

func newDeflate(in *io.SectionReader) *deflate {
	d := &deflate{in: in, br: bufios.Get().(*bufio.Reader), fr: deflaters.Get().(io.ReadCloser)}
	d.br.Reset(in)
	d.fr.(flate.Resetter).Reset(d.br, nil)
	return d
}

func (d *deflate) Read(p []byte) (int, error) {
	n, err := d.fr.Read(p)
	if err != nil && err != io.EOF {
		what := "compressed data is damaged"
		if _, e := d.br.Peek(1); e == io.EOF && errors.Is(err, io.ErrUnexpectedEOF) {
			what = "compressed data ends early"
		}
		err = &damage{what: what, at: d.consumed(), resumed: -1}
	}
	return n, err
}

func (d *deflate) consumed() int64 {
	at, _ := d.in.Seek(0, io.SeekCurrent)
	return at - int64(d.br.Buffered())
}

func (d *deflate) effort() int64 { return 0 }

func (d *deflate) close() {
	d.br.Reset(nil)
	bufios.Put(d.br)
	deflaters.Put(d.fr)
}
