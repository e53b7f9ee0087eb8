package parsers

import (
	"fmt"
	"path"
	"slices"
	"strings"

	"forensic/event"
)

// shellFormats are the formats a program's output may be in. The first is taken
// where the text itself does not decide and the program prints nothing else.
var shellFormats = map[string][]string{
	"netstat": {"netstat", "netstat_bsd", "netstat_windows", "socket_counts"}, "ss": {"ss", "socket_counts"}, "nstat": {"nstat"}, "sysctl": {"sysctl", "sysctl_bsd"}, "date": {"date"}, "timedatectl": {"timedatectl"},
	"uptime": {"uptime"}, "w": {"sessions", "uptime"}, "who": {"sessions"}, "last": {"sessions"}, "hostname": {"hostname"}, "hostnamectl": {"hostname"}, "uname": {"uname"}, "ipcs": {"ipcs"}, "kubectl": {"kubectl", "kubectl_describe", "usage"}, "oc": {"kubectl", "kubectl_describe"},
	"ls": {"ls"}, "ll": {"ls"}, "df": {"df"}, "du": {"du"}, "ps": {"ps"}, "free": {"free"}, "lsof": {"lsof"}, "top": {"top"}, "vmstat": {"vmstat", "facts"}, "iostat": {"iostat"}, "mount": {"mount"}, "stat": {"stat"},
	"systemctl": {"systemctl"}, "ulimit": {"limits"}, "prlimit": {"limits"}, "ip": {"ip", "neighbours"}, "arp": {"neighbours"}, "ifconfig": {"ip"}, "route": {"netstat"}, "docker": {"containers", "usage", "inspect"}, "podman": {"containers"}, "crictl": {"containers"},
	"redis-cli": {"redis_info"}, "nc": {"zoo"}, "ncat": {"zoo"}, "echo": {"zoo"}, "zkServer.sh": {"zoo"}, "rpm": {"packages"}, "dpkg": {"packages"}, "getent": {"hosts"}, "swapon": {"proc"}, "ethtool": {"facts"}, "lscpu": {"facts"}, "chronyc": {"facts"}, "sar": {"sysstat"}, "mpstat": {"sysstat"}, "pidstat": {"sysstat"}, "env": {"zone"}, "printenv": {"zone"},
}

// shellForced are programs whose output says nothing of itself.
var shellForced = map[string]bool{"hostname": true, "ulimit": true}

// shellLogs are programs that print logs, dated or not.
var shellLogs = wordSet("journalctl docker kubectl oc crictl podman dmesg zcat zgrep awk sed sort uniq tac ssh")

// leastSection is how sure a format must be of a text that its command does not
// vouch for.
const leastSection = 0.6

// choose finds the format of a command's output.
func (sh *shell) choose(command string, head []byte) (f Format, why string, ok bool) {
	parts := shellParts(command)
	var names []string
	file := ""
	if len(parts) > 0 {
		p := parts[0]
		names = shellFormats[p.program]
		file = shellShown(p)
		if strings.HasPrefix(file, "/proc/sys/") || p.program == "sysctl" && sysctlOf(strings.Join(p.words, " ")) != "" {
			f, _ = Named("sysctl")
			return f, "the command names the setting", true
		}
		if base := path.Base(file); base == "hostname" || base == "HOSTNAME" {
			names = []string{"hostname"}
		}
	}
	best := Score{}
	for _, name := range names {
		g, err := Named(name)
		if err != nil {
			continue
		}
		if s := g.sniff(head); s.Points > best.Points {
			f, best = g, s
		}
	}
	if best.Points >= 0.2 {
		return f, best.Why, true
	}
	if len(names) > 0 && strings.Count(strings.TrimSpace(string(head)), "\n") == 0 && (len(parts) == 1 && shellForced[parts[0].program] || names[0] == "hostname") {
		f, err := Named(names[0])
		return f, "the command prints nothing else", err == nil
	}
	g, guesses := Detect(file, head)
	if g.Name == "" || g.Name == "shell" {
		return Format{}, "", false
	}
	if g.Name == "text" && file == "" && len(parts) > 0 && !shellLogs[parts[0].program] || g.Name != "text" && guesses[0].Score.Points < leastSection {
		return Format{}, "", false
	}
	return g, guesses[0].Score.Why, true
}

// shellShown is the file a command prints.
func shellShown(p shellPart) string {
	switch p.program {
	case "cat", "more", "less", "head", "tail", "zcat", "tac", "grep", "zgrep", "egrep":
		if args, _ := shellArgs(p.words); len(args) > 0 {
			return args[len(args)-1]
		}
	}
	return ""
}

// maxSections is how many outputs of one transcript are read each by its own
// format.
const maxSections = 5000

