package pcap

import (
	"strings"
	"time"

	"golang.org/x/crypto/cryptobyte"
	"golang.org/x/crypto/cryptobyte/asn1"
)

// A certificate is what can be read of the first one a server sends.
type certificate struct {
	subject, issuer string
	names           string // of the hosts it is good for, joined by commas
	from, until     time.Time
}

// read takes what it can of a Certificate message (up to TLS 1.2).
func (c *certificate) read(body []byte) {
	*c = certificate{}
	s := cryptobyte.String(body)
	var list, der cryptobyte.String
	if !s.ReadUint24LengthPrefixed(&list) || !list.ReadUint24LengthPrefixed(&der) {
		return
	}
	var outer, cert cryptobyte.String
	if !der.ReadASN1(&outer, asn1.SEQUENCE) || !outer.ReadASN1(&cert, asn1.SEQUENCE) {
		return
	}
	var issuer, validity, subject cryptobyte.String
	if !cert.SkipOptionalASN1(asn1.Tag(0).Constructed().ContextSpecific()) ||
		!cert.SkipASN1(asn1.INTEGER) || !cert.SkipASN1(asn1.SEQUENCE) ||
		!cert.ReadASN1(&issuer, asn1.SEQUENCE) || !cert.ReadASN1(&validity, asn1.SEQUENCE) {
		return
	}
	c.issuer = commonName(issuer)
	c.from, c.until = readTime(&validity), readTime(&validity)
	if !cert.ReadASN1(&subject, asn1.SEQUENCE) {
		return
	}
	c.subject = commonName(subject)
	if !cert.SkipASN1(asn1.SEQUENCE) { // the key
		return
	}
	cert.SkipOptionalASN1(asn1.Tag(1).ContextSpecific())
	cert.SkipOptionalASN1(asn1.Tag(2).ContextSpecific())
	var extensions cryptobyte.String
	if cert.ReadASN1(&extensions, asn1.Tag(3).Constructed().ContextSpecific()) {
		c.names = hostNames(extensions)
	}
}

// readTime reads UTCTime or GeneralizedTime, in the forms found in the wild.
func readTime(s *cryptobyte.String) time.Time {
	var v cryptobyte.String
	var tag asn1.Tag
	if !s.ReadAnyASN1(&v, &tag) {
		return time.Time{}
	}
	text, forms := string(v), []string{"060102150405Z0700", "0601021504Z0700"}
	if tag == asn1.GeneralizedTime {
		forms = []string{"20060102150405Z0700", "200601021504Z0700"}
	}
	for _, form := range forms {
		if t, err := time.Parse(form, text); err == nil {
			if tag == asn1.UTCTime && t.Year() >= 2050 {
				t = t.AddDate(-100, 0, 0)
			}
			return t.UTC()
		}
	}
	return time.Time{}
}

// commonName returns the CN of a name, else its organisation.
func commonName(name cryptobyte.String) string {
	organisation := ""
	for !name.Empty() {
		var set, pair, oid, value cryptobyte.String
		var tag asn1.Tag
		if !name.ReadASN1(&set, asn1.SET) || !set.ReadASN1(&pair, asn1.SEQUENCE) ||
			!pair.ReadASN1(&oid, asn1.OBJECT_IDENTIFIER) || !pair.ReadAnyASN1(&value, &tag) {
			break
		}
		switch string(oid) {
		case "\x55\x04\x03":
			return readText(value, 128)
		case "\x55\x04\x0a":
			organisation = readText(value, 128)
		}
	}
	return organisation
}

// readText keeps UTF-8 that can be printed.
func readText(b []byte, limit int) string {
	s := string(b[:min(len(b), limit)])
	if strings.ToValidUTF8(s, "") == s && strings.IndexFunc(s, func(r rune) bool { return r < 0x20 || r == 0x7f }) < 0 {
		return s
	}
	return printable(b, limit)
}

// hostNames reads subjectAltName out of a certificate's extensions.
func hostNames(outer cryptobyte.String) string {
	var list cryptobyte.String
	if !outer.ReadASN1(&list, asn1.SEQUENCE) {
		return ""
	}
	for !list.Empty() {
		var one, oid, value, names cryptobyte.String
		if !list.ReadASN1(&one, asn1.SEQUENCE) || !one.ReadASN1(&oid, asn1.OBJECT_IDENTIFIER) {
			return ""
		}
		if string(oid) != "\x55\x1d\x11" {
			continue
		}
		if !one.SkipOptionalASN1(asn1.BOOLEAN) || !one.ReadASN1(&value, asn1.OCTET_STRING) || !value.ReadASN1(&names, asn1.SEQUENCE) {
			return ""
		}
		var out []byte
		for n := 0; n < 8 && !names.Empty(); {
			var name cryptobyte.String
			var tag asn1.Tag
			if !names.ReadAnyASN1(&name, &tag) {
				break
			}
			if tag != asn1.Tag(2).ContextSpecific() { // a DNS name
				continue
			}
			if n++; n > 1 {
				out = append(out, ',')
			}
			out = appendPrintable(out, name, 255)
		}
		return string(out)
	}
	return ""
}
