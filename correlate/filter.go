package correlate

import (
	"math"

	"forensic/event"
	"forensic/rules"
)

// A filter finds literals in a block of text without looking at every byte.
//
// Of each literal it takes the seven bytes that are rarest in a sample of the
// input (the speed depends on the sample, the result never does). Wherever
// those stand in a block, one of their four 4-byte grams begins at a multiple
// of four. So every fourth place is hashed, letters folded to one case, and
// looked up in a bitmap; what is found there is compared in full. Literals
// shorter than seven bytes have a scanner of their own, with grams of three
// bytes and a step that the shortest allows.
type filter struct {
	literals []rules.Literal
	long     *scanner // nil where there are none
	short    *scanner
}

const (
	gramLong  = 4
	gramShort = 3
	shortest  = 7 // the shortest literal that a step of four finds with grams of four
	hashBits  = 17
	headBits  = 15
)

// A scanner probes every step-th place for grams of one size.
type scanner struct {
	step  int
	mask  uint32 // the bytes of a gram
	bits  [1 << hashBits / 8]byte
	heads [1 << headBits]uint16 // first candidate of the hashes that share these bits, plus one
	next  []candidate
}

// A candidate is a literal whose gram at some offset has the hash.
type candidate struct {
	gram            uint32 // folded
	literal, offset int32
	next            uint16 // the next one, plus one
}

// maxCandidates is what a scanner's chains can number.
const maxCandidates = math.MaxUint16 - 1

// newFilter prepares for literals; it returns nil where there are too many, and
// everything has to be tried.
func newFilter(literals []rules.Literal, sample string) *filter {
	f := &filter{literals: literals}
	common := censusOf(sample)
	least := shortest
	var short, long []int
	for i, l := range literals {
		if len(l.Text) < shortest {
			least = min(least, len(l.Text))
			short = append(short, i)
		} else {
			long = append(long, i)
		}
	}
	if len(long) > 0 {
		f.long = &scanner{step: gramLong, mask: math.MaxUint32}
	}
	if len(short) > 0 {
		f.short = &scanner{step: least - gramShort + 1, mask: 0xffffff}
	}
	for _, i := range long {
		f.long.enter(int32(i), literals[i].Text, common.rarest(literals[i].Text), gramLong)
	}
	for _, i := range short {
		f.short.enter(int32(i), literals[i].Text, 0, gramShort)
	}
	if f.long.full() || f.short.full() {
		return nil
	}
	return f
}

// full tells that a scanner could not take all its literals.
func (s *scanner) full() bool { return s != nil && len(s.next) > maxCandidates }

// A census tells how common grams are in a sample: as they were counted there,
// and where that says nothing, by how common their bytes are.
type census struct {
	grams [1 << headBits]uint16 // by hash
	bytes [256]float64          // logarithms, so that sums of them order products
}

// censusOf counts a sample. Upper case counts as lower case.
func censusOf(sample string) *census {
	c := &census{}
	var n [256]float64
	for i := 0; i < len(sample); i++ {
		n[sample[i]|0x20]++
		if i+gramLong <= len(sample) {
			if g := &c.grams[headOf(load(sample[i:]))]; *g < math.MaxUint16 {
				*g++
			}
		}
	}
	for i := range c.bytes {
		c.bytes[i] = math.Log(n[i|0x20] + 0.5)
	}
	return c
}

// rarest returns where the window begins whose grams are met least often.
func (c *census) rarest(text string) int {
	best, least := 0, math.Inf(1)
	for at := 0; at+shortest <= len(text); at++ {
		sum := 0.0
		for g := at; g < at+shortest-gramLong+1; g++ {
			one := 0.0
			for i := g; i < g+gramLong; i++ {
				one += c.bytes[text[i]]
			}
			// A gram that the sample has weighs more than any that it lacks.
			sum += float64(c.grams[headOf(load(text[g:]))]) + 0.5/(1+math.Exp(-one/gramLong))
		}
		if sum < least {
			best, least = at, sum
		}
	}
	return best
}

