package script

import (
	"errors"
	"fmt"
	"net/netip"
	"strconv"
	"strings"
	"time"
)

// Compile returns the capture that a text describes.
func Compile(text string) (capture []byte, err error) {
	defer func() { // numbers that are possible one by one and not together
		if r := recover(); r != nil {
			capture, err = nil, fmt.Errorf("cannot be written: %v", r)
		}
	}()
	c := &compiler{
		ends: map[string]*end{}, pairs: map[pair]*stream{},
		day: time.Date(2024, 3, 2, 0, 0, 0, 0, time.UTC), box: "pcap", snaplen: 262144,
	}
	lines := strings.Split(text, "\n")
	if err := c.run(lines, 0, 0); err != nil {
		return nil, err
	}
	return c.container()
}

// An end is one named endpoint.
type end struct {
	name string
	addr netip.AddrPort
	mac  [6]byte
}

// A pair is a direction: who sends to whom.
type pair struct{ from, to netip.AddrPort }

// A stream is what one direction has sent.
type stream struct {
	next    uint32
	started bool
	sent    []packet // for again and copy
	written segment  // the last one in the capture
}

// A packet is one frame to be written.
type packet struct {
	at       time.Time
	seg      segment
	frame    []byte // with its link header
	captured int
	wire     int
	iface    int
}

type compiler struct {
	day     time.Time
	now     time.Time
	box     string
	links   []string
	snaplen int
	drops   int
	ends    map[string]*end
	order   []string
	pairs   map[pair]*stream
	out     []packet
	ids     uint16
	isn     uint32
}

// run compiles lines; first is the number of the line before them.
func (c *compiler) run(lines []string, first int, shift time.Duration) error {
	for i := 0; i < len(lines); i++ {
		words, err := split(lines[i])
		if err != nil {
			return fmt.Errorf("line %d: %w", first+i+1, err)
		}
		if len(words) == 0 {
			continue
		}
		if words[0].text == "repeat" {
			n, err := c.repeat(words, lines[i+1:], first+i+1, shift)
			if err != nil {
				return err
			}
			i += n
			continue
		}
		if err := c.line(words, shift); err != nil {
			return fmt.Errorf("line %d: %w", first+i+1, err)
		}
	}
	return nil
}

// repeat compiles a loop and returns how many lines it took.
func (c *compiler) repeat(words []word, body []string, first int, shift time.Duration) (int, error) {
	fail := func(err error) (int, error) { return 0, fmt.Errorf("line %d: %w", first, err) }
	n := 0
	for depth := 1; ; n++ {
		if n == len(body) {
			return fail(errors.New("repeat without end"))
		}
		fields := strings.Fields(body[n])
		if len(fields) > 0 && fields[0] == "repeat" {
			depth++
		}
		if len(fields) > 0 && fields[0] == "end" {
			if depth--; depth == 0 {
				break
			}
		}
	}
	if len(words) < 4 || words[2].text != "every" {
		return fail(errors.New("repeat N every D [port=NAME] [host=NAME]"))
	}
	times, err := strconv.Atoi(words[1].text)
	if err != nil || times < 0 || times > 100000 {
		return fail(fmt.Errorf("repeat %q", words[1].text))
	}
	every, err := time.ParseDuration(words[3].text)
	if err != nil {
		return fail(err)
	}
	saved := map[string]netip.AddrPort{}
	for name, e := range c.ends {
		saved[name] = e.addr
	}
	for i := range times {
		if err := c.run(body[:n], first, shift+time.Duration(i)*every); err != nil {
			return 0, err
		}
		for _, w := range words[4:] {
			e := c.ends[w.value]
			if e == nil {
				return fail(fmt.Errorf("no endpoint %q", w.value))
			}
			switch w.text {
			case "port":
				e.addr = netip.AddrPortFrom(e.addr.Addr(), e.addr.Port()+1)
			case "host":
				e.addr = netip.AddrPortFrom(e.addr.Addr().Next(), e.addr.Port())
			}
		}
	}
	for name, a := range saved {
		c.ends[name].addr = a
	}
	return n + 1, nil
}