// read gives lines [from, to) to the format they are in, as a source of their
// own; what no format reads is kept line by line.
func (sh *shell) read(ran shellPrompt, command string, from, to int) {
	text := sh.text[sh.start(from):sh.lines[to-1].end]
	if sh.sections++; sh.sections == maxSections {
		sh.in.Problem(fmt.Sprintf("more than %d outputs; those behind are kept line by line", maxSections), fmt.Sprintf("line %d", sh.in.Line+from+1))
	}
	if sh.sections >= maxSections {
		sh.leftover(ran, command, from, to)
		return
	}
	f, why, ok := sh.choose(command, []byte(text[:min(len(text), HeadSize)]))
	if !ok {
		if ran.command == "" {
			return // prose between outputs: unparsed
		}
		sh.leftover(ran, command, from, to)
		return
	}
	in := sh.sub(command, text, from)
	out := sh.out
	if sh.in.Begin != nil {
		source := event.Source{
			Path: sh.in.Path, Section: "$ " + command, Line: in.Line + 1, Format: f.Name, Why: why, Unit: "line",
			Modified: sh.in.Modified, Taken: sh.taken, Host: ran.host, Dir: ran.dir, User: ran.user,
		}
		if command == "" {
			source.Section = fmt.Sprintf("line %d", in.Line+1)
		}
		if source.Host == "localhost" {
			source.Host = "" // the name of every machine, and of none
		}
		in.Source, in.Filter, out = sh.in.Begin(f, source)
	}
	if sh.enc != asUTF8 {
		out = sh.replaced(out)
	}
	if err := f.Read(sh.ctx, in, out); err != nil && sh.err == nil {
		sh.err = err
	}
	sh.absorb(in, from, to)
}

// sub is the input of a section.
func (sh *shell) sub(command, text string, from int) *Input {
	return &Input{
		Path: sh.in.Path, Modified: sh.in.Modified, Source: sh.in.Source, Filter: sh.in.Filter, Begin: sh.in.Begin, Taken: sh.taken,
		Line: sh.in.Line + from, Offset: sh.in.Offset + sh.rawStart(from),
		Reader: &section{Reader: strings.NewReader(text), command: command},
	}
}

// replaced gives the spans of a section's events the member's own bytes, which
// are not those of the decoded text.
func (sh *shell) replaced(out Emit) Emit {
	return func(e *event.Event) error {
		first, last := e.Where.First-sh.in.Line-1, e.Where.Last-sh.in.Line-1
		if first >= 0 && last < sh.n() {
			at := sh.rawStart(first)
			e.Where.Offset, e.Where.Length = sh.in.Offset+at, int(sh.lines[last].raw-at)
		}
		return out(e)
	}
}

// absorb takes over a section's account and problems.
func (sh *shell) absorb(in *Input, from, to int) {
	sec := in.Reader.(*section)
	left := in.Account.UnparsedLines - in.Behind
	for i := from; i < to; i++ {
		if k := i - from; in.Stopped && k >= in.Account.Lines-in.Behind {
			sh.lines[i].claimed = false
		} else if k < len(sec.claimed) {
			sh.lines[i].claimed = sec.claimed[k]
		} else {
			// A format made of records leaves unparsed lines only before its first.
			sh.lines[i].claimed = left == 0
			left = max(left-1, 0)
		}
	}
	for _, p := range in.Problems {
		if p.What == lineUnfit {
			continue // said once more when the transcript is closed
		}
		for range p.Times {
			sh.in.Problem(p.What, p.At)
		}
	}
	for _, what := range in.Assumed {
		if !slices.Contains(sh.in.Assumed, what) {
			sh.in.Assumed = append(sh.in.Assumed, what)
		}
	}
	sh.in.Account.Events += in.Account.Events
}

// claimedBy finds how many of the lines [from, to) one command of several
// printed: up to the first that its format does not understand.
func (sh *shell) claimedBy(p shellPart, from, to int) int {
	if p.program == "echo" {
		if strings.TrimSpace(sh.line(from)) == strings.TrimSpace(strings.Join(p.words[1:], " ")) {
			return from + 1
		}
		return from
	}
	command := strings.Join(p.words, " ")
	text := sh.text[sh.start(from):sh.lines[to-1].end]
	names := shellFormats[p.program]
	if len(names) == 0 && shellShown(p) == "" {
		return from
	}
	if shellForced[p.program] || strings.HasPrefix(shellShown(p), "/proc/sys/") {
		return from + 1
	}
	end := from
	for _, name := range names {
		f, err := Named(name)
		if err != nil {
			continue
		}
		in := sh.sub(command, text, from)
		in.Begin, in.Filter = nil, nil
		if f.Read(sh.ctx, in, func(*event.Event) error { return nil }) != nil || in.Stopped {
			continue
		}
		claimed := in.Reader.(*section).claimed
		n := 0
		for n < len(claimed) && claimed[n] {
			n++
		}
		end = max(end, from+n)
	}
	return end
}
