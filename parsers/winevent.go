package parsers

import (
	"fmt"
	"strings"

	"forensic/event"
)

// Windows' event log, as wevtutil prints it (text or XML), as the event viewer
// saves it as XML, and as PowerShell lists it:
//
//	Event[0]:                                 TimeCreated  : 11/24/2017 1:46:54 PM
//	  Date: 2017-11-24T13:46:54.123           ProviderName : Service Control Manager
//	  Level: Error                            Id           : 7031
//	  Description:                            Message      : The service stopped.
//	The service terminated unexpectedly.
//
//	<Event xmlns='…'><System><Provider Name='…'/><EventID>7031</EventID><Level>2</Level><TimeCreated SystemTime='…Z'/>…
//
// Levels and the names of fields are those of the machine's language.
var _ = addSnapshot(Format{
	Name:  "winevent",
	Doc:   "Windows event log: wevtutil as text or XML, the event viewer's XML, PowerShell's Get-WinEvent and Get-EventLog as lists.",
	Files: []string{"*event*.xml", "*event*.txt", "*evt*.txt", "*evtx*"},
	Kinds: []event.Kind{{Name: "windows.event", Doc: "A record of Windows' event log.", Attrs: []string{event.Host, event.PID, "id", "log"}}},
	Sniff: wineventSniff,
	Parse: snapshotOf(wineventRead),
})

func wineventSniff(head []byte) Score {
	text := wholeLines(head)
	if n := strings.Count(text, "schemas.microsoft.com/win/2004/08/events/event"); n > 0 && strings.Contains(text, "<System>") {
		return Score{0.9, fmt.Sprintf("%d events in Windows' XML", n)}
	}
	begun, dated := 0, 0
	for line := range headLines(head) {
		if wineventBegins(line) {
			begun++
		}
		name, value := wineventField(line)
		if name == wineventTime && value != "" {
			dated++
		}
	}
	if begun == 0 || dated == 0 {
		return Score{0, "no event of Windows"}
	}
	return Score{0.85, fmt.Sprintf("%d events of Windows, %d with a time", begun, dated)}
}

// wineventBegins tells the line a record begins with: wevtutil's, or the first
// field of PowerShell's lists.
func wineventBegins(line string) bool {
	if rest, ok := strings.CutPrefix(line, "Event["); ok {
		n := leadingDigits(rest)
		return n != "" && (rest[len(n):] == "]" || rest[len(n):] == "]:")
	}
	name, _, ok := strings.Cut(line, ":")
	switch strings.TrimRight(name, " ") {
	case "TimeCreated", "Index":
		return ok && name != "" && name[0] != ' '
	}
	return false
}

// Fields of an event, whatever language names them.
const (
	wineventOther = iota
	wineventTime
	wineventLevel
	wineventSource
	wineventID
	wineventHost
	wineventLog
	wineventText
)

var wineventNames = map[string]int{
	"Date": wineventTime, "TimeCreated": wineventTime, "TimeGenerated": wineventTime, "日期": wineventTime, "日付": wineventTime, "Datum": wineventTime,
	"Level": wineventLevel, "LevelDisplayName": wineventLevel, "EntryType": wineventLevel, "级别": wineventLevel, "レベル": wineventLevel, "Ebene": wineventLevel,
	"Source": wineventSource, "ProviderName": wineventSource, "来源": wineventSource, "ソース": wineventSource, "Quelle": wineventSource,
	"Event ID": wineventID, "Id": wineventID, "EventID": wineventID, "InstanceId": wineventID, "事件 ID": wineventID, "イベント ID": wineventID, "Ereignis-ID": wineventID,
	"Computer": wineventHost, "MachineName": wineventHost, "计算机": wineventHost, "コンピューター": wineventHost,
	"Log Name": wineventLog, "LogName": wineventLog, "日志名称": wineventLog, "ログの名前": wineventLog, "Protokollname": wineventLog,
	"Description": wineventText, "Message": wineventText, "描述": wineventText, "説明": wineventText, "Beschreibung": wineventText,
}

// wineventField reads "  Level: Error" and "Message      : gone".
func wineventField(line string) (name int, value string) {
	word, value, ok := strings.Cut(line, ":")
	if !ok {
		word, value, ok = strings.Cut(line, "：")
	}
	if !ok || len(word) > 40 {
		return wineventOther, ""
	}
	return wineventNames[strings.TrimSpace(word)], strings.TrimSpace(value)
}

func wineventRead(s *snapshot) {
	if strings.Contains(s.text[:min(len(s.text), HeadSize)], "schemas.microsoft.com/win/") {
		wineventXML(s)
		return
	}
	from := -1
	for i := 0; i <= s.n(); i++ {
		if i < s.n() && !wineventBegins(s.line(i)) {
			continue
		}
		if from >= 0 {
			wineventRecord(s, from, i)
		}
		from = i
	}
}

