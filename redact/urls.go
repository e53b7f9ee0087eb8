package redact

import "bytes"

// urlTriggers are what stands between scheme and authority of a URL, however it
// is escaped, and connection strings that are no URLs.
var urlTriggers = []trigger{
	{"://", lookURL}, {`:\/\/`, lookURL}, {"%3a%2f%2f", lookCodedURL}, {"%253a%252f%252f", lookCodedURL}, {`:\u002f\u002f`, lookURL},
	{"@tcp(", lookDSN}, {"@unix(", lookDSN}, {"@tcp4(", lookDSN},
	{"jdbc:oracle:", lookOracle}, {"sqlplus ", lookOracle}, {"expdp ", lookOracle}, {"impdp ", lookOracle}, {"exp ", lookOracle}, {"imp ", lookOracle}, {"sqlldr ", lookOracle}, {"rman target ", lookOracle}, {"hooks.slack.com/services/", lookHook}, {"hooks.slack.com/workflows/", lookHook},
	{"discord.com/api/webhooks/", lookHook}, {"discordapp.com/api/webhooks/", lookHook}, {"webhook.office.com/webhookb2/", lookHook},
	{"open.feishu.cn/open-apis/bot/v2/hook/", lookHook}, {"qyapi.weixin.qq.com/cgi-bin/webhook/send?key=", lookHook},
	{"api.telegram.org/bot", lookHook},
}

// longestAuthority bounds how far the user part of a URL is looked for.
const longestAuthority = 1024

// lookURL looks for user and password in a URL.
func lookURL(s *scan, at int) {
	b := s.b
	if at == 0 || !isAlnum(b[at-1]) {
		return
	}
	i := at + 3
	switch {
	case b[at+1] == '\\' && b[at+2] == 'u':
		i = at + 13
	case b[at+1] == '\\':
		i = at + 5
	}
	// The last @ before the path ends the user part. A password may hold a slash
	// that should have been escaped: then what stands before it is no port.
	end, user, colon := i, -1, -1
	slash := -1
loop:
	for ; end < len(b) && end-i < longestAuthority; end++ {
		switch c := b[end]; {
		case c <= ' ' || c == '"' || c == '<' || c == '>' || c == '`' || c == 0x7f:
			break loop
		case c == '\'' || c == '\\' && end+1 < len(b) && (b[end+1] == '"' || b[end+1] == 'n'):
			break loop
		case c == '/' || c == '?' || c == '#' || c == '\\':
			if slash < 0 {
				slash = end
			}
			if user >= 0 || colon < 0 || allDigits(b[colon+1:end]) || slash-colon > 80 {
				break loop
			}
		case c == ',' && user >= 0:
			break loop // a list of hosts
		case c == ':' && colon < 0:
			colon = end
		case c == '@' && (slash < 0 || colon >= 0):
			user = end
			if slash >= 0 {
				break loop
			}
		}
	}
	if user < 0 {
		if s.cut && end == len(b) && colon >= 0 && slash < 0 && !allDigits(b[colon+1:end]) {
			s.add(colon+1, end, Secret)
		}
		return
	}
	if slash >= 0 && slash < user && bytes.IndexByte(b[user:min(len(b), user+80)], '.') < 0 && bytes.IndexByte(b[user:min(len(b), user+80)], '/') < 0 && bytes.IndexByte(b[user:min(len(b), user+80)], ':') < 0 {
		return
	}
	switch {
	case colon >= 0 && colon < user:
		if v := b[colon+1 : user]; len(v) > 0 && !hidden(v) {
			s.add(colon+1, user, Secret)
			if colon == i || wholeToken(b[i:colon]) {
				s.add(i, colon, Secret)
			}
		}
	case user-i >= 16 && shapeOf(b[i:user]).digits > 0: // a token in the place of the user
		s.add(i, user, Secret)
	}
}

func allDigits(v []byte) bool {
	for _, c := range v {
		if !isDigit(c) {
			return false
		}
	}
	return true
}

