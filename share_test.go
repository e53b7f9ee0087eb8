package forensic_test

import (
	"archive/tar"
	"bytes"
	"compress/gzip"
	"context"
	"fmt"
	"os"
	"path/filepath"
	"strings"
	"sync/atomic"
	"testing"
	"time"

	"forensic"
)

// manyLogs is an archive whose members are large enough to be handed to other
// workers while it is unpacked; damaged cuts it short.
func manyLogs(t *testing.T, damaged bool) string {
	t.Helper()
	var b bytes.Buffer
	zip := gzip.NewWriter(&b)
	w := tar.NewWriter(zip)
	for n := range 5 {
		var log bytes.Buffer
		at := time.Date(2024, 3, 2, 10, n, 0, 0, time.UTC)
		for i := 0; log.Len() < 2<<20; i++ {
			fmt.Fprintf(&log, "%s app-%02d kernel: TCP: time wait bucket table overflow\n", at.Add(time.Duration(i)*time.Millisecond*10).Format("2006-01-02T15:04:05.000000-07:00"), n)
		}
		head := &tar.Header{Name: fmt.Sprintf("app-%02d/messages", n), Mode: 0o644, Size: int64(log.Len()), ModTime: at.Add(time.Hour)}
		if err := w.WriteHeader(head); err != nil {
			t.Fatal(err)
		}
		if _, err := w.Write(log.Bytes()); err != nil {
			t.Fatal(err)
		}
	}
	if err := w.Close(); err != nil {
		t.Fatal(err)
	}
	if err := zip.Close(); err != nil {
		t.Fatal(err)
	}
	data := b.Bytes()
	if damaged {
		data = data[:len(data)*3/4]
	}
	p := filepath.Join(t.TempDir(), "logs.tgz")
	if err := os.WriteFile(p, data, 0o600); err != nil {
		t.Fatal(err)
	}
	return p
}

// However many workers share an archive, whole or damaged, the result is that of
// one.
func TestWorkersShareAnArchive(t *testing.T) {
	for _, damaged := range []bool{false, true} {
		p := manyLogs(t, damaged)
		want := ""
		for _, jobs := range []int{1, 2, 4} {
			got := told(t, forensic.Options{Jobs: jobs}, p)
			if !strings.Contains(got, "kernel/time-wait-overflow") {
				t.Fatalf("damaged %v, %d jobs: no finding in %.500s", damaged, jobs, got)
			}
			if want == "" {
				want = got
			} else if got != want {
				t.Errorf("damaged %v: the result of %d jobs differs from that of one:\n%s", damaged, jobs, firstDifference(want, got))
			}
		}
	}
}

// An interruption ends the worker that unpacks and the one that reads.
func TestSharedReadingIsInterrupted(t *testing.T) {
	ctx, cancel := context.WithCancel(context.Background())
	var seen atomic.Int64
	opt := forensic.Options{Jobs: 2, Progress: func(forensic.Progress) {
		if seen.Add(1) == 2 {
			cancel()
		}
	}}
	r, err := forensic.Analyze(ctx, []string{manyLogs(t, false)}, opt)
	if err != nil || r.Complete {
		t.Errorf("complete %v, error %v", r != nil && r.Complete, err)
	}
}
