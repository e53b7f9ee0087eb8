package parsers

import (
	"strings"

	"forensic/event"
)

// An access log of a web server: the common and combined formats of Apache,
// nginx and Tomcat with whatever stands behind them, and those of Django,
// Envoy and uWSGI:
//
//	192.0.2.3 - alice [24/Nov/2014:19:32:43 +0800] "GET /cart HTTP/1.1" 200 1234 "https://example.com/" "curl/7.29.0" 0.123
//	[pid: 8|app: 0|req: 1/1] 192.0.2.3 () {40 vars in 600 bytes} [Fri Nov 24 13:46:54 2017] GET / => generated 12 bytes in 3 msecs (HTTP/1.1 200)
var _ = add(Format{
	Name:  "access",
	Doc:   "Access log of a web server (Apache, nginx, Tomcat, Django, Envoy, uWSGI).",
	Files: []string{"access*log*", "*access_log*", "*_access.log*", "*-access.log*"},
	Kinds: []event.Kind{httpRequest},
	Lines: &Lines{Head: accessHead, Decode: accessDecode, Single: true},
})

var httpRequest = event.Kind{
	Name: "http.request", Doc: "A request was answered; duration is in seconds, bytes is what was sent.",
	Attrs: []string{event.Host, event.PID, event.Client, "method", "path", "protocol", "status", "bytes", "duration", "referer", "agent", "user", "vhost", "upstream", "upstream_status", "upstream_duration", "frontend", "backend", "node", "state"},
}

// accessHead wants a time in brackets and a request in quotes behind it.
func accessHead(line string, e *event.Event) bool {
	open := 0
	if strings.HasPrefix(line, "[pid: ") {
		open = strings.Index(line, "} [")
		if open < 0 {
			return false
		}
		open += 2
	} else if line[0] != '[' {
		open = strings.Index(line[:min(len(line), 600)], " [")
		if open < 0 {
			return false
		}
		open++
	}
	st, n := stampAt(line[open+1:])
	if n == 0 || st.Has&event.HasYear == 0 {
		return false
	}
	rest, ok := strings.CutPrefix(line[open+1+n:], "] ")
	if !ok || rest == "" {
		return false
	}
	if rest[0] != '"' && !strings.Contains(rest, " => generated ") || line[0] == '[' && rest[0] == '"' && !isRequest(rest[1:]) {
		return false
	}
	if rest[0] == '"' && !behindRequest(rest) {
		return false
	}
	e.Stamp, e.Text = st, rest
	return true
}

// behindRequest tells whether a status follows the request in quotes.
func behindRequest(s string) bool {
	end := quoteEnd(s)
	if end < 0 || end+4 >= len(s) || s[end+1] != ' ' {
		return false
	}
	s = s[end+2:]
	return digits(s, 3) && (len(s) == 3 || s[3] == ' ') || strings.HasPrefix(s, "- ") || strings.HasPrefix(s, "0 ")
}

// quoteEnd finds the quote that ends the one s begins with; a backslash escapes.
func quoteEnd(s string) int {
	for i := 1; i < len(s); i++ {
		switch s[i] {
		case '\\':
			i++
		case '"':
			return i
		}
	}
	return -1
}

// isRequest tells whether s begins with a method of HTTP.
func isRequest(s string) bool {
	method, _, ok := strings.Cut(s, " ")
	if !ok || method == "" || len(method) > 20 {
		return false
	}
	for i := 0; i < len(method); i++ {
		if c := method[i]; (c < 'A' || c > 'Z') && c != '-' && c != '_' {
			return false
		}
	}
	return true
}

func accessDecode(e *event.Event) {
	e.Kind = httpRequest.Name
	before := e.Raw[:max(strings.Index(e.Raw, e.Text), 0)]
	if strings.HasPrefix(before, "[pid: ") {
		accessUWSGI(e, before)
		return
	}
	before, _, _ = strings.Cut(before, "[")
	accessClient(e, strings.Fields(before))
	end := quoteEnd(e.Text)
	if end < 0 {
		return
	}
	requestLine(e, e.Text[1:end])
	accessFields(e, e.Text[end+1:])
}

