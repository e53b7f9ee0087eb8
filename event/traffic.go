package event

// Traffic is what the connections of one capture were, counted while it was
// read: who was talked to, how that ended, and the connections worth a look.
// It holds counts and sentences, and no conclusions.
type Traffic struct {
	Connections int
	TCP, UDP    int       // packets
	Outcomes    []Outcome // what became of the connections, in a fixed order
	Services    []Service // who was talked to, the busiest first
	Left        int       // services beyond those
	Notable     []Notable // by reason, in a fixed order
}

// An Outcome is how many connections one word is true of. The words are those
// of flow.summary.
type Outcome struct {
	What  string
	Times int
}

// A Service is one server address and port.
type Service struct {
	Server    string
	Transport string // tcp, udp
	Protocol  string // as its first bytes tell; of UDP by its port
	Clients   int
	Client    string // where it is only one

	Connections, Established, Refused, NoAnswer, NoFinalACK int
	Begun                                                   int // of the connections, before the capture
	TLS, TLSEstablished, TLSUnknown, Silent, Plain          int
	Packets                                                 int   // UDP
	Unanswered                                              int   // UDP: requests of clients that never heard anything
	ToServer, ToClient                                      int64 // bytes of payload
}

// A Notable is a connection worth a look.
type Notable struct {
	Why   string // failed, slow_to_open, slow_to_answer, longest, repeated
	What  string // of a failed one: the word for it
	Times int    // how many connections failed like that
	Value int64  // nanoseconds, or segments sent again
	Text  string // what became of it
	First int    // packets
	Last  int
}
