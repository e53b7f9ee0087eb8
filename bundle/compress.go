package bundle

import (
	"fmt"
	"io"
	"time"

	"github.com/klauspost/compress/gzip"
	"github.com/klauspost/compress/zstd"
	"github.com/ulikunitz/xz"
)

// Compress returns a writer that compresses as a Container's Kind says. A gzip
// file says when what it holds was modified, where modified is not zero.
func Compress(kind string, w io.Writer, modified time.Time) (io.WriteCloser, error) {
	switch kind {
	case "gzip":
		z := gzip.NewWriter(w)
		z.ModTime = modified
		return z, nil
	case "bzip2":
		return newBzip2Writer(w), nil
	case "xz":
		return xz.NewWriter(w)
	case "zstd":
		return zstd.NewWriter(w, zstd.WithEncoderConcurrency(1))
	}
	return nil, fmt.Errorf("nothing is written as %s", kind)
}