// accessClient reads "host client ident user", of which host is rare.
func accessClient(e *event.Event, words []string) {
	at := -1
	for i, w := range words {
		if a := addressAt(strings.TrimRight(w, ",")); a != "" {
			e.Set(event.Client, a)
			at = i
			break
		}
	}
	if at < 0 && len(words) > 0 { // a name that was looked up
		e.Set(event.Client, words[0])
		at = 0
	}
	if at > 0 {
		e.Set("vhost", strings.TrimSuffix(words[0], ","))
	}
	if n := len(words); n > at+2 && words[n-1] != "-" {
		e.Set("user", words[n-1])
	}
}

// accessFields reads status, size and what else stands behind the request:
// referer and agent in quotes, durations with a point, addresses of upstreams,
// name=value.
func accessFields(e *event.Event, s string) {
	quoted, numbers := 0, 0
	for s = strings.TrimLeft(s, " "); s != ""; s = strings.TrimLeft(s, " ") {
		if s[0] == '"' {
			end := quoteEnd(s)
			if end < 0 {
				return
			}
			v := s[1:end]
			s = s[end+1:]
			if quoted++; v == "-" || v == "" {
				continue
			}
			switch quoted {
			case 1:
				e.Set("referer", v)
			case 2:
				e.Set("agent", v)
			}
			continue
		}
		var w string
		w, s, _ = strings.Cut(s, " ")
		name, value, named := strings.Cut(w, "=")
		value = strings.Trim(value, `"`)
		switch {
		case named && (name == "rt" || name == "request_time"):
			e.Set("duration", value)
		case named && (name == "urt" || name == "upstream_response_time"):
			e.Set("upstream_duration", value)
		case named && (name == "ua" || name == "upstream_addr"):
			e.Set("upstream", value)
		case named && (name == "us" || name == "upstream_status"):
			e.Set("upstream_status", value)
		case named || w == "-":
		case numbers == 0:
			e.Set("status", w)
			numbers++
		case numbers == 1 && leadingDigits(w) == w:
			e.Set("bytes", w)
			numbers++
		case isSeconds(w):
			if e.Attrs.Has("duration") {
				e.Set("upstream_duration", w)
			} else {
				e.Set("duration", w)
			}
		case addressAt(w) != "" && strings.Contains(w, ":"):
			e.Set("upstream", w)
		}
	}
}

// isSeconds tells numbers with a point from others: what they count is said
// nowhere, but nginx alone writes seconds so.
func isSeconds(w string) bool {
	whole, part, ok := strings.Cut(w, ".")
	return ok && whole != "" && part != "" && leadingDigits(whole) == whole && leadingDigits(part) == part
}

// accessUWSGI reads uWSGI's own line.
func accessUWSGI(e *event.Event, before string) {
	e.Set(event.PID, numberBehind(before, "[pid: "))
	if _, rest, ok := strings.Cut(before, "] "); ok {
		client, rest, _ := strings.Cut(rest, " (")
		e.Set(event.Client, addressAt(client))
		user, _, _ := strings.Cut(rest, ")")
		e.Set("user", user)
	}
	request, rest, _ := strings.Cut(e.Text, " => generated ")
	method, path, _ := strings.Cut(request, " ")
	e.Set("method", method)
	e.Set("path", path)
	e.Set("bytes", leadingDigits(rest))
	if _, ms, ok := strings.Cut(rest, " bytes in "); ok {
		e.Set("duration", milliseconds(leadingDigits(ms)))
	}
	if _, p, ok := strings.Cut(rest, "(HTTP/"); ok {
		version, status, _ := strings.Cut(p, " ")
		e.Set("protocol", "HTTP/"+version)
		e.Set("status", leadingDigits(status))
	}
}

// requestLine takes "GET /path HTTP/1.1" apart.
func requestLine(e *event.Event, s string) {
	method, rest, ok := strings.Cut(s, " ")
	if !ok || !isRequest(s) {
		return
	}
	path, protocol := rest, ""
	if i := strings.LastIndex(rest, " HTTP/"); i >= 0 {
		path, protocol = rest[:i], rest[i+1:]
	}
	e.Set("method", method)
	e.Set("path", path)
	e.Set("protocol", protocol)
}
