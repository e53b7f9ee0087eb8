package pcap

import (
	"errors"
	"strconv"

	"forensic/event"
)

var errNoCapture = errors.New("not a capture: no pcap, pcapng or snoop header")

const maxProblems = 64 // different ones; the last says how many more there were

// An account counts what was read and what was odd.
type account struct {
	event.Account
	problems []event.Problem
	more     int
}

// problem notes something odd, or that it happened again.
func (a *account) problem(what, at string) {
	for i := range a.problems {
		if a.problems[i].What == what {
			a.problems[i].Times++
			return
		}
	}
	if len(a.problems) == maxProblems {
		a.more++
		return
	}
	a.problems = append(a.problems, event.Problem{What: what, At: at, Times: 1})
}

// again counts one more of what problem has noted.
func (a *account) again(what string) {
	for i := range a.problems {
		if a.problems[i].What == what {
			a.problems[i].Times++
			return
		}
	}
	a.more++
}

func (a *account) all() []event.Problem {
	if a.more == 0 {
		return a.problems
	}
	return append(a.problems, event.Problem{What: "more problems than are listed", At: "", Times: a.more})
}

func atByte(n int64) string { return "byte " + strconv.FormatInt(n, 10) }
func atPacket(n int) string { return "packet " + strconv.Itoa(n) }
