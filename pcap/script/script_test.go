package script_test

import (
	"bytes"
	"strings"
	"testing"

	"forensic/pcap/script"
)

const ends = "C 192.0.2.10:40000\nS 192.0.2.1:443\n"

func TestSameBytes(t *testing.T) {
	text := ends + "10:00:00 C>S connect\n+1ms C>S tls client_hello sni=a.example\n+1ms S>C tls server_hello certificate cn=a.example names=a.example\n"
	a, err := script.Compile(text)
	if err != nil {
		t.Fatal(err)
	}
	b, _ := script.Compile(text)
	if !bytes.Equal(a, b) {
		t.Error("the same text gives different bytes")
	}
}

func TestErrors(t *testing.T) {
	for text, want := range map[string]string{
		"10:00:00 C>S SYN":                       "line 1",
		ends + "10:00:00 C>X SYN":                "line 3",
		ends + "10:00:00 C>S JUMP":               `unknown word "JUMP"`,
		ends + "10:00:00 C>S speed=3":            "unknown option",
		ends + "10:00:00 C>S \"open":             "string without end",
		ends + "10:00:00":                        "a time without a packet",
		ends + "10:00:00 C>S again":              "nothing to repeat",
		ends + "10:00:00 C>S tls":                "message missing",
		ends + "10:00:00 C>S tls alert fatal x":  "unknown alert",
		ends + "10:00:00 C>S icmp nonsense of S": "icmp",
		ends + "10:00:00 C>S zeros -1":           "zeros",
		ends + "10:00:00 C>S zeros 9 take=4:20":  "take=",
		ends + "25:00:00 C>S SYN":                "line 3",
		ends + "repeat 3 every 1s\n":             "repeat without end",
		ends + "link token-ring\n":               "unknown link",
		ends + "container tape\n":                "unknown container",
		"C 192.0.2.10\n":                         "line 1",
		"C 192.0.2.10:1 mac=02:00\n":             "hardware address",
	} {
		if _, err := script.Compile(text); err == nil || !strings.Contains(err.Error(), want) {
			t.Errorf("%q: %v, want %q", text, err, want)
		}
	}
}

func TestLayout(t *testing.T) {
	b, err := script.Compile(ends + "date 2024-01-02\n10:00:00.5 C>S SYN seq=7 win=512 # a comment\n+1s S>C \"#\" lost\n+1s S>C hex 01 02 \"x\"\n")
	if err != nil {
		t.Fatal(err)
	}
	if len(b) != 24+16+54+16+57 {
		t.Fatalf("%d bytes", len(b))
	}
	if got := b[24+16+38 : 24+16+50]; !bytes.Equal(got, []byte{0, 0, 0, 7, 0, 0, 0, 0, 0x50, 2, 2, 0}) {
		t.Errorf("header of the SYN: % x", got)
	}
	if !bytes.HasSuffix(b, []byte{1, 2, 'x'}) {
		t.Errorf("payload: % x", b[len(b)-3:])
	}
	// 2 January 2024, 10:00:00.5 UTC
	if got := b[24:32]; !bytes.Equal(got, []byte{0xa0, 0xde, 0x93, 0x65, 0x20, 0xa1, 7, 0}) {
		t.Errorf("time: % x", got)
	}
}

func FuzzCompile(f *testing.F) {
	f.Add(ends + "10:00:00 C>S connect\n+1ms C>S tls client_hello sni=a.example split=9 swap\n+1s C>S close\n")
	f.Add(ends + "link sll2\ncontainer pcapng\nrepeat 2 every 1s port=C\n10:00:00 C>S SYN vlan=1 mss=9\n+1s S>C icmp frag_needed of C>S\nend\n")
	f.Fuzz(func(t *testing.T, text string) {
		if len(text) < 1000 && !strings.Contains(text, "repeat") {
			script.Compile(text)
		}
	})
}
