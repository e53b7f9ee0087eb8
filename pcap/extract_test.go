package pcap_test

import (
	"bytes"
	"context"
	"net/netip"
	"testing"

	"forensic/pcap"
)

func TestExtract(t *testing.T) {
	const other = "\nD 192.0.2.20:40000\n+1s D>S connect\n+1s C>S connect\n+1ms C>S close\n"
	for _, box := range []string{"pcap", "pcap-ns-be", "pcapng", "snoop"} {
		capture := compile(t, "container "+box+conversation+other)
		var out bytes.Buffer
		a, b := netip.MustParseAddrPort("192.0.2.1:443"), netip.MustParseAddrPort("192.0.2.10:40000")
		n, err := pcap.Extract(context.Background(), bytes.NewReader(capture), &out, []pcap.Conversation{{A: a, B: b, Last: 10}})
		if err != nil || n != 10 {
			t.Fatalf("%s: %d packets, %v", box, n, err)
		}
		before, wantEvents := read(t, bytes.NewReader(compile(t, "container "+box+conversation)), pcap.Options{})
		after, events := read(t, bytes.NewReader(out.Bytes()), pcap.Options{})
		if after.Account.Packets != 10 || after.First != before.First || after.Last != before.Last {
			t.Errorf("%s: %+v, want %+v", box, after, before)
		}
		for i := range wantEvents {
			if i >= len(events) || events[i].Text != wantEvents[i].Text || events[i].Stamp != wantEvents[i].Stamp {
				t.Errorf("%s: event %d differs", box, i)
			}
		}
		all, err := pcap.Extract(context.Background(), bytes.NewReader(capture), &bytes.Buffer{}, []pcap.Conversation{{A: b, B: a}})
		if err != nil || all != 16 {
			t.Errorf("%s: %d packets of both connections, %v", box, all, err)
		}
	}
}
