package redact

import "bytes"

// nameTriggers are parts of the names under which secrets stand.
var nameTriggers = []trigger{
	{"pass", lookName}, {"pwd", lookName}, {"secret", lookName}, {"token", lookName}, {"key", lookName},
	{"cred", lookName}, {"auth", lookName}, {"cookie", lookName}, {"psk", lookName}, {"community", lookName},
	{"signature", lookName}, {"kennwort", lookName}, {"contrasena", lookName}, {"senha", lookName},
	{"bindpw", lookName}, {"rootpw", lookName}, {"adminpw", lookName}, {"userpw", lookName}, {"dbpw", lookName}, {"_pw", lookName},
	{"sessid", lookName}, {"sessionid", lookName}, {"connect.sid", lookName}, {"sig=", lookName},
	{"密码", lookWords}, {"密碼", lookWords}, {"口令", lookWords}, {"пароль", lookWords}, {"Пароль", lookWords}, {"パスワード", lookWords}, {"비밀번호", lookWords}, {"contraseña", lookWords}, {"密钥", lookWords}, {"令牌", lookWords},
	{"\xc3\xdc\xc2\xeb", lookWords}, {"\xbf\xda\xc1\xee", lookWords}, // the first two in GBK
}

// A class says how sure a name is to stand before a secret.
type class uint8

const (
	notSecret     class = iota
	surely              // whatever value follows, but for words like "expired"
	perhaps             // a value that looks like nothing but a credential
	likely              // a value that looks like a credential
	authorization       // a scheme and a credential
	cookie              // names and values
	setCookie           // a name, a value, and what is no secret
	encoded             // base64 of user and password
	signature           // a long value
)

// suffixes are the ends of names, without anything between their words, and
// their classes. Where begins is set the end must begin a word: "bypass" is none.
var suffixes = []struct {
	text   string
	class  class
	begins bool
}{
	{"password", surely, false}, {"passwords", likely, false}, {"passwd", surely, false}, {"passphrase", surely, false},
	{"passcode", surely, false}, {"passwort", surely, false}, {"kennwort", surely, false}, {"contrasena", surely, false},
	{"senha", surely, true}, {"passe", surely, true}, {"csrftoken", likely, false}, {"xsrftoken", likely, false}, {"pwd", surely, true}, {"pswd", surely, true}, {"passw", surely, true}, {"pass", likely, true},
	{"dbpass", surely, false}, {"userpass", surely, false}, {"rootpass", surely, false}, {"adminpass", surely, false}, {"smtppass", surely, false},
	{"mailpass", surely, false}, {"ldappass", surely, false}, {"sudopass", surely, false}, {"becomepass", surely, false}, {"sshpass", surely, false},
	{"requirepass", surely, false}, {"authpass", surely, false}, {"keystring", surely, false}, {"storepass", surely, false}, {"keypass", surely, false}, {"destkeypass", surely, false},
	{"secret", surely, false}, {"secrets", likely, false},
	{"apikey", surely, false}, {"accesskey", surely, false}, {"secretkey", surely, false}, {"privatekey", surely, false}, {"authkey", surely, false},
	{"signingkey", surely, false}, {"encryptionkey", surely, false}, {"encryptkey", surely, false}, {"cryptkey", surely, false}, {"masterkey", surely, false},
	{"accountkey", surely, false}, {"sharedkey", surely, false}, {"presharedkey", surely, false}, {"storagekey", surely, false}, {"consumerkey", surely, false},
	{"appkey", surely, false}, {"licensekey", surely, false}, {"licencekey", surely, false}, {"sharedaccesskey", surely, false}, {"subscriptionkey", surely, false},
	{"instrumentationkey", surely, false}, {"serviceaccountkey", surely, false}, {"hmackey", surely, false}, {"aeskey", surely, false}, {"jwtkey", surely, false},
	{"deploykey", surely, false}, {"clientkeydata", surely, false}, {"keydata", likely, false}, {"accesskeyid", surely, false}, {"awsaccesskeyid", surely, false},
	{"cookiekey", surely, false}, {"sessionkey", likely, false}, {"secretaccesskey", surely, false}, {"erlangcookie", surely, false}, {"rememberkey", surely, false},
	{"token", likely, true}, {"tokens", likely, true}, {"accesstoken", likely, false}, {"authtoken", likely, false}, {"bearertoken", likely, false},
	{"authtok", surely, false}, {"psk", surely, true}, {"bindpw", surely, false}, {"rootpw", surely, false}, {"adminpw", surely, false}, {"userpw", surely, false},
	{"dbpw", surely, false}, {"pw", surely, true}, {"masterauth", surely, false},
	{"credential", likely, false}, {"credentials", likely, false}, {"creds", likely, true},
	{"community", likely, true}, {"rocommunity", surely, false}, {"rwcommunity", surely, false},
	{"signature", signature, false}, {"sig", signature, true}, {"secrethash", surely, false},
	{"authorization", authorization, false}, {"cookie", cookie, true}, {"setcookie", setCookie, false}, {"setcookie2", setCookie, false},
	{"auth", encoded, true},
	{"jsessionid", signature, false}, {"phpsessid", signature, false}, {"aspnetsessionid", signature, false}, {"connectsid", signature, false},
	{"asp.netsessionid", signature, false},
}

