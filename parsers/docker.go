package parsers

import (
	"fmt"
	"strings"

	"forensic/event"
)

// What container engines write around the output of a program.
//
// Docker's json-file, one line of output an object; a line longer than 16 KiB is
// cut, and its pieces but the last lack the line feed:
//
//	{"log":"2017-11-24 13:45:11,123 INFO ready\n","stream":"stdout","time":"2017-11-24T05:45:11.123456789Z"}
var _ = addWrapper(Format{
	Name:  "docker",
	Doc:   "Docker's json-file log, the log inside read by its own format.",
	Files: []string{"*-json.log*"},
	Sniff: func(head []byte) Score { return sniffWrapper(dockerStrip, head) },
}, wrapper{strip: dockerStrip, section: func(s string) string { return s }})

func dockerStrip(line string, w *wrapped) bool {
	scan, ok := jsonOpen(line)
	if !ok {
		return false
	}
	seen := 0
	for {
		key, v, ok := scan.next()
		if !ok {
			break
		}
		switch key {
		case "log":
			if len(v) < 2 || v[0] != '"' {
				return false
			}
			w.text, w.escaped = v[1:len(v)-1], true
			seen |= 1
		case "stream":
			w.stream = jsonInside(v)
			seen |= 2
		case "time":
			w.stamp, _ = stampAt(jsonInside(v))
			seen |= 4
		}
	}
	if seen != 7 {
		return false
	}
	if text, ok := strings.CutSuffix(w.text, `\n`); ok && !strings.HasSuffix(text, `\`) {
		w.text = strings.TrimSuffix(text, `\r`)
	} else {
		w.part = true
	}
	return true
}

// Kubernetes' container runtime interface: time, stream, and whether the line
// is partial or full:
//
//	2016-10-06T00:17:09.669794202Z stdout F 2016-10-06 08:17:09,669 INFO ready
var _ = addWrapper(Format{
	Name:  "cri",
	Doc:   "Container log of the Kubernetes runtime interface (containerd, CRI-O), the log inside read by its own format.",
	Sniff: func(head []byte) Score { return sniffWrapper(criStrip, head) },
}, wrapper{strip: criStrip, section: func(s string) string { return s }})

func criStrip(line string, w *wrapped) bool {
	if !isDigit(line[0]) {
		return false
	}
	st, n := stampAt(line)
	if n == 0 || st.Has&event.HasZone == 0 || n >= len(line) || line[n] != ' ' {
		return false
	}
	rest := line[n+1:]
	stream, rest, ok := strings.Cut(rest, " ")
	if !ok || stream != "stdout" && stream != "stderr" {
		return false
	}
	tags, text, ok := strings.Cut(rest, " ")
	tag, _, _ := strings.Cut(tags, ":")
	if tag != "F" && tag != "P" || !ok && tags != "F" {
		return false
	}
	w.stream, w.text, w.stamp, w.part = stream, text, st, tag == "P"
	return true
}

// kubectl logs --timestamps and docker logs -t: a time with nine digits before
// every line. Where the inside is no log of its own, format text reads the whole
// as well.
var _ = addWrapper(Format{
	Name:  "timestamps",
	Doc:   "Output of kubectl logs --timestamps or docker logs -t, the log inside read by its own format.",
	Sniff: func(head []byte) Score { return sniffInside(timestampsStrip, head) },
}, wrapper{strip: timestampsStrip, section: func(string) string { return "behind the timestamps" }})

func timestampsStrip(line string, w *wrapped) bool {
	if len(line) < 27 || line[10] != 'T' || line[19] != '.' || !digits(line[20:], 6) {
		return false
	}
	st, n := stampAt(line)
	if n == 0 || st.Has&event.HasZone == 0 {
		return false
	}
	if n < len(line) && line[n] != ' ' {
		return false
	}
	w.stream, w.stamp = "", st
	if n < len(line) {
		w.text = line[n+1:]
	}
	return true
}

// kubectl logs --prefix: the pod and the container before every line, perhaps
// with a time behind them.
//
//	[pod/coreapirc-nty68/coreapi] 2017-11-24 13:45:11,123 INFO ready
var _ = addWrapper(Format{
	Name:  "podprefix",
	Doc:   "Output of kubectl logs --prefix, each container's log read by its own format.",
	Sniff: func(head []byte) Score { return sniffWrapper(podStrip, head) },
}, wrapper{strip: podStrip, section: func(s string) string { return s }})

func podStrip(line string, w *wrapped) bool {
	rest, ok := strings.CutPrefix(line, "[pod/")
	if !ok {
		return false
	}
	name, text, ok := strings.Cut(rest, "] ")
	if !ok {
		if name, ok = strings.CutSuffix(rest, "]"); !ok {
			return false
		}
	}
	if strings.Count(name, "/") != 1 {
		return false
	}
	var inner wrapped
	if text != "" && timestampsStrip(text, &inner) {
		text, w.stamp = inner.text, inner.stamp
	}
	w.stream, w.text = name, text
	return true
}

// docker compose logs: the service's name, a bar, perhaps a time.
//
//	zookeeper-1  | 2017-11-24 13:45:11,123 [myid:1] - INFO  [main:QuorumPeer@1] - up
var _ = addWrapper(Format{
	Name:  "compose",
	Doc:   "Output of docker compose logs, each service's log read by its own format.",
	Sniff: func(head []byte) Score { return sniffInside(composeStrip, head) },
}, wrapper{strip: composeStrip, section: func(s string) string { return s }})

func composeStrip(line string, w *wrapped) bool {
	line = withoutColours(line)
	bar := strings.Index(line[:min(len(line), 80)], " |")
	if bar < 1 || bar+2 < len(line) && line[bar+2] != ' ' {
		return false
	}
	name := strings.TrimRight(line[:bar], " ")
	for i := 0; i < len(name); i++ {
		if c := name[i]; !isWord(c) && c != '-' && c != '.' {
			return false
		}
	}
	if name == "" || name[0]|0x20 < 'a' || name[0]|0x20 > 'z' {
		return false
	}
	text := strings.TrimPrefix(line[bar+2:], " ")
	var inner wrapped
	if text != "" && timestampsStrip(text, &inner) {
		text, w.stamp = inner.text, inner.stamp
	}
	w.stream, w.text = name, text
	return true
}

// sniffWrapper scores by the share of lines that carry something.
func sniffWrapper(strip func(string, *wrapped) bool, head []byte) Score {
	carried, lines := 0, 0
	for line := range strings.Lines(wholeLines(head)) {
		if line = cleanLine(strings.TrimRight(line, "\r\n")); line == "" {
			continue
		}
		var w wrapped
		if strip(line, &w) {
			carried++
		}
		if lines++; lines == sampleLines {
			break
		}
	}
	if carried == 0 {
		return Score{0, "no line carries another"}
	}
	return Score{float64(carried) / float64(lines), fmt.Sprintf("%d of %d lines carry another", carried, lines)}
}

// sniffInside believes a wrapper only where what it carries is a log of its own.
func sniffInside(strip func(string, *wrapped) bool, head []byte) Score {
	s := sniffWrapper(strip, head)
	if s.Points < 0.8 {
		return Score{0, s.Why}
	}
	streams, order := map[string]*strings.Builder{}, []string{}
	for line := range strings.Lines(wholeLines(head)) {
		var w wrapped
		if line = cleanLine(strings.TrimRight(line, "\r\n")); line == "" || !strip(line, &w) {
			continue
		}
		b := streams[w.stream]
		if b == nil {
			if len(order) == 8 {
				continue
			}
			b = &strings.Builder{}
			streams[strings.Clone(w.stream)] = b
			order = append(order, w.stream)
		}
		if b.Len() < 16<<10 {
			b.WriteString(w.text)
			b.WriteByte('\n')
		}
	}
	best := Score{}
	for _, name := range order {
		for _, f := range formats {
			if wrappers[f.Name] || snapshots[f.Name] || f.Name == "mixed" || f.Name == "shell" || f.Name == "text" || f.Name == "lines" {
				continue
			}
			if in := f.sniff([]byte(streams[name].String())); in.Points > best.Points {
				best = Score{in.Points, f.Name}
			}
		}
	}
	if best.Points < 0.5 {
		return Score{0, "what its lines carry is no log"}
	}
	return Score{s.Points, fmt.Sprintf("%s; inside is %s", s.Why, best.Why)}
}

// wholeLines leaves out the last line of a head that was cut.
func wholeLines(head []byte) string {
	text := string(head)
	if len(head) >= HeadSize-1 {
		if i := strings.LastIndexByte(text, '\n'); i > 0 {
			text = text[:i]
		}
	}
	return text
}