// lookCodedURL does so where the URL stands in another one.
func lookCodedURL(s *scan, at int) {
	b, twice := s.b, s.b[at+1] == '2'
	colon, sign, slash := "%3a", "%40", "%2f"
	i := at + 9
	if twice {
		colon, sign, slash, i = "%253a", "%2540", "%252f", at+15
	}
	end := i
	for end < len(b) && end-i < longestAuthority && b[end] > ' ' && b[end] != '"' && b[end] != '&' && b[end] != '\'' {
		if b[end] == '%' && folds(b[end:], slash) {
			break
		}
		end++
	}
	user := lastFold(b[i:end], sign)
	first := indexFold(b[i:end], colon)
	if at := bytes.LastIndexByte(b[i:end], '@'); user < 0 {
		user = at
	}
	if first < 0 {
		if k := bytes.IndexByte(b[i:end], ':'); k >= 0 && k < user {
			s.add(i+k+1, i+user, Secret)
		}
		return
	}
	if user > first {
		s.add(i+first+len(colon), i+user, Secret)
	}
}

func lastFold(b []byte, text string) int {
	for i := len(b) - len(text); i >= 0; i-- {
		if lower(b[i]) == text[0] && folds(b[i:], text) {
			return i
		}
	}
	return -1
}

// lookDSN looks back from "@tcp(": user:password@tcp(host:3306)/db.
func lookDSN(s *scan, at int) {
	b := s.b
	from, colon := at, -1
	for from > 0 && at-from < 256 {
		c := b[from-1]
		if c <= ' ' || c == '"' || c == '\'' || c == '`' || c == '=' && colon >= 0 || c == '/' && from > 1 && b[from-2] == '/' {
			break
		}
		from--
		if c == ':' {
			colon = from
		}
	}
	if colon >= 0 && colon+1 < at {
		s.add(colon+1, at, Secret)
	}
}

// lookOracle looks for user/password@ of Oracle.
func lookOracle(s *scan, at int) {
	b := s.b
	i := at
	if b[at] == 'j' || b[at] == 'J' {
		i += len("jdbc:oracle:")
		for i < len(b) && isAlnum(b[i]) {
			i++
		}
		if i < len(b) && b[i] == ':' {
			i++
		}
	} else {
		i += bytes.IndexByte(b[i:], ' ') + 1
		if folds(b[i:], "target ") {
			i += len("target ")
		}
		if at > 0 && isWord(b[at-1]) {
			return
		}
		for i < len(b) && (b[i] == '-' || isBlank(b[i])) { // -s -l
			i += run(b[i:], 0, isBlank)
			if i < len(b) && b[i] == '-' {
				i += run(b[i:], 0, func(c byte) bool { return c > ' ' })
			}
		}
	}
	if i < len(b) && (b[i] == '"' || b[i] == '\'') {
		i++
	}
	user := i + run(b[i:], 0, isIdentOrDollar)
	if user == i || user >= len(b) || b[user] != '/' {
		return
	}
	end := user + 1
	for end < len(b) && b[end] > ' ' && b[end] != '@' && b[end] != '"' && b[end] != '\'' && end-user < 128 {
		end++
	}
	if end > user+1 && (end < len(b) && b[end] == '@' || folds(b[at:], "sqlplus")) {
		s.add(user+1, end, Secret)
	}
}

func isIdentOrDollar(c byte) bool { return isWord(c) || c == '$' || c == '#' || c == '.' }

// lookHook takes the path of a web hook: who knows it may write there.
func lookHook(s *scan, at int) {
	b := s.b
	i := at + bytes.IndexByte(b[at:], '/')
	k := bytes.IndexAny(b[i:], " \"'<>\n\\")
	if k < 0 {
		k = len(b) - i
	}
	path := b[i : i+k]
	for _, w := range []string{"services/", "workflows/", "webhooks/", "webhookb2/", "hook/", "?key=", "/bot"} {
		n := indexFold(path, w)
		if n < 0 || len(path)-n-len(w) < 16 {
			continue
		}
		from, to := i+n+len(w), i+len(path)
		if w == "/bot" {
			if m := bytes.IndexByte(b[from:to], '/'); m > 0 {
				to = from + m
			}
		}
		s.add(from, to, Token)
		return
	}
}
