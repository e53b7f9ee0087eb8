package report

import (
	"reflect"
	"strings"
)

// deepEscape copies a value and escapes the strings in it.
func deepEscape(v reflect.Value) reflect.Value {
	out := reflect.New(v.Type()).Elem()
	switch v.Kind() {
	case reflect.String:
		out.SetString(escape(v.String()))
	case reflect.Struct:
		if v.Type() == reflect.TypeFor[Moment]() {
			return v
		}
		for i := range v.NumField() {
			if name := v.Type().Field(i).Name; name == "Because" || name == "Impact" {
				out.Field(i).SetString(escapeText(reflow(v.Field(i).String())))
				continue
			}
			out.Field(i).Set(deepEscape(v.Field(i)))
		}
	case reflect.Slice:
		if v.IsNil() || v.Type().Elem().Kind() == reflect.Uint8 {
			return v
		}
		out.Set(reflect.MakeSlice(v.Type(), v.Len(), v.Len()))
		for i := range v.Len() {
			out.Index(i).Set(deepEscape(v.Index(i)))
		}
	case reflect.Pointer:
		if v.IsNil() {
			return v
		}
		out.Set(reflect.New(v.Type().Elem()))
		out.Elem().Set(deepEscape(v.Elem()))
	default:
		return v
	}
	return out
}

// escape makes a text stand for itself in Markdown, in one line: no markup, no
// HTML, no link, also not one that some renderers make of an address.
func escape(s string) string {
	return escapeLine(Visible(strings.Join(strings.FieldsFunc(s, func(r rune) bool { return r == '\n' || r == '\r' }), " ")))
}

// escapeText does so with a text of several paragraphs.
func escapeText(s string) string {
	lines := strings.Split(s, "\n")
	for i, line := range lines {
		lines[i] = escapeLine(Visible(strings.TrimRight(line, "\r")))
	}
	return strings.Join(lines, "\n")
}

func escapeLine(s string) string {
	var b strings.Builder
	for i := 0; i < len(s); i++ {
		c := s[i]
		switch {
		case strings.IndexByte("\\`*_[]<>|~&$^", c) >= 0,
			c == ':' && strings.HasPrefix(s[i:], "://"),
			c == '.' && i >= 3 && strings.EqualFold(s[i-3:i], "www"),
			strings.IndexByte("#+-=!:", c) >= 0 && strings.TrimSpace(s[:i]) == "":
			b.WriteByte('\\')
		case (c == '.' || c == ')') && i > 0 && strings.Trim(s[:i], "0123456789 \t") == "":
			b.WriteByte('\\')
		}
		b.WriteByte(c)
	}
	return strings.TrimLeft(b.String(), " \t") // four blanks would begin code
}

// codeSpan writes a text as code, whatever backticks it holds.
func codeSpan(s string) string {
	s = strings.ReplaceAll(shown(s), "\n", " ")
	ticks := strings.Repeat("`", longestRun(s)+1)
	if s == "" {
		return ""
	}
	if s[0] == '`' || s[len(s)-1] == '`' || s[0] == ' ' {
		s = " " + s + " "
	}
	// In a table a pipe is written with a backslash; one that has a backslash
	// already would end the cell for some renderers.
	s = strings.ReplaceAll(s, `\|`, `\\x7c`)
	return ticks + strings.ReplaceAll(s, "|", "\\|") + ticks
}

// longestRun is the length of the longest run of backticks.
func longestRun(s string) int {
	longest, n := 0, 0
	for i := range len(s) {
		if s[i] != '`' {
			n = 0
			continue
		}
		n++
		longest = max(longest, n)
	}
	return longest
}

// fence writes lines as a block of code that nothing in them can end.
func fence(lines []string) string {
	ticks := 3
	for _, l := range lines {
		ticks = max(ticks, longestRun(l)+1)
	}
	marks := strings.Repeat("`", ticks)
	return marks + "text\n" + strings.Join(lines, "\n") + "\n" + marks
}

// squeeze leaves one empty line where a template made several, outside of
// fences.
func squeeze(s string) string {
	var b strings.Builder
	blank, fenced := true, ""
	for line := range strings.Lines(s) {
		text := strings.TrimRight(line, " \t\n")
		if fenced == "" && text == "" {
			if !blank {
				b.WriteByte('\n')
			}
			blank = true
			continue
		}
		marks := text[:len(text)-len(strings.TrimLeft(text, "`"))]
		switch {
		case fenced == "" && len(marks) >= 3:
			fenced = marks
		case fenced != "" && text == fenced:
			fenced = ""
		}
		if fenced != "" {
			text = strings.TrimRight(line, "\n")
		}
		b.WriteString(text + "\n")
		blank = false
	}
	return b.String()
}
