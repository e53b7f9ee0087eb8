package parsers

import (
	"context"

	"forensic/pcap"
)

// A packet capture: pcap, pcapng or snoop, as tcpdump, Wireshark and others
// write it. What its packets mean is the business of package pcap.
var _ = add(Format{
	Name:   "capture",
	Doc:    "Packet capture (pcap, pcapng, snoop). TCP connections, TLS handshakes and first words, one event each.",
	Files:  []string{"*.pcap*", "*.cap", "*.pcapng", "*.dmp", "*.snoop"},
	Kinds:  pcap.Kinds,
	Binary: true,
	Sniff: func(head []byte) Score {
		if ok, why := pcap.Sniff(head); ok {
			return Score{1, why}
		}
		return Score{0, "no header of a capture"}
	},
	Parse: func(ctx context.Context, in *Input, emit Emit) error {
		sum, err := pcap.Read(ctx, in.Reader, pcap.Options{Source: in.Source}, emit)
		in.Account, in.Traffic = sum.Account, &sum.Traffic
		in.Problems = append(in.Problems, sum.Problems...)
		return err
	},
})
