package parsers

import (
	"net/netip"
	"strconv"

	"forensic/event"
)

// Tables of /proc/net that are not sockets: route and softnet_stat.

// procNetRouteRow reads Iface Destination Gateway Flags RefCnt Use Metric Mask MTU
// Window IRTT, with addresses as words of a machine that keeps the lowest byte
// first.
func procNetRouteRow(w *words, e *event.Event) bool {
	if w.n < 11 || len(w.at(1)) != 8 || len(w.at(2)) != 8 || len(w.at(7)) != 8 || !isHex16(w.at(1)) || !isHex16(w.at(2)) || !isHex16(w.at(7)) {
		return false
	}
	flags, err := strconv.ParseUint(w.at(3), 16, 16)
	if err != nil {
		return false
	}
	text := ""
	for i, c := range "UGH" {
		if flags&(1<<i) != 0 {
			text += string(c)
		}
	}
	e.Set("destination", procNetWord(w.at(1)))
	e.Set("gateway", procNetWord(w.at(2)))
	e.Set("genmask", procNetWord(w.at(7)))
	e.Set("flags", text)
	e.Set("references", w.at(4))
	e.Set("use", w.at(5))
	e.Set("metric", w.at(6))
	e.Set("window", w.at(9))
	e.Set("irtt", w.at(10))
	e.Set("interface", w.at(0))
	return true
}

func procNetWord(s string) string {
	n, err := strconv.ParseUint(s, 16, 32)
	if err != nil {
		return ""
	}
	return netip.AddrFrom4([4]byte{byte(n), byte(n >> 8), byte(n >> 16), byte(n >> 24)}).String()
}

// softnetColumns are the counters of /proc/net/softnet_stat that have a meaning
// on all kernels.
var softnetColumns = [...]string{"processed", "dropped", "time_squeeze"}

// softnetRow recognises a line of at least nine counters of eight digits.
func softnetRow(w *words) bool {
	if w.n < 9 {
		return false
	}
	for i := range w.n {
		if len(w.at(i)) != 8 || !isHex16(w.at(i)) {
			return false
		}
	}
	return true
}

func softnetCounts(s *snapshot, i, cpu int, w *words) {
	for k, name := range softnetColumns {
		procNetCount(s, i, "softnet cpu"+strconv.Itoa(cpu), name, hexNumber(w.at(k)))
	}
}
