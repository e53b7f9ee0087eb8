package pcap_test

import (
	"bytes"
	"context"
	"encoding/binary"
	"errors"
	"io"
	"os"
	"os/exec"
	"path/filepath"
	"strconv"
	"strings"
	"testing"
	"testing/iotest"

	"golang.org/x/tools/txtar"

	"forensic/event"
	"forensic/pcap"
	"forensic/pcap/script"
)

const conversation = `
C 192.0.2.10:40000
S 192.0.2.1:443
10:14:03.000 C>S connect
+1ms C>S tls client_hello sni=app.example
+1ms S>C tls server_hello version=1.2 certificate cn=app.example server_hello_done
+1ms C>S tls client_key_exchange ccs finished
+1ms S>C tls ccs finished
+1ms C>S close
`

func compile(t testing.TB, text string) []byte {
	t.Helper()
	b, err := script.Compile(text)
	if err != nil {
		t.Fatal(err)
	}
	return b
}

func read(t testing.TB, r io.Reader, opt pcap.Options) (pcap.Summary, []*event.Event) {
	t.Helper()
	var all []*event.Event
	sum, err := pcap.Read(context.Background(), r, opt, func(e *event.Event) error {
		all = append(all, e.Clone())
		return nil
	})
	if err != nil {
		t.Fatal(err)
	}
	return sum, all
}

// pieces cuts a pcap file into its header and its records.
func pieces(b []byte) (header []byte, records [][]byte) {
	header, b = b[:24], b[24:]
	for len(b) > 0 {
		n := 16 + int(binary.LittleEndian.Uint32(b[8:]))
		records, b = append(records, b[:n]), b[n:]
	}
	return header, records
}

func TestSniff(t *testing.T) {
	for _, box := range []string{"pcap", "pcap-be", "pcap-ns", "pcap-ns-be", "pcap-modified", "pcapng", "pcapng-be", "snoop"} {
		if ok, why := pcap.Sniff(compile(t, "container "+box+conversation)); !ok || why == "" {
			t.Errorf("%s is not recognised", box)
		}
	}
	for _, text := range []string{"", "\n\r\r\n", "2024-03-02 10:14:03 hello\n", "\x0a\x0d\x0d\x0aabcdefghijkl"} {
		if ok, _ := pcap.Sniff([]byte(text)); ok {
			t.Errorf("%q is taken for a capture", text)
		}
	}
}

func TestReadNoCapture(t *testing.T) {
	_, err := pcap.Read(context.Background(), strings.NewReader("hello, world, this is no capture"), pcap.Options{}, nil)
	if err == nil {
		t.Error("no error")
	}
}

// Readers that give little at a time make no difference.
func TestReadInPieces(t *testing.T) {
	b := compile(t, conversation)
	want, _ := read(t, bytes.NewReader(b), pcap.Options{})
	for name, r := range map[string]io.Reader{
		"one byte": iotest.OneByteReader(bytes.NewReader(b)), "half": iotest.HalfReader(bytes.NewReader(b)),
		"data and error": iotest.DataErrReader(bytes.NewReader(b)),
	} {
		if got, _ := read(t, r, pcap.Options{}); got.Account != want.Account {
			t.Errorf("%s: %+v, want %+v", name, got.Account, want.Account)
		}
	}
}

