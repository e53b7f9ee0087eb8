package redact

import (
	"crypto/hmac"
	"crypto/sha256"
	"encoding/binary"
	"net/netip"
)

// An addressTree renames addresses so that two that share their first n bits
// share them afterwards. At each of its nodes a bit says whether the next bit is
// turned; the bit comes from the key and the bits so far. Where a node lies
// above a range that means something (private, loopback, documentation) nothing
// is turned: such a range stays itself, and no other address falls into it.
type addressTree struct {
	secret []byte
	known  map[netip.Addr]netip.Addr
}

func (t *addressTree) key(key []byte) {
	t.secret = append([]byte("addresses "), key...)
	t.known = map[netip.Addr]netip.Addr{}
}

// ranges keep their first bits. Of those marked whole every address stays.
var ranges = []struct {
	prefix netip.Prefix
	whole  bool
}{
	{netip.MustParsePrefix("0.0.0.0/8"), true}, {netip.MustParsePrefix("127.0.0.0/8"), true}, {netip.MustParsePrefix("224.0.0.0/3"), true},
	{netip.MustParsePrefix("10.0.0.0/8"), false}, {netip.MustParsePrefix("172.16.0.0/12"), false}, {netip.MustParsePrefix("192.168.0.0/16"), false},
	{netip.MustParsePrefix("169.254.0.0/16"), false}, {netip.MustParsePrefix("100.64.0.0/10"), false}, {netip.MustParsePrefix("198.18.0.0/15"), false},
	{netip.MustParsePrefix("192.0.2.0/24"), false}, {netip.MustParsePrefix("198.51.100.0/24"), false}, {netip.MustParsePrefix("203.0.113.0/24"), false},
	{netip.MustParsePrefix("::/8"), true}, {netip.MustParsePrefix("ff00::/8"), true}, {netip.MustParsePrefix("fe80::/10"), false}, {netip.MustParsePrefix("fc00::/7"), false},
	{netip.MustParsePrefix("2001:db8::/32"), false}, {netip.MustParsePrefix("64:ff9b::/96"), true}, {netip.MustParsePrefix("2000::/3"), false},
}

// of returns the address that stands for a.
func (t *addressTree) of(a netip.Addr) netip.Addr {
	if to, ok := t.known[a]; ok {
		return to
	}
	to := t.rename(a)
	if len(t.known) < maxFound {
		t.known[a] = to
	}
	return to
}

func (t *addressTree) rename(a netip.Addr) netip.Addr {
	if a.Is4In6() {
		b := t.of(a.Unmap()).As4()
		c := a.As16()
		copy(c[12:], b[:])
		return netip.AddrFrom16(c)
	}
	in, bits := a.AsSlice(), a.BitLen()
	out := append([]byte(nil), in...)
	var node [18]byte
	for n := range bits {
		// node: the bits before n, and how many there are.
		clear(node[:])
		copy(node[:16], in[:(n+7)/8])
		if n%8 != 0 {
			node[n/8] &= 0xff << (8 - n%8)
		}
		node[16], node[17] = byte(n), byte(bits)
		if !fixedBit(a, in, n, bits) && t.turn(node[:]) {
			out[n/8] ^= 0x80 >> (n % 8)
		}
	}
	to, _ := netip.AddrFromSlice(out)
	return to
}

// fixedBit tells that bit n of an address stays: above or inside a range, and
// where all bits of the last byte so far are equal, so that network (.0) and
// broadcast (.255) addresses stay such.
func fixedBit(a netip.Addr, in []byte, n, bits int) bool {
	for i := range ranges {
		r := &ranges[i]
		if r.prefix.Addr().BitLen() != bits {
			continue
		}
		if r.prefix.Contains(a) && (r.whole || n < r.prefix.Bits()) {
			return true
		}
		// A node above the range: the bits so far are those of the range.
		if n < r.prefix.Bits() && sameBits(in, r.prefix.Addr().AsSlice(), n) {
			return true
		}
	}
	if bits != 32 || n < 24 {
		return false
	}
	first := in[3] >> (32 - n)
	return first == 0 || first == 1<<(n-24)-1
}

func sameBits(a, b []byte, n int) bool {
	for i := 0; i < n/8; i++ {
		if a[i] != b[i] {
			return false
		}
	}
	return n%8 == 0 || (a[n/8]^b[n/8])>>(8-n%8) == 0
}

func (t *addressTree) turn(node []byte) bool {
	m := hmac.New(sha256.New, t.secret)
	m.Write(node)
	return m.Sum(nil)[0]&1 != 0
}