// behind are words that may follow the telling part of a name.
var behind = []string{"hash", "value", "plain", "plaintext", "encrypted", "text", "str", "string", "base", "base64", "b64", "old", "new", "confirm", "confirmation", "again", "digest"}

// beforeCounts are first words of names that count, or are no names of values.
var beforeCounts = []string{"max", "min", "num", "total", "count", "n", "input", "output", "prompt", "completion", "unexpected", "avg"}

// A name is an identifier with the places of its words.
type name struct {
	from, to int // in the text
	dashes   int // in front of it
	flat     []byte
	starts   [80]bool // where in flat a word begins
	storage  [80]byte
}

// lookName looks at the name around one of its parts.
func lookName(s *scan, at int) {
	if at < s.named {
		return
	}
	n := &s.own
	*n = name{}
	if !n.read(s.b, at) {
		return
	}
	s.named = n.to
	if marked(s.b[n.from:n.to]) {
		return
	}
	c := n.class()
	if c == notSecret && n.wider(s.b) {
		c = n.class()
	}
	if c != notSecret {
		s.behindName(n, c)
	}
}

const longestName = 72

// read finds where the identifier begins and ends.
func (n *name) read(b []byte, at int) bool {
	from, to := at, at
	for from > 0 && at-from < longestName && isIdent(b[from-1]) {
		from--
	}
	for to < len(b) && to-from < longestName && isIdent(b[to]) {
		to++
	}
	for from < to && !isWord(b[from]) {
		if b[from] == '-' {
			n.dashes++
		} else {
			n.dashes = 0
		}
		from++
	}
	if n.dashes > 2 {
		n.dashes = 0
	}
	for to > from && !isWord(b[to-1]) {
		to--
	}
	// The n of \n is no part of a name.
	if from > 0 && b[from-1] == '\\' && to-from > 1 && (b[from] == 'n' || b[from] == 't' || b[from] == 'r') {
		from++
	}
	n.from, n.to = from, to
	n.flatten(b)
	return to > from
}

// flatten joins the words of the name in lower case.
func (n *name) flatten(b []byte) {
	n.flat = n.storage[:0]
	clear(n.starts[:])
	starts := true
	for i := n.from; i < n.to && len(n.flat) < len(n.storage); i++ {
		c := b[i]
		if !isAlnum(c) {
			starts = true
			continue
		}
		hump := isUpper(c) && i > n.from && (!isUpper(b[i-1]) || i+1 < n.to && isLower(b[i+1]))
		if starts || hump || i > n.from && isDigit(b[i-1]) {
			n.starts[len(n.flat)] = true
		}
		n.flat = append(n.flat, lower(c))
		starts = false
	}
	for len(n.flat) > 1 && isDigit(n.flat[len(n.flat)-1]) { // password1
		n.flat = n.flat[:len(n.flat)-1]
	}
}

// wider takes the word before a name that is only its second half: "API key".
func (n *name) wider(b []byte) bool {
	if n.from < 3 || b[n.from-1] != ' ' || !isAlpha(b[n.from-2]) {
		return false
	}
	if f := string(n.flat); f != "key" && f != "id" && f != "keyid" {
		return false
	}
	if containsFold(b[max(0, n.from-80):n.from], "x.509 cert") { // the kernel names those it trusts
		return false
	}
	from := n.from - 2
	for from > 0 && isAlnum(b[from-1]) && n.from-from < 16 {
		from--
	}
	n.from = from
	n.flatten(b)
	return true
}

