package main

import (
	"crypto/ed25519"
	"crypto/x509"
	"crypto/x509/pkix"
	"encoding/binary"
	"math/big"
	"strconv"
	"time"
)

// A kit is what many connections share.
type kit struct {
	noise []byte // a megabyte to cut payloads from
	chain []byte // a Certificate message of TLS 1.2
}

func newKit(r *random) kit {
	k := kit{noise: make([]byte, 1<<20)}
	r.fill(k.noise)
	var list []byte
	for range 3 {
		der := certificate(r)
		list = append(three(list, len(der)), der...)
	}
	k.chain = message(11, append(three(nil, len(list)), list...))
	return k
}

// certificate makes a certificate; with this kind of key its bytes depend on the seed alone.
func certificate(r *random) []byte {
	seed := make([]byte, ed25519.SeedSize)
	r.fill(seed)
	key := ed25519.NewKeyFromSeed(seed)
	sheet := x509.Certificate{
		SerialNumber: big.NewInt(int64(r.next() >> 2)),
		Subject:      pkix.Name{CommonName: "shop.example.com", Organization: []string{"Example"}},
		NotBefore:    time.Date(2024, 1, 1, 0, 0, 0, 0, time.UTC),
		NotAfter:     time.Date(2025, 1, 1, 0, 0, 0, 0, time.UTC),
	}
	for i := range 30 { // as large as those of real shops
		sheet.DNSNames = append(sheet.DNSNames, "www"+strconv.Itoa(i)+".shop.example.com")
	}
	der, err := x509.CreateCertificate(nil, &sheet, &sheet, key.Public(), key)
	if err != nil {
		panic(err) // nothing in it comes from outside
	}
	return der
}

// handshake13 plans a full handshake of TLS 1.3.
func (c *capture) handshake13(f *flow) {
	id := c.noise(32)
	f.talk(300, 0, c.clientHello(0x0304, id))
	hello := record(22, c.serverHello(id, 0x1301, true))
	hello = append(hello, 20, 3, 3, 0, 1, 1)
	hello = append(hello, record(23, c.noise(40))...)
	hello = append(hello, record(23, c.noise(c.between(1800, 3400)))...)
	f.talk(f.trip/2+700, 1, append(hello, record(23, c.noise(74))...))
	f.talk(600, 0, append([]byte{20, 3, 3, 0, 1, 1}, record(23, c.noise(53))...))
}

// handshake12 plans a full handshake of TLS 1.2.
func (c *capture) handshake12(f *flow) {
	f.talk(300, 0, c.clientHello(0x0303, nil))
	hello := record(22, c.serverHello(c.noise(32), 0xc02b, false))
	hello = append(hello, record(22, c.kit.chain)...)
	share := append([]byte{3, 0, 29, 32}, c.noise(32)...)
	share = append(append(share, 8, 7, 0, 64), c.noise(64)...) // signed with ed25519
	hello = append(hello, record(22, message(12, share))...)
	f.talk(f.trip/2+900, 1, append(hello, record(22, message(14, nil))...))
	end := record(22, message(16, append([]byte{32}, c.noise(32)...)))
	end = append(end, 20, 3, 3, 0, 1, 1)
	f.talk(700, 0, append(end, record(22, c.noise(40))...))
	ticket := record(22, message(4, append([]byte{0, 0, 0x1c, 0x20, 0, 160}, c.noise(160)...)))
	ticket = append(ticket, 20, 3, 3, 0, 1, 1)
	f.talk(f.trip/2+300, 1, append(ticket, record(22, c.noise(40))...))
}

// resume12 plans a resumed handshake of TLS 1.2: the server speaks its last word first.
func (c *capture) resume12(f *flow) {
	id := c.noise(32)
	f.talk(300, 0, c.clientHello(0x0303, id))
	hello := record(22, c.serverHello(id, 0xc02b, false))
	hello = append(hello, 20, 3, 3, 0, 1, 1)
	f.talk(f.trip/2+300, 1, append(hello, record(22, c.noise(40))...))
	f.talk(200, 0, append([]byte{20, 3, 3, 0, 1, 1}, record(22, c.noise(40))...))
}

