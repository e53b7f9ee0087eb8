package script

import (
	"crypto/ed25519"
	"crypto/x509"
	"crypto/x509/pkix"
	"encoding/binary"
	"encoding/hex"
	"errors"
	"fmt"
	"math/big"
	"strconv"
	"strings"
	"time"
)

// tlsRecords writes messages as records until a word is none.
func tlsRecords(words []word) ([]byte, int, error) {
	var out []byte
	last := 0 // where the last record begins
	at := 0
	for at < len(words) && !words[at].assigned && !words[at].quoted {
		join := words[at].text == "join"
		if join {
			at++
		}
		rec, used, err := tlsMessage(words[at:])
		if err != nil {
			return nil, 0, err
		}
		if used == 0 {
			break
		}
		at += used
		if join && len(out) > 0 {
			out = append(out, rec[5:]...)
			binary.BigEndian.PutUint16(out[last+3:], uint16(len(out)-last-5))
			continue
		}
		last = len(out)
		out = append(out, rec...)
	}
	if at == 0 {
		return nil, 0, errMessage
	}
	return out, at, nil
}

func record(kind byte, version uint16, body []byte) []byte {
	b := []byte{kind, byte(version >> 8), byte(version), byte(len(body) >> 8), byte(len(body))}
	return append(b, body...)
}

func message(kind byte, body []byte) []byte {
	return append([]byte{kind, byte(len(body) >> 16), byte(len(body) >> 8), byte(len(body))}, body...)
}

func prefixed(size int, b []byte) []byte {
	n := len(b)
	switch size {
	case 1:
		return append([]byte{byte(n)}, b...)
	case 2:
		return append([]byte{byte(n >> 8), byte(n)}, b...)
	}
	return append([]byte{byte(n >> 16), byte(n >> 8), byte(n)}, b...)
}

// filler is deterministic and looks random.
func filler(n int, seed uint32) []byte {
	b := make([]byte, min(max(n, 0), 1<<16))
	for i := range b {
		seed ^= seed << 13
		seed ^= seed >> 17
		seed ^= seed << 5
		b[i] = byte(seed >> 11)
	}
	return b
}

var versions = map[string]uint16{"": 0x0303, "ssl3": 0x0300, "1.0": 0x0301, "1.1": 0x0302, "1.2": 0x0303, "1.3": 0x0304}

var alerts = map[string]uint8{
	"close_notify": 0, "unexpected_message": 10, "bad_record_mac": 20, "record_overflow": 22, "handshake_failure": 40,
	"bad_certificate": 42, "certificate_revoked": 44, "certificate_expired": 45, "certificate_unknown": 46, "illegal_parameter": 47,
	"unknown_ca": 48, "access_denied": 49, "decode_error": 50, "decrypt_error": 51, "protocol_version": 70,
	"insufficient_security": 71, "internal_error": 80, "user_canceled": 90, "unrecognized_name": 112,
	"certificate_required": 116, "no_application_protocol": 120,
}

// Handshake messages whose body means nothing here, and their types and sizes.
var opaque = map[string][2]int{
	"ticket": {4, 180}, "server_key_exchange": {12, 296}, "certificate_request": {13, 54}, "server_hello_done": {14, 0},
	"certificate_verify": {15, 260}, "client_key_exchange": {16, 33},
}

// tlsMessage writes one message; used is 0 where the word is none.
func tlsMessage(words []word) (rec []byte, used int, err error) {
	if len(words) == 0 {
		return nil, 0, nil
	}
	name := words[0].text
	v, n, bare := tlsValues(words[1:])
	used = n + 1
	size := int(number(v, "size", 40))
	if size > 16384+2048 {
		return nil, 0, errors.New("size is more than a record holds")
	}
	if o, ok := opaque[name]; ok {
		return record(22, 0x0303, message(byte(o[0]), filler(int(number(v, "size", uint64(o[1]))), 7))), used, nil
	}
	switch name {
	case "client_hello":
		return clientHello(v, bare), used, nil
	case "server_hello":
		return record(22, recordVersion(v["version"]), message(2, serverHello(v, bare, filler(32, 5)))), used, nil
	case "hello_retry":
		random, _ := hex.DecodeString("cf21ad74e59a6111be1d8c021e65b891c2a211167abb8c5e079e09e2c8a8339c")
		v["version"] = "1.3"
		return record(22, 0x0303, message(2, serverHello(v, bare, random))), used, nil
	case "certificate":
		body, err := certificate(v)
		return record(22, 0x0303, message(11, body)), used, err
	case "ccs":
		return record(20, 0x0303, []byte{1}), used, nil
	case "finished":
		return record(22, 0x0303, filler(size, 11)), used, nil
	case "app":
		return record(23, 0x0303, filler(size, 13)), used, nil
	case "sealed_alert":
		return record(21, 0x0303, filler(int(number(v, "size", 26)), 17)), used, nil
	case "record":
		version, err := strconv.ParseUint(v["version"], 16, 16)
		if err != nil {
			version = 0x0303
		}
		return record(byte(number(v, "type", 22)), uint16(version), filler(size, 19)), used, nil
	case "alert":
		if len(words) < 3 {
			return nil, 0, errors.New("alert LEVEL NAME")
		}
		level := byte(1)
		if words[1].text == "fatal" {
			level = 2
		}
		code, ok := alerts[words[2].text]
		if !ok {
			n, err := strconv.Atoi(words[2].text)
			if err != nil {
				return nil, 0, fmt.Errorf("unknown alert %q", words[2].text)
			}
			code = uint8(n)
		}
		return record(21, 0x0303, []byte{level, code}), 3, nil
	}
	return nil, 0, nil
}

