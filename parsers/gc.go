package parsers

import (
	"strings"
	"time"

	"forensic/event"
)

// A log of the garbage collector: unified logging of JDK 9 and later, whose
// decorators vary, and what JDK 5 to 8 print.
//
//	[2026-11-20T10:30:36.761+0000][0.091s][info][gc] GC(0) Pause Young (Normal) (G1 Evacuation Pause) 17M->5M(40M) 2.171ms
//	2017-11-24T13:45:11.123+0800: 123.456: [GC (Allocation Failure) [PSYoungGen: 65536K->1024K(76288K)] 65536K->1100K(251392K), 0.0123456 secs] [Times: user=0.01 sys=0.00, real=0.01 secs]
var _ = add(Format{
	Name:  "gc",
	Doc:   "Garbage collection log of a Java virtual machine (unified logging, and JDK 5 to 8).",
	Files: []string{"gc*.log*", "*gc.log*", "verbosegc*"},
	Kinds: gcKinds,
	Lines: &Lines{Head: gcHead, Decode: gcDecode},
})

var gcKinds = []event.Kind{
	{Name: "jvm.gc_pause", Doc: "The program stood still for a collection: duration in milliseconds, sizes in bytes; full is yes where the whole heap was collected.", Attrs: []string{"name", "cause", "duration", "before", "after", "heap", "full", "number"}},
	{Name: "jvm.stopped", Doc: "The program stood still, for whatever reason; times in milliseconds.", Attrs: []string{"duration", "reaching", "cause"}},
	{Name: "jvm.gc_message", Doc: "Any other record of the collector.", Attrs: []string{"number"}},
}

func gcHead(line string, e *event.Event) bool {
	if line[0] == '[' {
		return gcUnified(line, e)
	}
	if !isDigit(line[0]) {
		return false
	}
	st, n := stampAt(line)
	if n > 0 {
		if st.Has&event.HasYear == 0 || !strings.HasPrefix(line[n:], ": ") {
			return false
		}
		line = line[n+2:]
	}
	up, k := bootStamp(line)
	if k > 0 && strings.HasPrefix(line[k:], ": ") {
		line = line[k+2:]
	} else if n == 0 {
		return false
	} else {
		k = 0
	}
	if n == 0 {
		st = up
	}
	if !strings.HasPrefix(line, "[") && !strings.HasPrefix(line, "Total time for which ") && !strings.HasPrefix(line, "Application time: ") && !strings.HasPrefix(line, "#") && !strings.HasPrefix(line, "{Heap") {
		return false
	}
	e.Stamp, e.Component, e.Text = st, "gc", line
	return true
}

// gcUnified reads the decorators: any of times, level and tags, each in
// brackets.
func gcUnified(line string, e *event.Event) bool {
	tags, rest := "", line
	level := event.NoLevel
	var st event.Stamp
	for strings.HasPrefix(rest, "[") {
		end := strings.IndexByte(rest, ']')
		if end < 0 {
			return false
		}
		d := strings.TrimSpace(rest[1:end])
		if d == "" {
			return false
		}
		switch {
		case isDigit(d[0]):
			if s, n := stampAt(d); n == len(d) {
				st = s
			} else if s, n := bootStamp(d); n > 0 && d[n:] == "s" {
				if st.Has == 0 {
					st = s
				}
			} else if m := strings.TrimSuffix(strings.TrimSuffix(d, "ns"), "ms"); m != d && leadingDigits(m) == m {
				if st.Has == 0 {
					st = gcUptime(m, strings.HasSuffix(d, "ns"))
				}
			} else if leadingDigits(d) != d { // pid, tid
				return false
			}
		default:
			if l, n := levelAt(d); n == len(d) {
				level = l
			} else if tags == "" {
				tags = d
			}
		}
		rest = rest[end+1:]
		if strings.HasPrefix(rest, " [") && tags == "" {
			rest = rest[1:]
		}
	}
	if !strings.HasPrefix(tags, "gc") && !strings.HasPrefix(tags, "safepoint") && !isGCTag(tags) || level == event.NoLevel && st.Has == 0 || !strings.HasPrefix(rest, " ") {
		return false
	}
	e.Stamp, e.Level, e.Component, e.Text = st, level, tags, strings.TrimLeft(rest, " ")
	return true
}

// isGCTag knows the other tags that stand in such logs.
func isGCTag(tag string) bool {
	first, _, _ := strings.Cut(tag, ",")
	switch first {
	case "heap", "metaspace", "os", "pagesize", "cds", "startuptime", "logging", "arguments", "age", "ergo", "task", "ref", "phases", "stringdedup", "class", "jit", "codecache":
		return true
	}
	return false
}

