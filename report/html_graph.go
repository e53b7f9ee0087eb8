package report

import (
	"fmt"
	"slices"
	"strings"
	"time"

	"forensic/rules"
)

// An htmlGraph draws what brings about what, causes on the left.
type htmlGraph struct {
	Width, Height int
	Nodes         []htmlNode
	Edges         []htmlEdge
	Chains        []htmlChain
	Left          said
}

type htmlNode struct {
	ID, Severity, Host     string
	X, Y, W, H, TX, Y1, Y2 int
	Lines                  []htmlNodeLine
}

type htmlNodeLine struct {
	Lang, Text string
	X, Y       int
}

type htmlEdge struct {
	Strength, Path, Gap string
	X, Y                int
}

type htmlChain struct {
	Path, Weakest           string
	Say, Confidence, Refute said
}

const (
	nodeW, nodeH = 222, 58
	gapX, gapY   = 66, 18
	mostNodes    = 60
)

// graph draws the findings that are tied to others; nil where there is none.
func (p *htmlPage) graph() *htmlGraph {
	r := p.en.r
	tied, at := []int{}, map[string]int{}
	linked := map[string]bool{}
	for i := range r.Findings {
		for _, l := range r.Findings[i].Links {
			linked[l.Cause], linked[r.Findings[i].ID] = true, true
		}
	}
	left := 0
	for i := range r.Findings {
		if !linked[r.Findings[i].ID] {
			continue
		}
		if len(tied) >= mostNodes || i >= htmlFullFindings {
			left++
			continue
		}
		at[r.Findings[i].ID] = len(tied)
		tied = append(tied, i)
	}
	if len(tied) == 0 {
		return nil
	}
	g := &htmlGraph{}
	p.place(g, tied, depths(r, tied, at))
	for k, i := range tied {
		for _, l := range r.Findings[i].Links {
			if from, ok := at[l.Cause]; ok {
				g.Edges = append(g.Edges, edge(&g.Nodes[from], &g.Nodes[k], &l))
			}
		}
	}
	for i := range r.Chains[:min(len(r.Chains), 20)] {
		c := &r.Chains[i]
		one := htmlChain{
			Path:       c.Findings[0] + " ⇒ " + strings.Join(c.Findings[1:], ", "),
			Say:        p.pair(func(q *printer) string { return sentence(q.r.Chains[i].Say, q.t) }),
			Confidence: p.pair(func(q *printer) string { return q.t.Confidence[c.Confidence] }),
			Refute:     p.pair(func(q *printer) string { return sentence(q.r.Chains[i].Refute, q.t) }),
		}
		if !strings.Contains(c.Say, c.Weakest) { // else the sentence names it
			one.Weakest = c.Weakest
		}
		if told := chainFrom(r, r.Findings[0].ID); told != nil && told == c {
			one.Say = nil // the story above begins with it
		}
		g.Chains = append(g.Chains, one)
	}
	if left > 0 {
		g.Left = say(fmt.Sprintf("%d more findings are tied to these and not drawn.", left), fmt.Sprintf("另有 %d 个相关发现未画出。", left))
	}
	return g
}

// depths says how many causes stand before each, at most.
func depths(r *Report, tied []int, at map[string]int) []int {
	depth := make([]int, len(tied))
	for range len(tied) { // ends where nothing moves; a circle ends with the count
		moved := false
		for k, i := range tied {
			for _, l := range r.Findings[i].Links {
				if from, ok := at[l.Cause]; ok && from != k && depth[k] <= depth[from] && depth[from]+1 < len(tied) {
					depth[k], moved = depth[from]+1, true
				}
			}
		}
		if !moved {
			break
		}
	}
	return depth
}