// wineventRecord tells the event in lines [from, to).
func wineventRecord(s *snapshot, from, to int) {
	for to > from+1 && strings.TrimSpace(s.line(to-1)) == "" {
		to--
	}
	e := s.begin("windows.event", from, to-1)
	e.Text, e.Rewritten = "", true
	text := false
	for i := from; i < to; i++ {
		line := s.line(i)
		if text {
			if line = strings.TrimSpace(line); e.Text == "" {
				e.Text = line
			}
			continue
		}
		switch name, v := wineventField(line); name {
		case wineventTime:
			if st, n := stampAt(v); n > 0 {
				e.Stamp = st
			}
		case wineventLevel:
			e.Level, _ = csvLevel(v)
		case wineventSource:
			e.Component = v
		case wineventID:
			e.Set("id", leadingDigits(v))
		case wineventHost:
			e.Set(event.Host, v)
		case wineventLog:
			e.Set("log", v)
		case wineventText:
			e.Text, text = v, true
		}
	}
	s.send()
}

// wineventXML tells the events of a document, of which many may stand on one
// line.
func wineventXML(s *snapshot) {
	line := 0
	for at := 0; ; {
		i := strings.Index(s.text[at:], "<Event ")
		if i < 0 {
			break
		}
		from := at + i
		size := strings.Index(s.text[from:], "</Event>")
		if size < 0 {
			break // cut off; the line stays unread
		}
		at = from + size + len("</Event>")
		for line+1 < s.n() && s.start(line+1) <= from {
			line++
		}
		last := line
		for last+1 < s.n() && s.start(last+1) < at {
			last++
		}
		wineventElement(s, s.text[from:at], line, last)
	}
	for i := range s.n() {
		switch t := strings.TrimSpace(s.line(i)); {
		case strings.HasPrefix(t, "<?xml"), t == "<Events>", t == "</Events>":
			s.claim(i)
		}
	}
}

func wineventElement(s *snapshot, x string, first, last int) {
	e := s.begin("windows.event", first, last)
	e.Rewritten = true
	e.Stamp, _ = stampAt(xmlAttribute(x, "<TimeCreated", "SystemTime"))
	switch xmlElement(x, "Level") {
	case "1":
		e.Level = event.Critical
	case "2":
		e.Level = event.Error
	case "3":
		e.Level = event.Warning
	case "0", "4":
		e.Level = event.Info
	case "5":
		e.Level = event.TraceLevel
	}
	e.Component = xmlAttribute(x, "<Provider", "Name")
	e.Set("id", xmlElement(x, "EventID"))
	e.Set(event.Host, xmlElement(x, "Computer"))
	e.Set("log", xmlElement(x, "Channel"))
	if pid := xmlAttribute(x, "<Execution", "ProcessID"); pid != "0" {
		e.Set(event.PID, pid)
	}
	e.Text = xmlElement(x, "Message")
	if e.Text == "" {
		if _, data, ok := strings.Cut(x, "<EventData"); ok {
			e.Text = xmlWords(data)
		}
	}
	e.Text = firstLine(strings.TrimSpace(e.Text))
	s.send()
}

// xmlElement returns what stands in the first element of that name.
func xmlElement(x, name string) string {
	_, rest, ok := strings.Cut(x, "<"+name)
	if !ok {
		return ""
	}
	_, rest, ok = strings.Cut(rest, ">")
	v, _, end := strings.Cut(rest, "</"+name)
	if !ok || !end {
		return ""
	}
	return xmlPlain(v)
}

// xmlAttribute returns an attribute of the first element that begins so.
func xmlAttribute(x, element, name string) string {
	_, rest, ok := strings.Cut(x, element)
	if !ok {
		return ""
	}
	rest, _, _ = strings.Cut(rest, ">")
	_, rest, ok = strings.Cut(rest, name+"=")
	if !ok || rest == "" {
		return ""
	}
	v, _, _ := strings.Cut(rest[1:], rest[:1])
	return xmlPlain(v)
}

// xmlWords is the text between tags.
func xmlWords(x string) string {
	var words []string
	for len(words) < 20 {
		_, rest, ok := strings.Cut(x, ">")
		if !ok {
			break
		}
		var v string
		if v, x, ok = strings.Cut(rest, "<"); strings.TrimSpace(v) != "" {
			words = append(words, xmlPlain(strings.TrimSpace(v)))
		}
		if !ok {
			break
		}
	}
	return strings.Join(words, " ")
}

var xmlPlainer = strings.NewReplacer("&lt;", "<", "&gt;", ">", "&quot;", `"`, "&apos;", "'", "&amp;", "&")

func xmlPlain(v string) string { return xmlPlainer.Replace(v) }
