package parsers

import (
	"context"
	"fmt"
	"slices"
	"strconv"
	"strings"
	"time"

	"forensic/event"
	"forensic/parsers/trace"
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
	Kinds: []event.Kind{event.OperatorRan, event.HostName, event.HostClock, event.SysctlSetting, shellOutput, shellCount},
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
	case hints > 1:
		return Score{0.96, fmt.Sprintf("%d commands in banners", hints)}
	}
	for _, f := range formats {
		if snapshots[f.Name] && hints == 0 && f.Sniff(head).Points > 0.94 {
			return Score{0, "the dates are part of one output: " + f.Name}
		}
	}
	text := []byte(strings.Join(rest, "\n"))
	for _, f := range formats {
		if snapshots[f.Name] && f.Sniff(text).Points >= 0.5 {
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

// output reads what the last command printed, lines [from, to). Where dates
// stand between outputs, as a loop prints them, each begins a part.
func (sh *shell) output(from, to int) {
	ran := sh.ran
	sh.ran = shellPrompt{}
	for from < to && sh.idle(from) {
		if strings.TrimSpace(sh.line(from)) != "" {
			ran = shellPrompt{} // the quotation with the prompt has ended
		}
		from++
	}
	for to > from && sh.idle(to-1) {
		to--
	}
	if from == to {
		return
	}
	for {
		end := sh.fenced(from, to)
		sh.quoted(ran, from, end)
		if end == to {
			return
		}
		ran, from = shellPrompt{}, end+1 // prose, or something pasted without a prompt
	}
}

// quoted reads an output without fences.
func (sh *shell) quoted(ran shellPrompt, from, to int) {
	for to > from && sh.idle(to-1) {
		to--
	}
	for from < to && sh.idle(from) {
		from++
	}
	if from == to {
		return
	}
	parts := shellParts(ran.command)
	if sh.counted(ran, parts, from, to) {
		return
	}
	for _, p := range parts {
		if p.piped && (p.program == "head" || p.program == "tail") {
			sh.odd(from, "the command shows a part of its output only: "+strings.Join(p.words, " "))
		}
	}
	for _, i := range sh.dates(ran, parts, from, to) {
		sh.several(ran, parts, from, i)
		from = i
	}
	sh.several(ran, parts, from, to)
}

// dates are the lines of an output, but for its first, at which a date begins a
// new part. Where the command itself says date, the first one is only one of
// its outputs.
func (sh *shell) dates(ran shellPrompt, parts []shellPart, from, to int) []int {
	says := shellRuns(parts, "date")
	if len(parts) > 0 && !says && shellPrograms[parts[0].program] && !strings.Contains(ran.command, "while ") {
		return nil
	}
	var at []int
	for i := from; i < to; i++ {
		if line := sh.line(i); line == "" || line[0] == ' ' || line[0] == '\t' {
			continue // a date inside an output
		} else if _, ok := dateLine(line); ok {
			at = append(at, i)
		}
	}
	if says || len(at) > 0 && at[0] == from {
		at = at[min(1, len(at)):]
	}
	return at
}

// idle tells whether a line holds nothing of an output: blank, or the fence of
// a quotation.
func (sh *shell) idle(i int) bool {
	line := strings.TrimSpace(sh.line(i))
	if strings.HasPrefix(line, "```") {
		sh.claim(i)
		return true
	}
	return line == ""
}

// fenced finds the line that ends a quotation in an article: what is behind it
// was printed by nobody.
func (sh *shell) fenced(from, to int) int {
	for i := from; i < to; i++ {
		if strings.HasPrefix(strings.TrimSpace(sh.line(i)), "```") {
			sh.claim(i)
			return i
		}
	}
	return to
}

// maxSpeakers is how many commands of one line are told apart.
const maxSpeakers = 12

// several reads the outputs of a line of commands: each takes the lines it
// understands, the next one what is left.
func (sh *shell) several(ran shellPrompt, parts []shellPart, from, to int) {
	for from < to && sh.idle(from) {
		from++
	}
	if from >= to {
		return
	}
	var speak []shellPart // the first of each pipeline, if it prints at all
	for _, p := range parts {
		if !p.piped && shellPrints(p) && len(speak) < maxSpeakers {
			speak = append(speak, p)
		}
	}
	if !shellRuns(speak, "date") && to-from > 1 {
		if _, ok := dateLine(sh.line(from)); ok { // a loop's, whose command is not shown
			speak = slices.Insert(speak, 0, shellPart{words: []string{"date"}, program: "date"})
		}
	}
	command := ran.command
	for k, p := range speak {
		for from < to && sh.idle(from) {
			from++
		}
		if from == to {
			return
		}
		if p.program == "date" {
			if st, ok := dateLine(sh.line(from)); ok {
				sh.read(ran, strings.Join(p.words, " "), from, from+1)
				sh.stamp(st, time.Second)
				from++
				continue
			}
		}
		if k == len(speak)-1 {
			if command != ran.command {
				command = strings.Join(p.words, " ")
			}
			break
		}
		if end := sh.claimedBy(p, from, to); end > from {
			command = strings.Join(p.words, " ")
			sh.read(ran, command, from, end)
			from = end
		} else {
			command = ran.command
		}
	}
	if from < to {
		sh.read(ran, command, from, to)
	}
}

// stamp remembers when the transcript is.
func (sh *shell) stamp(st event.Stamp, step time.Duration) {
	if !st.Impossible {
		st.Step = max(st.Step, step)
		sh.taken = st
	}
}

func shellRuns(parts []shellPart, program string) bool {
	return slices.ContainsFunc(parts, func(p shellPart) bool { return p.program == program })
}

// shellPrints tells whether a command usually prints something.
func shellPrints(p shellPart) bool {
	switch p.program {
	case "cd", "sleep", "export", "set", "true", ":", "kill", "rm", "mkdir", "touch", "vi", "vim", "ipcrm", "cp", "mv", "chmod", "chown":
		return false
	}
	return p.to == ""
}

// counted reads a lone number that a pipeline counted.
func (sh *shell) counted(ran shellPrompt, parts []shellPart, from, to int) bool {
	text := strings.TrimSpace(sh.line(from))
	if len(parts) == 0 || to-from != 1 || !isNumber(text) {
		return false
	}
	last := parts[len(parts)-1]
	_, flags := shellArgs(last.words)
	counts := last.program == "wc" && slices.Contains(flags, "-l") || strings.HasSuffix(last.program, "grep") && slices.ContainsFunc(flags, func(f string) bool { return strings.Contains(f, "c") })
	if !counts {
		return false
	}
	var patterns []string
	for _, p := range parts {
		if args, flags := shellArgs(p.words); strings.HasSuffix(p.program, "grep") && len(args) > 0 {
			if slices.ContainsFunc(flags, func(f string) bool { return !strings.HasPrefix(f, "--") && strings.Contains(f, "v") }) {
				args[0] = "not " + args[0]
			}
			patterns = append(patterns, args[0])
		}
	}
	e := sh.event(shellCount.Name, from, from)
	e.Set(event.Host, ran.host)
	e.Set("command", ran.command)
	e.Set("program", parts[0].program)
	e.Set("pattern", strings.Join(patterns, ", "))
	e.Set("count", text)
	if parts[0].program == "ipcs" && len(parts) == 2 && len(parts[0].words) == 2 {
		e.Set("rows", strconv.Itoa(max(atoi(text)-4, 0))) // a blank line, a title, a header, a blank line
	}
	sh.send()
	return true
}

// leftover reads lines that no format reads, as they are: each line is
// something a program said, and a trace is one.
func (sh *shell) leftover(ran shellPrompt, command string, from, to int) {
	parts := shellParts(command)
	for i := from; i < to; i++ {
		if strings.TrimSpace(sh.line(i)) == "" || sh.idle(i) {
			continue
		}
		last := sh.traceEnd(i, to)
		e := sh.event(shellOutput.Name, i, last)
		e.Level = leadingLevel(e.Text)
		e.Set(event.Host, ran.host)
		e.Set("command", command)
		if len(parts) > 0 {
			e.Set("program", parts[0].program)
		}
		if last > i {
			e.Trace, _ = trace.Find(e.Raw)
			e.Set(event.Class, e.Trace.Class)
		}
		sh.send()
		i = last
	}
}

// traceEnd is the last line of the trace that begins at line i, or i where none
// does.
func (sh *shell) traceEnd(i, to int) int {
	line, last := sh.line(i), i
	switch {
	case strings.HasPrefix(line, "Traceback (most recent call last):"):
		for last+1 < to && last-i < maxLines {
			last++
			if next := sh.line(last); next != "" && next[0] != ' ' {
				break
			}
		}
	case strings.HasPrefix(line, "panic: "), strings.HasPrefix(line, "fatal error: "):
		last = min(to-1, i+maxLines)
	default:
		for last+1 < to && trace.Continues(sh.line(last+1)) {
			last++
		}
	}
	return last
}

// leadingLevel reads a level that a line begins with: "ERROR: …", "[warn] …".
func leadingLevel(line string) event.Level {
	s := strings.TrimLeft(line, " \t[<(")
	end := strings.IndexAny(s, " \t:]>)")
	if end < 0 {
		return event.NoLevel
	}
	return levelWord(s[:end])
}