// place lays the nodes out in columns by depth.
func (p *htmlPage) place(g *htmlGraph, tied, depth []int) {
	columns := slices.Clone(depth)
	slices.Sort(columns)
	columns = slices.Compact(columns)
	rows := map[int]int{}
	for k, i := range tied {
		f := &p.en.r.Findings[i]
		col := slices.Index(columns, depth[k])
		x, y := 4+col*(nodeW+gapX), 4+rows[col]*(nodeH+gapY)
		rows[col]++
		n := htmlNode{ID: line(f.ID), Severity: severityClass(f.Severity), Host: Cut(line(f.Host), 22), X: x, Y: y, W: nodeW, H: nodeH, TX: x + 9, Y1: y + 17}
		for _, t := range p.titles[f.ID] {
			first, rest := breakTitle(strings.Join(strings.Fields(t.Text), " "))
			n.Lines = append(n.Lines, htmlNodeLine{t.Lang, first, x + 9, y + 34}, htmlNodeLine{t.Lang, rest, x + 9, y + 49})
		}
		g.Nodes = append(g.Nodes, n)
		g.Width, g.Height = max(g.Width, x+nodeW+6), max(g.Height, y+nodeH+6)
	}
}

// breakTitle sets a title in two rows.
func breakTitle(s string) (string, string) {
	const columns = 32
	if width(s) <= columns {
		return s, ""
	}
	rows := chop(s, columns)
	rest := strings.Join(rows[1:], "")
	return strings.TrimSpace(rows[0]), Cut(strings.TrimSpace(rest), columns)
}

func edge(from, to *htmlNode, l *Link) htmlEdge {
	x1, y1, x2, y2 := from.X+from.W, from.Y+from.H/2, to.X-2, to.Y+to.H/2
	if to.X <= from.X { // within a column, or back: round the right side
		x2 = to.X + to.W + 2
		return htmlEdge{strengthClass(l.Strength), fmt.Sprintf("M%d %dC%d %d %d %d %d %d", x1, y1, x1+40, y1, x2+40, y2, x2, y2), "", 0, 0}
	}
	mid := (x1 + x2) / 2
	if x2-x1 > gapX { // a curve that passes other nodes: its word stands where it sets out
		return htmlEdge{strengthClass(l.Strength), fmt.Sprintf("M%d %dC%d %d %d %d %d %d", x1, y1, mid, y1, mid, y2, x2, y2), line(roughly(l.Gap)), x1 + gapX/2, y1 - 5}
	}
	return htmlEdge{strengthClass(l.Strength), fmt.Sprintf("M%d %dC%d %d %d %d %d %d", x1, y1, mid, y1, mid, y2, x2, y2), line(roughly(l.Gap)), mid, (y1+y2)/2 - 5}
}

// roughly leaves of a length of time what a drawing has room for.
func roughly(gap string) string {
	d, err := time.ParseDuration(gap)
	switch {
	case err != nil:
		return gap
	case d.Abs() >= time.Hour:
		d = d.Round(time.Minute)
	case d.Abs() >= 10*time.Second:
		d = d.Round(time.Second)
	case d.Abs() >= 10*time.Millisecond:
		d = d.Round(time.Millisecond)
	}
	return duration(d)
}

func strengthClass(s string) string {
	switch s {
	case "proves", "explains":
		return s
	}
	return "coincides"
}

// An htmlSpark draws how the events of a finding spread.
type htmlSpark struct {
	Width, Height int
	Path, Base    string
	Word          said
}

// spark draws a series as bars; nil where there is too little to see.
func (p *htmlPage) spark(f *Finding) *htmlSpark {
	if f.Series == nil || len(f.Series.Counts) < 3 {
		return nil
	}
	const columns, height = 180, 44
	per := (len(f.Series.Counts) + columns - 1) / columns
	var bars []int
	most := 0
	for chunk := range slices.Chunk(f.Series.Counts, per) {
		sum := 0
		for _, n := range chunk {
			sum += n
		}
		bars, most = append(bars, sum), max(most, sum)
	}
	if most == 0 {
		return nil
	}
	wide := max(720/len(bars), 3)
	var path strings.Builder
	for i, n := range bars {
		if n > 0 {
			h := max(n*height/most, 1)
			fmt.Fprintf(&path, "M%d %dh%dv%dh-%dz", i*wide, height-h, max(wide-1, 2), h, max(wide-1, 2))
		}
	}
	step := f.Series.Step
	if per > 1 {
		step = fmt.Sprintf("%d × %s", per, step)
	}
	return &htmlSpark{
		Width: wide * len(bars), Height: height + 1, Path: path.String(), Base: fmt.Sprintf("M0 %d.5h%d", height, wide*len(bars)),
		Word: p.pair(func(q *printer) string { return fmt.Sprintf(q.t.Series, step, rules.Thousands(most)) }),
	}
}
