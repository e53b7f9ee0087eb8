package parsers

import (
	"strings"

	"forensic/event"
)

// learnOrder looks through many lines for what tells the order of day and month
// where both are numbers: a month is never above 12, days change before years
// do, and a log goes on in small steps, where the wrong order jumps by months.
// Open says that nothing tells, and the order is only what is usual.
func learnOrder(sample string) (order dateOrder, open bool) {
	var l orderLearning
	for line := range strings.Lines(sample) {
		l.line(line)
	}
	changes := func(at int) bool { return l.least[at] != l.greatest[at] }
	switch short := l.greatest[2] > 0 && l.greatest[2] < 100; {
	case l.n == 0:
	case l.greatest[1] > 12 && l.greatest[0] <= 12:
		return orderMDY, false
	case l.greatest[0] > 12 && l.greatest[1] <= 12 && !short:
		return orderDMY, false
	case short && l.greatest[0] <= 31 && l.greatest[1] <= 12 && changes(0) && !changes(2):
		return orderDMY, false
	case short && l.greatest[1] <= 12 && changes(2) && !changes(0):
		return orderYMD, false
	case l.greatest[2] >= 100 && l.greatest[0] <= 12 && l.greatest[1] <= 12:
		switch month, day := l.way[0], l.way[1]; {
		case month > 4*day:
			return orderDMY, false
		case day > 4*month:
			return orderMDY, false
		case !l.differ:
			return orderAny, false
		case l.slash:
			return orderMDY, true
		}
		return orderDMY, !l.dot
	}
	return orderAny, false
}

// An orderLearning is what the lines looked at have shown.
type orderLearning struct {
	n               int
	least, greatest [3]int
	slash, dot      bool     // what stands between the numbers
	differ          bool     // day and month are two numbers in some line
	way             [2]int64 // by how much time jumps in all, read as month/day and as day/month
	last            [2]int64
}

func (l *orderLearning) line(line string) {
	i := 0
	for i < len(line) && i < 40 && !isDigit(line[i]) {
		i++
	}
	a, j := num12(line, i)
	if j == 0 || j >= len(line) || line[j] != '/' && line[j] != '-' && line[j] != '.' {
		return
	}
	b, k := num12(line, j+1)
	if k == 0 || k >= len(line) || isDigit(line[k]) {
		return
	}
	if _, n := stampOrdered(line[i:], orderAny); n == 0 {
		return
	}
	c := 0
	if line[k] == line[j] {
		c, _ = num12(line, k+1)
		if digits(line[k+1:], 4) {
			c = num4(line[k+1:])
		}
	}
	for at, v := range [3]int{a, b, c} {
		if l.n == 0 {
			l.least[at] = v
		}
		l.least[at], l.greatest[at] = min(l.least[at], v), max(l.greatest[at], v)
	}
	l.slash, l.dot, l.differ = l.slash || line[j] == '/', l.dot || line[j] == '.', l.differ || a != b
	for at, order := range [2]dateOrder{orderMDY, orderDMY} {
		st, _ := stampOrdered(line[i:], order)
		if d := st.Wall - l.last[at]; l.n > 0 && !st.Impossible && st.Has&event.HasYear != 0 {
			l.way[at] += max(d, -d) >> 20
		}
		l.last[at] = st.Wall
	}
	l.n++
}

// otherOrder reads a date that cannot be in the order that is only usual, and
// from there on keeps to the one in which it can.
func (m *matcher) otherOrder(s string) {
	other := orderDMY
	if m.order == orderDMY {
		other = orderMDY
	}
	if st, n := stampOrdered(s, other); n > 0 && !st.Impossible {
		m.order, m.openOrder, m.turned = other, false, true
		m.memo, m.end = st, n
	}
}

// assumed says what was taken for granted of the order of day and month.
func (m *matcher) assumed() string {
	way := "month and day"
	if m.order == orderDMY {
		way = "day and month"
	}
	switch {
	case m.turned:
		return "the first dates were read in the other order of day and month, until one showed that it is " + way + "; their times are wrong"
	case m.openOrder:
		return "its dates are read as " + way + ", which is usual; nothing in its first lines tells that they are not written the other way round"
	}
	return ""
}