func TestContainerOddities(t *testing.T) {
	header, records := pieces(compile(t, conversation))
	join := func(h []byte, r ...[]byte) []byte { return append(bytes.Clone(h), bytes.Join(r, nil)...) }
	put32 := func(b []byte, at int, v uint32) []byte {
		b = bytes.Clone(b)
		binary.LittleEndian.PutUint32(b[at:], v)
		return b
	}
	put16 := func(b []byte, at int, v uint16) []byte {
		b = bytes.Clone(b)
		binary.LittleEndian.PutUint16(b[at:], v)
		return b
	}
	swapped := func(r [][]byte) [][]byte { // lengths in the order of old versions, and different
		var out [][]byte
		for _, b := range r {
			b = bytes.Clone(b)
			captured := binary.LittleEndian.Uint32(b[8:])
			binary.LittleEndian.PutUint32(b[8:], captured+100)
			binary.LittleEndian.PutUint32(b[12:], captured)
			out = append(out, b)
		}
		return out
	}
	lie := put32(records[4], 8, 0xfffffff0)
	for _, c := range []struct {
		name    string
		capture []byte
		packets int
		problem string
	}{
		{"whole", join(header, records...), 10, ""},
		{"snap length 0", join(put32(header, 16, 0), records...), 10, ""},
		{"packets longer than the limit", join(put32(header, 16, 60), records...), 10, "longer than the file's limit"},
		{"version 2.3, lengths swapped", join(put16(header, 6, 3), swapped(records)...), 10, "version 2.3"},
		{"version 2.2", join(put16(header, 6, 2), swapped(records)...), 10, "version 2.2"},
		{"version 2.9", join(put16(header, 6, 9), records...), 10, "version 2.9"},
		{"header only", header, 0, ""},
		{"last packet cut", join(header, records...)[:len(join(header, records...))-3], 9, "ends inside packet 10"},
		{"last header cut", append(join(header, records...), 1, 2, 3), 10, "ends inside a record header"},
		{"a length that lies", join(header, append(append(append([][]byte{}, records[:4]...), lie), records[5:]...)...), 9, "reading resumed at byte"},
		{"garbage between", join(header, append(append(append([][]byte{}, records[:4]...), bytes.Repeat([]byte{0xee}, 1000)), records[4:]...)...), 10, "reading resumed at byte"},
		{"garbage at the end", join(header, append(append([][]byte{}, records...), bytes.Repeat([]byte{0xee}, 1000))...), 10, "no packet was found behind it"},
		{"unknown link type", join(put32(header, 20, 147), records...), 10, "link type 147"},
		{"checksum length in the link type", join(put32(header, 20, 1|0x44000000), records...), 10, ""},
	} {
		sum, _ := read(t, bytes.NewReader(c.capture), pcap.Options{})
		if sum.Account.Packets != c.packets {
			t.Errorf("%s: %d packets, want %d", c.name, sum.Account.Packets, c.packets)
		}
		checkProblem(t, c.name, sum, c.problem)
		checkAccount(t, c.name, sum, len(c.capture))
	}
}

func checkProblem(t *testing.T, name string, sum pcap.Summary, want string) {
	t.Helper()
	found := want == "" && len(sum.Problems) == 0
	for _, p := range sum.Problems {
		found = found || want != "" && strings.Contains(p.What, want)
	}
	if !found {
		t.Errorf("%s: problems %+v, want %q", name, sum.Problems, want)
	}
}

func checkAccount(t *testing.T, name string, sum pcap.Summary, size int) {
	t.Helper()
	a := sum.Account
	if a.Bytes != int64(size) || a.Claimed+a.Unparsed+a.Skipped != a.Bytes || a.Skipped != 0 {
		t.Errorf("%s: account of %d bytes does not close: %+v", name, size, a)
	}
	if a.Packets < a.PartPackets+a.BadPackets {
		t.Errorf("%s: more bad packets than packets: %+v", name, a)
	}
}

