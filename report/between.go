package report

// between is from when to when sources speak. Times whose zone nobody knows
// cannot be compared with others: they count only where there are no others.
func between(sources []Source) (first, last Moment) {
	for _, zoned := range []bool{true, false} {
		for i := range sources {
			s := &sources[i]
			if !s.First.Known || s.First.ZoneKnown != zoned {
				continue
			}
			if !first.Known || s.First.At < first.At {
				first = s.First
			}
			if s.Last.Known && (!last.Known || s.Last.At > last.At) {
				last = s.Last
			}
		}
		if first.Known {
			break
		}
	}
	return first, last
}
