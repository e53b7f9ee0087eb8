package redact

import (
	"bytes"
	"net/netip"
	"strings"
	"testing"
)

// Two addresses that share their first bits share them in the copy, and no more
// than those; ranges that mean something stay.
func TestAddresses(t *testing.T) {
	r := New([]byte("key"), Options{Addresses: true})
	rename := func(s string) netip.Addr { return r.tree.of(netip.MustParseAddr(s)) }
	list := []string{
		"10.0.0.3", "10.0.0.4", "10.0.1.77", "10.200.3.1", "192.168.1.10", "192.168.1.11", "192.168.200.1", "172.16.5.5", "172.31.5.5", "100.64.1.1", "169.254.3.4",
		"192.0.2.17", "198.51.100.200", "203.0.113.9", "8.8.8.8", "8.8.4.4", "114.114.114.114", "11.0.0.1", "126.1.1.1", "191.255.255.254", "223.1.2.3",
		"2001:db8::17", "2001:db8::18", "2001:db8:0:1::17", "fe80::1", "fe80::5054:ff:fe12:3456", "fd00::1", "2400:cb00::1", "2606:4700::1111",
	}
	for _, a := range list {
		x := netip.MustParseAddr(a)
		for _, b := range list {
			y := netip.MustParseAddr(b)
			if x.BitLen() == y.BitLen() && common(x, y) != common(rename(a), rename(b)) {
				t.Errorf("%s and %s share %d bits, %s and %s %d", a, b, common(x, y), rename(a), rename(b), common(rename(a), rename(b)))
			}
		}
		y := rename(a)
		if x.IsPrivate() != y.IsPrivate() || x.IsLinkLocalUnicast() != y.IsLinkLocalUnicast() || y.IsMulticast() || y.IsLoopback() || y.IsUnspecified() {
			t.Errorf("%s became %s", a, y)
		}
	}
	for _, a := range []string{"127.0.0.1", "0.0.0.0", "255.255.255.255", "224.0.0.1", "239.1.2.3", "::1", "::", "ff02::1"} {
		if got := rename(a); got != netip.MustParseAddr(a) {
			t.Errorf("%s became %s", a, got)
		}
	}
	for a, last := range map[string]string{"10.3.4.0": ".0", "10.3.4.255": ".255", "8.8.8.0": ".0"} {
		if got := rename(a).String(); !strings.HasSuffix(got, last) {
			t.Errorf("%s became %s", a, got)
		}
	}
	if got, want := rename("::ffff:10.0.0.3").Unmap(), rename("10.0.0.3"); got != want {
		t.Errorf("mapped: %s, want %s", got, want)
	}
}

// common counts the first bits that two addresses share.
func common(a, b netip.Addr) int {
	x, y := a.AsSlice(), b.AsSlice()
	for i := range a.BitLen() {
		if (x[i/8]^y[i/8])>>(7-i%8)&1 != 0 {
			return i
		}
	}
	return a.BitLen()
}

