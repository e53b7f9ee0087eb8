package parsers

import (
	"net/netip"
	"strings"
)

// addressIn returns the first network address in s as address:port, or as an
// address alone: behind Java's slash ("/192.0.2.1:80", "host/192.0.2.1:80",
// "/[2001:db8::1]:80", "/2001:db8:0:0:0:0:0:1:80"), or plain.
func addressIn(s string) string {
	for i := 0; i < len(s); i++ {
		if s[i] == '/' || i == 0 || s[i-1] == ' ' || s[i-1] == '=' || s[i-1] == '(' {
			from := i
			if s[i] == '/' {
				from++
			}
			if a := addressAt(s[from:]); a != "" {
				// Java's host/address:port, where the host is an address too
				if end := from + len(a); strings.HasPrefix(s[min(end, len(s)):], "/") && s[from:end] == a {
					if b := addressAt(s[end+1:]); b != "" {
						return b
					}
				}
				return a
			}
		}
	}
	return ""
}

// addressAt reads an address at the start of s.
func addressAt(s string) string {
	if strings.HasPrefix(s, "[") {
		end := strings.IndexByte(s, ']')
		if end < 3 || strings.Count(s[:end], ":") < 2 && !isIPv4(s[1:end]) {
			return ""
		}
		inside := strings.TrimPrefix(s[1:end], "::ffff:")
		if len(s) > end+2 && s[end+1] == ':' && isDigit(s[end+2]) {
			port := ":" + leadingDigits(s[end+2:])
			if strings.Count(inside, ".") == 3 {
				return inside + port
			}
			return "[" + canonical(inside) + "]" + port
		}
		return canonical(inside)
	}
	end, colons, dots := 0, 0, 0
	for end < len(s) && (isHex(s[end]) || s[end] == '.' || s[end] == ':') {
		switch s[end] {
		case ':':
			colons++
		case '.':
			dots++
		}
		end++
	}
	a := strings.TrimRight(s[:end], ".:")
	colons, dots = strings.Count(a, ":"), strings.Count(a, ".")
	if end < len(s) && isWord(s[end]) {
		return ""
	}
	switch {
	case dots == 3 && colons <= 1:
		if !isIPv4(a) {
			return ""
		}
		return a
	case colons == 8 && dots == 0: // Java prints IPv6 in full, the port behind it
		i := strings.LastIndexByte(a, ':')
		return "[" + canonical(a[:i]) + "]" + a[i:]
	case colons == 7 && dots == 0:
		return canonical(a)
	}
	return ""
}

// canonical spells an IPv6 address as everybody else does; Java prints it in
// full.
func canonical(s string) string {
	if a, err := netip.ParseAddr(s); err == nil {
		return a.String()
	}
	return s
}

// isIPv4 tells whether a is a dotted quad, with a port or without.
func isIPv4(a string) bool {
	host, port, colon := strings.Cut(a, ":")
	if colon && (port == "" || leadingDigits(port) != port) {
		return false
	}
	n := 0
	for part := range strings.SplitSeq(host, ".") {
		if n++; len(part) == 0 || len(part) > 3 || leadingDigits(part) != part {
			return false
		}
	}
	return n == 4
}

func isHex(c byte) bool {
	return isDigit(c) || c >= 'a' && c <= 'f' || c >= 'A' && c <= 'F'
}

// leadingDigits returns the digits s begins with.
func leadingDigits(s string) string {
	i := 0
	for i < len(s) && isDigit(s[i]) {
		i++
	}
	return s[:i]
}

// numberBehind returns the digits that follow the first mark in s.
func numberBehind(s, mark string) string {
	_, rest, _ := strings.Cut(s, mark)
	return leadingDigits(rest)
}