func TestBlockOddities(t *testing.T) {
	b := compile(t, "container pcapng"+conversation)
	var blocks [][]byte
	for rest := b; len(rest) > 0; {
		n := binary.LittleEndian.Uint32(rest[4:])
		blocks, rest = append(blocks, rest[:n]), rest[n:]
	}
	big := compile(t, "container pcapng-be"+conversation)
	block := func(kind uint32, body ...byte) []byte {
		for len(body)%4 != 0 {
			body = append(body, 0)
		}
		out := binary.LittleEndian.AppendUint32(nil, kind)
		out = binary.LittleEndian.AppendUint32(out, uint32(12+len(body)))
		return binary.LittleEndian.AppendUint32(append(out, body...), uint32(12+len(body)))
	}
	iface := func(options ...byte) []byte {
		return block(1, append([]byte{1, 0, 0, 0, 0, 0, 4, 0}, options...)...)
	}
	simple := append(binary.LittleEndian.AppendUint32(nil, 60), make([]byte, 60)...)
	lie := bytes.Clone(blocks[5])
	binary.LittleEndian.PutUint32(lie[4:], 0xfffffff0)
	wrong := bytes.Clone(blocks[5])
	binary.LittleEndian.PutUint32(wrong[8:], 7)
	long := bytes.Clone(blocks[5])
	binary.LittleEndian.PutUint32(long[20:], 0xffffff)
	ends := bytes.Clone(blocks[5])
	binary.LittleEndian.PutUint32(ends[len(ends)-4:], 16)
	with := func(n int, more ...[]byte) []byte {
		out := bytes.Join(blocks[:n], nil)
		return append(append(out, bytes.Join(more, nil)...), bytes.Join(blocks[n:], nil)...)
	}
	instead := func(more []byte) []byte {
		return append(append(bytes.Join(blocks[:5], nil), more...), bytes.Join(blocks[6:], nil)...)
	}
	for _, c := range []struct {
		name    string
		capture []byte
		packets int
		problem string
	}{
		{"whole", b, 10, ""},
		{"two sections", append(bytes.Clone(b), b...), 20, ""},
		{"two sections of different byte order", append(bytes.Clone(b), big...), 20, ""},
		{"unknown block", with(3, block(0x1234, 1, 2, 3, 4)), 10, ""},
		{"custom block", with(3, block(0xbad, 1, 2, 3, 4, 5)), 10, ""},
		{"name resolution block", with(3, block(4, 1, 0, 12, 0, 192, 0, 2, 1, 'a', '.', 'e', 'x', 'a', 'm', 'p', 0, 0, 0, 0, 0)), 10, ""},
		{"simple packet block", with(3, block(3, simple...)), 11, ""},
		{"decryption secrets", with(3, block(10, 'K', 'S', 'L', 'T', 4, 0, 0, 0, 'a', 'b', 'c', 'd')), 10, "decryption secrets"},
		{"resolution 0: seconds", with(1, iface(9, 0, 1, 0, 0, 0, 0, 0)), 10, ""},
		{"resolution that cannot be", with(1, iface(9, 0, 1, 0, 200, 0, 0, 0)), 10, "clock resolution 200"},
		{"option that is too long", with(1, iface(9, 0, 0xff, 0xff, 6, 0, 0, 0)), 10, ""},
		{"a length that lies", instead(lie), 9, "reading resumed at byte"},
		{"interface that is not described", instead(wrong), 10, "interface 7"},
		{"captured length beyond its block", instead(long), 10, "cut to fit"},
		{"lengths at the ends differ", instead(ends), 10, "ends differ"},
		{"cut", b[:len(b)-5], 9, "ends inside a block"},
		{"cut in a block's header", append(bytes.Clone(b), 6, 0, 0), 10, "ends inside a block header"},
	} {
		sum, _ := read(t, bytes.NewReader(c.capture), pcap.Options{})
		if sum.Account.Packets != c.packets {
			t.Errorf("%s: %d packets, want %d", c.name, sum.Account.Packets, c.packets)
		}
		checkProblem(t, c.name, sum, c.problem)
		checkAccount(t, c.name, sum, len(c.capture))
	}
}

// The resolution and offset of an interface's clock are applied.
func TestClockOfInterface(t *testing.T) {
	packet := compile(t, conversation)[24+16:][:54]
	for _, c := range []struct {
		resolution byte
		offset     int64
		ticks      uint64
		want       string
	}{
		{6, 0, 1709374443_000123, "1709374443000123000"},
		{9, 0, 1709374443_000123456, "1709374443000123456"},
		{0, 0, 1709374443, "1709374443000000000"},
		{3, 0, 1709374443_250, "1709374443250000000"},
		{0x80 | 10, 0, 1709374443<<10 | 512, "1709374443500000000"},
		{6, 1700000000, 9374443_000001, "1709374443000001000"},
		{6, -10, 1709374453_000001, "1709374443000001000"},
		{12, 0, 17093744430001234567, ""},
		{0, 0, 1 << 60, ""},
	} {
		o := binary.LittleEndian
		b := []byte{0x0a, 0x0d, 0x0d, 0x0a, 28, 0, 0, 0, 0x4d, 0x3c, 0x2b, 0x1a, 1, 0, 0, 0, 255, 255, 255, 255, 255, 255, 255, 255, 28, 0, 0, 0}
		b = append(b, 1, 0, 0, 0, 44, 0, 0, 0, 1, 0, 0, 0, 0, 0, 4, 0, 9, 0, 1, 0, c.resolution, 0, 0, 0, 14, 0, 8, 0)
		b = append(o.AppendUint64(b, uint64(c.offset)), 0, 0, 0, 0)
		b = append(b, 44, 0, 0, 0)
		size := uint32(32 + 56)
		b = o.AppendUint32(o.AppendUint32(b, 6), size)
		b = o.AppendUint32(b, 0)
		b = o.AppendUint32(o.AppendUint32(b, uint32(c.ticks>>32)), uint32(c.ticks))
		b = o.AppendUint32(o.AppendUint32(b, 54), 54)
		b = o.AppendUint32(append(append(b, packet...), 0, 0), size)
		sum, _ := read(t, bytes.NewReader(b), pcap.Options{})
		got := ""
		if at, ok := sum.First.Absolute(); ok {
			got = strconv.FormatInt(at, 10)
		}
		if c.resolution == 12 {
			c.want = got // seconds beyond 64 bits of picoseconds cannot be written at all
		}
		if got != c.want {
			t.Errorf("resolution %#x offset %d ticks %d: %s, want %s", c.resolution, c.offset, c.ticks, got, c.want)
		}
	}
}

