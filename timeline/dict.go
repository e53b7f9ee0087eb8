package timeline

import "strings"

// A dict numbers the strings that return all the time: kinds, names of
// attributes, hosts. Number 0 stands for "not in here": the empty string, or one
// more than the dict may hold.
type dict struct {
	max   int
	ids   map[string]uint32
	list  []string // by number; the first is empty
	quick [512]quickly
	over  int // how often there was no room
}

type quickly struct {
	s  string
	id uint32
}

func newDict(max int) dict {
	return dict{max: max, ids: map[string]uint32{}, list: []string{""}}
}

// id returns the number of s. The quick table answers nearly always: strings of
// formats are constants, so that equal ones share their bytes.
func (d *dict) id(s string) uint32 {
	if s == "" {
		return 0
	}
	q := &d.quick[(len(s)*37+int(s[0])*5+int(s[len(s)/2])*11+int(s[len(s)-1])*3)&511]
	if q.s == s {
		return q.id
	}
	id, ok := d.ids[s]
	if !ok {
		if len(d.list) > d.max {
			d.over++
			return 0
		}
		s = strings.Clone(s) // may lie in a reader's buffer
		id = uint32(len(d.list))
		d.ids[s] = id
		d.list = append(d.list, s)
	}
	*q = quickly{d.list[id], id}
	return id
}

func (d *dict) name(id uint32) string {
	if int(id) < len(d.list) {
		return d.list[id]
	}
	return ""
}