func gcUptime(digits string, nanos bool) event.Stamp {
	v, unit := int64(0), time.Millisecond
	if nanos {
		unit = time.Nanosecond
	}
	for i := range min(len(digits), 15) {
		v = v*10 + int64(digits[i]-'0')
	}
	return event.Stamp{Wall: v * int64(unit), Has: event.SinceBoot, Step: unit}
}

func gcDecode(e *event.Event) {
	e.Kind = "jvm.gc_message"
	s := e.Text
	if strings.HasPrefix(s, "GC(") {
		number, rest, ok := strings.Cut(s[3:], ") ")
		if ok {
			e.Set("number", number)
			s = rest
		}
	}
	switch {
	case strings.HasPrefix(s, "Pause "):
		gcPause(e, s)
	case strings.HasPrefix(s, "[GC") || strings.HasPrefix(s, "[Full GC"):
		gcOld(e, s)
	case strings.HasPrefix(s, "Total time for which application threads were stopped: "):
		e.Kind = "jvm.stopped"
		e.Set("duration", gcMillis(valueBehind(s, "stopped: ")))
		if _, r, ok := strings.Cut(s, "Stopping threads took: "); ok {
			r, _, _ = strings.Cut(r, " ")
			e.Set("reaching", gcMillis(r))
		}
	case strings.HasPrefix(s, `Safepoint "`):
		e.Kind = "jvm.stopped"
		cause, rest, _ := strings.Cut(s[len(`Safepoint "`):], `"`)
		e.Set("cause", cause)
		e.Set("reaching", gcNanos(numberBehind(rest, "Reaching safepoint: ")))
		e.Set("duration", gcNanos(numberBehind(rest, "Total: ")))
	}
}

// gcPause reads "Pause Young (Normal) (G1 Evacuation Pause) 17M->5M(40M) 2.171ms".
func gcPause(e *event.Event, s string) {
	if !strings.HasSuffix(s, "ms") {
		return // its beginning
	}
	e.Kind = "jvm.gc_pause"
	name, _, _ := strings.Cut(s, " (")
	if last := strings.LastIndexByte(name, ' '); last > 0 && isDigit(name[last+1]) {
		name, _, _ = strings.Cut(name, " ")
	}
	e.Set("name", name)
	if strings.HasPrefix(s, "Pause Full") {
		e.Set("full", "yes")
	}
	if i := strings.LastIndex(s, "("); i > 0 {
		if before := strings.LastIndex(s[:i], "("); before > 0 {
			cause, _, _ := strings.Cut(s[before+1:], ")")
			e.Set("cause", cause)
		}
	}
	gcSizes(e, s)
	e.Set("duration", strings.TrimSuffix(s[strings.LastIndexByte(s, ' ')+1:], "ms"))
}

// gcOld reads what JDK 8 prints of a collection: of the sizes that stand outside
// of any generation, and of the last time.
func gcOld(e *event.Event, s string) {
	full := strings.HasPrefix(s, "[Full GC")
	times, _, _ := strings.Cut(s, "[Times:")
	end := strings.LastIndex(times, " secs]")
	if end < 0 {
		return
	}
	e.Kind = "jvm.gc_pause"
	name := "GC"
	if full {
		name = "Full GC"
		e.Set("full", "yes")
	}
	e.Set("name", name)
	if open := strings.IndexByte(s, '('); open > 0 && open < 12 {
		cause, _, _ := strings.Cut(s[open+1:], ")")
		e.Set("cause", cause)
	}
	from := strings.LastIndexAny(times[:end], " ,")
	e.Set("duration", gcMillis(times[from+1:end]))
	depth, start := 0, 0
	for i := 1; i < end; i++ { // the last sizes at the outer level are the heap's
		switch times[i] {
		case '[':
			depth++
		case ']':
			depth--
		case '-':
			if depth == 0 && i+1 < end && times[i+1] == '>' {
				start = i
			}
		}
	}
	if start > 0 {
		from := start
		for from > 0 && times[from-1] != ' ' {
			from--
		}
		gcSizes(e, times[from:end])
	}
}

// gcSizes reads "65536K->1100K(251392K)".
func gcSizes(e *event.Event, s string) {
	i := strings.Index(s, "->")
	if i < 0 {
		return
	}
	from := strings.LastIndexByte(s[:i], ' ') + 1
	after, rest, _ := strings.Cut(s[i+2:], "(")
	heap, _, _ := strings.Cut(rest, ")")
	e.Set("before", gcBytes(s[from:i]))
	e.Set("after", gcBytes(after))
	e.Set("heap", gcBytes(heap))
}
