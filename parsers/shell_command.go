package parsers

import (
	"path"
	"strings"
)

// shellPrograms are the programs whose output bundles hold, and those that
// operators use to change something: what makes a word behind "#" a command.
var shellPrograms = wordSet(`
awk arp bash brctl cat chkconfig chmod chown chronyc cp crictl crontab curl date dd df dig dmesg docker dpkg du echo egrep
env ethtool exit fdisk find firewall-cmd free fuser getconf getent getenforce grep gunzip head hostname hostnamectl hwclock id ifconfig init
iostat ip ipcmk ipcrm ipcs iptables jcmd jinfo jmap jps jstack jstat journalctl kill killall kubectl last ldd less ln locale losetup ls lsblk lscpu lsmod
lsof lspci lvs md5sum mkdir more mount mpstat mv nc ncat netstat nmcli nohup nproc nslookup nstat ntpdate ntpq numactl oc openssl parted pgrep
pidof pidstat ping pkill pmap podman poweroff prlimit ps pstree pvs python reboot redis-cli rm route rpm rsync sar scp sed service setenforce shutdown
sleep smartctl sort ss ssh stat strace su sudo swapoff swapon sync sysctl systemctl tac tail tar tasklist taskset tc tcpdump telnet time timeout timedatectl top
touch traceroute truncate tune2fs ulimit umount uname uniq uptime vgs vi vim vmstat w watch wc wget which who whoami yum zcat zkCli.sh zkServer.sh
ipconfig systeminfo apt apt-get dnf virsh multipath dmidecode blkid cd pwd nginx mysql psql mongo rabbitmqctl etcdctl helm
`)

func wordSet(s string) map[string]bool {
	set := map[string]bool{}
	for _, w := range strings.Fields(s) {
		set[w] = true
	}
	return set
}

// shellLooksRun tells a command from prose that begins with the same word: it
// has nothing behind it, or something that only a command has.
func shellLooksRun(command string) bool {
	parts := shellParts(command)
	if len(parts) == 0 {
		return false
	}
	first := parts[0]
	if !shellPrograms[first.program] && !strings.HasPrefix(first.words[0], "/") && !strings.HasPrefix(first.words[0], "./") {
		return false
	}
	if strings.HasPrefix(first.words[0], "/") && !shellPrograms[first.program] && !strings.Contains(first.words[0], "bin/") {
		return false
	}
	if len(first.words) == 1 || len(parts) > 1 {
		return true
	}
	arg := first.words[1]
	if strings.ContainsAny(arg, `-/.=_'"*:@$~0123456789`) {
		return true
	}
	switch first.program {
	case "service", "systemctl", "kubectl", "docker", "ip", "crictl", "podman", "timedatectl", "chronyc", "redis-cli", "oc", "ipcs", "echo", "cat", "which", "rpm", "virsh":
		return len(first.words) <= 4
	}
	return false
}

// A shellPart is one simple command of a line: its words, without what only
// says how to run it, and the base name of its program.
type shellPart struct {
	words   []string
	program string
	piped   bool // reads what the one before it wrote
	to      string
}

// shellParts cuts a command line at its operators. Loops and substitutions are
// looked into; it is no shell, and what it does not understand it keeps as words.
func shellParts(line string) []shellPart {
	var parts []shellPart
	var words []string
	piped := false
	end := func(pipe bool) {
		if p, ok := shellPartOf(words, piped); ok {
			parts = append(parts, p)
		}
		words, piped = nil, pipe
	}
	for _, t := range shellTokens(line) {
		switch t {
		case ";", "&&", "||", "&", "do", "then", "else", "done", "fi", "while", "until", "if", "(", ")", "{", "}", "`", "$(", "!", "\n":
			end(false)
		case "|", "|&":
			end(true)
		default:
			words = append(words, t)
		}
	}
	end(false)
	return parts
}

// shellPartOf takes redirections and prefixes off the words of one command.
func shellPartOf(words []string, piped bool) (shellPart, bool) {
	p := shellPart{piped: piped}
	for i := 0; i < len(words); i++ {
		w := words[i]
		if k := strings.IndexByte(w, '>'); k >= 0 && strings.Trim(w[:k], "0123456789&") == "" {
			if to := strings.TrimLeft(w[k:], ">&|"); to != "" {
				p.to = to
			} else if i+1 < len(words) {
				i++
				p.to = words[i]
			}
			if strings.HasPrefix(w, "2") || p.to == "/dev/null" || isNumber(p.to) {
				p.to = ""
			}
			continue
		}
		if strings.HasPrefix(w, "<") {
			continue
		}
		p.words = append(p.words, w)
	}
	for len(p.words) > 0 {
		w := p.words[0]
		name, _, isVar := strings.Cut(w, "=")
		switch {
		case isVar && name != "" && strings.Trim(name, "ABCDEFGHIJKLMNOPQRSTUVWXYZ_abcdefghijklmnopqrstuvwxyz0123456789") == "":
			p.words = p.words[1:]
			continue
		case w == "sudo" || w == "time" || w == "env" || w == "nohup" || w == "exec" || w == "command" || w == "nice" || w == "watch" || w == "timeout" || w == "strace" || w == "xargs":
			rest := p.words[1:]
			for len(rest) > 0 && (strings.HasPrefix(rest[0], "-") || isNumber(strings.TrimRight(rest[0], "smh"))) {
				rest = rest[1:]
			}
			if len(rest) > 0 {
				p.words = rest
				continue
			}
		case w == "for" || w == "case" || w == "function":
			return p, false
		}
		break
	}
	if len(p.words) == 0 {
		if p.to == "" {
			return p, false
		}
		p.words = []string{">"} // ": > file" without the colon
	}
	p.program = path.Base(strings.Trim(p.words[0], `"'`))
	return p, true
}

// shellTokens cuts a line into words and operators, quotes taken off.
func shellTokens(line string) []string {
	var out []string
	var word strings.Builder
	has := false
	flush := func() {
		if has {
			out = append(out, word.String())
			word.Reset()
			has = false
		}
	}
	for i := 0; i < len(line); i++ {
		c := line[i]
		switch c {
		case ' ', '\t':
			flush()
		case '\'', '"':
			has = true
			j := strings.IndexByte(line[i+1:], c)
			if j < 0 {
				j = len(line) - i - 1
			}
			word.WriteString(line[i+1 : i+1+j])
			i += j + 1
		case '\\':
			if i++; i < len(line) {
				word.WriteByte(line[i])
				has = true
			}
		case ';', '`', '\n':
			flush()
			out = append(out, string(c))
		case '(', ')':
			flush()
			out = append(out, string(c))
		case '$':
			if i+1 < len(line) && line[i+1] == '(' {
				flush()
				out = append(out, "$(")
				i++
				continue
			}
			word.WriteByte(c)
			has = true
		case '|', '&':
			if c == '&' && (i > 0 && line[i-1] == '>' || i+1 < len(line) && line[i+1] == '>') {
				word.WriteByte(c)
				has = true
				continue
			}
			flush()
			if i+1 < len(line) && line[i+1] == c {
				out = append(out, line[i:i+2])
				i++
			} else {
				out = append(out, string(c))
			}
		case '#':
			if !has { // a comment
				return out
			}
			word.WriteByte(c)
		default:
			word.WriteByte(c)
			has = true
		}
	}
	flush()
	return out
}
