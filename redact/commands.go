package redact

import "bytes"

// A command is a program some of whose options take secrets that no name tells.
type command struct {
	name  string
	short string // letters of options whose value is a secret: "p" for -p secret, "p+" for -psecret alone
	pair  bool   // the value is user:password, of which the second part counts
	nth   int    // which of its words that are no options is a secret, from 1; 0: none
	after string // only behind this word
}

// commands are those that administrators type and that stand in process lists.
var commands = []command{
	{name: "bcp", short: "P"},
	{name: "curl", short: "uU", pair: true}, {name: "docker", short: "p", after: "login"}, {name: "podman", short: "p", after: "login"}, {name: "helm", short: "p", after: "login"},
	{name: "htpasswd", nth: 3, after: "-b"}, {name: "ipmitool", short: "P"}, {name: "isql", short: "P"}, {name: "ldapadd", short: "w"},
	{name: "ldapdelete", short: "w"}, {name: "ldapmodify", short: "w"}, {name: "ldappasswd", short: "was"}, {name: "ldapsearch", short: "w"}, {name: "ldapwhoami", short: "w"},
	{name: "lftp", short: "u", pair: true}, {name: "mariadb", short: "p+"}, {name: "mariadb-dump", short: "p+"}, {name: "mariadb-admin", short: "p+"}, {name: "mongo", short: "p"}, {name: "mongodump", short: "p"}, {name: "mongorestore", short: "p"},
	{name: "mongosh", short: "p"}, {name: "mysql", short: "p+"}, {name: "mysqladmin", short: "p+"}, {name: "mysqlcheck", short: "p+"}, {name: "mysqldump", short: "p+"}, {name: "mysqlimport", short: "p+"}, {name: "mysqlshow", short: "p+"},
	{name: "mysqlbinlog", short: "p+"}, {name: "mysqlsh", short: "p+"}, {name: "ncftpput", short: "p"}, {name: "rabbitmqctl", nth: 3, after: "add_user"},
	{name: "redis-cli", short: "a"}, {name: "rdesktop", short: "p"}, {name: "smbclient", short: "U", pair: true}, {name: "snmpget", short: "cAX"}, {name: "snmpwalk", short: "cAX"}, {name: "snmpbulkwalk", short: "cAX"}, {name: "snmptrap", short: "cAX"}, {name: "snmpset", short: "cAX"},
	{name: "sqlcmd", short: "P"}, {name: "sshpass", short: "p"}, {name: "ssh-keygen", short: "NP"}, {name: "7z", short: "p+"}, {name: "7za", short: "p+"}, {name: "xtrabackup", short: "p+"},
	{name: "zip", short: "P"}, {name: "unzip", short: "P"}, {name: "mosquitto_pub", short: "P"}, {name: "mosquitto_sub", short: "P"}, {name: "winexe", short: "U", pair: true}, {name: "rpcclient", short: "U", pair: true},
	{name: "cqlsh", short: "p"}, {name: "ab", short: "AP", pair: true}, {name: "http", short: "a", pair: true},
	{name: "sshpass.exe", short: "p"}, {name: "radtest", nth: 2}, {name: "ossutil", short: "k"}, {name: "mc", nth: 5, after: "alias"},
}

var commandTriggers = makeCommandTriggers()

func makeCommandTriggers() []trigger {
	list := []trigger{
		{" -p", lookOption}, {"identified by ", lookIdentified}, {" pass:", lookPassPhrase}, {"\"auth\" \"", lookRedis}, {"auth ", lookRedisInline}, {"requirepass ", lookRequire},
		{"masterauth ", lookRequire}, {"stats auth ", lookStats}, {"identified with ", lookIdentified}, {"set password for ", lookSetPassword},
		{"net user ", lookNetUser}, {" on >", lookACL}, {"send \"", lookSend}, {"send -- \"", lookSend}, {"--stdin", lookStdin}, {"--password-stdin", lookStdin}, {"chpasswd", lookStdin},
		{"sudo -s", lookStdin}, {"--from-literal=", lookLiteral}, {" /user:", lookUserOption}, {"digest", lookDigest}, {"@//", lookOracleAt}, {"values", lookValues},
		{"proctitle=", lookHexCommand}, {"cmd=", lookHexCommand}, {" /p:", lookSlash}, {" -pw ", lookAfterOption},
	}
	for i := range commands {
		c := &commands[i]
		list = append(list, trigger{c.name + " ", func(s *scan, at int) { s.command(c, at) }})
		for _, quote := range []string{`",`, "',"} {
			list = append(list, trigger{c.name + quote, func(s *scan, at int) { s.arguments(c, at) }})
		}
	}
	return list
}

