package parsers

import (
	"slices"
	"strings"
	"testing"

	"forensic/event"
)

// attrWords lists attributes by name.
func attrWords(attrs event.Attrs) string {
	var all []string
	for _, a := range attrs {
		all = append(all, a.Name+"="+a.Value)
	}
	slices.Sort(all)
	return strings.Join(all, " ")
}

// TestZoneCompiled reads the rule behind the tables of a compiled zone.
func TestZoneCompiled(t *testing.T) {
	tables := "TZif2" + string(make([]byte, 40)) + "LMT\x00CST\x00" + "TZif2" + string(make([]byte, 60))
	for rule, want := range map[string]string{
		"CST-8":                      "source=localtime zone=+08:00 zone_name=CST-8",
		"<+0530>-5:30":               "source=localtime zone=+05:30 zone_name=<+0530>-5:30",
		"UTC0":                       "source=localtime zone=+00:00 zone_name=UTC",
		"CET-1CEST,M3.5.0,M10.5.0/3": "source=localtime zone_name=Europe/Berlin",
		"XXX-7YYY,M1.1.0,M2.1.0":     "source=localtime zone_name=XXX-7YYY,M1.1.0,M2.1.0",
	} {
		f, _ := Detect("etc/localtime", []byte(tables+"\n"+rule+"\n"))
		if f.Name != "zone" {
			t.Errorf("%s is taken for %q", rule, f.Name)
			continue
		}
		text := tables + "\n" + rule + "\n"
		events, _, err := readAll(t, f, strings.NewReader(text), len(text))
		if err != nil || len(events) != 1 {
			t.Fatalf("%s: %d events, %v", rule, len(events), err)
		}
		got := attrWords(events[0].Attrs)
		if got != want {
			t.Errorf("%s: %s, want %s", rule, got, want)
		}
	}
}

// TestOrderOfDayAndMonth tells day/month from month/day by what is possible and
// by how time goes on; where nothing tells, that is said.
func TestOrderOfDayAndMonth(t *testing.T) {
	for _, c := range []struct {
		text  string
		order dateOrder
		open  bool
	}{
		{"03/04/2025 22:00:00 a\n03/04/2025 23:00:00 b\n04/04/2025 00:10:00 c\n", orderDMY, false},
		{"04/03/2025 22:00:00 a\n04/03/2025 23:00:00 b\n04/04/2025 00:10:00 c\n", orderMDY, false},
		{"12/04/2025 22:00:00 a\n13/04/2025 00:00:00 b\n", orderDMY, false},
		{"04/12/2025 22:00:00 a\n04/13/2025 00:00:00 b\n", orderMDY, false},
		{"03/04/2025 22:00:00 a\n03/04/2025 23:00:00 b\n", orderMDY, true},
		{"03-04-2025 22:00:00 a\n03-04-2025 23:00:00 b\n", orderDMY, true},
		{"03.04.2025 22:00:00 a\n03.04.2025 23:00:00 b\n", orderDMY, false},
		{"04/04/2025 22:00:00 a\n04/04/2025 23:00:00 b\n", orderAny, false},
		{"2025-03-04 22:00:00 a\n2025-03-04 23:00:00 b\n", orderAny, false},
	} {
		if order, open := learnOrder(c.text); order != c.order || open != c.open {
			t.Errorf("%q: order %d, open %v; want %d, %v", c.text, order, open, c.order, c.open)
		}
	}
}
