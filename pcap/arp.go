package pcap

const (
	maxNeighbours = 4096
	arpMemory     = 60 * second // after which an address may have moved in peace
)

// A neighbour is who claimed an address last, and who before.
type neighbour struct {
	mac, before [6]byte
	at, told    int64
	packet      int
	had         bool // before is known
}

// resolution takes an ARP message: two machines that claim one address take
// turns in answering for it.
func (r *reader) resolution(p *packet) {
	if p.src.address == (address{0, mapped}) { // a probe claims nothing
		return
	}
	if r.neighbours == nil {
		r.neighbours = make(map[address]*neighbour)
	}
	n := r.neighbours[p.src.address]
	if n == nil {
		if len(r.neighbours) < maxNeighbours {
			r.neighbours[p.src.address] = &neighbour{mac: p.claimed, at: r.now, packet: r.number}
		}
		return
	}
	if n.mac == p.claimed {
		n.at, n.packet = r.now, r.number
		return
	}
	// One change may be a takeover; a change back is a quarrel.
	quarrel := n.had && n.before == p.claimed && r.now-n.at < arpMemory
	if quarrel && (n.told == 0 || r.now-n.told > arpMemory) {
		n.told = max(r.now, 1)
		r.event("arp.conflict", nil, r.now)
		r.where(n.packet, r.number, p.offset, p.end)
		from := len(r.text)
		r.text = p.src.netip().AppendTo(r.text)
		r.cut("address", from)
		r.hardware("mac", p.claimed)
		r.hardware("other_mac", n.mac)
		r.line()
		r.text = p.src.netip().AppendTo(r.text)
		r.say(" is claimed by two machines in turn")
		r.send()
	}
	n.before, n.had = n.mac, true
	n.mac, n.at, n.packet = p.claimed, r.now, r.number
}

func (r *reader) hardware(name string, mac [6]byte) {
	const digits = "0123456789abcdef"
	from := len(r.text)
	for i, b := range mac {
		if i > 0 {
			r.text = append(r.text, ':')
		}
		r.text = append(r.text, digits[b>>4], digits[b&15])
	}
	r.cut(name, from)
}