// tlsValues collects what belongs to a message: name=value and bare switches.
func tlsValues(words []word) (v map[string]string, n int, bare map[string]bool) {
	v, bare = map[string]string{}, map[string]bool{}
	known := map[string]bool{"sni": true, "alpn": true, "version": true, "versions": true, "session": true, "pad": true, "cipher": true,
		"cn": true, "issuer": true, "from": true, "until": true, "names": true, "size": true, "type": true}
	for _, w := range words {
		switch {
		case w.assigned && known[w.text]:
			v[w.text] = w.value
		case w.text == "ticket" && bare["done"], !w.assigned && (w.text == "psk" || w.text == "early" || w.text == "ssl2" || w.text == "session" || w.text == "offers_ticket"):
			bare[w.text] = true
		default:
			return v, n, bare
		}
		n++
	}
	return v, n, bare
}

// recordVersion is what stands in the record's header: never 1.3.
func recordVersion(s string) uint16 { return min(versions[s], 0x0303) }

func extension(kind uint16, body []byte) []byte {
	return append([]byte{byte(kind >> 8), byte(kind)}, prefixed(2, body)...)
}

func names(list string) []byte {
	var b []byte
	for _, name := range strings.Split(list, ",") {
		b = append(b, prefixed(1, []byte(name))...)
	}
	return prefixed(2, b)
}

// sessionID is what a client offers and a server takes up.
func sessionID(n int) []byte { return filler(min(n, 32), 3) }

func clientHello(v map[string]string, bare map[string]bool) []byte {
	version := recordVersion(v["version"])
	if bare["ssl2"] {
		b := []byte{1, byte(version >> 8), byte(version), 0, 6, 0, 0, 0, 16, 0, 0, 0x2f, 0, 0, 0x35}
		b = append(b, filler(16, 1)...)
		return append([]byte{0x80, byte(len(b))}, b...)
	}
	body := append([]byte{byte(version >> 8), byte(version)}, filler(32, 1)...)
	session := int(number(v, "session", 0))
	if bare["session"] {
		session = 32
	}
	body = append(body, prefixed(1, sessionID(session))...)
	body = append(body, 0, 8, 0x13, 1, 0x13, 2, 0xc0, 0x2f, 0, 0x2f, 1, 0)
	var e []byte
	if v["sni"] != "" {
		e = append(e, extension(0, prefixed(2, append([]byte{0}, prefixed(2, []byte(v["sni"]))...)))...)
	}
	if v["alpn"] != "" {
		e = append(e, extension(16, names(v["alpn"]))...)
	}
	if bare["offers_ticket"] {
		e = append(e, extension(35, filler(180, 2))...)
	}
	if v["versions"] != "" {
		var list []byte
		for _, s := range strings.Split(v["versions"], ",") {
			list = binary.BigEndian.AppendUint16(list, versions[s])
		}
		e = append(e, extension(43, prefixed(1, list))...)
	}
	if bare["early"] {
		e = append(e, extension(42, nil)...)
	}
	if pad := int(number(v, "pad", 0)); pad > 0 {
		e = append(e, extension(21, make([]byte, min(pad, 1<<16)))...)
	}
	if bare["psk"] {
		e = append(e, extension(41, filler(60, 4))...)
	}
	body = append(body, prefixed(2, e)...)
	return record(22, 0x0301, message(1, body))
}

func serverHello(v map[string]string, bare map[string]bool, random []byte) []byte {
	version := recordVersion(v["version"])
	body := append([]byte{byte(version >> 8), byte(version)}, random...)
	session := 0
	if bare["session"] {
		session = 32
	}
	body = append(body, prefixed(1, sessionID(session))...)
	cipher, err := strconv.ParseUint(v["cipher"], 16, 16)
	if err != nil {
		cipher = 0xc02f
		if v["version"] == "1.3" {
			cipher = 0x1301
		}
	}
	body = append(body, byte(cipher>>8), byte(cipher), 0)
	var e []byte
	if v["version"] == "1.3" {
		e = append(e, extension(43, []byte{3, 4})...)
	}
	if v["alpn"] != "" {
		e = append(e, extension(16, names(v["alpn"]))...)
	}
	if bare["psk"] {
		e = append(e, extension(41, []byte{0, 0})...)
	}
	return append(body, prefixed(2, e)...)
}

// certificate writes a real one, signed with a key that everybody has.
func certificate(v map[string]string) ([]byte, error) {
	day := func(name, otherwise string) time.Time {
		s := v[name]
		if s == "" {
			s = otherwise
		}
		t, _ := time.Parse(time.DateOnly, s)
		return t
	}
	key := ed25519.NewKeyFromSeed(filler(32, 23))
	leaf := &x509.Certificate{
		SerialNumber: big.NewInt(1), Subject: pkix.Name{CommonName: v["cn"]},
		NotBefore: day("from", "2024-01-01"), NotAfter: day("until", "2025-01-01"),
	}
	if v["names"] != "" {
		leaf.DNSNames = strings.Split(v["names"], ",")
	}
	issuer := &x509.Certificate{Subject: pkix.Name{CommonName: v["issuer"]}}
	der, err := x509.CreateCertificate(nil, leaf, issuer, key.Public(), key)
	if err != nil {
		return nil, err
	}
	list := prefixed(3, der)
	if pad := int(number(v, "pad", 0)); pad > 0 {
		list = append(list, prefixed(3, filler(pad, 29))...)
	}
	return prefixed(3, list), nil
}