// Addresses in text, each in its own form; what looks like one stays.
func TestAddressesInText(t *testing.T) {
	r := New([]byte("key"), Options{Addresses: true})
	a4, a6 := r.tree.of(netip.MustParseAddr("192.0.2.17")).String(), r.tree.of(netip.MustParseAddr("2001:db8::17")).String()
	for line, want := range map[string]string{
		"from /192.0.2.17:32119 to x":          "from /" + a4 + ":32119 to x",
		"ip=192.0.2.17, next":                  "ip=" + a4 + ", next",
		"src=192.0.2.17.":                      "src=" + a4 + ".",
		"[2001:db8::17]:443 opened":            "[" + a6 + "]:443 opened",
		"inet6 2001:db8::17/64 scope global":   "inet6 " + a6 + "/64 scope global",
		"inet 192.0.2.17/24 brd 192.0.2.255":   "inet " + a4 + "/24 brd 192.0.2.255",
		"tcp 0 0 127.0.0.1:2181 0.0.0.0:*":     "tcp 0 0 127.0.0.1:2181 0.0.0.0:*",
		"at 10:14:03 and 10:14:03.123":         "at 10:14:03 and 10:14:03.123",
		"52:54:00:12:34:56 dev eth0":           "52:54:00:12:34:56 dev eth0",
		"wwn 50:06:01:60:3b:20:19:c2":          "wwn 50:06:01:60:3b:20:19:c2",
		"kernel-3.10.0-957.el7 libx-1.2.3.4-5": "kernel-3.10.0-957.el7 libx-1.2.3.4-5",
		"Foo::bar ended":                       "Foo::bar ended",
		"version 1.2.3":                        "version 1.2.3",
	} {
		if got := string(r.Text([]byte(line))); got != want {
			t.Errorf("%s\n\tbecame %s\n\twant   %s", line, got, want)
		}
	}
	// 192.0.2.17 as /proc/net/tcp writes it: four bytes in the order of the machine.
	b := netip.MustParseAddr(a4).As4()
	want := strings.ToUpper(hexOf(b[3], b[2], b[1], b[0]))
	if got := string(r.Text([]byte("   0: 110200C0:1F90 0100007F:0016 0A"))); got != "   0: "+want+":1F90 0100007F:0016 0A" {
		t.Errorf("became %s, want %s", got, want)
	}
}

func hexOf(b ...byte) string {
	var s strings.Builder
	for _, c := range b {
		s.WriteByte("0123456789abcdef"[c>>4])
		s.WriteByte("0123456789abcdef"[c&15])
	}
	return s.String()
}

// Names of hosts keep what they share.
func TestHosts(t *testing.T) {
	opt := Options{Hosts: true, HostNames: []string{"app-07", "zk1", "zookeeper", "portal", "192.0.2.1"}}
	r := New([]byte("key"), opt)
	app, zk, db, corp := r.label("app-07"), r.label("zk1"), r.label("db3"), r.label("corp-x")
	for line, want := range map[string]string{
		"Mar  2 10:14:03 app-07 sshd[1]: ok":                    "Mar  2 10:14:03 " + app + " sshd[1]: ok",
		"connect to zk1:2181, ZK1 and zk1.corp-x.com":           "connect to " + zk + ":2181, " + zk + " and " + zk + "." + corp + ".com",
		"portal is up, said Portal of PORTAL":                   r.label("portal") + " is up, said Portal of PORTAL",
		"db3.corp-x.com refused db3.corp-x.com:5432":            db + "." + corp + ".com refused " + db + "." + corp + ".com:5432",
		"https://db3.corp-x.com/x":                              "https://" + db + "." + corp + ".com/x",
		"root@app-07:~# zk1.log":                                "root@" + app + ":~# " + zk + ".log",
		"started zookeeper of localhost localhost.localdomain":  "started zookeeper of localhost localhost.localdomain",
		"at org.apache.zookeeper.server.Main.main(Main.java:1)": "at org.apache.zookeeper.server.Main.main(Main.java:1)",
		"com.example.net.Client failed in java.net":             "com.example.net.Client failed in java.net",
		"kube-dns.kube-system.svc.cluster.local":                r.label("kube-dns") + "." + r.label("kube-system") + ".svc.cluster.local",
		"see http://www.apache.org/x and file.pl, x.local":      "see http://www.apache.org/x and file.pl, " + r.label("x") + ".local",
	} {
		got := r.Text([]byte(line))
		if string(got) != want {
			t.Errorf("%s\n\tbecame %s\n\twant   %s", line, got, want)
		}
		if again := New([]byte("other"), opt).Text(got); !bytes.Equal(again, got) {
			t.Errorf("redacted again became %s", again)
		}
	}
	if got := r.Name("zk1/logs/app-07.log"); got != zk+"/logs/"+app+".log" {
		t.Error(got)
	}
}
