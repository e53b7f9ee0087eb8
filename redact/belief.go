package redact

import "bytes"

// hidden tells that a value says nothing: it is empty, was masked by somebody
// else, or stands for a value that is put in later.
func hidden(v []byte) bool {
	v = bytes.TrimSpace(v)
	if len(v) == 0 {
		return true
	}
	switch v[0] {
	case '$':
		return len(v) > 1 && (v[1] == '{' || v[1] == '(' || isUpper(v[1]) && upperName(v[1:]) || v[1] == '$')
	case '{':
		return len(v) == 1 || v[1] == '{' || v[1] == '}' || v[1] == '%'
	case '%':
		return len(v) < 3 || v[1] == '(' || v[1] == '{' || len(v) <= 3 && isAlpha(v[1])
	case '<':
		return isAlpha(v[len(v)-1]) == false || bytes.IndexByte(v, ' ') >= 0 || len(v) > 1 && isAlpha(v[1])
	case '[', '(':
		return len(v) < 3 || isAlpha(v[1]) || v[1] == '*' || v[1] == ']'
	case '@':
		return len(v) > 2 && v[len(v)-1] == '@'
	}
	x, first := true, true
	for _, c := range v {
		x = x && c|0x20 == 'x'
		first = first && c == v[0]
	}
	return x || first && !isAlnum(v[0]) || bytes.HasPrefix(v, []byte("•")) || bytes.HasPrefix(v, []byte("***"))
}

func upperName(v []byte) bool {
	for _, c := range v {
		if !isUpper(c) && !isDigit(c) && c != '_' {
			return false
		}
	}
	return true
}

// words stand behind the name of a secret and are none.
var words = map[string]bool{}

func init() {
	for _, w := range bytes.Fields([]byte(`
		true false yes no on off none null nil undefined empty unset set enabled disabled enable disable optional required require
		requisite sufficient include substack default unknown invalid valid incorrect wrong bad missing expired expires expire revoked
		rejected accepted denied failed failure fail failing ok okay success successful successfully error changed change updated update
		reset created deleted removed added stored found mismatch mismatched match matches matched not must cannot cant can could should
		would will is was are were has had have been be being the a an this that these those your my our its it for from of in to at by
		with without and or but if then else when while because as so too very more less than please enter type retype repeat new old
		current verify verifying confirm prompt string number integer int bool boolean object array text char varchar byte bytes type
		hidden redacted masked protected filtered removed omitted encrypted hashed plain plaintext cleartext secret sensitive
		authentication authorization auth verification validation check checking policy length strength history aging quality
		login logon logout user username account accounts md5 sha1 sha256 sha512 bcrypt scrypt argon2 pbkdf2 des scram ldap pam kerberos
		basic bearer digest negotiate ntlm interactive publickey keyboard-interactive hostbased gssapi files compat sss systemd winbind nis db
		somebody anybody nobody unavailable available unchanged unauthorized forbidden used using use uses received sent refresh refreshed
		renewed issued generated present absent eof identifier keyword expected unexpected literal ready lost locked unlocked blank
		provided supplied specified given needed read write loading loaded exists exist already still may might only never always
		all any some each other another same different many few first last next previous longer shorter at-least least most
		method methods mode service services server client request response requests file files path prompt field fields value values
		header headers parameter parameters param option options setting settings config configuration id name names entry entries
		session sessions cache count size limit rate time timeout ttl age lifetime expiry expiration issuer audience scope claims
		grant granted rotation rotated rotate manager provider store key keys token tokens password passwords passwd credential credentials
		do does did done go get gets got make made try tried again retry retrying see check ask asked want wants let per via over under
		permission permissions access unable able sorry oops warning warn info debug notice critical fatal trace
	`)) {
		words[string(w)] = true
	}
}

// soft are those of the words that people do choose as passwords.
var soft = map[string]bool{"secret": true, "password": true, "passwd": true, "default": true, "username": true, "token": true, "changed": true, "login": true, "access": true}

// isStop tells a word that is no secret.
func isStop(v []byte) bool {
	if len(v) > 24 {
		return false
	}
	var low [24]byte
	w := low[:0]
	for _, c := range v {
		w = append(w, lower(c))
	}
	w = bytes.Trim(w, ".,;:!?()[]{}'\"`")
	return len(w) == 0 || words[string(w)]
}

