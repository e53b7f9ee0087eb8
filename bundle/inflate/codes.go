package inflate

// An entry of a table is one of
//
//	a literal or two: isLiteral, how many (bits 12 and 13), the bytes from bit 16
//	a length or distance: its base from bit 16
//	a special: isTable, with the place of the second table from bit 16 and its
//	width in bits 6 to 9; isEnd; or neither: no such code
//
// Bits 0 to 5 count the bits to use in all, extra ones included; bits 6 to 9 the
// bits of the code alone (of the first literal where there are two).
const (
	isLiteral = 1 << 10
	isSpecial = 1 << 11
	isTable   = 1 << 14
	isEnd     = 1 << 15

	litBits  = 11
	litSize  = 1 << litBits
	litRoom  = 1 << 13 // first table and all second ones: at most 143 of 16 entries
	distBits = 8
	distSize = 1 << distBits
	distRoom = 1 << 12 // at most 15 of 128 entries
	maxBits  = 15
)

// codes are the two tables of a block.
type codes struct {
	lit     [litRoom]uint32
	dist    [distRoom]uint32
	isFixed bool
}

var lengthBase = [29]uint16{3, 4, 5, 6, 7, 8, 9, 10, 11, 13, 15, 17, 19, 23, 27, 31, 35, 43, 51, 59, 67, 83, 99, 115, 131, 163, 195, 227, 258}
var lengthExtra = [29]uint8{0, 0, 0, 0, 0, 0, 0, 0, 1, 1, 1, 1, 2, 2, 2, 2, 3, 3, 3, 3, 4, 4, 4, 4, 5, 5, 5, 5, 0}
var distBase = [30]uint16{1, 2, 3, 4, 5, 7, 9, 13, 17, 25, 33, 49, 65, 97, 129, 193, 257, 385, 513, 769, 1025, 1537, 2049, 3073, 4097, 6145, 8193, 12289, 16385, 24577}
var distExtra = [30]uint8{0, 0, 0, 0, 1, 1, 2, 2, 3, 3, 4, 4, 5, 5, 6, 6, 7, 7, 8, 8, 9, 9, 10, 10, 11, 11, 12, 12, 13, 13}

// litEntry is the entry of a symbol whose code has length bits, less the bits of
// the first table for a code of the second.
func litEntry(symbol int, length uint) uint32 {
	e := uint32(length) | uint32(length)<<6
	switch {
	case symbol < 256:
		return e | isLiteral | 1<<12 | uint32(symbol)<<16
	case symbol == 256:
		return e | isSpecial | isEnd
	case symbol < 286:
		return e + uint32(lengthExtra[symbol-257]) | uint32(lengthBase[symbol-257])<<16
	}
	return isSpecial
}

func distEntry(symbol int, length uint) uint32 {
	if symbol >= 30 {
		return isSpecial
	}
	return uint32(length) + uint32(distExtra[symbol]) | uint32(length)<<6 | uint32(distBase[symbol])<<16
}

// build makes a table from the lengths of codes. A code that is over-full or,
// but for one single code, incomplete is refused.
func build(table []uint32, width uint, lengths []uint8, entry func(int, uint) uint32) error {
	var count, next [maxBits + 2]uint32
	longest := uint(0)
	for _, l := range lengths {
		count[l]++
		longest = max(longest, uint(l))
	}
	used := uint32(len(lengths)) - count[0]
	count[0] = 0
	code, left := uint32(0), int64(1)
	for l := 1; l <= maxBits; l++ {
		left = left<<1 - int64(count[l])
		if left < 0 {
			return ErrCorrupt
		}
		code = (code + count[l-1]) << 1
		next[l] = code
	}
	if left > 0 && (used > 1 || longest > 1) {
		return ErrCorrupt
	}
	size := uint32(1) << width
	for i := range table[:size] {
		table[i] = isSpecial
	}
	free := size
	for symbol, l8 := range lengths {
		l := uint(l8)
		if l == 0 {
			continue
		}
		c := reverse(next[l], l)
		next[l]++
		if l <= width {
			e := entry(symbol, l)
			for i := c; i < size; i += 1 << l {
				table[i] = e
			}
			continue
		}
		first := c & (size - 1)
		if table[first]&isTable == 0 {
			// All second tables are as wide as the longest code asks.
			w := longest - width
			if int(free+1<<w) > len(table) {
				return ErrCorrupt
			}
			for i := range uint32(1) << w {
				table[free+i] = isSpecial
			}
			table[first] = isSpecial | isTable | uint32(w)<<6 | free<<16
			free += 1 << w
		}
		second := table[first] >> 16
		e := entry(symbol, l)
		for i := c >> width; i < 1<<(longest-width); i += 1 << (l - width) {
			table[second+i] = e
		}
	}
	return nil
}

