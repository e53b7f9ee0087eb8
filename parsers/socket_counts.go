package parsers

import (
	"strings"

	"forensic/event"
)

// How many sockets are in each state, as pipelines of netstat or ss with awk,
// sort and uniq print it: the state first or the number.
//
//	TIME_WAIT 4500
//	   4500 TIME_WAIT
var _ = addSnapshot(Format{
	Name:  "socket_counts",
	Doc:   "Sockets counted by state, as netstat | awk and uniq -c print them.",
	Kinds: []event.Kind{event.SocketStates},
	Sniff: func(head []byte) Score {
		return snapshotScore(head, func(line string) bool { _, _, ok := socketCounted(line); return ok })
	},
	Parse: snapshotOf(func(s *snapshot) {
		for i := range s.n() {
			state, count, ok := socketCounted(s.line(i))
			if !ok {
				continue
			}
			if _, known := socketStates[state]; !known {
				s.claim(i) // the header's word, counted with the rest
				continue
			}
			e := s.begin(event.SocketStates.Name, i, i)
			e.Set("proto", "tcp")
			e.Set("state", socketState(state))
			e.Set("count", count)
			s.send()
		}
	}),
})

// socketCounted reads a state and a number. A header that went through the
// pipeline is counted too: "State 1", "established) 1".
func socketCounted(line string) (state, count string, ok bool) {
	f := strings.Fields(line)
	if len(f) != 2 {
		return "", "", false
	}
	if isNumber(f[0]) {
		f[0], f[1] = f[1], f[0]
	}
	state = strings.TrimSuffix(f[0], ":")
	count = f[1]
	_, known := socketStates[state]
	return state, count, isNumber(count) && (known || state == "State" || state == "established)" || state == "servers)" || state == "Foreign" || state == "Recv-Q" || state == "Address")
}
