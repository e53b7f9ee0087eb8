package event

import "testing"

func TestGetDerives(t *testing.T) {
	of := func(pairs ...string) (a Attrs) {
		for i := 0; i < len(pairs); i += 2 {
			a = append(a, Attr{pairs[i], pairs[i+1]})
		}
		return a
	}
	connection := of("client", "[2001:db8::7]:4711", "server", "192.0.2.11:2181")
	served := of("state", "TIME_WAIT", "local.host", "192.0.2.11", "local.port", "2181", "peer.host", "192.0.2.7", "role", "server")
	opened := of("state", "TIME_WAIT", "local.host", "192.0.2.7", "peer.host", "192.0.2.11", "peer.port", "2181", "role", "client")
	for _, c := range []struct {
		attrs      Attrs
		name, want string
	}{
		{connection, "client.host", "2001:db8::7"}, {connection, "client.port", "4711"}, {connection, "server.port", "2181"},
		{served, "client.host", "192.0.2.7"}, {served, "client.port", ""}, {served, "server.host", "192.0.2.11"}, {served, "server.port", "2181"},
		{opened, "client.host", "192.0.2.7"}, {opened, "server.host", "192.0.2.11"}, {opened, "server.port", "2181"},
		{of("local.host", "192.0.2.7", "peer.host", "192.0.2.11", "role", "listen"), "client.host", ""},
		{of("local.host", "192.0.2.7", "peer.host", "192.0.2.11"), "server.host", ""},
		{of("client", "192.0.2.7"), "client.host", "192.0.2.7"}, {of("client", "192.0.2.7"), "client.port", ""},
		{nil, "client.host", ""},
	} {
		if got := c.attrs.Get(c.name); got != c.want {
			t.Errorf("%v: %s is %q, want %q", c.attrs, c.name, got, c.want)
		}
	}
}