// pair puts two literals into one entry where both codes fit the first table.
func (c *codes) pair() {
	for i := litSize - 1; i >= 0; i-- {
		a := c.lit[i]
		if a&isLiteral == 0 {
			continue
		}
		l := a & 63
		b := c.lit[i>>l] // from the end, so that this one still is a single
		if lb := b & 63; b&isLiteral != 0 && l+lb <= litBits {
			c.lit[i] = l + lb | a&(15<<6) | isLiteral | 2<<12 | a&0xff0000 | b&0xff0000<<8
		}
	}
}

// fixed sets the tables of a block that brings none.
func (c *codes) fixed() {
	if c.isFixed {
		return
	}
	var lengths [288]uint8
	for i := range lengths {
		switch {
		case i < 144:
			lengths[i] = 8
		case i < 256:
			lengths[i] = 9
		case i < 280:
			lengths[i] = 7
		default:
			lengths[i] = 8
		}
	}
	var five [32]uint8
	for i := range five {
		five[i] = 5
	}
	_ = build(c.lit[:], litBits, lengths[:], litEntry) // both are complete codes
	_ = build(c.dist[:], distBits, five[:], distEntry)
	c.pair()
	c.isFixed = true
}

// lengthOrder is the order in which a block writes the lengths of the code that
// its lengths are written in.
var lengthOrder = [19]uint8{16, 17, 18, 0, 8, 7, 9, 6, 10, 5, 11, 4, 12, 3, 13, 2, 14, 1, 15}

// dynamic reads the tables that a block brings.
func (r *Reader) dynamic() error {
	head, err := r.take(14)
	if err != nil {
		return err
	}
	lits, dists, metas := int(head&31)+257, int(head>>5&31)+1, int(head>>10)+4
	if lits > 286 || dists > 30 {
		return ErrCorrupt
	}
	var metaLengths [19]uint8
	for i := range metas {
		l, err := r.take(3)
		if err != nil {
			return err
		}
		metaLengths[lengthOrder[i]] = uint8(l)
	}
	var meta [128]uint32
	plain := func(symbol int, length uint) uint32 { return uint32(length) | uint32(length)<<6 | uint32(symbol)<<16 }
	if err := build(meta[:], 7, metaLengths[:], plain); err != nil {
		return err
	}
	var lengths [286 + 30]uint8
	for i := 0; i < lits+dists; {
		e, err := r.entry(meta[:], 7)
		if err != nil {
			return err
		}
		if e&isSpecial != 0 {
			return ErrCorrupt
		}
		symbol := e >> 16
		if symbol < 16 {
			lengths[i] = uint8(symbol)
			i++
			continue
		}
		var value uint8
		var width uint
		least := uint32(3)
		switch symbol {
		case 16:
			if i == 0 {
				return ErrCorrupt
			}
			value, width = lengths[i-1], 2
		case 17:
			width = 3
		default:
			width, least = 7, 11
		}
		again, err := r.take(width)
		if err != nil {
			return err
		}
		if again += least; i+int(again) > lits+dists {
			return ErrCorrupt
		}
		for range again {
			lengths[i] = value
			i++
		}
	}
	r.codes.isFixed = false
	if err := build(r.codes.lit[:], litBits, lengths[:lits], litEntry); err != nil {
		return err
	}
	if err := build(r.codes.dist[:], distBits, lengths[lits:lits+dists], distEntry); err != nil {
		return err
	}
	r.codes.pair()
	return nil
}
