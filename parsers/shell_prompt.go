package parsers

import (
	"regexp"
	"strings"
	"unicode/utf8"
)

// A shellPrompt is a line on which somebody typed a command, or on which a
// collector says whose output follows.
type shellPrompt struct {
	user, host, dir string
	command         string
	remark          bool // something was written behind the command
	behind          int  // how much of an output stands before it on its line
	banner          bool // it only names a command or file; nobody typed it
	sure            bool // its shape is that of a prompt whatever the command
}

// Prompts, by what they are made of. The first group that has a name wins.
var shellPrompts = []struct {
	begins string // bytes such a line may begin with; "" means a letter, digit or underscore
	shape  *regexp.Regexp
}{
	// [root@host dir]# cmd, (venv) [user@host dir]$ cmd
	{"[(", regexp.MustCompile(`^(?:\([\w.-]+\) ?)?\[(?:\d\d:\d\d(?::\d\d)? )?(?P<user>[\w.-]+)@(?P<host>[\w.-]+)[ :]\s*(?P<dir>[^\]]*)\] ?[#$%>](?P<cmd>.*)$`)},
	{"[", regexp.MustCompile(`^\[zk: (?P<host>[^\](]+)\((?:\w+)\) \d+\](?P<zk>.*)$`)},
	// [host ~]# cmd
	{"[", regexp.MustCompile(`^\[(?P<user>[\w.-]+) (?P<dir>[~/][^\]]*)\] ?[#$](?P<cmd>.*)$`)},
	// root@host:~# cmd, user@host:/x$ cmd, root@host:~ # cmd
	{"(", regexp.MustCompile(`^\([\w.-]+\) ?(?P<user>[\w.-]+)@(?P<host>[\w.-]+):(?P<dir>[~/][^#$%>]*?) ?[#$%](?P<cmd>.*)$`)},
	{"", regexp.MustCompile(`^(?P<user>[\w.-]+)@(?P<host>[\w.-]+):(?P<dir>[~/][^#$%>]*?) ?[#$%](?P<cmd>.*)$`)},
	// user@host dir % cmd
	{"", regexp.MustCompile(`^(?P<user>[\w.-]+)@(?P<host>[\w.-]+) (?P<dir>[~/\w][^ #$%]*) ?[#$%](?P<cmd> .*|)$`)},
	// host:~ # cmd, host:/var/log> cmd
	{"", regexp.MustCompile(`^(?P<host>[A-Za-z][\w.-]*):(?P<dir>~|/|/[^/ #$>%][^ #$>%]*) ?[#$>](?P<cmd> .*|)$`)},
	// host:dir user$ cmd
	{"", regexp.MustCompile(`^(?P<host>[A-Za-z][\w.-]*):(?P<dir>[~/\w][^ :#$>%]*) (?P<user>[\w.-]+)\$(?P<cmd> .*|)$`)},
	{"", regexp.MustCompile(`^(?:ba|z|k|c|a)?sh-[\d.]+[#$](?P<cmd>.*)$`)},
	{"-", regexp.MustCompile(`^-(?:ba|z|k|c|a)?sh-[\d.]+[#$](?P<cmd>.*)$`)},
	{"~/", regexp.MustCompile(`^(?P<dir>~|/[\w./-]*) [#$](?P<cmd> .*|)$`)},
	{"", regexp.MustCompile(`^(?:redis )?(?P<host>[\w.-]+):\d+(?:\[\d+\])?>(?P<redis> .*|)$`)},
	{"", regexp.MustCompile(`^(?:PS )?(?P<dir>[A-Z]:\\[^<>|"]*)>(?P<cmd>.*)$`)},
}

// shellPromptOf recognises a prompt that is one whatever was typed.
func shellPromptOf(line string) (p shellPrompt, ok bool) {
	if len(line) < 3 || len(line) > 4096 {
		return p, false
	}
	head := line[:min(len(line), 160)]
	if strings.IndexAny(head, "#$%>]") < 0 {
		return p, false
	}
	for i := range shellPrompts {
		t := &shellPrompts[i]
		if t.begins == "" && !isWord(line[0]) || t.begins != "" && strings.IndexByte(t.begins, line[0]) < 0 {
			continue
		}
		m := t.shape.FindStringSubmatch(line)
		if m == nil {
			continue
		}
		for k, name := range t.shape.SubexpNames() {
			v := strings.TrimSpace(m[k])
			switch name {
			case "user":
				p.user = v
			case "host":
				p.host = v
			case "dir":
				p.dir = v
			case "cmd":
				p.command = v
			case "redis":
				p.command, p.host = strings.TrimSpace("redis-cli -h "+p.host+" "+v), ""
			case "zk":
				p.command, p.host = strings.TrimSpace("zkCli.sh -server "+p.host+" "+v), ""
			}
		}
		p.sure = true
		p.tidy()
		return p, true
	}
	return shellComware(line)
}

