// Package pcap reads packet captures and tells what happened in them: which
// TCP connections there were, how they began and ended, how far TLS got on
// each and who owed the next byte.
//
// It owns the container formats (pcap and its relatives, pcapng, snoop), the
// way from a frame to a TCP segment, the table of connections and the states
// of a TLS handshake. It takes an io.Reader and knows nothing of files; its
// events go to the function it is given. It is the only package that imports
// gopacket, and of it only the layers, whose structs it reuses.
//
// It refuses to conclude from what is not there: where the beginning of a
// connection, one direction or part of the payload was not captured, the words
// are "midstream" and "unknown". Checksums decide nothing. A packet that cannot
// be decoded is counted, never fatal.
//
// Memory is bounded by Options, not by the capture: connections are given up
// longest idle first, held back payload has a limit, fragments are put together
// a few at a time. What was given up is in the Summary.
//
// The road of a packet:
//
//	source ─▶ container ─▶ decoder ─▶ flow table ─▶ judge (sequence numbers)
//	                                             └▶ said (payload) ─▶ stream ─▶ records ─▶ handshake
//
// Events come nearly in order of time: what a connection's end or its siblings
// decide is told when it is known, with the time at which it happened.
package pcap
