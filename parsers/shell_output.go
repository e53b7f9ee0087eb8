package parsers

import (
	"slices"
	"strconv"
	"strings"
	"time"

	"forensic/event"
	"forensic/parsers/trace"
)

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
	rows := e.Attrs.Get("rows")
	sh.send()
	if rows != "" && parts[0].words[1] == "-s" {
		e = sh.event(ipcUsage.Name, from, from)
		e.Set("resource", "semaphores")
		e.Set("source", "counted")
		e.Set("arrays", rows)
		sh.send()
	}
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
