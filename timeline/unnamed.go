package timeline

// unnamed tells which of the sources that no host is named for are of one
// machine: by source, the handle that stands for it.
//
// The parts of a rotated log are. So is everything else in an input that names
// no host at all, unless two logs in it look like the same log of two machines:
// zk1.log and zk2.log, or a/app.log and b/app.log. What is told in a section of
// a member stays by itself, since a page may quote several machines.
func (t *Timeline) unnamed() map[int]int {
	var loose []*place
	named := false
	for _, p := range t.places {
		switch {
		case p.duplicate != nil:
		case p.host != nil || p.many:
			named = true
		case p.src.Section == "" && !p.flows:
			loose = append(loose, p)
		}
	}
	of := map[int]int{}
	first := map[*series]int{}
	alike := map[string]*series{}
	several := named
	for _, p := range loose {
		if p.series == nil {
			continue
		}
		if _, ok := first[p.series]; !ok {
			first[p.series] = p.src.ID
		}
		of[p.src.ID] = first[p.series]
		if p.tally.events == 0 {
			continue
		}
		if s := alike[p.numbered()]; s != nil && s != p.series {
			several = true
		}
		alike[p.numbered()] = p.series
	}
	if several {
		return of
	}
	for _, p := range loose {
		of[p.src.ID] = loose[0].src.ID
	}
	return of
}
