package report

import (
	"strconv"
	"time"

	"forensic"
	"forensic/event"
)

// A Traffic is what the connections of one capture were: who was talked to,
// what became of it, and which connections are worth a look. It counts, and
// concludes nothing.
type Traffic struct {
	Source      string           `json:"source"`
	Connections int              `json:"connections"`
	TCP         int              `json:"tcp_packets"`
	UDP         int              `json:"udp_packets"`
	Outcomes    map[string]int   `json:"outcomes,omitempty"` // in the words of flow.summary
	Services    []Service        `json:"services,omitempty"` // the busiest first
	Left        int              `json:"services_left,omitempty"`
	Notable     []NotableTraffic `json:"notable,omitempty"`
	Order       []event.Outcome  `json:"-"` // Outcomes, in a fixed order
}

// A Service is one server port that was talked to.
type Service struct {
	Server         string `json:"server"`
	Transport      string `json:"transport"`
	Protocol       string `json:"protocol,omitempty"`
	Client         string `json:"client,omitempty"` // where it is the only one
	Clients        int    `json:"clients"`
	Connections    int    `json:"connections,omitempty"`
	Established    int    `json:"established,omitempty"`
	Refused        int    `json:"refused,omitempty"`
	NoAnswer       int    `json:"no_answer,omitempty"`
	NoFinalACK     int    `json:"no_final_ack,omitempty"`
	Begun          int    `json:"midstream,omitempty"` // begun before the capture
	TLS            int    `json:"tls,omitempty"`       // connections with a ClientHello
	TLSEstablished int    `json:"tls_established,omitempty"`
	TLSUnknown     int    `json:"tls_unknown,omitempty"`
	Silent         int    `json:"silent,omitempty"` // established, and nothing was said
	Datagrams      int    `json:"datagrams,omitempty"`
	Unanswered     int    `json:"unanswered,omitempty"` // of them
	ToServer       int64  `json:"bytes_to_server,omitempty"`
	ToClient       int64  `json:"bytes_to_client,omitempty"`
}

// A NotableTraffic is a connection worth a look, and why: failed,
// slow_to_open, slow_to_answer, longest, repeated.
type NotableTraffic struct {
	Why         string `json:"why"`
	What        string `json:"what,omitempty"`     // how it failed
	Times       int    `json:"times,omitempty"`    // how many failed like that
	Duration    string `json:"duration,omitempty"` // of the others, by which they are ordered
	Repeated    int    `json:"segments,omitempty"` // sent again
	Text        string `json:"text"`
	Packet      int    `json:"packet"`
	LastPacket  int    `json:"last_packet"`
	Nanoseconds int64  `json:"-"` // Duration
}

func traffic(s *forensic.Source) Traffic {
	t := s.Traffic
	out := Traffic{
		Source: s.Path, Connections: t.Connections, TCP: t.TCP, UDP: t.UDP, Left: t.Left,
		Outcomes: map[string]int{}, Order: t.Outcomes,
	}
	for _, o := range t.Outcomes {
		out.Outcomes[o.What] = o.Times
	}
	for _, v := range t.Services {
		out.Services = append(out.Services, Service{
			v.Server, v.Transport, v.Protocol, v.Client, v.Clients, v.Connections, v.Established, v.Refused, v.NoAnswer, v.NoFinalACK,
			v.Begun, v.TLS, v.TLSEstablished, v.TLSUnknown, v.Silent, v.Packets, v.Unanswered, v.ToServer, v.ToClient,
		})
	}
	for _, n := range t.Notable {
		one := NotableTraffic{Why: n.Why, What: n.What, Times: n.Times, Text: n.Text, Packet: n.First, LastPacket: n.Last}
		switch n.Why {
		case "failed":
		case "repeated":
			one.Repeated = int(n.Value)
		default:
			one.Nanoseconds, one.Duration = n.Value, strconv.FormatFloat(time.Duration(n.Value).Seconds(), 'f', -1, 64)+"s"
		}
		out.Notable = append(out.Notable, one)
	}
	return out
}

// because returns the notable connections of one reason.
func (t *Traffic) because(why string) []NotableTraffic {
	var out []NotableTraffic
	for _, n := range t.Notable {
		if n.Why == why {
			out = append(out, n)
		}
	}
	return out
}
