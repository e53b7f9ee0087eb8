package pcap

import "bytes"

// starttls says how far an agreement to begin TLS got. The handshake itself is
// found by its first bytes, whatever was said before.
type starttls uint8

const (
	starttlsNone starttls = iota
	starttlsOffered
	starttlsAsked
	starttlsRefused
	starttlsAccepted
)

var starttlsWords = [...]string{"", "offered", "asked", "refused", "accepted"}

// ldapStartTLS is the name of the request in LDAP.
const ldapStartTLS = "1.3.6.1.4.1.1466.20037"

// starttls follows the agreement in the protocols that speak lines, and LDAP.
func (r *reader) starttls(t *talk, role uint8, b []byte) {
	if role == client {
		if asksTLS(t.protocol, b) {
			t.starttls = starttlsAsked
		}
		return
	}
	if t.starttls == starttlsAsked {
		switch agreesTLS(t.protocol, b) {
		case 1:
			t.starttls = starttlsAccepted
		case -1:
			t.starttls = starttlsRefused
		}
		return
	}
	if t.starttls == starttlsNone && t.said[server].segments <= 16 && (bytes.Contains(b, []byte("STARTTLS")) || t.protocol == protoPOP3 && bytes.Contains(b, []byte("STLS\r\n"))) {
		t.starttls = starttlsOffered
	}
}

func asksTLS(p protocol, b []byte) bool {
	line := firstLine(b[:min(len(b), 64)])
	switch p {
	case protoSMTP:
		return bytes.EqualFold(line, []byte("STARTTLS"))
	case protoIMAP:
		_, verb, _ := bytes.Cut(line, []byte(" "))
		return bytes.EqualFold(verb, []byte("STARTTLS"))
	case protoPOP3:
		return bytes.EqualFold(line, []byte("STLS"))
	case protoFTP:
		return bytes.EqualFold(line, []byte("AUTH TLS")) || bytes.EqualFold(line, []byte("AUTH SSL")) || bytes.EqualFold(line, []byte("AUTH TLS-P"))
	case protoXMPP:
		return bytes.Contains(b, []byte("<starttls"))
	case protoLDAP:
		return bytes.Contains(b, []byte(ldapStartTLS))
	}
	return false
}

// agreesTLS returns 1 for yes, -1 for no, 0 for something else.
func agreesTLS(p protocol, b []byte) int {
	yes, no := "", ""
	switch p {
	case protoSMTP:
		yes = "220"
	case protoFTP:
		yes = "234"
	case protoPOP3:
		yes, no = "+OK", "-ERR"
	case protoXMPP:
		if bytes.Contains(b, []byte("<proceed")) {
			return 1
		}
		no = "<failure"
	case protoIMAP:
		_, rest, _ := bytes.Cut(firstLine(b), []byte(" "))
		if bytes.HasPrefix(rest, []byte("OK")) {
			return 1
		}
		return -1
	case protoLDAP: // the result stands behind the tag of an extended response
		if i := bytes.IndexByte(b, 0x78); i > 0 && len(b) > i+4 {
			if at := bytes.Index(b[i:], []byte{0x0a, 0x01}); at >= 0 && i+at+2 < len(b) && b[i+at+2] == 0 {
				return 1
			}
		}
		return -1
	}
	switch {
	case bytes.HasPrefix(b, []byte(yes)) && yes != "":
		return 1
	case no == "" || bytes.Contains(b, []byte(no)):
		return -1
	}
	return 0
}
