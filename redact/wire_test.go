package redact

import (
	"bytes"
	"net/netip"
	"strings"
	"testing"
)

var (
	alice = netip.MustParseAddrPort("192.0.2.10:40000")
	bob   = netip.MustParseAddrPort("192.0.2.1:80")
)

// Passwords of protocols that have neither names nor signs, and passwords torn
// by the ends of segments.
func TestSegments(t *testing.T) {
	for name, c := range map[string]struct {
		segments []string // what alice says; "^" begins one that is sent again
		left     string   // what must be there still
	}{
		"http":       {[]string{"GET / HTTP/1.1\r\nAuthorization: Bearer Geheim12abcd\r\n\r\n"}, "GET / HTTP/1.1\r\nAuthorization: Bearer "},
		"torn value": {[]string{"GET / HTTP/1.1\r\nX-Api-Key: Gehe", "im12abcd\r\nHost: x\r\n\r\n"}, "Host: x"},
		"torn name":  {[]string{"user=bob&pass", "word=Geheim12abcd&x=1"}, "&x=1"},
		"sent again": {[]string{"user=bob&pass", "word=Geheim12abcd&x=1", "^word=Geheim12abcd&x=1"}, "&x=1"},
		"torn url":   {[]string{"proxy https://bob:Geheim", "12abcd@example.com/ now"}, "proxy https://bob:"},
		"redis":      {[]string{"*3\r\n$4\r\nAUTH\r\n$3\r\nbob\r\n$12\r\nGeheim12abcd\r\n"}, "$3\r\nbob\r\n$12\r\n"},
		"redis line": {[]string{"AUTH Geheim12abcd\r\n"}, "AUTH "},
		"ftp":        {[]string{"USER bob\r\n", "PASS Geheim12abcd\r\n"}, "USER bob"},
		"imap":       {[]string{"a1 LOGIN bob Geheim12abcd\r\n"}, "a1 LOGIN bob "},
		"smtp":       {[]string{"AUTH PLAIN AGJvYgBHZWhlaW0xMmFiY2Q=\r\n"}, "AUTH PLAIN "},
		"smtp asked": {[]string{"AUTH LOGIN\r\n", "Ym9i\r\n", "R2VoZWltMTJhYmNk\r\n"}, "AUTH LOGIN"},
		"ldap":       {[]string{"\x30\x1f\x02\x01\x01\x60\x1a\x02\x01\x03\x04\x05cn=ab\x80\x0cGeheim12abcd"}, "cn=ab\x80\x0c"},
		"zookeeper":  {[]string{"\x00\x00\x00\x2a\xff\xff\xff\xfc\x00\x00\x00\x64\x00\x00\x00\x00\x00\x00\x00\x06digest\x00\x00\x00\x10bob:Geheim12abcd"}, "digest\x00\x00\x00\x10bob:"},
		"postgresql": {[]string{"p\x00\x00\x00\x11Geheim12abcd\x00"}, "p\x00\x00\x00\x11"},
		"sasl":       {[]string{"\x00\x00\x00\x11\x00bob\x00Geheim12abcd"}, "\x00bob\x00"},
		"mqtt":       {[]string{"\x10\x21\x00\x04MQTT\x04\xc2\x00\x3c\x00\x02id\x00\x03bob\x00\x0cGeheim12abcd"}, "bob\x00\x0c"},
	} {
		t.Run(name, func(t *testing.T) {
			w := New([]byte("key"), Options{}).NewWire("x.pcap")
			var all bytes.Buffer
			seq, last := uint32(1<<32-20), 0
			for _, s := range c.segments {
				s, again := strings.CutPrefix(s, "^")
				if again {
					seq -= uint32(last)
				}
				p := []byte(s)
				w.Segment(alice, bob, seq, p)
				if len(p) != len(s) {
					t.Fatal("the length changed")
				}
				seq, last = seq+uint32(len(p)), len(p)
				all.Write(p)
				if again && !bytes.Equal(p, all.Bytes()[all.Len()-2*len(p):all.Len()-len(p)]) {
					t.Errorf("what was sent again is %q", p)
				}
			}
			for _, part := range []string{"Geheim", "Gehe", "12abcd", "R2VoZW", "AGJvYgBHZWh"} {
				if strings.Contains(all.String(), part) {
					t.Errorf("%s is left: %q", part, all.String())
				}
			}
			if !strings.Contains(all.String(), c.left) {
				t.Errorf("%q is gone from %q", c.left, all.String())
			}
		})
	}
}

