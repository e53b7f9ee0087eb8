package bundle

import (
	"fmt"
	"slices"
	"time"
)

// tick applies the timing rules.
func (l *Log) tick(now time.Time) {
	rouse := false
	drained := 0
	if l.path != "" && l.stood == "" {
		l.emptied(now)
	}
	for i := 0; i < len(l.gens); i++ {
		g := l.gens[i]
		silent := now.Sub(g.grew)
		newest := i == len(l.gens)-1
		if len(g.held) > 0 && silent >= unfinished && !g.warned && !l.raw {
			g.warned = true
			l.fault(g, fmt.Sprintf("the last line has no end since %s; it is given when it has, or when the file is left", unfinished), fmt.Sprintf("line %d", g.line+1))
		}
		if g.file != nil && !g.flush {
			if info, err := g.file.Stat(); err == nil && (info.Size() != g.seen || !info.ModTime().Equal(g.mtime)) {
				rouse = true
				continue
			}
		}
		if newest || !g.drained || l.inside == g {
			rouse = rouse || g.flush || len(g.held) == 0 && !g.drained && !newest
			continue
		}
		drained++
		if silent < retireAfter || now.Sub(g.retired) < retireAfter {
			continue
		}
		if len(g.held) > 0 {
			g.flush, rouse = true, true
			if !l.raw {
				l.fault(g, fmt.Sprintf("the file was left with a last line without end: its %s are given as they are", count(int64(len(g.held)), "byte")), fmt.Sprintf("line %d", g.line+1))
			}
			continue
		}
		l.leave(i)
		i--
		drained--
	}
	for i := 0; drained > maxDrained && i < len(l.gens)-1; i++ {
		if g := l.gens[i]; g.drained && len(g.held) == 0 && l.inside != g {
			l.leave(i)
			i--
			drained--
		}
	}
	if rouse {
		l.rouse()
	}
}

// leave gives back the descriptor of a generation that is over.
func (l *Log) leave(i int) {
	g := l.gens[i]
	g.close(l.f)
	l.f.kept.done(g.kept)
	l.gens = slices.Delete(l.gens, i, i+1)
	l.past = append(l.past, g)
	if len(l.past) > maxPast {
		l.past = slices.Delete(l.past, 0, len(l.past)-maxPast)
	}
}
