package bundle

import (
	"cmp"
	"encoding/binary"
	"io"
	"slices"
)

// A bzip2Writer writes what bzip2 -1 reads as its own: blocks of at most 100,000
// bytes, since sorting a larger one takes long. The libraries only read it.
//
// A block is: runs of four and more equal bytes cut short, its rotations sorted
// (their last column is written), the place of each byte among those seen last,
// runs of the first place as digits, and codes of Huffman for these.
type bzip2Writer struct {
	w     io.Writer
	bits  uint64 // not yet written, right aligned
	held  uint
	out   []byte
	block []byte
	last  int // the byte of the run at hand, -1: none
	run   int
	crc   uint32 // of the block
	sum   uint32 // of all blocks
	begun bool
	err   error

	order, rank, next []int32
}

const bzip2Room = 100_000 - 20

func newBzip2Writer(w io.Writer) *bzip2Writer {
	return &bzip2Writer{w: w, last: -1, crc: 1<<32 - 1}
}

var bzip2Table = func() (t [256]uint32) {
	for i := range t {
		c := uint32(i) << 24
		for range 8 {
			c = c<<1 ^ 0x04c11db7&-(c>>31)
		}
		t[i] = c
	}
	return t
}()

func (b *bzip2Writer) Write(p []byte) (int, error) {
	for _, c := range p {
		if int(c) != b.last || b.run == 255 {
			b.flushRun()
			if len(b.block) >= bzip2Room {
				b.flushBlock()
			}
			b.last, b.run = int(c), 0
		}
		b.run++
		b.crc = b.crc<<8 ^ bzip2Table[byte(b.crc>>24)^c]
	}
	if b.err != nil {
		return 0, b.err
	}
	return len(p), nil
}

// flushRun adds the run at hand: four bytes and how many more.
func (b *bzip2Writer) flushRun() {
	for range min(b.run, 4) {
		b.block = append(b.block, byte(b.last))
	}
	if b.run >= 4 {
		b.block = append(b.block, byte(b.run-4))
	}
	b.run, b.last = 0, -1
}

// Close writes what is left and the end. It does not close the writer below.
func (b *bzip2Writer) Close() error {
	b.flushRun()
	if len(b.block) > 0 {
		b.flushBlock()
	}
	b.begin()
	b.put(24, uint64(bzip2End[0])<<16|uint64(bzip2End[1])<<8|uint64(bzip2End[2]))
	b.put(24, uint64(bzip2End[3])<<16|uint64(bzip2End[4])<<8|uint64(bzip2End[5]))
	b.put(32, uint64(b.sum))
	if b.held%8 != 0 {
		b.put(8-b.held%8, 0)
	}
	b.drain()
	return b.err
}

func (b *bzip2Writer) begin() {
	if !b.begun {
		b.begun = true
		b.out = append(b.out, "BZh1"...)
	}
}

// put writes n bits, at most 32.
func (b *bzip2Writer) put(n uint, v uint64) {
	b.bits, b.held = b.bits<<n|v, b.held+n
	for b.held >= 8 {
		b.held -= 8
		b.out = append(b.out, byte(b.bits>>b.held))
	}
}

func (b *bzip2Writer) drain() {
	if b.err == nil {
		_, b.err = b.w.Write(b.out)
	}
	b.out = b.out[:0]
}

func (b *bzip2Writer) flushBlock() {
	b.begin()
	crc := ^b.crc
	b.sum = (b.sum<<1 | b.sum>>31) ^ crc
	b.put(24, uint64(bzip2Block[0])<<16|uint64(bzip2Block[1])<<8|uint64(bzip2Block[2]))
	b.put(24, uint64(bzip2Block[3])<<16|uint64(bzip2Block[4])<<8|uint64(bzip2Block[5]))
	b.put(32, uint64(crc))
	b.put(1, 0)
	b.sort()
	column := make([]byte, len(b.block))
	for i, at := range b.order {
		if at == 0 {
			b.put(24, uint64(i))
			at = int32(len(b.block))
		}
		column[i] = b.block[at-1]
	}
	symbols, used := places(column)
	b.alphabet(used)
	b.codes(symbols, len(used)+2)
	b.block, b.crc = b.block[:0], 1<<32-1
	b.drain()
}

// sort orders the rotations of the block: first by eight bytes, then, where those
// are equal, by the ranks of what follows, twice as far each time.
func (b *bzip2Writer) sort() {
	n := len(b.block)
	twice := append(slices.Clone(b.block), b.block[:min(n, 8)]...)
	for len(twice) < n+8 {
		twice = append(twice, b.block...)
	}
	b.order, b.rank, b.next = slices.Grow(b.order[:0], n)[:n], slices.Grow(b.rank[:0], n)[:n], slices.Grow(b.next[:0], n)[:n]
	key := func(i int32) uint64 { return binary.BigEndian.Uint64(twice[i:]) }
	for i := range b.order {
		b.order[i] = int32(i)
	}
	slices.SortFunc(b.order, func(x, y int32) int { return cmp.Compare(key(x), key(y)) })
	groups := b.number(func(x, y int32) bool { return key(x) == key(y) })
	for step := 8; groups < n && step < 2*n; step *= 2 {
		at := func(i int32) int32 { return b.rank[(int(i)+step)%n] }
		for from := 0; from < n; {
			to := from + 1
			for to < n && b.rank[b.order[to]] == b.rank[b.order[from]] {
				to++
			}
			if to-from > 1 {
				slices.SortFunc(b.order[from:to], func(x, y int32) int { return cmp.Compare(at(x), at(y)) })
			}
			from = to
		}
		groups = b.number(func(x, y int32) bool { return b.rank[x] == b.rank[y] && at(x) == at(y) })
	}
}

