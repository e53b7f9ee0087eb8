package bundle

import (
	"bytes"
	"fmt"
	"io"
)

// salvage reads members by their own headers, where there is no directory.
func (z *zipWalk) salvage(why string) bool {
	if !z.note(z.size, 0, "%s; members are read by their own headers", why) {
		return false
	}
	for n, pos := 1, int64(0); ; n++ {
		at, e, data, ok := z.nextLocal(pos)
		if !ok {
			return true
		}
		end, ok := z.salvageOne(e, data, fmt.Sprintf("member %d", n))
		if !ok {
			return false
		}
		pos = max(end, at+zipLocalSize)
	}
}

// nextLocal finds the next plausible local header from pos on.
func (z *zipWalk) nextLocal(pos int64) (at int64, e zipEntry, data int64, ok bool) {
	buf := make([]byte, 64<<10)
	for pos < z.size && z.ctx.Err() == nil {
		n, err := z.at.ReadAt(buf[:min(int64(len(buf)), z.size-pos)], pos)
		if n < 4 {
			break
		}
		for i := 0; ; i++ {
			k := bytes.Index(buf[i:n], []byte("PK\x03\x04"))
			if k < 0 {
				break
			}
			i += k
			at = pos + int64(i)
			if e, data, ok = readZipLocal(z.at, at, z.size); ok && e.raw != "" && e.method <= 99 && e.packed >= 0 && e.size >= 0 {
				return at, e, data, true
			}
		}
		if err != nil && err != io.EOF {
			break
		}
		pos += int64(n) - 3
	}
	return 0, e, 0, false
}

// salvageOne gives one member; end is behind its data.
func (z *zipWalk) salvageOne(e zipEntry, data int64, at string) (end int64, ok bool) {
	later := e.flags&8 != 0 && e.packed == 0 // sizes and checksum stand behind the data
	end = min(data+e.packed, z.size)
	if end < data {
		end = z.size
	}
	if later {
		e.size = -1
		if e.method == 8 && e.flags&1 == 0 {
			end = z.deflateEnd(data)
		} else {
			end = z.nextRecord(data)
			e.torn = end == z.size
		}
	}
	if isZipFolder(e) {
		return end, true
	}
	child := z.child(e)
	if !z.name(&child, z.names, e.name, at) {
		return 0, false
	}
	return end, z.member(child, e, data, end, at)
}

// nextRecord finds the end of data of unknown length: the record behind them, or
// the next header of any kind.
func (z *zipWalk) nextRecord(data int64) int64 {
	buf := make([]byte, 64<<10)
	for pos := data; pos < z.size; {
		n, _ := z.at.ReadAt(buf[:min(int64(len(buf)), z.size-pos)], pos)
		if n < 4 {
			break
		}
		for i := 0; ; i++ {
			k := bytes.Index(buf[i:n], []byte("PK"))
			if k < 0 || i+k+4 > n {
				break
			}
			i += k
			switch string(buf[i : i+4]) {
			case "PK\x07\x08", "PK\x03\x04", "PK\x01\x02":
				return pos + int64(i)
			}
		}
		pos += int64(n) - 3
	}
	return z.size
}

// deflateEnd decodes data of unknown length to see where it ends.
func (z *zipWalk) deflateEnd(data int64) int64 {
	d := newDeflate(io.NewSectionReader(z.at, data, z.size-data))
	defer d.close()
	buf := blocks.Get().(*block)
	defer blocks.Put(buf)
	for z.ctx.Err() == nil {
		n, err := readGuarded(d, buf.buf[:])
		if !z.total.spend(int64(n)) || err != nil && err != io.EOF {
			return z.size
		}
		if err == io.EOF {
			break
		}
	}
	return data + d.consumed()
}

// selfExtracting tells a program that carries a zip archive at its end.
func selfExtracting(head []byte, it item) bool {
	if !bytes.HasPrefix(head, []byte("MZ")) && !bytes.HasPrefix(head, []byte("\x7fELF")) && !bytes.HasPrefix(head, []byte("#!")) {
		return false
	}
	end, ok := findZipEnd(it.random, it.whole)
	return ok && end.entries > 0
}