// line compiles one line that is no loop.
func (c *compiler) line(words []word, shift time.Duration) error {
	first := words[0].text
	if strings.HasPrefix(first, "+") || first[0] >= '0' && first[0] <= '9' && strings.Contains(first, ":") {
		if err := c.clock(first, shift); err != nil {
			return err
		}
		if len(words) < 2 {
			return errors.New("a time without a packet")
		}
		return c.packet(words[1:])
	}
	if len(words) < 2 {
		return fmt.Errorf("%q needs a value", first)
	}
	value := words[1].text
	switch first {
	case "date":
		day, err := time.Parse(time.DateOnly, value)
		c.day = day
		return err
	case "container":
		c.box = value
		return nil
	case "link":
		for _, w := range words[1:] {
			c.links = append(c.links, w.text)
		}
		return nil
	case "snaplen", "drops":
		n, err := strconv.Atoi(value)
		if first == "snaplen" {
			c.snaplen = n
		} else {
			c.drops = n
		}
		return err
	}
	return c.endpoint(first, words[1:])
}

func (c *compiler) endpoint(name string, words []word) error {
	addr, err := netip.ParseAddrPort(words[0].text)
	if err != nil {
		return err
	}
	e := &end{name: name, addr: addr, mac: [6]byte{2, 0, 0, 0, 0, byte(len(c.order) + 1)}}
	for _, w := range words[1:] {
		if w.text == "mac" {
			if e.mac, err = parseMAC(w.value); err != nil {
				return err
			}
		}
	}
	c.ends[name] = e
	c.order = append(c.order, name)
	return nil
}

func parseMAC(s string) (mac [6]byte, err error) {
	parts := strings.Split(s, ":")
	if len(parts) != 6 {
		return mac, fmt.Errorf("hardware address %q", s)
	}
	for i, p := range parts {
		n, err := strconv.ParseUint(p, 16, 8)
		if err != nil {
			return mac, err
		}
		mac[i] = byte(n)
	}
	return mac, nil
}

// clock moves the time to what a line says.
func (c *compiler) clock(s string, shift time.Duration) error {
	if s == "+0" {
		return nil
	}
	if rest, ok := strings.CutPrefix(s, "+"); ok {
		d, err := time.ParseDuration(rest)
		c.now = c.now.Add(d)
		return err
	}
	layout := "15:04:05"
	if strings.Count(s, ":") == 1 {
		layout = "15:04"
	}
	t, err := time.Parse(layout, s)
	if err != nil {
		return err
	}
	midnight := time.Date(t.Year(), t.Month(), t.Day(), 0, 0, 0, 0, time.UTC)
	c.now = c.day.Add(t.Sub(midnight)).Add(shift)
	return nil
}

// A word is one word of a line: bare, "quoted", or name=value.
type word struct {
	text, value string
	quoted      bool
	assigned    bool
}

// split cuts a line into words.
func split(line string) ([]word, error) {
	var words []word
	for {
		line = strings.TrimLeft(line, " \t\r")
		if line == "" || line[0] == '#' {
			return words, nil
		}
		if line[0] == '"' {
			quoted, err := strconv.QuotedPrefix(line)
			if err != nil {
				return nil, fmt.Errorf("string without end: %s", line)
			}
			text, err := strconv.Unquote(quoted)
			if err != nil {
				return nil, err
			}
			words = append(words, word{text: text, quoted: true})
			line = line[len(quoted):]
			continue
		}
		n := strings.IndexAny(line, " \t\r")
		if n < 0 {
			n = len(line)
		}
		w := word{text: line[:n]}
		if name, value, ok := strings.Cut(w.text, "="); ok {
			w = word{text: name, value: value, assigned: true}
			if strings.HasPrefix(value, `"`) {
				quoted, err := strconv.QuotedPrefix(line[len(name)+1:])
				if err != nil {
					return nil, err
				}
				if w.value, err = strconv.Unquote(quoted); err != nil {
					return nil, err
				}
				n = len(name) + 1 + len(quoted)
			}
		}
		words = append(words, w)
		line = line[n:]
	}
}
