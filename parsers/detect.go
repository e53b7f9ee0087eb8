package parsers

import (
	"bytes"
	"cmp"
	"errors"
	"fmt"
	"io"
	"path"
	"slices"
	"strings"

	"forensic/event"
)

// HeadSize is how much of a member Detect wants to see.
const HeadSize = 64 << 10

// ReadHead reads what Detect wants to see into buf, which holds HeadSize bytes.
// A file that was cut short while it was written to may begin with more NUL
// bytes than that: they are read over, and padding is how many they were. An
// error is one of reading; that the member ends is none.
func ReadHead(r io.Reader, buf []byte) (head []byte, padding int64, err error) {
	n, err := io.ReadFull(r, buf)
	for err == nil && len(bytes.TrimLeft(buf, "\x00")) == 0 {
		padding += int64(n)
		n, err = io.ReadFull(r, buf)
	}
	if errors.Is(err, io.EOF) || errors.Is(err, io.ErrUnexpectedEOF) {
		err = nil
	}
	return buf[:n], padding, err
}

// mostBehind is how long a first line may be that is looked behind.
const mostBehind = 4 << 20

// ReadBehind reads on where a head is one line that does not end: to the end of
// it, and as much behind it as a head is. One long record says nothing of the
// thousands behind it. Of other heads it reads nothing.
func ReadBehind(r io.Reader, head []byte) (behind []byte, err error) {
	if len(head) < HeadSize || bytes.IndexByte(head, '\n') >= 0 {
		return nil, nil
	}
	end := -1
	buf := make([]byte, HeadSize)
	for err == nil && (end < 0 && len(behind) < mostBehind || end >= 0 && len(behind) < end+HeadSize) {
		var n int
		n, err = r.Read(buf)
		if end < 0 {
			if i := bytes.IndexByte(buf[:n], '\n'); i >= 0 {
				end = len(behind) + i + 1
			}
		}
		behind = append(behind, buf[:n]...)
	}
	if errors.Is(err, io.EOF) {
		err = nil
	}
	return behind, err
}

// leastPoints is the score below which no format is believed.
const leastPoints = 0.15

// A format whose share is anyText or less takes what no other does, and so is
// believed when one line in thirty has a date: better a few long records than a
// member that is not read.
const (
	anyText    = 0.3
	leastDated = 0.01
)

// Detect says which format the member at path is, from its first bytes, and
// what every format said, best first. A Format without a name means that none
// was sure enough; the guesses then are the reasons.
func Detect(path string, head []byte) (Format, []Guess) {
	if f, guesses := detectMagic(head); f.Name != "" {
		return f, guesses
	}
	text := []byte(headText(head))
	defer cleanOnce(text)()
	guesses := make([]Guess, 0, len(formats))
	for _, f := range formats {
		seen := text
		if f.Binary {
			seen = head
		}
		s := f.sniff(seen)
		if f.Named > 0 && s.Points > 0 && named(path, f.Name) > 0 {
			s = Score{min(s.Points+f.Named, 0.95), s.Why + "; its name fits"}
		}
		guesses = append(guesses, Guess{f.Name, s})
	}
	slices.SortFunc(guesses, func(a, b Guess) int {
		if a.Score.Points != b.Score.Points {
			return cmp.Compare(b.Score.Points, a.Score.Points)
		}
		if a.Score.Points > 0 {
			if n := cmp.Compare(named(path, b.Format), named(path, a.Format)); n != 0 {
				return n
			}
		}
		return strings.Compare(a.Format, b.Format)
	})
	if len(guesses) == 0 {
		return Format{}, guesses
	}
	if p := guesses[0].Score.Points; p < mixedBelow && (p < 0.9*anyText || p > anyText) && len(head) < HeadSize && bytes.Count(text, []byte("\n")) > 1 {
		if s := (Format{Sniff: mixedScore}).sniff(text); s.Points > 0 && (guesses[0].Score.Points < leastPoints || s.Points > guesses[0].Score.Points) {
			mixed, err := Named("mixed")
			if err == nil {
				return mixed, append([]Guess{{mixed.Name, s}}, guesses...)
			}
		}
	}
	if bareSetting(path, text) {
		if f, err := Named("sysctl"); err == nil && guesses[0].Score.Points < 0.9 {
			return f, append([]Guess{{f.Name, Score{1, "its path names the setting"}}}, guesses...)
		}
	}
	if snapshots[guesses[0].Format] && guesses[0].Score.Points < anyText { // a line that looks like a table's, among dated ones
		i := slices.IndexFunc(guesses, func(g Guess) bool { return g.Format == "text" })
		if i > 0 && 2*guesses[i].Score.Points > guesses[0].Score.Points {
			text := guesses[i]
			copy(guesses[1:i+1], guesses[:i])
			guesses[0] = text
		}
	}
	best, _ := Named(guesses[0].Format)
	least := leastPoints
	if best.Lines != nil && best.Lines.Share > 0 && best.Lines.Share <= anyText {
		least = leastDated
	}
	if guesses[0].Score.Points < least {
		return Format{}, guesses
	}
	return best, guesses
}