// command looks at the words behind the name of a program, up to the end of the
// command.
func (s *scan) command(c *command, at int) {
	b := s.b
	if at > 0 && (isWord(b[at-1]) || b[at-1] == '-' || b[at-1] == '.') {
		return
	}
	i := at + len(c.name)
	limit := min(len(b), at+4096)
	seen := c.after == ""
	plain := 0
	for {
		i = skipBlanks(b, i)
		if i >= limit || b[i] < ' ' || b[i] == '|' || b[i] == ';' || b[i] == '&' && i+1 < limit && b[i+1] == '&' {
			return
		}
		from, to := s.argumentAt(i, limit)
		word := b[from:to]
		next := max(to, i+1)
		if from > i && next < limit { // a closing quote
			next++
		}
		switch {
		case len(word) > 0 && !seen && string(word) == c.after:
			seen = true
			if c.nth > 0 && word[0] != '-' {
				plain++
			}
		case len(word) > 1 && word[0] == '-' && word[1] != '-':
			if k := bytes.IndexByte([]byte(c.short), word[1]); k >= 0 && seen && word[1] != '+' {
				attached := k+1 < len(c.short) && c.short[k+1] == '+'
				switch {
				case len(word) > 2 && (word[1] != 'P' || c.name != "ab"):
					s.option(c, from+2, to)
				case !attached && len(word) == 2:
					j := skipBlanks(b, next)
					from, to := s.argumentAt(j, limit)
					if to > from && b[from] != '-' {
						s.option(c, from, to)
						next = to
						if from > j {
							next++
						}
					}
				}
			}
		case len(word) > 0 && word[0] != '-':
			if plain++; plain == c.nth && seen {
				s.option(c, from, to)
			}
		}
		if next <= i {
			return
		}
		i = next
	}
}

// argumentAt returns where the word of a command line that begins at i stands,
// without its quotes.
func (s *scan) argumentAt(i, limit int) (from, to int) {
	b := s.b
	if i >= limit {
		return i, i
	}
	if q := b[i]; q == '\'' || q == '"' {
		if k := bytes.IndexByte(b[i+1:limit], q); k >= 0 {
			return i + 1, i + 1 + k
		}
		i++
	}
	to = i
	for to < limit && b[to] > ' ' && b[to] != '`' {
		if b[to] == '"' { // -p"x"
			k := bytes.IndexByte(b[to+1:limit], '"')
			if to-i < 2 || b[i] != '-' || k <= 0 || bytes.IndexByte(b[to+1:to+1+k], ' ') >= 0 || b[to-1] == '\\' {
				break
			}
			to += k + 2
			continue
		}
		if b[to] == '\\' && to+1 < limit && (b[to+1] == 'n' || b[to+1] == '"') {
			break
		}
		if (b[to] == '\'' || b[to] == '|' || b[to] == ';' || b[to] == ')') && (to+1 >= limit || !isAlnum(b[to+1])) {
			break
		}
		to++
	}
	return i, to
}