// believes tells whether a value is one, given its name and surroundings.
func (s *scan) believes(c class, v []byte, n *name, g *gap, to int) bool {
	if g.sign == '>' && !s.closed(to) {
		return false
	}
	if len(v) == 0 || hidden(v) || marked(v) || s.isCode(v, g) || g.quoted && isBlank(v[0]) {
		return false
	}
	if isStop(v) && !(c == surely && (g.quoted || g.sign == '=' && !g.space) && soft[string(v)]) {
		return false
	}
	sh := shapeOf(v)
	if isPlace(v) || same(n.flat, "passwd") && g.sign == ':' && nssWords(v) {
		return false
	}
	if sh.digits == len(v) || v[0] == '-' && sh.digits == len(v)-1 {
		switch {
		case c == surely:
			return len(v) >= 4
		case g.sign == '=' && bytes.HasSuffix(n.flat, []byte("token")):
			return len(v) >= 6
		}
		return len(v) >= 16 && v[0] != '-' && g.sign != ':'
	}
	prose := !g.quoted && (g.sign == ':' || g.sign == '=' && g.space)
	if prose && s.isProse(v, sh, g, to) {
		return false
	}
	switch c {
	case surely:
		return true
	case perhaps:
		return sh.digits > 0 && sh.lower+sh.upper > 0 && len(v) >= 8 && bytes.IndexByte(v, ' ') < 0 && !folds(v, "0x") && (g.quoted || g.sign == '=' || g.atBegin)
	case encoded:
		plain := printableBase64(v)
		return plain != nil && bytes.IndexByte(plain, ':') > 0
	case signature:
		return (g.sign == '=' || g.quoted) && len(v) >= 16 && sh.digits > 0 && bytes.IndexByte(v, ' ') < 0 && !folds(v, "0x")
	}
	return s.likely(v, sh, n, g)
}

// closed tells that what follows the text of an element closes it: a word in
// angle brackets may also stand in a sentence.
func (s *scan) closed(to int) bool {
	i := to + run(s.b[to:], 0, func(c byte) bool { return c <= ' ' })
	return i >= len(s.b) && s.cut || hasAt(s.b, i, "</") || hasAt(s.b, i, `<\/`) || hasAt(s.b, i, "&lt;/") || hasAt(s.b, i, "<!") || hasAt(s.b, i, `\u003c/`) || hasAt(s.b, i, "]]>")
}

// likely is the opinion on values of names such as "token" and "pass", which
// stand before other things too.
func (s *scan) likely(v []byte, sh shape, n *name, g *gap) bool {
	if folds(v, "0x") || len(v) < 4 || bytes.IndexByte(v, ' ') >= 0 && !g.quoted {
		return false
	}
	// "Tokens: default-token-x7k2d" lists names, "token: ca.crt" files.
	if n.flat[len(n.flat)-1] == 's' && sh.upper == 0 && bytes.IndexByte(v, '-') > 0 && g.sign == ':' {
		return false
	}
	if dot := bytes.LastIndexByte(v, '.'); dot > 0 && sh.digits == 0 && isEnding(v[dot+1:]) {
		return false
	}
	// "pass: 12/30", "token: 50%", "key: -"
	if sh.lower+sh.upper == 0 && sh.digits > 0 && len(v) < 12 && sh.other <= 2 && bytes.IndexAny(v, "/%.,:") >= 0 {
		return false
	}
	mixed := sh.digits > 0 && sh.lower+sh.upper > 0 || sh.lower > 0 && sh.upper > 1 || sh.other > 0 && sh.other < len(v)
	if g.quoted || g.sign == '=' || g.sign == '>' || g.atBegin {
		if bytes.IndexByte(v, ' ') >= 0 {
			return false
		}
		return mixed && len(v) >= 6 || len(v) >= 8 || same(n.flat, "pass") && g.sign != ':' || bytes.HasSuffix(n.flat, []byte("pass")) && len(n.flat) > 4
	}
	return sh.digits > 0 && mixed && len(v) >= 6 || len(v) >= 20
}

