package main

import (
	"net/netip"
	"strconv"
)

// fatesOf is how connections go, per thousand, and the port of their server.
var fatesOf = []struct {
	name   string
	weight int
	ports  []uint16
	plan   func(c *capture, f *flow)
}{
	{"http", 430, []uint16{80, 8080}, (*capture).http},
	{"tls-established", 340, []uint16{443, 8443}, (*capture).tls},
	{"tls-resumed", 40, []uint16{443, 8443}, (*capture).tlsResumed},
	{"tls-alert", 15, []uint16{443, 8443}, (*capture).tlsAlert},
	{"tls-client-hello", 20, []uint16{443}, (*capture).tlsSilence},
	{"tls-client-hello-reset", 15, []uint16{443}, (*capture).tlsReset},
	{"tcp-only-closed-by-client", 20, []uint16{443}, (*capture).nothingThenClient},
	{"tcp-only-closed-by-server", 10, []uint16{8443}, (*capture).nothingThenServer},
	{"tcp-only-idle", 10, []uint16{443}, (*capture).nothing},
	{"session", 30, []uint16{2181}, (*capture).session},
	{"churn", 30, []uint16{2181}, (*capture).nothingThenClient},
	{"refused", 20, []uint16{9092}, (*capture).refused},
	{"no-answer", 10, []uint16{9093}, (*capture).noAnswer},
	{"reset", 10, []uint16{80}, (*capture).reset},
}

// begin plans the next connection.
func (c *capture) begin(at int64) *flow {
	pick := c.below(1000)
	i := 0
	for pick >= fatesOf[i].weight {
		pick -= fatesOf[i].weight
		i++
	}
	fate := fatesOf[i]
	if fate.name == "tcp-only-idle" && c.planned > c.want/2 {
		fate = fatesOf[0] // an idle one that begins late is not known to be idle
	}
	f := &flow{id: c.made, at: at, trip: int64(c.between(150, 40_000))}
	c.address(f, fate.ports[c.below(len(fate.ports))])
	fate.plan(c, f)
	if c.below(100) < 4 {
		f.repeat(c.random)
	}
	f.at += f.packets[0].after
	c.flows[fate.name]++
	c.made++
	return f
}

// address gives every connection a pair of addresses and ports of its own, as long as there are fewer than five million.
func (c *capture) address(f *flow, port uint16) {
	client, server := netip.AddrFrom4([4]byte{198, 51, 100, byte(10 + c.made%200)}), netip.AddrFrom4([4]byte{203, 0, 113, byte(10 + c.below(8))})
	if c.made%8 == 0 {
		client = netip.AddrFrom16([16]byte{0: 0x20, 1: 1, 2: 0xd, 3: 0xb8, 5: 7, 15: byte(10 + c.made%200)})
		server = netip.AddrFrom16([16]byte{0: 0x20, 1: 1, 2: 0xd, 3: 0xb8, 5: 1, 15: byte(10 + c.below(8))})
	}
	f.side[0] = side{addr: netip.AddrPortFrom(client, uint16(32768+c.made/200%28000)), seq: uint32(c.next()), id: uint16(c.next()), tick: uint32(c.next()) >> 4}
	f.side[1] = side{addr: netip.AddrPortFrom(server, port), seq: uint32(c.next()), id: uint16(c.next()), tick: uint32(c.next()) >> 4}
}

func (c *capture) http(f *flow) {
	f.open()
	for range c.between(1, 4) {
		f.talk(int64(c.about(300_000)), 0, []byte("GET /api/v1/orders?page="+strconv.Itoa(c.below(900))+" HTTP/1.1\r\nHost: "+c.host()+
			"\r\nUser-Agent: shop-client/2.4.1 (linux; amd64)\r\nAccept: application/json\r\nX-Request-Id: "+strconv.FormatUint(c.next(), 16)+"\r\n\r\n"))
		f.talk(int64(c.about(30_000)), 1, answer(c.noise(c.sizeAround(8_000))))
	}
	f.close(int64(c.about(400_000)), c.below(2))
}

func answer(body []byte) []byte {
	return append([]byte("HTTP/1.1 200 OK\r\nServer: nginx\r\nContent-Type: application/json\r\nContent-Length: "+
		strconv.Itoa(len(body))+"\r\nConnection: keep-alive\r\n\r\n"), body...)
}