// arguments looks at the arguments of a program as a list of texts: ["mysql",
// "-uroot", "-px"].
func (s *scan) arguments(c *command, at int) {
	b := s.b
	i := at + len(c.name)
	quote := b[i]
	if at == 0 || b[at-1] != quote && b[at-1] != '/' {
		return
	}
	waits := false
	for limit := min(len(b), at+4096); ; {
		i++ // the quote that closes
		for i < limit && (isBlank(b[i]) || b[i] == ',' || b[i] == '\n') {
			i++
		}
		if i >= limit || b[i] != quote {
			return
		}
		k := bytes.IndexByte(b[i+1:limit], quote)
		if k < 0 {
			return
		}
		from, to := i+1, i+1+k
		word := b[from:to]
		switch {
		case waits:
			s.option(c, from, to)
			waits = false
		case len(word) > 1 && word[0] == '-' && word[1] != '-' && c.after == "":
			if k := bytes.IndexByte([]byte(c.short), word[1]); k >= 0 && word[1] != '+' {
				attached := k+1 < len(c.short) && c.short[k+1] == '+'
				if len(word) > 2 {
					s.option(c, from+2, to)
				} else {
					waits = !attached
				}
			}
		}
		i = to
	}
}

// option notes the value of an option.
func (s *scan) option(c *command, from, to int) {
	v := s.b[from:to]
	if c.pair {
		k := bytes.IndexAny(v, ":%,")
		if k < 0 || bytes.Contains(v, []byte("://")) {
			return
		}
		from += k + 1
	}
	for from < to && (s.b[from] == '\'' || s.b[from] == '"' || s.b[from] == '=') { // -p'x'
		from++
	}
	for to > from && (s.b[to-1] == '\'' || s.b[to-1] == '"') {
		to--
	}
	s.add(from, to, Secret)
}

// lookOption looks at "-p value" of a program that nobody told about: a password
// where the command names a user, and the value cannot be a port, a path or a
// number.
func lookOption(s *scan, at int) {
	b := s.b
	from := at + 3
	if !hasAt(b, at, " -p") || from >= len(b) || b[from] != ' ' {
		return
	}
	from = skipBlanks(b, from)
	i, to := s.argumentAt(from, min(len(b), from+256))
	v := b[i:to]
	sh := shapeOf(v)
	if len(v) < 6 || v[0] == '-' || sh.lower+sh.upper == 0 || sh.digits+sh.other == 0 || bytes.IndexByte(v, '/') >= 0 || bytes.IndexByte(v, ':') >= 0 || bytes.IndexByte(v, '=') >= 0 {
		return
	}
	line := s.b[max(0, at-300):min(len(b), to+200)]
	user := false
	for _, u := range []string{" -u ", " -u", " --user", " --username", "login", " -U "} {
		user = user || bytes.Contains(line, []byte(u))
	}
	if user && !isPlace(v) && !containsFold(v, ".service") {
		s.add(i, to, Secret)
	}
}

// lookIdentified looks behind IDENTIFIED BY of SQL.
func lookIdentified(s *scan, at int) {
	b := s.b
	i := at + len("identified by ")
	if folds(b[at:], "identified with") {
		i = at + len("identified with ")
		end := i + run(b[i:], 0, func(c byte) bool { return c != '\n' && c != ';' && c != ',' })
		k := indexFold(b[i:end], " by ")
		if k < 0 {
			k = indexFold(b[i:end], " as ")
		}
		if k < 0 {
			return
		}
		i += k + 4
	}
	i = skipBlanks(b, i)
	if i < len(b) && folds(b[i:], "password ") {
		i = skipBlanks(b, i+len("password "))
	}
	g := gap{sign: ' '}
	s.opens(&g, i)
	if g.begin >= len(b) || !g.quoted && (b[g.begin] == '<' || isStop(b[g.begin:s.bare(g.begin, min(len(b), g.begin+200), &g)])) {
		return
	}
	s.add(g.begin, s.valueEnd(&g), Secret)
}

// lookSetPassword looks at SET PASSWORD FOR 'u'@'h' = PASSWORD('x').
func lookSetPassword(s *scan, at int) {
	b := s.b
	end := at + run(b[at:], 0, func(c byte) bool { return c != '\n' && c != ';' })
	k := bytes.IndexByte(b[at:end], '=')
	if k < 0 {
		return
	}
	q := bytes.IndexAny(b[at+k:end], "'\"")
	if q < 0 {
		return
	}
	g := gap{sign: ' '}
	s.opens(&g, at+k+q)
	s.add(g.begin, s.valueEnd(&g), Secret)
}