// shellWithin finds a prompt behind an output that has no last line end.
var shellWithin = regexp.MustCompile(`\[[\w.-]+@[\w.-]+ [^\]\[]*\][#$]`)

// shellBehind returns where such a prompt begins, or 0.
func shellBehind(line string) int {
	if len(line) > 4096 || strings.IndexByte(line, '@') < 0 {
		return 0
	}
	if m := shellWithin.FindStringIndex(line); m != nil {
		return m[0]
	}
	return 0
}

var comwarePrompt = regexp.MustCompile(`^(?:<(?P<host>[\w.-]+)>|\[~?\*?(?P<host>[A-Za-z][\w./-]*)\])\s*(?P<cmd>(?:dis|disp|display|system-view|sys|ping|tracert|undo|reset|save|quit|return|terminal|debugging|dir|more|screen-length|interface)\b.*)$`)

// shellComware recognises <Sysname>display … and [Sysname]undo …, only with a
// verb of that system: other texts have words in such brackets too.
func shellComware(line string) (p shellPrompt, ok bool) {
	if line[0] != '<' && line[0] != '[' {
		return p, false
	}
	m := comwarePrompt.FindStringSubmatch(line)
	if m == nil {
		return p, false
	}
	p.host, p.command, p.sure = m[1]+m[2], m[3], true
	p.tidy()
	return p, true
}

var (
	shellBanner  = regexp.MustCompile(`^\s*(?:[=#*+~>-]{2,}|#)\s*(?:\[\s*)?(.*?)(?:\s*\])?\s*[=#*+~<-]*\s*$`)
	shellTitle   = regexp.MustCompile(`^(?:[Cc]ommand|[Cc]md|CMD|COMMAND|执行命令|命令)\s*[:：]\s*(.+)$`)
	shellSUSE    = regexp.MustCompile(`^#==\[ ([A-Za-z ]+) \]=+#$`)
	shellFile    = regexp.MustCompile(`^==> (\S.*) <==$`)
	shellWatched = regexp.MustCompile(`^Every [\d.,]+s: (.*?)(?:\s{2,}.*)?$`)
)

// shellHint recognises lines that are prompts only because of the command on
// them: "$ netstat -an", "# ss -s", "=== df -h ===", "+ date", "Command: ps".
func shellHint(line string) (p shellPrompt, ok bool) {
	if len(line) < 4 || len(line) > 1024 {
		return p, false
	}
	switch c := line[0]; {
	case (c == '$' || c == '+' || c == '%') && line[1] == ' ':
		p.command = strings.TrimSpace(line[2:])
	case c == '=' && strings.HasPrefix(line, "==> "):
		m := shellFile.FindStringSubmatch(line)
		if m == nil {
			return p, false
		}
		p.command, p.banner = "cat "+m[1], true
		return p, true
	case c == 'E' && strings.HasPrefix(line, "Every "):
		m := shellWatched.FindStringSubmatch(line)
		if m == nil {
			return p, false
		}
		p.command, p.banner = m[1], true
	case strings.IndexByte("#=*-+~> ", c) >= 0:
		m := shellBanner.FindStringSubmatch(line)
		if m == nil {
			return p, false
		}
		p.command, p.banner = strings.Trim(m[1], `"'`+"`"), line[0] != '#' || line[1] != ' '
	default:
		m := shellTitle.FindStringSubmatch(line)
		if m == nil {
			return p, false
		}
		p.command, p.banner = m[1], true
	}
	p.tidy()
	return p, shellLooksRun(p.command)
}

// tidy takes a remark off the end of a command: text in another script behind a
// blank, in brackets or behind a hash, but not inside quotes.
func (p *shellPrompt) tidy() {
	c := strings.TrimSpace(p.command)
	quote := byte(0)
	for i := 0; i < len(c); i++ {
		switch b := c[i]; {
		case quote != 0:
			if b == quote {
				quote = 0
			}
		case b == '\'' || b == '"':
			quote = b
		case b == ' ' || b == '\t':
			rest := strings.TrimLeft(c[i:], " \t")
			if shellRemark(rest) {
				p.command, p.remark = strings.TrimSpace(c[:i]), true
				return
			}
		case b >= 0x80 && (strings.HasPrefix(c[i:], "（") || strings.HasPrefix(c[i:], "；") || strings.HasPrefix(c[i:], "，") || strings.HasPrefix(c[i:], "。")):
			p.command, p.remark = strings.TrimSpace(c[:i]), true
			return
		}
	}
	p.command = c
}

// shellRemark tells whether what follows a blank is a remark and no argument.
func shellRemark(s string) bool {
	open := strings.TrimLeft(s, "#/(-<= ")
	if open == "" || !strings.ContainsFunc(s, func(r rune) bool { return r >= 0x2e80 }) {
		return false
	}
	r, _ := utf8.DecodeRuneInString(open)
	if r >= 0x2e80 {
		return true
	}
	return len(open) < len(s) && s[0] == '(' || strings.HasPrefix(s, "# ") || strings.HasPrefix(s, "//")
}