// enter notes the grams of a literal that a step can meet.
func (s *scanner) enter(literal int32, text string, from, size int) {
	for i := from; i < from+s.step && i+size <= len(text) && len(s.next) <= maxCandidates; i++ {
		g := uint32(0)
		for j := size - 1; j >= 0; j-- {
			g = g<<8 | uint32(text[i+j])
		}
		h := hash(g, s.mask)
		s.bits[h>>3] |= 1 << (h & 7)
		g = fold(g, s.mask)
		head := &s.heads[headOf(g)]
		s.next = append(s.next, candidate{g, literal, int32(i), *head})
		*head = uint16(len(s.next))
	}
}

// hash folds ASCII letters to one case; other bytes fall together too, which
// the full comparison sorts out.
func hash(gram, mask uint32) uint32 {
	return fold(gram, mask) * 0x9E3779B1 >> (32 - hashBits)
}

func fold(gram, mask uint32) uint32 { return (gram | 0x20202020) & mask }

// headOf is where the candidates of a gram begin.
func headOf(gram uint32) uint32 { return fold(gram, math.MaxUint32) * 0x9E3779B1 >> (32 - headBits) }

// find appends a mark for every literal that begins in block.
func (f *filter) find(block string, to []event.Mark) []event.Mark {
	if f.long != nil {
		to = f.findLong(block, to)
	}
	if f.short != nil {
		to = f.findShort(block, to)
	}
	return to
}

// load reads four bytes; the compiler makes one load of it.
func load(s string) uint32 {
	return uint32(s[0]) | uint32(s[1])<<8 | uint32(s[2])<<16 | uint32(s[3])<<24
}

// findLong makes four probes at a time, none of which waits for another.
func (f *filter) findLong(block string, to []event.Mark) []event.Mark {
	s := f.long
	i := 0
	for ; i+16 <= len(block); i += 16 {
		p := block[i : i+16]
		h0, h1 := hash(load(p), math.MaxUint32), hash(load(p[4:]), math.MaxUint32)
		h2, h3 := hash(load(p[8:]), math.MaxUint32), hash(load(p[12:]), math.MaxUint32)
		if (s.bits[h0>>3]>>(h0&7)|s.bits[h1>>3]>>(h1&7)|s.bits[h2>>3]>>(h2&7)|s.bits[h3>>3]>>(h3&7))&1 != 0 {
			for j, h := range [...]uint32{h0, h1, h2, h3} {
				if s.bits[h>>3]>>(h&7)&1 != 0 {
					to = f.check(s, load(p[4*j:]), block, i+4*j, to)
				}
			}
		}
	}
	for ; i+4 <= len(block); i += 4 {
		if h := hash(load(block[i:]), math.MaxUint32); s.bits[h>>3]>>(h&7)&1 != 0 {
			to = f.check(s, load(block[i:]), block, i, to)
		}
	}
	return to
}

func (f *filter) findShort(block string, to []event.Mark) []event.Mark {
	s := f.short
	i := 0
	for ; i+4 <= len(block); i += s.step {
		if h := hash(load(block[i:]), s.mask); s.bits[h>>3]>>(h&7)&1 != 0 {
			to = f.check(s, load(block[i:]), block, i, to)
		}
	}
	if i+3 == len(block) {
		last := uint32(block[i]) | uint32(block[i+1])<<8 | uint32(block[i+2])<<16
		if h := hash(last, s.mask); s.bits[h>>3]>>(h&7)&1 != 0 {
			to = f.check(s, last, block, i, to)
		}
	}
	return to
}

// check compares the literals that have this gram.
func (f *filter) check(s *scanner, gram uint32, block string, at int, to []event.Mark) []event.Mark {
	gram = fold(gram, s.mask)
	for n := s.heads[headOf(gram)]; n != 0; n = s.next[n-1].next {
		c := &s.next[n-1]
		if c.gram != gram {
			continue
		}
		from := at - int(c.offset)
		l := &f.literals[c.literal]
		if from < 0 || from+len(l.Text) > len(block) {
			continue
		}
		there := block[from : from+len(l.Text)]
		if there == l.Text || l.Fold && foldEqual(there, l.Text) {
			to = append(to, event.Mark{At: int32(from), Literal: c.literal})
		}
	}
	return to
}

// foldEqual compares with a lower-case text of the same length, ASCII letters
// in either case.
func foldEqual(s, low string) bool {
	for i := 0; i < len(s); i++ {
		c := s[i]
		if 'A' <= c && c <= 'Z' {
			c |= 0x20
		}
		if c != low[i] {
			return false
		}
	}
	return true
}