// isProse tells words of a sentence: "password: must be changed".
func (s *scan) isProse(v []byte, sh shape, g *gap, to int) bool {
	if i := bytes.IndexByte(v, ' '); i > 0 { // a value to the line's end
		first := v[:i]
		f := shapeOf(first)
		return isStop(first) || f.lower+f.upper == len(first) && f.digits+f.other == 0 && len(first) <= 14
	}
	v = bytes.TrimRight(v, ".,;:!?)")
	sh = shapeOf(v)
	if sh.lower+sh.upper != len(v) || sh.upper > 1 && sh.lower > 0 || len(v) > 14 {
		return false
	}
	if len(v) <= 3 {
		return true
	}
	i := skipBlanks(s.b, to)
	if i == to || i+1 >= len(s.b) || !isAlpha(s.b[i]) {
		return g.space && !g.atBegin && sh.upper == 1 && g.sign == ':' // "Token: Identifier"
	}
	return !isAssignment(s.b, i)
}

// isCode tells an expression of a program or a template.
func (s *scan) isCode(v []byte, g *gap) bool {
	i := run(v, 0, func(c byte) bool { return isWord(c) || c == '.' || c == ':' || c == '-' || c == '>' })
	if i >= 3 && i < len(v) && isAlpha(v[0]) && shapeOf(v[:i]).digits == 0 {
		last, rest := v[len(v)-1], v[i+1:]
		switch v[i] {
		case '(': // getenv(, getPassword(), f('x')
			if len(rest) == 0 && !g.quoted || last == ')' && string(v[:i]) != "ENC" {
				return true
			}
		case '[': // environ[, args['x']
			if len(rest) == 0 && !g.quoted || len(rest) > 0 && (rest[0] == '\'' || rest[0] == '"' || rest[0] == ':') {
				return true
			}
		}
	}
	if g.quoted {
		return className(v)
	}
	// config.password, self.token, args->secret
	if i == len(v) && bytes.IndexAny(v, ".>") > 0 && isAlpha(v[0]) && shapeOf(v).digits == 0 {
		var k name
		k.to = len(v)
		k.flatten(v)
		if k.class() != notSecret {
			return true
		}
	}
	return className(v)
}

// className tells the name of a class or an object of one: a.b.C, a.b.C@1f2e.
func className(v []byte) bool {
	v, _, _ = bytes.Cut(v, []byte("@"))
	dots, begins := 0, true
	for _, c := range v {
		switch {
		case c == '.':
			if begins {
				return false
			}
			dots++
			begins = true
		case isAlpha(c) || c == '_' || c == '$':
			begins = false
		case isDigit(c) && !begins:
		default:
			return false
		}
	}
	return dots >= 2 && !begins && shapeOf(v).digits <= 2
}

// roots begin the paths of files.
var roots = []string{"etc", "var", "run", "home", "opt", "usr", "tmp", "root", "proc", "dev", "data", "mnt", "srv", "app", "apps", "secrets", "sys", "config", "conf", "vault", "bin", "lib", "users", "private", "certs", "ssl", "keys", "boot", "media", "export", "u01", "path", "some"}

// isPlace tells the path of a file.
func isPlace(v []byte) bool {
	switch {
	case bytes.HasPrefix(v, []byte("file:")), bytes.HasPrefix(v, []byte("./")), bytes.HasPrefix(v, []byte("~/")), bytes.HasPrefix(v, []byte("../")):
		return true
	case len(v) > 3 && isAlpha(v[0]) && v[1] == ':' && (v[2] == '\\' || v[2] == '/'):
		return true
	case v[0] != '/':
		return false
	}
	for _, c := range v {
		if !isIdent(c) && c != '/' && c != ',' && c != ':' && c != '@' {
			return false
		}
	}
	for _, r := range roots {
		if folds(v[1:], r) && (len(v) == len(r)+1 || v[len(r)+1] == '/') {
			return true
		}
	}
	return len(v) == 1
}

// nssWords tells the sources of a line in nsswitch.conf.
func nssWords(v []byte) bool {
	for _, w := range bytes.Fields(v) {
		if !isStop(w) {
			return false
		}
	}
	return true
}
