package pcap_test

import (
	"bytes"
	"context"
	"fmt"
	"os"
	"os/exec"
	"path/filepath"
	"slices"
	"sort"
	"strconv"
	"strings"
	"testing"

	"golang.org/x/tools/txtar"

	"forensic/event"
	"forensic/pcap"
	"forensic/pcap/script"
)

// differs lists the written captures of which Wireshark 4.0 says something else
// than we do, and why.
var differs = map[string]string{
	"copies-two-interfaces":       "Wireshark counts the copies, and takes them for repetitions",
	"copies-sll":                  "Wireshark counts the copies, and takes them for repetitions",
	"copies-pcapng":               "Wireshark counts the copies, and takes them for repetitions",
	"tls-hello-answered-in-plain": "Wireshark reads whatever comes on port 8080 as HTTP",
	"icmp-unreachable-ipv6":       "Wireshark counts the packet that an ICMPv6 error quotes as one of its connection",
}

// TestAgainstWireshark compares flows, packets and repetitions with what tshark
// says of the same captures. It starts a hundred processes, so only on demand:
// ORACLE=1 in the environment.
func TestAgainstWireshark(t *testing.T) {
	if os.Getenv("ORACLE") != "1" {
		t.Skip("ORACLE=1 compares with tshark")
	}
	if _, err := exec.LookPath("tshark"); err != nil {
		t.Skip("tshark is not installed")
	}
	files, _ := filepath.Glob("../fixtures/flows/*.txtar")
	for _, file := range files {
		name := strings.TrimSuffix(filepath.Base(file), ".txtar")
		t.Run(name, func(t *testing.T) {
			t.Parallel()
			archive, err := txtar.ParseFile(file)
			if err != nil {
				t.Fatal(err)
			}
			capture, err := script.Compile(string(archive.Files[0].Data))
			if err != nil {
				t.Fatal(err)
			}
			path := filepath.Join(t.TempDir(), "capture")
			if err := os.WriteFile(path, capture, 0o600); err != nil {
				t.Fatal(err)
			}
			got, want := ours(t, capture), theirs(t, path)
			if why := differs[name]; why != "" {
				if got == want {
					t.Errorf("no difference any more, though %s", why)
				}
				return
			}
			if got != want {
				t.Errorf("ours\n%stshark\n%s", got, want)
			}
		})
	}
}

var tlsWords = map[string]string{"tls.client_hello": "client_hello", "tls.server_hello": "server_hello", "tls.alert": "alert"}

// ours and theirs print, for each connection, packets each way and how many of
// them are repetitions or out of order, and which hellos and alerts there are.
func ours(t *testing.T, capture []byte) string {
	var lines []string
	spoken := map[string]string{} // what TLS showed, by flow
	sum, err := pcap.Read(context.Background(), bytes.NewReader(capture), pcap.Options{}, func(e *event.Event) error {
		flow := e.Attrs.Get(event.Flow)
		if word, ok := tlsWords[e.Kind]; ok && e.Attrs.Get("tls_alert") != "encrypted" {
			spoken[flow] = with(spoken[flow], word)
			return nil
		}
		if e.Kind != "flow.summary" {
			return nil
		}
		n := func(name string) int { v, _ := strconv.Atoi(e.Attrs.Get(name)); return v }
		first, _ := strconv.Atoi(flow)
		lines = append(lines, fmt.Sprintf("%03d %d+%d again %d disordered %d zero %d alive %d%s\n", first-1,
			min(n("client_packets"), n("server_packets")), max(n("client_packets"), n("server_packets")),
			n("client_retransmissions")+n("server_retransmissions"), n("client_out_of_order")+n("server_out_of_order"),
			n("client_zero_window")+n("server_zero_window"), n("client_keep_alives")+n("server_keep_alives"), spoken[flow]))
		return nil
	})
	if err != nil {
		t.Fatal(err)
	}
	sort.Strings(lines)
	return strings.Join(lines, "") + fmt.Sprintln("packets", sum.Account.Packets)
}

// theirs asks tshark the same.
func theirs(t *testing.T, path string) string {
	fields := []string{
		"tcp.stream", "tcp.srcport", "tcp.analysis.retransmission", "tcp.analysis.out_of_order",
		"tcp.analysis.zero_window", "tcp.analysis.keep_alive", "tls.handshake.type", "tls.alert_message.desc", "tls.handshake.random",
	}
	args := []string{"-r", path, "-T", "fields", "-E", "separator=;", "-o", "tcp.analyze_sequence_numbers:TRUE", "-o", "tcp.reassemble_out_of_order:TRUE"}
	for _, f := range fields {
		args = append(args, "-e", f)
	}
	out, err := exec.Command("tshark", args...).Output()
	if err != nil {
		t.Fatal(err)
	}
	type flow struct {
		packets map[string]int
		odd     [4]int
		spoken  string
	}
	flows := map[int]*flow{}
	packets := 0
	for line := range strings.Lines(string(out)) {
		packets++
		cells := strings.Split(strings.TrimSuffix(line, "\n"), ";")
		number, err := strconv.Atoi(cells[0])
		if err != nil {
			continue
		}
		if flows[number] == nil {
			flows[number] = &flow{packets: map[string]int{}}
		}
		f := flows[number]
		f.packets[cells[1]]++
		for i := range f.odd {
			if cells[2+i] != "" {
				f.odd[i]++
			}
		}
		f.spoken = hellos(f.spoken, cells[6], cells[7], cells[8])
	}
	var text strings.Builder
	for n := range len(flows) {
		var ways []int
		for _, k := range flows[n].packets {
			ways = append(ways, k)
		}
		ways = append(ways, 0)
		sort.Sort(sort.Reverse(sort.IntSlice(ways)))
		odd := flows[n].odd
		fmt.Fprintf(&text, "%03d %d+%d again %d disordered %d zero %d alive %d%s\n", n, ways[1], ways[0], odd[0], odd[1], odd[2], odd[3], flows[n].spoken)
	}
	return text.String() + fmt.Sprintln("packets", packets)
}

// hellos adds what TLS of a frame shows; the request for another hello is none.
func hellos(spoken, types, alerts, randoms string) string {
	all := strings.Split(randoms+",,,,", ",")
	for i, kind := range strings.Split(types, ",") {
		word := map[string]string{"1": "client_hello", "2": "server_hello"}[kind]
		if word != "" && !strings.HasPrefix(all[min(i, 4)], "cf21ad74") {
			spoken = with(spoken, word)
		}
	}
	if alerts != "" {
		spoken = with(spoken, "alert")
	}
	return spoken
}

// with adds a word to a sorted list, once.
func with(list, word string) string {
	words := strings.Fields(list)
	if !slices.Contains(words, word) {
		words = append(words, word)
	}
	slices.Sort(words)
	return " " + strings.Join(words, " ")
}