// bareSetting tells whether a member is a copy of a file below /proc/sys, which
// holds a value and nothing else.
func bareSetting(path string, text []byte) bool {
	i := strings.Index(path, "proc/sys/")
	return i >= 0 && (i == 0 || path[i-1] == '/') && len(text) > 0 && len(text) < 4096 &&
		bytes.Count(bytes.TrimSpace(text), []byte("\n")) == 0 && sysctlOf(path[i:]) != "" && bytes.IndexByte(text, 0) < 0
}

// detectMagic asks the binary formats alone. One that is certain settles it: a
// text does not begin like that, and to try every text format on binary bytes
// costs more than reading a small capture.
func detectMagic(head []byte) (Format, []Guess) {
	for _, f := range formats {
		if !f.Binary {
			continue
		}
		sure := f.sniff(head)
		if sure.Points < 1 {
			continue
		}
		guesses := []Guess{{f.Name, sure}}
		for _, other := range formats {
			if other.Name != f.Name {
				guesses = append(guesses, Guess{other.Name, Score{0, "not tried: " + sure.Why}})
			}
		}
		return f, guesses
	}
	return Format{}, nil
}

// named is 1 where the base name of the member fits one of the format's globs.
func named(member, format string) int {
	f, err := Named(format)
	if err != nil {
		return 0
	}
	base := path.Base(member)
	for _, glob := range f.Files {
		if ok, _ := path.Match(glob, base); ok {
			return 1
		}
	}
	return 0
}

// sampleLines is how many lines of a head are tried.
const sampleLines = 400

// sniffLines scores a text by the share of its lines that begin a record.
// Lines that look like the rest of one (indented, blank, a stack trace) do not
// speak against it.
func sniffLines(l *Lines, head []byte) Score {
	text := string(head)
	if binaryText(text) {
		return Score{0, "binary bytes"}
	}
	if len(head) >= HeadSize-1 {
		if i := strings.LastIndexByte(text, '\n'); i > 0 {
			text = text[:i]
		}
	}
	if l.Learn != nil {
		if l = l.Learn(text); l == nil {
			return Score{0, "no layout found"}
		}
	}
	begin, other, tried := 0, 0, 0
	var ev event.Event
	for line := range strings.Lines(text) {
		if tried++; tried > sampleLines {
			break
		}
		line = cleanLine(strings.TrimRight(line, "\r\n"))
		ev.Reset()
		switch {
		case strings.TrimSpace(line) == "":
		case l.Head(line, &ev):
			begin++
		case begin > 0 && !l.Single && (l.Body || isRest(line) || l.More != nil && l.More(line)):
		default:
			other++
		}
	}
	if begin == 0 {
		return Score{0, "no line begins a record"}
	}
	share := l.Share
	if share == 0 {
		share = 1
	}
	points := share * float64(begin) / float64(begin+other)
	return Score{points, fmt.Sprintf("%d of %d lines begin a record", begin, begin+other)}
}

// binaryText tells by its NUL bytes that a head is no text. A program that
// writes the end of each of its strings with the line is none of those.
func binaryText(text string) bool {
	if strings.IndexByte(text, 0) < 0 {
		return false
	}
	ends := strings.Count(text, "\n\x00") + strings.Count(text, "\x00\n")
	return strings.Count(text, "\x00")-ends > len(text)/64
}

// isContinuation tells whether a line looks like the rest of a record whatever
// the format.
func isContinuation(line string) bool {
	if isRest(line) {
		return true
	}
	_, _, ok := julLevel(line) // the second line of java.util.logging
	return ok
}

// isRest is isContinuation without levels, which begin the records of other
// logs.
func isRest(line string) bool {
	switch line[0] {
	case ' ', '\t', '}', ')', ']':
		return true
	}
	for _, p := range [...]string{"Caused by:", "Traceback (most", "During handling of", "The above exception", "at ", "... ", "Suppressed:", "Wrapped by:", "goroutine ", "Stack (most", "Stack trace:", "[stacktrace]", "#0 ", fullThreadDump, "JNI global ref", "Threads class SMR", "_java_thread_list", foundDeadlock} {
		if strings.HasPrefix(line, p) {
			return true
		}
	}
	// "java.io.IOException: …", "redis.exceptions.ConnectionError: …"
	word, _, _ := strings.Cut(line, ":")
	return !strings.ContainsAny(word, " \t") && (strings.HasSuffix(word, "Exception") || strings.HasSuffix(word, "Error")) && len(word) < 200
}
