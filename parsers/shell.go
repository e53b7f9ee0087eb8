package parsers

import (
	"context"
	"fmt"
	"slices"
	"strings"

	"forensic/event"
)

// A pasted terminal session, or what a collector wrote of many commands into
// one file. It is cut at its prompts, banners and dates; what each command
// printed is read by the format it is in, as a source of its own.
//
//	[root@app-07 ~]# netstat -antp | grep 2181
var _ = add(Format{
	Name:  "shell",
	Doc:   "A terminal session: commands behind prompts, and what they printed.",
	Files: []string{"*session*", "*transcript*", "typescript"},
	Kinds: []event.Kind{event.OperatorRan, event.HostName, event.HostClock, event.SysctlSetting, shellOutput, shellCount, ipcUsage},
	Sniff: shellSniff,
	Parse: shellParse,
})

var (
	shellOutput = event.Kind{
		Name: "shell.output", Doc: "A line, or a trace, that a command printed and no format reads.",
		Attrs: []string{event.Host, "command", "program", event.Class},
	}
	shellCount = event.Kind{
		Name: "shell.count", Doc: "How many lines a pipeline counted; rows leaves out a title and headers where the command is known to print them.",
		Attrs: []string{event.Host, "command", "program", "pattern", "count", "rows"},
	}
)

// shellSniff looks for prompts. One that is sure decides; otherwise banners and
// dates do where what stands between them is the output of a command.
func shellSniff(head []byte) Score {
	prompts, hints, dates, others := 0, 0, 0, 0
	var rest []string
	for line := range headLines(head) {
		if p, ok := shellPromptOf(line); ok {
			if p.command != "" {
				prompts++
			}
			continue
		}
		if _, ok := shellHint(line); ok || shellSUSE.MatchString(line) {
			hints++
		} else if line[0] == ' ' || line[0] == '\t' {
			others++
		} else if _, ok := dateLine(line); ok {
			dates++
		} else {
			others++
			if len(rest) < 60 {
				rest = append(rest, line)
			}
		}
	}
	switch {
	case prompts > 0:
		return Score{1, fmt.Sprintf("%d prompts with commands", prompts)}
	case hints+dates == 0 || hints == 0 && others == 0:
		return Score{0, "no prompt, banner or date"}
	}
	for _, f := range formats {
		if snapshots[f.Name] && hints == 0 && f.sniff(head).Points > 0.94 {
			return Score{0, "the dates are part of one output: " + f.Name}
		}
	}
	text, least := []byte(strings.Join(rest, "\n")), 0.5
	if hints > 1 {
		least /= float64(hints) // each may have brought an output of its own
	}
	for _, f := range formats {
		if snapshots[f.Name] && f.sniff(text).Points >= least {
			return Score{0.96, fmt.Sprintf("%d banners and %d dates before the output of a command", hints, dates)}
		}
	}
	return Score{0, "nothing known stands between banners or dates"}
}

// A shell reads one transcript.
type shell struct {
	*snapshot
	names    []string // the hosts of its prompts
	taken    event.Stamp
	ran      shellPrompt // whose output is being read
	sections int         // outputs read so far
	sure     bool        // the transcript has prompts that are sure: weaker ones are output
}

func shellParse(ctx context.Context, in *Input, emit Emit) error {
	sh := &shell{snapshot: readSnapshot(ctx, in, emit), taken: in.Taken}
	for i := range sh.n() {
		if _, ok := shellPromptOf(sh.line(i)); ok {
			sh.sure = true
			break
		}
	}
	sh.unfit = "text between commands is not read"
	first := 0
	for i := 0; i < sh.n(); {
		p, last, ok := sh.promptAt(i)
		if !ok {
			i++
			continue
		}
		ran := sh.ran
		sh.output(first, i)
		if p.behind > 0 {
			sh.unended(ran, i, p.behind)
		}
		sh.run(p, i, last)
		i, first = last+1, last+1
	}
	sh.output(first, sh.n())
	if len(sh.names) > 1 {
		sh.in.Problem("prompts name several hosts: "+strings.Join(sh.names, ", "), "")
	}
	return sh.close()
}