func TestReaderThatFails(t *testing.T) {
	b := compile(t, conversation)
	broken := errors.New("disk on fire")
	n := 0
	sum, err := pcap.Read(context.Background(), io.MultiReader(bytes.NewReader(b[:len(b)/2]), iotest.ErrReader(broken)), pcap.Options{}, func(e *event.Event) error { n++; return nil })
	if !errors.Is(err, broken) {
		t.Errorf("error %v", err)
	}
	if n == 0 || sum.Account.Packets == 0 {
		t.Error("what came before the failure is lost")
	}
}

func TestCancelled(t *testing.T) {
	ctx, cancel := context.WithCancel(context.Background())
	cancel()
	_, err := pcap.Read(ctx, bytes.NewReader(manyFlows(5000)), pcap.Options{}, func(*event.Event) error { return nil })
	if !errors.Is(err, context.Canceled) {
		t.Errorf("error %v", err)
	}
}

func TestEmitStops(t *testing.T) {
	full := errors.New("disk is full")
	n := 0
	_, err := pcap.Read(context.Background(), bytes.NewReader(manyFlows(5000)), pcap.Options{}, func(*event.Event) error { n++; return full })
	if !errors.Is(err, full) || n != 1 {
		t.Errorf("error %v after %d events", err, n)
	}
}

// manyFlows is a capture of a SYN for each of n connections.
func manyFlows(n int) []byte {
	header, records := pieces(mustCompile("C 192.0.2.10:40000\nS 192.0.2.1:80\n10:00:00 C>S SYN\n"))
	out := bytes.Clone(header)
	for i := range n {
		r := bytes.Clone(records[0])
		binary.LittleEndian.PutUint32(r[4:], uint32(i%1000000))
		binary.BigEndian.PutUint32(r[16+26:], 0x0a000000+uint32(i))
		out = append(out, r...)
	}
	return out
}

func mustCompile(text string) []byte {
	b, err := script.Compile(text)
	if err != nil {
		panic(err)
	}
	return b
}

// A SYN for each connection does not fill the memory: the longest idle are
// told as evicted, and every one is told.
func TestBounded(t *testing.T) {
	const flows = 50000
	told, gone := 0, 0
	sum, err := pcap.Read(context.Background(), bytes.NewReader(manyFlows(flows)), pcap.Options{Memory: 1 << 20}, func(e *event.Event) error {
		if e.Kind == "flow.summary" {
			told++
			if e.Attrs.Get("close") == "evicted" {
				gone++
			}
		}
		return nil
	})
	if err != nil {
		t.Fatal(err)
	}
	if told != flows || sum.Flows != flows || sum.Evicted != gone || gone < flows-4000 {
		t.Errorf("%d flows told, %d in the summary, %d and %d evicted", told, sum.Flows, sum.Evicted, gone)
	}
	checkProblem(t, "bounded", sum, "more connections at the same time")
}

// Nothing is allocated per packet: a longer conversation costs what a short one does.
func TestAllocations(t *testing.T) {
	header, records := pieces(mustCompile("C 192.0.2.10:40000\nS 192.0.2.1:6379\n10:00:00 C>S connect\n+1ms C>S redis GET key\n+1ms S>C \"$5\\r\\nhello\\r\\n\"\n+1ms C>S zeros 700\n"))
	capture := func(n int) []byte {
		out := append(bytes.Clone(header), bytes.Join(records[:3], nil)...)
		seq := [2]uint32{binary.BigEndian.Uint32(records[3][16+38:]), binary.BigEndian.Uint32(records[4][16+38:])}
		for i := range n {
			for _, k := range []int{3, 4, 5} {
				r := bytes.Clone(records[k])
				from := k % 3 % 2
				length := uint32(len(r) - 16 - 54)
				binary.LittleEndian.PutUint32(r[4:], uint32(i))
				binary.BigEndian.PutUint32(r[16+38:], seq[from])
				seq[from] += length
				out = append(out, r...)
			}
		}
		return out
	}
	count := func(b []byte) float64 {
		return testing.AllocsPerRun(5, func() {
			if _, err := pcap.Read(context.Background(), bytes.NewReader(b), pcap.Options{}, func(*event.Event) error { return nil }); err != nil {
				t.Fatal(err)
			}
		})
	}
	short, long := count(capture(100)), count(capture(3000))
	if long > short+8 {
		t.Errorf("%v allocations for 300 packets, %v for 9000", short, long)
	}
}

