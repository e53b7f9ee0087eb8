package parsers

import (
	"strings"

	"forensic/event"
)

// What iostat prints: processors, then devices, whose columns depend on the
// release and on what was asked.
//
//	avg-cpu:  %user   %nice %system %iowait  %steal   %idle
//	           0.14    0.00    0.16    0.00    0.00   99.70
//	Device:            tps    kB_read/s    kB_wrtn/s    kB_read    kB_wrtn
//	sda               0.24         5.24         1.10     203305      42533
var _ = addSnapshot(Format{
	Name:  "iostat",
	Doc:   "iostat: processors and devices.",
	Files: []string{"iostat*"},
	Kinds: []event.Kind{hostCPU, diskIO},
	Sniff: func(head []byte) Score {
		var x iostat
		rows := 0
		sc := snapshotScore(head, func(line string) bool {
			k := x.kindOf(line)
			if k == iostatDevice || k == iostatCPU {
				rows++
			}
			return k != iostatOther
		})
		if rows == 0 {
			return Score{0, "no row of iostat"}
		}
		return sc
	},
	Parse: snapshotOf(iostatRead),
})

var diskIO = event.Kind{
	Name: "disk.io", Doc: "What a device does: rates a second, and times in milliseconds; kb and mb stand for the unit that was printed.",
	Attrs: []string{
		"device", "tps", "kb_read_s", "kb_wrtn_s", "kb_dscd_s", "kb_read", "kb_wrtn", "kb_dscd", "mb_read_s", "mb_wrtn_s", "mb_dscd_s", "mb_read", "mb_wrtn", "mb_dscd",
		"rrqm_s", "wrqm_s", "drqm_s", "r_s", "w_s", "d_s", "f_s", "rkb_s", "wkb_s", "dkb_s", "rmb_s", "wmb_s", "dmb_s", "percent_rrqm", "percent_wrqm", "percent_drqm",
		"avgrq_sz", "avgqu_sz", "aqu_sz", "await", "r_await", "w_await", "d_await", "f_await", "rareq_sz", "wareq_sz", "dareq_sz", "svctm", "percent_util",
	},
}

type iostatLine uint8

const (
	iostatOther iostatLine = iota
	iostatHeader
	iostatCPU
	iostatDevice
)

type iostat struct {
	w     words
	attrs []string
	cpu   bool
	stamp event.Stamp
}

func (x *iostat) kindOf(line string) iostatLine {
	x.w.split(line)
	w := &x.w
	switch {
	case w.n == 0:
		return iostatHeader
	case strings.HasPrefix(line, "Linux ") && strings.Contains(line, " CPU)"):
		return iostatHeader
	case w.at(0) == "avg-cpu:":
		x.cpu, x.attrs = true, nil
		for i := 1; i < w.n; i++ {
			x.attrs = append(x.attrs, strings.TrimPrefix(w.at(i), "%"))
		}
		return iostatHeader
	case strings.TrimSuffix(w.at(0), ":") == "Device" && w.n > 2:
		x.cpu, x.attrs = false, nil
		for i := 1; i < w.n; i++ {
			x.attrs = append(x.attrs, iostatName(w.at(i)))
		}
		return iostatHeader
	case x.cpu && w.n == len(x.attrs) && isDecimal(w.at(0)):
		return iostatCPU
	case !x.cpu && len(x.attrs) > 0 && w.n == len(x.attrs)+1 && isDecimal(w.at(1)):
		return iostatDevice
	}
	if st, ok := dateLine(line); ok {
		x.stamp = st
		return iostatHeader
	}
	return iostatOther
}

// iostatName turns a column's header into an attribute: rMB/s is rmb_s, %util
// percent_util.
func iostatName(s string) string {
	s = strings.ToLower(strings.NewReplacer("/", "_", "-", "_").Replace(s))
	if rest, ok := strings.CutPrefix(s, "%"); ok {
		s = "percent_" + rest
	}
	return s
}

func iostatRead(s *snapshot) {
	var x iostat
	known := map[string]bool{}
	for _, a := range diskIO.Attrs {
		known[a] = true
	}
	for i := range s.n() {
		switch x.kindOf(s.line(i)) {
		case iostatHeader:
			s.claim(i)
		case iostatCPU:
			e := s.begin(hostCPU.Name, i, i)
			x.at(e)
			e.Set("cpu", "all")
			e.Set("unit", "percent")
			for k, a := range x.attrs {
				e.Set(a, x.w.at(k))
			}
			s.send()
		case iostatDevice:
			e := s.begin(diskIO.Name, i, i)
			x.at(e)
			e.Set("device", strings.TrimSuffix(x.w.at(0), ":"))
			for k, a := range x.attrs {
				if known[a] {
					e.Set(a, x.w.at(k+1))
				}
			}
			s.send()
		}
	}
}

func (x *iostat) at(e *event.Event) {
	if !x.stamp.Zero() {
		e.Stamp = x.stamp
	}
}
