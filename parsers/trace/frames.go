package trace

import "strings"

// A Frame is one place in a trace.
type Frame struct {
	Func string
	File string
	Line int
}

// maxFrames is how many frames Frames returns.
const maxFrames = 2000

// Frames returns the places a trace names, in the order they are written: what
// tells one version of a library from another. It is for whoever asks; Find
// does without.
func Frames(raw string) []Frame {
	for how := plain; how <= flatJava; how++ {
		if !how.fits(raw) {
			continue
		}
		t := text{raw: raw, how: how}
		var all []Frame
		call := ""
		for at := 0; at < len(raw) && len(all) < maxFrames; {
			line, next := t.line(at)
			in, rest := indent(line)
			if f, ok := frameAt(rest, in, call); ok {
				all = append(all, f)
			}
			call, at = rest, next
		}
		if len(all) > 0 {
			return all
		}
	}
	return nil
}

// frameAt reads one frame; call is the line before, which is where Go writes
// the function.
func frameAt(s string, in int, call string) (Frame, bool) {
	if i := strings.Index(s, `File "`); i >= 0 {
		return pythonFrame(s[i+len(`File "`):])
	}
	if p, ok := strings.CutPrefix(s, "at "); ok {
		switch frameLanguage(p) {
		case "java":
			return javaFrame(p)
		case "node":
			return nodeFrame(p)
		case "dotnet":
			name, at, _ := strings.Cut(p, " in ")
			file, line, _ := strings.Cut(at, ":line ")
			return Frame{name, file, leading(line)}, true
		}
		return Frame{}, false
	}
	if in > 0 {
		if i := strings.Index(s, ".go:"); i >= 0 {
			name, _, _ := strings.Cut(call, "(")
			return Frame{name, s[:i+3], leading(s[i+4:])}, true
		}
	}
	if len(s) > 3 && s[0] == '#' && s[1]-'0' <= 9 {
		_, p, _ := strings.Cut(s, " ")
		if file, rest, ok := strings.Cut(p, "("); ok {
			if line, name, ok := strings.Cut(rest, "): "); ok && number(line) {
				return Frame{name, file, leading(line)}, true
			}
		}
	}
	return Frame{}, false
}

func javaFrame(p string) (Frame, bool) {
	name, rest, _ := strings.Cut(p, "(")
	src, _, _ := strings.Cut(rest, ")")
	if i := strings.LastIndexByte(name, '/'); i >= 0 && !strings.Contains(name, "$$Lambda") {
		name = name[i+1:]
	}
	if i := strings.LastIndexByte(src, '/'); i >= 0 {
		src = src[i+1:]
	}
	file, line, _ := strings.Cut(src, ":")
	return Frame{name, file, leading(line)}, true
}

func nodeFrame(p string) (Frame, bool) {
	name, at := "", strings.TrimRight(p, " {")
	if i := strings.LastIndex(at, " ("); i >= 0 {
		name, at = at[:i], strings.TrimSuffix(at[i+2:], ")")
	}
	if i := strings.LastIndexByte(at, ':'); i > 0 && number(at[i+1:]) {
		at = at[:i]
	}
	i := strings.LastIndexByte(at, ':')
	if i < 0 {
		return Frame{name, at, 0}, true
	}
	return Frame{name, at[:i], leading(at[i+1:])}, true
}

func pythonFrame(s string) (Frame, bool) {
	file, rest, ok := strings.Cut(s, `", line `)
	if !ok {
		return Frame{}, false
	}
	f := Frame{File: file, Line: leading(rest)}
	if _, name, ok := strings.Cut(rest, ", in "); ok {
		f.Func, _, _ = strings.Cut(name, " ")
	}
	return f, true
}