// What is no secret stays, to the bit.
func TestSegmentsStay(t *testing.T) {
	for _, s := range []string{
		"GET /index.html HTTP/1.1\r\nHost: app.example\r\nAccept: */*\r\n\r\n", "\x16\x03\x01\x00\x10password=Geheim12"[:6], "250-AUTH LOGIN PLAIN XAOL-UAS-MB\r\n", "AUTH TLS\r\n",
		"*2\r\n$3\r\nGET\r\n$4\r\nuser\r\n", "\x17\x03\x03\x00\x20" + strings.Repeat("\x01@a.bc", 5), "220 ready\r\n", "ruok", "\x00\x00\x00\x2d\x00\x00\x00\x00\x00\x00\x00\x00\x00\x00\x00\x00\x00\x00\x75\x30",
	} {
		p := []byte(s)
		New([]byte("key"), Options{}).NewWire("x.pcap").Segment(alice, bob, 1, p)
		if string(p) != s {
			t.Errorf("%q became %q", s, p)
		}
	}
}

// A message of DNS keeps its form; names and addresses are others.
func TestDNS(t *testing.T) {
	message := "\x12\x34\x81\x80\x00\x01\x00\x01\x00\x00\x00\x00\x03db3\x06corp-x\x03com\x00\x00\x01\x00\x01\xc0\x0c\x00\x01\x00\x01\x00\x00\x00\x3c\x00\x04\x0a\x00\x01\x4d"
	r := New([]byte("key"), Options{Hosts: true, Addresses: true})
	p := []byte(message)
	dns := netip.MustParseAddrPort("192.0.2.1:53")
	r.NewWire("x.pcap").Datagram(dns, alice, p)
	want := r.tree.of(netip.MustParseAddr("10.0.1.77")).As4()
	if len(p) != len(message) || bytes.Contains(p, []byte("db3")) || bytes.Contains(p, []byte("corp-x")) || !bytes.Contains(p, []byte("\x03com\x00")) || !bytes.HasSuffix(p, want[:]) {
		t.Errorf("became %q", p)
	}
	for cut := range len(message) {
		r.NewWire("x.pcap").Datagram(dns, alice, []byte(message[:cut]))
	}
}

// Binary members keep their length; the environment of a process loses its secrets.
func TestBinary(t *testing.T) {
	in := "HOME=/root\x00DB_PASSWORD=Geheim12abcd\x00PATH=/bin\x00" + "mysql\x00-uroot\x00-pGeheim12abcd\x00-h\x00db\x00"
	var out bytes.Buffer
	s := New([]byte("key"), Options{}).NewStream(&out, "proc/1/environ")
	s.Write([]byte(in))
	if err := s.Close(); err != nil {
		t.Fatal(err)
	}
	if out.Len() != len(in) || strings.Contains(out.String(), "Geheim") || strings.Count(out.String(), "\x00") != strings.Count(in, "\x00") || !strings.Contains(out.String(), "PATH=/bin\x00mysql\x00-uroot\x00-p") {
		t.Errorf("became %q", out.String())
	}
}

// FuzzWire redacts arbitrary payload: its length stays, nothing fails.
func FuzzWire(f *testing.F) {
	f.Add([]byte("\x10\x21\x00\x04MQTT\x04\xc2\x00\x3c\x00\x02id\x00\x03bob\x00\x0cGeheim12abcd"), uint16(1883), uint32(1))
	f.Add([]byte("\x30\x1f\x02\x01\x01\x60\x1a\x02\x01\x03\x04\x05cn=ab\x80\x0cGeheim12abcd"), uint16(389), uint32(7))
	f.Add([]byte("*3\r\n$4\r\nAUTH\r\n$3\r\nbob\r\n$12\r\nGeheim12abcd\r\n"), uint16(6379), uint32(1<<32-3))
	f.Add([]byte("\x12\x34\x81\x80\x00\x01\x00\x01\x00\x00\x00\x00\x03db3\x06corp-x\x03com\x00\x00\x01\x00\x01\xc0\x0c\x00\x01"), uint16(53), uint32(0))
	f.Add([]byte("\x30\x1a\x02\x01\x00\x04\x06public\xa0\x0d"), uint16(161), uint32(0))
	f.Fuzz(func(t *testing.T, b []byte, port uint16, seq uint32) {
		if len(b) > 1<<16 {
			return
		}
		w := New([]byte("key"), Options{Hosts: true, Addresses: true}).NewWire("x")
		to := netip.AddrPortFrom(bob.Addr(), port)
		half := len(b) / 2
		w.Segment(alice, to, seq, b[:half])
		w.Segment(alice, to, seq+uint32(half), b[half:])
		w.Segment(alice, to, seq+uint32(half/2), b[half/2:])
		w.Datagram(to, alice, b)
		w.Names(b, port&1 == 0)
		w.Secrets(b)
	})
}