// promptAt recognises a prompt at line i, and the line its command ends on.
func (sh *shell) promptAt(i int) (p shellPrompt, last int, ok bool) {
	line := sh.line(i)
	p, ok = shellPromptOf(line)
	if !ok && shellSUSE.MatchString(line) && i+1 < sh.n() && strings.HasPrefix(sh.line(i+1), "# ") {
		what := shellSUSE.FindStringSubmatch(line)[1]
		p.command = strings.TrimSpace(sh.line(i + 1)[2:])
		if strings.Contains(what, "File") {
			p.command = "cat " + p.command
		}
		p.banner = true
		return p, i + 1, true
	}
	if !ok && sh.sure {
		if at := shellBehind(line); at > 0 {
			p, ok = shellPromptOf(line[at:])
			p.behind = at
		}
	}
	if !ok && !sh.sure {
		p, ok = shellHint(line)
	}
	if !ok {
		return p, i, false
	}
	last = i
	for last+1 < sh.n() && last-i < 100 {
		next := sh.line(last + 1)
		if rest, more := strings.CutSuffix(p.command, `\`); more {
			p.command = rest + strings.TrimSpace(strings.TrimPrefix(strings.TrimSpace(next), "> "))
		} else if strings.HasPrefix(next, "> ") && (last > i || shellOpen(p.command)) {
			p.command += "\n" + next[2:]
		} else {
			break
		}
		last++
	}
	return p, last, true
}

// unended keeps what a command printed in front of a prompt on the same line,
// because its output had no last line end.
func (sh *shell) unended(ran shellPrompt, i, size int) {
	e := sh.event(shellOutput.Name, i, i)
	e.Text = e.Text[:min(size, len(e.Text))]
	e.Set(event.Host, ran.host)
	e.Set("command", ran.command)
	if parts := shellParts(ran.command); len(parts) > 0 {
		e.Set("program", parts[0].program)
	}
	sh.send()
}

// shellOpen tells whether a command goes on: a loop, a here-document, a quote.
func shellOpen(command string) bool {
	return strings.Contains(command, "<<") || strings.HasPrefix(command, "for ") || strings.HasPrefix(command, "while ") || strings.Count(command, "'")%2 == 1 || strings.Count(command, `"`)%2 == 1
}

// run says what the operator did, on lines first to last.
func (sh *shell) run(p shellPrompt, first, last int) {
	sh.ran = p
	for i := first; i <= last; i++ {
		sh.claim(i)
	}
	if isHostName(p.host) && p.host != "localhost" && !slices.Contains(sh.names, p.host) {
		sh.names = append(sh.names, p.host)
		e := sh.event(event.HostName.Name, first, first)
		e.Set(event.Host, p.host)
		sh.send()
	}
	parts := shellParts(p.command)
	if len(parts) == 0 || p.banner {
		return
	}
	e := sh.event(event.OperatorRan.Name, first, last)
	e.Set(event.Host, p.host)
	e.Set("user", p.user)
	e.Set("dir", p.dir)
	e.Set("command", p.command)
	e.Set("program", shellProgram(parts))
	e.Set("changes", shellChanges(parts))
	sh.send()
	sh.effects(parts, first, last)
}

// event begins an event of the transcript itself.
func (sh *shell) event(kind string, first, last int) *event.Event {
	e := sh.begin(kind, first, last)
	e.Stamp = sh.taken
	return e
}

// shellProgram is the program that matters: the one that changes something,
// else the first.
func shellProgram(parts []shellPart) string {
	for _, p := range parts {
		if len(shellChange(p)) > 0 {
			return p.program
		}
	}
	return parts[0].program
}

// effects says what a command set without printing it.
func (sh *shell) effects(parts []shellPart, first, last int) {
	for _, p := range parts {
		if name := shellProcSys(p); name != "" && p.program == "echo" {
			e := sh.event(event.SysctlSetting.Name, first, last)
			e.Set("name", name)
			e.Set("value", strings.Join(p.words[1:], " "))
			e.Set("set", "runtime")
			sh.send()
		}
		if p.program == "date" && shellChange(p) != nil {
			e := sh.event(event.HostClock.Name, first, last)
			e.Set("source", "date")
			e.Set("stepped", "yes")
			sh.send()
		}
	}
}