// number gives equal neighbours the same rank, and tells how many ranks there are.
func (b *bzip2Writer) number(equal func(x, y int32) bool) int {
	groups := 0
	for i, at := range b.order {
		if i == 0 || !equal(b.order[i-1], at) {
			groups++
		}
		b.next[at] = int32(groups)
	}
	b.rank, b.next = b.next, b.rank
	return groups
}

// places turns bytes into their places among those seen last; runs of place 0
// are numbers in two digits, 0 and 1, least first. The end has a symbol of its own.
func places(column []byte) (symbols []uint16, used []byte) {
	var seen [256]bool
	for _, c := range column {
		seen[c] = true
	}
	for c := range 256 {
		if seen[c] {
			used = append(used, byte(c))
		}
	}
	list := slices.Clone(used)
	zeros := 0
	digits := func() {
		for ; zeros > 0; zeros = (zeros - 1) / 2 {
			symbols = append(symbols, uint16(1-zeros&1))
		}
	}
	for _, c := range column {
		at := slices.Index(list, c)
		if at == 0 {
			zeros++
			continue
		}
		digits()
		copy(list[1:at+1], list[:at])
		list[0] = c
		symbols = append(symbols, uint16(at+1))
	}
	digits()
	return append(symbols, uint16(len(used)+1)), used
}

// alphabet writes which bytes there are.
func (b *bzip2Writer) alphabet(used []byte) {
	var rows [16]uint64
	var any uint64
	for _, c := range used {
		rows[c>>4] |= 1 << (15 - c&15)
		any |= 1 << (15 - c>>4)
	}
	b.put(16, any)
	for i, row := range rows {
		if any>>(15-i)&1 != 0 {
			b.put(16, row)
		}
	}
}

// codes writes the symbols. The format wants two tables at least; here they are
// the same.
func (b *bzip2Writer) codes(symbols []uint16, size int) {
	lengths := huffmanLengths(symbols, size)
	groups := (len(symbols) + 49) / 50
	b.put(3, 2)
	b.put(15, uint64(groups))
	for range groups {
		b.put(1, 0)
	}
	for range 2 {
		was := lengths[0]
		b.put(5, uint64(was))
		for _, l := range lengths {
			for ; was < l; was++ {
				b.put(2, 2)
			}
			for ; was > l; was-- {
				b.put(2, 3)
			}
			b.put(1, 0)
		}
	}
	code := make([]uint64, size)
	next := uint64(0)
	for l := uint(1); l <= bzip2Longest; l++ {
		for s := range code {
			if lengths[s] == l {
				code[s] = next
				next++
			}
		}
		next <<= 1
	}
	for _, s := range symbols {
		b.put(lengths[s], code[s])
	}
}

// bzip2Longest is the longest code that bzip2 itself writes.
const bzip2Longest = 17

// huffmanLengths returns the length of each symbol's code. Where one would be too
// long, numbers are made more alike.
func huffmanLengths(symbols []uint16, size int) []uint {
	weight := make([]int, size)
	for _, s := range symbols {
		weight[s]++
	}
	for i := range weight {
		weight[i] = max(weight[i], 1) // every symbol has a code
	}
	for {
		type node struct{ weight, parent int }
		nodes := make([]node, 0, 2*size)
		open := make([]int, 0, size)
		for i, w := range weight {
			nodes = append(nodes, node{w, -1})
			open = append(open, i)
		}
		heavier := func(x, y int) int { return cmp.Compare(nodes[y].weight, nodes[x].weight) }
		slices.SortStableFunc(open, heavier)
		for len(open) > 1 {
			x, y := open[len(open)-1], open[len(open)-2]
			open = open[:len(open)-2]
			made := len(nodes)
			nodes = append(nodes, node{nodes[x].weight + nodes[y].weight, -1})
			nodes[x].parent, nodes[y].parent = made, made
			at, _ := slices.BinarySearchFunc(open, made, heavier)
			open = slices.Insert(open, at, made)
		}
		lengths := make([]uint, size)
		longest := uint(0)
		for i := range lengths {
			for p := nodes[i].parent; p >= 0; p = nodes[p].parent {
				lengths[i]++
			}
			longest = max(longest, lengths[i])
		}
		if longest <= bzip2Longest {
			return lengths
		}
		for i := range weight {
			weight[i] = weight[i]/2 + 1
		}
	}
}
