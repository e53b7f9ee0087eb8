package correlate

// Due returns, while events are still coming, the findings that have begun
// since it was last asked, worded with what is known so far. They have no ids,
// causes or chains, which are Close's. What is missing can only be told at the
// end, so absences are not among them.
func (e *Engine) Due() []*Finding {
	var out []*Finding
	var faults []map[string]string
	for _, m := range e.machines {
		if _, absent := m.op.(*absence); absent {
			continue
		}
		for _, runs := range [][]*run{m.ended, m.going()} {
			for _, r := range runs {
				if !r.hit || r.told {
					continue
				}
				if f := e.finding(m, r, nil, &faults); f != nil {
					r.told = true
					out = append(out, f)
				}
			}
		}
	}
	return out
}
