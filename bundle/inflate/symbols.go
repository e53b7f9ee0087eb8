package inflate

import "encoding/binary"

// symbols decodes the body of a compressed block, as far as the output reaches.
func (r *Reader) symbols() error {
	for r.to < window+chunk {
		if err := r.fill(ahead); err != nil {
			return err
		}
		if len(r.in)-r.pos >= ahead {
			// The fast loop keeps bits above n that repeat the input; the
			// careful one wants none.
			done, err := r.fast()
			r.bb &= 1<<r.n - 1
			if done || err != nil {
				return err
			}
			if len(r.in)-r.pos >= ahead || r.to >= window+chunk {
				continue
			}
		}
		done, err := r.careful()
		if done || err != nil {
			return err
		}
	}
	return nil
}

// fast decodes while 16 bytes of input and room for the longest copy are there.
func (r *Reader) fast() (done bool, err error) {
	var (
		in   = r.in
		pos  = r.pos
		bb   = r.bb
		n    = r.n
		out  = r.out
		to   = r.to
		lit  = &r.codes.lit
		dist = &r.codes.dist
	)
	last, room := len(in)-ahead, window+chunk
	for pos <= last && to < room {
		bb |= binary.LittleEndian.Uint64(in[pos:]) << (n & 63)
		pos += int((63 - n) >> 3)
		n |= 56
		e := lit[bb&(litSize-1)]
		if e&isLiteral != 0 {
			binary.LittleEndian.PutUint16(out[to:], uint16(e>>16))
			to += int(e >> 12 & 3)
			bb >>= e & 63
			n -= uint(e & 63)
			e = lit[bb&(litSize-1)]
			if e&isLiteral != 0 {
				binary.LittleEndian.PutUint16(out[to:], uint16(e>>16))
				to += int(e >> 12 & 3)
				bb >>= e & 63
				n -= uint(e & 63)
				e = lit[bb&(litSize-1)]
				if e&isLiteral != 0 {
					binary.LittleEndian.PutUint16(out[to:], uint16(e>>16))
					to += int(e >> 12 & 3)
					bb >>= e & 63
					n -= uint(e & 63)
					continue
				}
			}
			bb |= binary.LittleEndian.Uint64(in[pos:]) << (n & 63)
			pos += int((63 - n) >> 3)
			n |= 56
		}
		if e&isSpecial != 0 {
			if e&isTable != 0 {
				e = lit[(e>>16+uint32(bb>>litBits)&(1<<(e>>6&15)-1))&(litRoom-1)]
			}
			if e&isLiteral != 0 {
				out[to] = byte(e >> 16)
				to++
				bb >>= e & 63
				n -= uint(e & 63)
				continue
			}
			if e&isSpecial != 0 {
				if e&isEnd == 0 {
					err = ErrCorrupt
				} else {
					bb >>= e & 63
					n -= uint(e & 63)
					r.state = (*Reader).block
				}
				done = true
				break
			}
		}
		// A length: base and extra bits, whose number is in the entry's count.
		length := int(e>>16) + int(bb&(1<<(e&63)-1)>>(e>>6&15))
		bb >>= e & 63
		n -= uint(e & 63)
		d := dist[bb&(distSize-1)]
		if d&isSpecial != 0 {
			if d&isTable != 0 {
				d = dist[(d>>16+uint32(bb>>distBits)&(1<<(d>>6&15)-1))&(distRoom-1)]
			}
			if d&isSpecial != 0 {
				err, done = ErrCorrupt, true
				break
			}
		}
		back := int(d>>16) + int(bb&(1<<(d&63)-1)>>(d>>6&15))
		bb >>= d & 63
		n -= uint(d & 63)
		if back > to-window && uint64(back) > r.told+uint64(to-window) {
			err, done = ErrCorrupt, true
			break
		}
		end := to + length
		src := to - back
		if back >= 16 {
			for {
				a := binary.LittleEndian.Uint64(out[src:])
				b := binary.LittleEndian.Uint64(out[src+8:])
				binary.LittleEndian.PutUint64(out[to:], a)
				binary.LittleEndian.PutUint64(out[to+8:], b)
				to += 16
				src += 16
				if to >= end {
					break
				}
			}
		} else {
			overlap(out, to, src, end)
		}
		to = end
	}
	r.pos, r.bb, r.n, r.to = pos, bb, n, to
	return done, err
}

// overlap copies from less than 16 bytes back, where the source is being
// written: the pattern of back bytes repeats.
func overlap(out []byte, to, src, end int) {
	switch back := to - src; {
	case back >= 8:
		for to < end {
			binary.LittleEndian.PutUint64(out[to:], binary.LittleEndian.Uint64(out[src:]))
			to += 8
			src += 8
		}
	case back == 1:
		v := uint64(out[src]) * 0x0101010101010101
		for to < end {
			binary.LittleEndian.PutUint64(out[to:], v)
			to += 8
		}
	default:
		for to < end {
			out[to] = out[src]
			to++
			src++
		}
	}
}

// careful decodes one symbol, asking for each bit. It is used for the last
// bytes of an input.
func (r *Reader) careful() (done bool, err error) {
	e, err := r.entry(r.codes.lit[:], litBits)
	if err != nil {
		return true, err
	}
	switch {
	case e&isLiteral != 0:
		r.out[r.to] = byte(e >> 16)
		r.to++
		return false, nil
	case e&isEnd != 0:
		r.state = (*Reader).block
		return true, nil
	case e&isSpecial != 0:
		return true, ErrCorrupt
	}
	length, err := r.extra(e)
	if err != nil {
		return true, err
	}
	d, err := r.entry(r.codes.dist[:], distBits)
	if err != nil {
		return true, err
	}
	if d&isSpecial != 0 {
		return true, ErrCorrupt
	}
	back, err := r.extra(d)
	if err != nil {
		return true, err
	}
	if back > r.to-window && uint64(back) > r.told+uint64(r.to-window) {
		return true, ErrCorrupt
	}
	for range length {
		r.out[r.to] = r.out[r.to-back]
		r.to++
	}
	return false, nil
}

// entry takes one code, of which not more bits are asked for than it has. Of two
// literals in one entry only the first is taken.
func (r *Reader) entry(table []uint32, width uint) (uint32, error) {
	for {
		e := table[r.bb&(1<<width-1)]
		length := uint(e >> 6 & 15)
		switch {
		case e&isTable != 0:
			e = table[e>>16+uint32(r.bb>>width)&(1<<length-1)]
			length = uint(e >> 6 & 15)
		case e&isSpecial != 0 && e&isEnd == 0 && r.n >= 15:
			return e, nil
		}
		if length > 0 && length <= r.n {
			r.bb >>= length
			r.n -= length
			return e, nil
		}
		if r.n >= 15 {
			return isSpecial, nil
		}
		if err := r.need(r.n + 1); err != nil {
			return 0, err
		}
	}
}

// extra takes the extra bits of a length or distance behind its code.
func (r *Reader) extra(e uint32) (int, error) {
	v, err := r.take(uint(e&63) - uint(e>>6&15))
	return int(e>>16) + int(v), err
}