// records gives application data of about n bytes.
func (c *capture) records(n int) []byte {
	var b []byte
	for n > 0 {
		cut := min(n, 16000)
		b = append(b, record(23, c.noise(cut))...)
		n -= cut
	}
	return b
}

// clientHello is that of a common library: with a server name, and padded as browsers do when it offers TLS 1.3.
func (c *capture) clientHello(version uint16, id []byte) []byte {
	b := append([]byte{3, 3}, c.noise(32)...)
	b = append(append(b, byte(len(id))), id...)
	suites := []uint16{0x1301, 0x1302, 0x1303, 0xc02b, 0xc02f, 0xc02c, 0xc030, 0xcca9, 0xcca8, 0xc013, 0xc014, 0x9c, 0x9d, 0x2f, 0x35}
	if version < 0x0304 {
		suites = suites[3:]
	}
	b = binary.BigEndian.AppendUint16(b, uint16(2*len(suites)))
	for _, s := range suites {
		b = binary.BigEndian.AppendUint16(b, s)
	}
	b = append(b, 1, 0)
	name := c.host()
	sni := append([]byte{0, byte(len(name) + 3), 0, 0, byte(len(name))}, name...)
	x := extension(nil, 0, sni)
	x = extension(x, 23, nil)
	x = extension(x, 0xff01, []byte{0})
	x = extension(x, 10, []byte{0, 6, 0, 29, 0, 23, 0, 24})
	x = extension(x, 11, []byte{1, 0})
	x = extension(x, 35, nil)
	x = extension(x, 16, []byte("\x00\x0c\x02h2\x08http/1.1"))
	x = extension(x, 13, []byte{0, 14, 4, 3, 8, 4, 4, 1, 5, 3, 8, 5, 5, 1, 8, 6})
	if version == 0x0304 {
		x = extension(x, 51, append([]byte{0, 36, 0, 29, 0, 32}, c.noise(32)...))
		x = extension(x, 45, []byte{1, 1})
		x = extension(x, 43, []byte{4, 3, 4, 3, 3})
		if short := 508 - len(b) - len(x) - 6; short > 0 {
			x = extension(x, 21, make([]byte, short))
		}
	}
	b = append(binary.BigEndian.AppendUint16(b, uint16(len(x))), x...)
	hello := record(22, message(1, b))
	hello[2] = 1 // the record's own version, for old servers
	return hello
}

func (c *capture) serverHello(id []byte, suite uint16, three bool) []byte {
	b := append([]byte{3, 3}, c.noise(32)...)
	b = append(append(b, byte(len(id))), id...)
	b = append(binary.BigEndian.AppendUint16(b, suite), 0)
	x := extension(nil, 0xff01, []byte{0})
	if three {
		x = extension(nil, 43, []byte{3, 4})
		x = extension(x, 51, append([]byte{0, 29, 0, 32}, c.noise(32)...))
	}
	return message(2, append(binary.BigEndian.AppendUint16(b, uint16(len(x))), x...))
}

func extension(b []byte, kind uint16, body []byte) []byte {
	b = binary.BigEndian.AppendUint16(b, kind)
	return append(binary.BigEndian.AppendUint16(b, uint16(len(body))), body...)
}

// message frames a handshake message, record a record.
func message(kind byte, body []byte) []byte { return append(three([]byte{kind}, len(body)), body...) }

func record(kind byte, body []byte) []byte {
	return append([]byte{kind, 3, 3, byte(len(body) >> 8), byte(len(body))}, body...)
}

func three(b []byte, n int) []byte { return append(b, byte(n>>16), byte(n>>8), byte(n)) }