// addresses finds IP addresses in text.
func (s *scan) addresses() {
	b := s.b
	for i := 0; i < len(b); {
		c := b[i]
		if !isHex(c) && c != ':' {
			i++
			continue
		}
		from := i
		dots, colons, digits := 0, 0, true
		for i < len(b) && (isHex(b[i]) || b[i] == '.' || b[i] == ':') && i-from < 64 {
			switch {
			case b[i] == '.':
				dots++
			case b[i] == ':':
				colons++
			case !isDigit(b[i]):
				digits = false
			}
			i++
		}
		if from > 0 && isWord(b[from-1]) || dots < 3 && colons < 2 && i-from < 8 {
			for i < len(b) && isWord(b[i]) {
				i++
			}
			continue
		}
		switch {
		case dots >= 3 && digits && colons <= 1:
			s.address4(from, i)
		case colons >= 2:
			s.address6(from, i)
		case colons == 1 && dots == 0:
			s.procAddress(from, i)
		}
	}
}

// address4 takes a dotted address, with a port behind it or not.
func (s *scan) address4(from, to int) {
	b := s.b
	end := from
	for end < to && b[end] != ':' {
		end++
	}
	for end > from && b[end-1] == '.' {
		end--
	}
	if end < len(b) && (isAlpha(b[end]) || b[end] == '_' || b[end] == '-' && end+1 < len(b) && isAlpha(b[end+1])) {
		return // a version: 1.2.3.4-el7
	}
	if from > 0 && (b[from-1] == '.' || b[from-1] == '-' && from > 1 && isAlpha(b[from-2]) || b[from-1] == '_') {
		return
	}
	s.rename(from, end)
}

// rename replaces the address that stands in a place.
func (s *scan) rename(from, to int) {
	if to-from > 45 || to <= from {
		return
	}
	a, err := netip.ParseAddr(string(s.b[from:to]))
	if err != nil || a.Zone() != "" {
		return
	}
	r := s.r.tree.of(a)
	if r == a {
		return
	}
	with := []byte(r.String())
	if s.fixed && len(with) != to-from {
		with = nil
	}
	s.edits = append(s.edits, edit{from: from, to: to, kind: Address, with: with, value: append([]byte(nil), s.b[from:to]...)})
}

// address6 takes an address of IPv6, with or without brackets.
func (s *scan) address6(from, to int) {
	b := s.b
	for to > from && (b[to-1] == '.' || b[to-1] == ':' && !(to-from > 1 && b[to-2] == ':')) {
		to--
	}
	if to < len(b) && isWord(b[to]) || pairs(b[from:to]) {
		return
	}
	s.rename(from, to)
}

// pairs tells eight times two digits, the name of a port of a storage network.
func pairs(v []byte) bool {
	if len(v) != 23 {
		return false
	}
	for i := 2; i < len(v); i += 3 {
		if v[i] != ':' {
			return false
		}
	}
	return true
}

// procAddress takes an address of /proc/net/tcp: 8 or 32 digits, a colon and 4,
// each four bytes in the order of the machine.
func (s *scan) procAddress(from, to int) {
	b := s.b
	n := to - from - 5
	if n != 8 && n != 32 || b[from+n] != ':' || to < len(b) && isWord(b[to]) {
		return
	}
	for i := from; i < to; i++ {
		if isLower(b[i]) {
			return
		}
	}
	var raw [16]byte
	for w := 0; w < n/8; w++ {
		var v uint32
		for _, c := range b[from+w*8 : from+w*8+8] {
			v = v<<4 | uint32(unhex(c))
		}
		binary.LittleEndian.PutUint32(raw[w*4:], v)
	}
	a, ok := netip.AddrFromSlice(raw[:n/2])
	if !ok {
		return
	}
	r := s.r.tree.of(a)
	if r == a {
		return
	}
	out := make([]byte, 0, 32)
	for w, bs := 0, r.AsSlice(); w < n/8; w++ {
		v := binary.LittleEndian.Uint32(bs[w*4:])
		for k := 28; k >= 0; k -= 4 {
			out = append(out, "0123456789ABCDEF"[v>>k&0xf])
		}
	}
	s.edits = append(s.edits, edit{from: from, to: from + n, kind: Address, with: out, value: []byte(a.String())})
}

// Addr renames an address of a packet, in place: 4 or 16 bytes.
func (r *Redactor) Addr(b []byte) {
	if !r.opt.Addresses {
		return
	}
	a, ok := netip.AddrFromSlice(b)
	if !ok {
		return
	}
	to := r.tree.of(a)
	if to == a {
		return
	}
	s := to.String()
	r.remember(Address, []byte(a.String()), []byte(s), "a packet")
	copy(b, to.AsSlice())
}
