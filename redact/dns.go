package redact

// dns renames what a message of DNS holds: its names, label by label, where hosts
// are asked for, and its addresses where those are. Lengths stay.
func (w *Wire) dns(b []byte) {
	if len(b) < 12 || !w.r.opt.Hosts && !w.r.opt.Addresses {
		return
	}
	count := func(i int) int { return int(b[i])<<8 | int(b[i+1]) }
	questions, records := count(4), count(6)+count(8)+count(10)
	if questions > 32 || records > 512 {
		return
	}
	i := 12
	for ; questions > 0 && i >= 0 && i < len(b); questions-- {
		if i = w.dnsName(b, i); i >= 0 {
			i += 4
		}
	}
	for ; records > 0 && i >= 0 && i < len(b); records-- {
		if i = w.dnsName(b, i); i < 0 || i+10 > len(b) {
			return
		}
		kind, size := count(i), count(i+8)
		i += 10
		if i+size > len(b) {
			return
		}
		switch kind {
		case 1, 28: // A, AAAA
			if size == 4 || size == 16 {
				w.r.Addr(b[i : i+size])
			}
		case 2, 5, 12: // NS, CNAME, PTR
			w.dnsName(b[:i+size], i)
		case 15, 33: // MX, SRV: numbers stand before the name
			if skip := map[int]int{15: 2, 33: 6}[kind]; size > skip {
				w.dnsName(b[:i+size], i+skip)
			}
		case 6: // SOA: two names
			if end := w.dnsName(b[:i+size], i); end > 0 {
				w.dnsName(b[:i+size], end)
			}
		}
		i += size
	}
}

// dnsName renames the labels of the name at i but the last, and returns where it
// ends, -1: it does not. What a pointer leads to is renamed where it stands.
func (w *Wire) dnsName(b []byte, i int) int {
	last := []byte(nil)
	for range 128 {
		if i >= len(b) {
			return -1
		}
		n := int(b[i])
		switch {
		case n == 0:
			return i + 1
		case n&0xc0 == 0xc0:
			w.dnsLabel(last)
			return i + 2
		case n&0xc0 != 0 || i+1+n > len(b):
			return -1
		}
		w.dnsLabel(last)
		last = b[i+1 : i+1+n]
		i += 1 + n
	}
	return -1
}

// dnsLabel renames a label in its place; numbers of a reversed address too.
func (w *Wire) dnsLabel(label []byte) {
	if len(label) == 0 {
		return
	}
	number := run(label, 0, isHex) == len(label) && len(label) <= 3 && (allDigits(label) || len(label) == 1)
	if number && !w.r.opt.Addresses || !number && !w.r.opt.Hosts {
		return
	}
	s := w.r.scan(label)
	defer w.r.release(s)
	s.fixed, s.where = true, w.where
	if number {
		s.add(0, len(label), Address)
	} else {
		s.relabel(0, len(label))
	}
	s.overwrite(0)
}