func (n *name) class() class {
	flat := n.flat
	if len(flat) == 0 {
		return notSecret
	}
	for _, word := range beforeCounts {
		if bytes.HasPrefix(flat, []byte(word)) && len(flat) > len(word) && n.starts[len(word)] {
			return notSecret
		}
	}
	if c := n.suffix(flat); c != notSecret {
		return c
	}
	for _, word := range behind {
		if rest, ok := bytes.CutSuffix(flat, []byte(word)); ok && n.starts[len(rest)] {
			if c := n.suffix(rest); c == surely || c == likely && word != "string" {
				return c
			}
		}
	}
	if flat[0] == 'x' && n.starts[1] && bytes.HasSuffix(flat, []byte("key")) { // X-Functions-Key
		return likely
	}
	return n.infix(flat)
}

// inner are words that make a name doubtful wherever they stand in it, and
// outer those that, behind them, say that the value is something else.
var (
	inner = []string{"password", "passwd", "secret", "apikey", "accesskey", "privatekey", "token"}
	outer = []string{
		"file", "path", "dir", "location", "name", "names", "id", "ids", "type", "types", "length", "len", "policy", "expiry", "expires", "expired", "expiration", "expire", "encryption", "encoder",
		"algorithm", "alg", "enabled", "disabled", "required", "provider", "ref", "refs", "count", "url", "uri", "endpoint", "hint", "age", "attempts", "store", "manager", "service", "factory",
		"class", "size", "limit", "time", "timeout", "ttl", "lifetime", "validity", "at", "on", "date", "version", "format", "field", "header", "status", "state", "error", "rule", "rules", "range",
		"usage", "bucket", "ring", "index", "position", "pos", "owner", "user", "callback", "helper", "handler", "filter", "mode", "method", "scope", "issuer", "audience", "charset", "authentication",
		"auth", "check", "changed", "change", "last", "key", "keys", "ttype", "holder", "reader", "resource", "resources", "server", "host", "port", "space", "cache",
	}
)

// infix looks for a telling word in the middle: API_KEY_PROD, PASSWORD_GITHUB.
func (n *name) infix(flat []byte) class {
	for _, word := range inner {
		at := bytes.Index(flat, []byte(word))
		if at < 0 || at > 0 && !n.starts[at] {
			continue
		}
		end := at + len(word)
		if end == len(flat) || !n.starts[end] {
			continue
		}
		for i := end; i < len(flat); i++ {
			if !n.starts[i] {
				continue
			}
			to := i + 1
			for to < len(flat) && !n.starts[to] {
				to++
			}
			for _, o := range outer {
				if string(flat[i:to]) == o {
					return notSecret
				}
			}
		}
		return perhaps
	}
	return notSecret
}

func (n *name) suffix(flat []byte) class {
	best, length := notSecret, 0
	for i := range suffixes {
		x := &suffixes[i]
		if len(x.text) <= length || !bytes.HasSuffix(flat, []byte(x.text)) {
			continue
		}
		if at := len(flat) - len(x.text); !x.begins || at == 0 || n.starts[at] {
			best, length = x.class, len(x.text)
		}
	}
	return best
}

// foreign are the names of nameTriggers that are not made of identifiers.
var foreign = []string{"密码", "密碼", "口令", "密钥", "令牌", "пароль", "Пароль", "パスワード", "비밀번호", "contraseña", "\xc3\xdc\xc2\xeb", "\xbf\xda\xc1\xee"}

// lookWords looks behind words for password, key and token in other languages.
func lookWords(s *scan, at int) {
	n := name{from: at, to: at}
	for _, w := range foreign {
		if len(w) > n.to-at && folds(s.b[at:], w) {
			n.to = at + len(w)
		}
	}
	for _, is := range []string{"为", "是", "は"} {
		if hasAt(s.b, n.to, is) && !bytes.HasPrefix(s.b[n.to:], []byte("为空")) {
			g := gap{sign: ':', space: true}
			n.to += len(is)
			i := skipBlanks(s.b, n.to)
			if wideColon(s.b[i:]) || i < len(s.b) && s.b[i] == ':' {
				break
			}
			s.opens(&g, i)
			if g.begin >= len(s.b) || s.b[g.begin] >= 0x80 {
				return
			}
			to := s.valueEnd(&g)
			if v := s.b[g.begin:to]; len(v) >= 4 && s.believes(surely, v, &n, &g, to) {
				s.add(g.begin, to, Secret)
			}
			return
		}
	}
	s.behindName(&n, surely)
}

// wideColon tells the full-width colon and equals sign, in UTF-8 and GBK.
func wideColon(b []byte) bool {
	for _, c := range []string{"：", "＝", "\xa3\xba", "\xa3\xbd"} {
		if bytes.HasPrefix(b, []byte(c)) {
			return true
		}
	}
	return false
}