func (c *capture) tls(f *flow) {
	f.open()
	if c.below(3) == 0 {
		c.handshake12(f)
	} else {
		c.handshake13(f)
	}
	c.secret(f)
}

func (c *capture) tlsResumed(f *flow) {
	f.open()
	c.resume12(f)
	c.secret(f)
}

// secret plans what is said after a handshake, and the end.
func (c *capture) secret(f *flow) {
	for range c.between(1, 3) {
		f.talk(int64(c.about(200_000)), 0, c.records(c.between(100, 900)))
		f.talk(int64(c.about(30_000)), 1, c.records(c.sizeAround(9_000)))
	}
	f.close(int64(c.about(400_000)), c.below(2))
}

func (c *capture) tlsAlert(f *flow) {
	f.open()
	f.talk(300, 0, c.clientHello(0x0303, nil))
	f.talk(900, 1, []byte{21, 3, 3, 0, 2, 2, 40}) // fatal, handshake_failure
	f.close(60, 1)
}

func (c *capture) tlsSilence(f *flow) {
	f.open()
	f.send(300, 0, psh|ack, c.clientHello(0x0304, nil))
	f.send(f.trip, 1, ack, nil)
	f.close(10_000_000, 0)
}

func (c *capture) tlsReset(f *flow) {
	f.open()
	f.send(300, 0, psh|ack, c.clientHello(0x0304, nil))
	f.send(f.trip, 1, rst|ack, nil)
}

func (c *capture) nothingThenClient(f *flow) {
	f.open()
	f.close(int64(c.about(1500)), 0)
}

func (c *capture) nothingThenServer(f *flow) {
	f.open()
	f.close(int64(c.between(8_000_000, 12_000_000)), 1)
}

func (c *capture) nothing(f *flow) { f.open() }

// session is a ZooKeeper client that asks for a session, pings, and closes.
func (c *capture) session(f *flow) {
	f.open()
	f.talk(400, 0, append([]byte{0, 0, 0, 45, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0x75, 0x30, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 16}, make([]byte, 17)...))
	f.talk(2500, 1, append([]byte{0, 0, 0, 37, 0, 0, 0, 0, 0, 0, 0x75, 0x30, 3, 0x49}, append(c.noise(6), append([]byte{0, 0, 0, 16}, append(c.noise(16), 0)...)...)...))
	for range c.between(1, 6) {
		f.talk(10_000_000/6, 0, []byte{0, 0, 0, 8, 0xff, 0xff, 0xff, 0xfe, 0, 0, 0, 11})
		f.talk(300, 1, append([]byte{0, 0, 0, 16, 0xff, 0xff, 0xff, 0xfe}, make([]byte, 12)...))
	}
	f.close(2000, 0)
}

func (c *capture) refused(f *flow) {
	f.side[1].seq = 0
	f.send(0, 0, syn, nil)
	f.send(f.trip, 1, rst|ack, nil)
}

func (c *capture) noAnswer(f *flow) {
	for i, wait := range []int64{0, 1_000_000, 2_000_000} {
		f.packets = append(f.packets, packet{after: wait, flags: syn, again: i > 0})
	}
}

// reset is an answer that the client does not wait for.
func (c *capture) reset(f *flow) {
	f.open()
	f.talk(500, 0, []byte("GET /reports/daily HTTP/1.1\r\nHost: "+c.host()+"\r\n\r\n"))
	f.talk(20_000, 1, answer(c.noise(c.sizeAround(20_000))))
	f.send(40, 0, rst|ack, nil)
}

func (c *capture) host() string { return words['h'][c.below(len(words['h']))] + ".example.com" }

// noise lends bytes that look random and do not compress.
func (c *capture) noise(n int) []byte {
	at := c.below(len(c.kit.noise) - n)
	return c.kit.noise[at : at+n : at+n]
}

// sizeAround gives sizes around a mean, most of them small, some ten times as large.
func (c *capture) sizeAround(mean int) int {
	if c.below(10) == 0 {
		return c.about(5 * mean)
	}
	return 200 + c.about(mean/2)
}
