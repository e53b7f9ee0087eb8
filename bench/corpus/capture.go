package main

import (
	"bufio"
	"container/heap"
	"crypto/sha256"
	"encoding/binary"
	"encoding/hex"
	"fmt"
	"io"
	"os"
	"path/filepath"
)

// writeCapture writes connections that overlap, each packet at its time, until the size is reached.
func writeCapture(out string, m *Manifest) error {
	path := filepath.Join(out, "capture.pcap")
	f, err := os.Create(path)
	if err != nil {
		return fmt.Errorf("make %q: %w", path, err)
	}
	sum := sha256.New()
	w := bufio.NewWriterSize(io.MultiWriter(f, sum), 1<<20)
	c := &capture{random: newRandom(m.Seed, "capture"), w: w, want: m.Size, flows: m.Flows}
	c.kit = newKit(c.random)
	c.run()
	m.Packets = c.packets
	err = w.Flush() // keeps the first error of all writes
	if e := f.Close(); err == nil {
		err = e
	}
	if err != nil {
		return fmt.Errorf("write %q: %w", path, err)
	}
	m.Files = append(m.Files, File{"capture.pcap", c.size, hex.EncodeToString(sum.Sum(nil))})
	return nil
}

// A capture has a few hundred connections in the air and writes their packets in order of time.
type capture struct {
	*random
	kit     kit
	w       *bufio.Writer
	flows   map[string]int
	want    int64
	size    int64
	planned int64 // bytes of the connections begun, so that no more are begun than fit
	packets int
	frame   []byte
	air     air
	made    int
}

// every is the mean time between two new connections, in microseconds.
const every = 20_000

func (c *capture) run() {
	head := make([]byte, 24)
	binary.LittleEndian.PutUint32(head, 0xa1b2c3d4)
	binary.LittleEndian.PutUint16(head[4:], 2)
	binary.LittleEndian.PutUint16(head[6:], 4)
	binary.LittleEndian.PutUint32(head[16:], 262144)
	binary.LittleEndian.PutUint32(head[20:], 1) // Ethernet
	c.write(head)
	c.planned = c.size
	start := monday.UnixMicro()
	for c.planned < c.want {
		start += int64(c.about(every))
		for len(c.air) > 0 && c.air[0].at < start {
			c.step()
		}
		f := c.begin(start)
		heap.Push(&c.air, f)
		for _, p := range f.packets {
			c.planned += int64(16 + f.overhead() + len(p.payload))
		}
	}
	for len(c.air) > 0 {
		c.step()
	}
}

// step writes the packet that is next.
func (c *capture) step() {
	f := c.air[0]
	c.frame = f.append(c.frame[:0])
	var head [16]byte
	binary.LittleEndian.PutUint32(head[0:], uint32(f.at/1e6))
	binary.LittleEndian.PutUint32(head[4:], uint32(f.at%1e6))
	binary.LittleEndian.PutUint32(head[8:], uint32(len(c.frame)))
	binary.LittleEndian.PutUint32(head[12:], uint32(len(c.frame)))
	c.write(head[:])
	c.write(c.frame)
	c.packets++
	if f.next++; f.next == len(f.packets) {
		heap.Pop(&c.air)
		return
	}
	f.at += f.packets[f.next].after
	heap.Fix(&c.air, 0)
}

func (c *capture) write(b []byte) {
	n, _ := c.w.Write(b) // the writer keeps its error for Flush
	c.size += int64(n)
}

// air is a heap of connections by the time of their next packet.
type air []*flow

func (a air) Len() int           { return len(a) }
func (a air) Less(i, j int) bool { return a[i].at < a[j].at || a[i].at == a[j].at && a[i].id < a[j].id }
func (a air) Swap(i, j int)      { a[i], a[j] = a[j], a[i] }
func (a *air) Push(x any)        { *a = append(*a, x.(*flow)) }
func (a *air) Pop() any {
	last := len(*a) - 1
	f := (*a)[last]
	*a = (*a)[:last]
	return f
}