// lookPassPhrase looks at pass:x of openssl.
func lookPassPhrase(s *scan, at int) {
	before := s.lineBefore(at, 12)
	if !bytes.HasSuffix(before, []byte("-passin")) && !bytes.HasSuffix(before, []byte("-passout")) && !bytes.HasSuffix(before, []byte("-pass")) {
		return
	}
	from := at + len(" pass:")
	to := s.bare(from, min(len(s.b), from+256), &gap{})
	s.add(from, to, Secret)
}

// lookRedis looks at what MONITOR of redis prints: "AUTH" "user" "x".
func lookRedis(s *scan, at int) {
	b := s.b
	i := at + len(`"auth" `)
	from, to := i, i
	for i < len(b) && b[i] == '"' {
		g := gap{sign: ' '}
		s.opens(&g, i)
		from, to = g.begin, s.valueEnd(&g)
		i = skipBlanks(b, to+1)
	}
	s.add(from, to, Secret)
}

// lookRedisInline looks at the command AUTH, alone in its line.
func lookRedisInline(s *scan, at int) {
	b := s.b
	if !hasAt(b, at, "AUTH ") || at > 0 && b[at-1] != '\n' && b[at-1] != '>' && !(at > 1 && b[at-1] == ' ' && b[at-2] == '>') {
		return
	}
	end := at + 5 + run(b[at+5:], 0, func(c byte) bool { return c >= ' ' && c < 0x7f })
	words := bytes.Fields(b[at+5 : end])
	switch {
	case len(words) == 0 || len(words) > 3:
		return
	case same(words[0], "plain") || same(words[0], "login") || same(words[0], "xoauth2"): // SMTP
		if len(words) < 2 {
			return
		}
	case same(words[0], "tls") || same(words[0], "ssl"):
		return
	}
	v := words[len(words)-1]
	from := at + 5 + bytes.LastIndex(b[at+5:end], v)
	s.add(from, from+len(v), Secret)
}

// lookRequire looks at CONFIG SET requirepass x; the directive of a file is a name.
func lookRequire(s *scan, at int) {
	b := s.b
	i := at + run(b[at:], 0, isAlpha)
	g := gap{sign: ' '}
	s.opens(&g, skipBlanks(b, i))
	if g.begin < len(b) {
		if to := s.valueEnd(&g); !isStop(b[g.begin:to]) {
			s.add(g.begin, to, Secret)
		}
	}
}

// lookStats looks at "stats auth user:password" of haproxy.
func lookStats(s *scan, at int) {
	from := at + len("stats auth ")
	to := s.bare(from, min(len(s.b), from+256), &gap{})
	if k := bytes.IndexByte(s.b[from:to], ':'); k >= 0 {
		s.add(from+k+1, to, Secret)
	}
}

// lookNetUser looks at "net user NAME PASSWORD" of Windows.
func lookNetUser(s *scan, at int) {
	i := at + len("net user ")
	_, to := s.argumentAt(i, min(len(s.b), i+256))
	i = skipBlanks(s.b, to)
	from, to := s.argumentAt(i, min(len(s.b), i+256))
	if to > from && s.b[from] != '/' && i > 0 && s.b[i-1] == ' ' {
		s.add(from, to, Secret)
	}
}

// lookACL looks at "user NAME on >password" of redis.
func lookACL(s *scan, at int) {
	if !containsFold(s.lineBefore(at, 200), "user ") {
		return
	}
	from := at + len(" on >")
	s.add(from, s.bare(from, min(len(s.b), from+512), &gap{}), Secret)
}

// lookSlash looks at /p:password of xfreerdp.
func lookSlash(s *scan, at int) {
	if line := s.lineBefore(at, 300); containsFold(line, "freerdp") || containsFold(line, "mstsc") {
		from := at + len(" /p:")
		s.add(from, s.bare(from, min(len(s.b), from+256), &gap{}), Secret)
	}
}

// lookAfterOption looks at "-pw password" of PuTTY's programs.
func lookAfterOption(s *scan, at int) {
	i := at + len(" -pw ")
	from, to := s.argumentAt(skipBlanks(s.b, i), min(len(s.b), i+256))
	s.add(from, to, Secret)
}
