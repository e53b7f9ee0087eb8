package parsers

import (
	"strings"

	"forensic/event"
)

// Columns are the names in the header of a table, with the attributes they
// become. A column without an attribute is passed over.
type columns struct {
	names []string
	attrs []string
}

// readColumns takes a header whose names are parted by two blanks or more, or,
// with single, by one.
func readColumns(header string, single bool, attrs map[string]string) columns {
	var c columns
	if single {
		c.names = strings.Fields(header)
	} else {
		c.names = wideCells(header)
	}
	for _, n := range c.names {
		c.attrs = append(c.attrs, attrs[n])
	}
	return c
}

// has tells whether there is a column of that name.
func (c *columns) has(name string) bool {
	for _, n := range c.names {
		if n == name {
			return true
		}
	}
	return false
}

// fill sets the attributes of a row's cells; more cells than columns belong to
// the last one.
func (c *columns) fill(e *event.Event, cells []string) {
	for i, v := range cells {
		if i >= len(c.attrs) {
			break
		}
		if i == len(c.attrs)-1 && len(cells) > len(c.attrs) {
			v = strings.Join(cells[i:], " ")
		}
		if a := c.attrs[i]; a != "" && v != "<none>" && !e.Attrs.Has(a) {
			e.Set(a, v)
		}
	}
}

// wideCells parts a line at two blanks or more, or at tabs.
func wideCells(line string) []string {
	var cells []string
	line = strings.TrimSpace(line)
	for line != "" {
		end := len(line)
		for i := 0; i < len(line); i++ {
			if line[i] == '\t' || line[i] == ' ' && i+1 < len(line) && (line[i+1] == ' ' || line[i+1] == '\t') {
				end = i
				break
			}
		}
		cells = append(cells, line[:end])
		line = strings.TrimLeft(line[end:], " \t")
	}
	return cells
}

// isUpper tells whether a word is written in capitals, as headers are.
func isUpper(s string) bool {
	letters := false
	for i := range len(s) {
		c := s[i]
		if c >= 'a' && c <= 'z' {
			return false
		}
		letters = letters || c >= 'A' && c <= 'Z'
	}
	return letters
}

// sizeBytes reads 53K, 4.6M, 1.8Ti, 12B or a plain number as bytes; unit is what
// a number without a suffix counts. Suffixes are powers of 1024, as ls, df and
// free write them.
func sizeBytes(s string, unit int64) (int64, bool) {
	num := strings.TrimRight(s, "KMGTPEkmgtpeiIBb")
	suffix := s[len(num):]
	whole, part, _ := strings.Cut(strings.ReplaceAll(num, ",", "."), ".")
	if !isNumber(whole) || part != "" && !isNumber(part) || len(whole) > 15 || len(part) > 9 {
		return 0, false
	}
	scale := unit
	if suffix != "" {
		switch suffix[0] {
		case 'K', 'k':
			scale = 1 << 10
		case 'M', 'm':
			scale = 1 << 20
		case 'G', 'g':
			scale = 1 << 30
		case 'T', 't':
			scale = 1 << 40
		case 'P', 'p':
			scale = 1 << 50
		case 'B', 'b':
			scale = 1
		default:
			return 0, false
		}
	}
	n := int64(atoi(whole))
	if n > 1<<62/scale {
		return 0, false
	}
	n *= scale
	if part != "" {
		tens := int64(1)
		for range len(part) {
			tens *= 10
		}
		n += int64(float64(atoi(part)) / float64(tens) * float64(scale))
	}
	return n, true
}