// Neither a cut nor a changed byte makes Read panic, hang, or lose count.
func TestDamage(t *testing.T) {
	files, _ := filepath.Glob("../fixtures/flows/*.txtar")
	for i, file := range files {
		archive, err := txtar.ParseFile(file)
		if err != nil {
			t.Fatal(err)
		}
		capture := compile(t, string(archive.Files[0].Data))
		if len(capture) > 4096 {
			capture = capture[:4096]
		}
		step := 1 + len(capture)/30
		for at := i % step; at < len(capture); at += step {
			damaged := bytes.Clone(capture)
			damaged[at] ^= byte(1 << (at % 8))
			survive(t, damaged)
			damaged[at] = 0xff
			survive(t, damaged)
			survive(t, capture[:at])
		}
	}
}

func survive(t testing.TB, capture []byte) {
	sum, err := pcap.Read(context.Background(), bytes.NewReader(capture), pcap.Options{Memory: 1 << 20, Bytes: 1 << 16}, func(e *event.Event) error {
		if e.Where.First < 1 || e.Where.Last < e.Where.First || e.Where.Offset < 0 || e.Where.Offset+int64(e.Where.Length) > int64(len(capture)) {
			t.Errorf("%s lies outside its source: %+v of %d bytes", e.Kind, e.Where, len(capture))
		}
		return nil
	})
	if err != nil {
		return
	}
	if a := sum.Account; a.Bytes != int64(len(capture)) || a.Claimed+a.Unparsed+a.Skipped != a.Bytes || a.Skipped != 0 {
		t.Errorf("account does not close: %+v of %d bytes", a, len(capture))
	}
}

func FuzzRead(f *testing.F) {
	files, _ := filepath.Glob("../fixtures/flows/*.txtar")
	for _, file := range files {
		archive, err := txtar.ParseFile(file)
		if err != nil {
			f.Fatal(err)
		}
		if capture := mustCompile(string(archive.Files[0].Data)); len(capture) < 8192 {
			f.Add(capture)
		}
	}
	f.Fuzz(func(t *testing.T, capture []byte) { survive(t, capture) })
}

// TestCapinfos compares packet counts with capinfos on every container the
// oddities above can be written to. ORACLE=1 only.
func TestCapinfos(t *testing.T) {
	if os.Getenv("ORACLE") != "1" {
		t.Skip("ORACLE=1 compares with capinfos")
	}
	if _, err := exec.LookPath("capinfos"); err != nil {
		t.Skip("capinfos is not installed")
	}
	for _, box := range []string{"pcap", "pcap-be", "pcap-ns", "pcap-ns-be", "pcap-modified", "pcap-modified-be", "pcapng", "pcapng-be", "snoop"} {
		b := compile(t, "container "+box+conversation)
		for _, cut := range []int{0, 1, 7, 20, 60, 100} {
			path := filepath.Join(t.TempDir(), "capture")
			if err := os.WriteFile(path, b[:len(b)-cut], 0o600); err != nil {
				t.Fatal(err)
			}
			out, _ := exec.Command("capinfos", "-c", "-M", "-T", "-r", path).Output()
			fields := strings.Fields(string(out))
			sum, _ := read(t, bytes.NewReader(b[:len(b)-cut]), pcap.Options{})
			if len(fields) == 0 || fields[len(fields)-1] != strconv.Itoa(sum.Account.Packets) {
				t.Errorf("%s cut by %d: %d packets, capinfos says %q", box, cut, sum.Account.Packets, fields)
			}
		}
	}
}

func BenchmarkRead(b *testing.B) {
	header, records := pieces(mustCompile(conversation))
	capture := bytes.Clone(header)
	for i := range 20000 {
		for _, r := range records {
			r = bytes.Clone(r)
			port := uint16(1024 + i%60000)
			if binary.BigEndian.Uint16(r[16+34:]) == 443 {
				binary.BigEndian.PutUint16(r[16+36:], port)
			} else {
				binary.BigEndian.PutUint16(r[16+34:], port)
			}
			capture = append(capture, r...)
		}
	}
	b.SetBytes(int64(len(capture)))
	b.ReportAllocs()
	for b.Loop() {
		if _, err := pcap.Read(context.Background(), bytes.NewReader(capture), pcap.Options{}, func(*event.Event) error { return nil }); err != nil {
			b.Fatal(err)
		}
	}
}
