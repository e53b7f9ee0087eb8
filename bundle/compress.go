package bundle

import (
	"fmt"
	"io"
	"time"

	"github.com/klauspost/compress/gzip"
	"github.com/klauspost/compress/zstd"
	"github.com/ulikunitz/xz"
)

// Compress returns a writer that compresses as a Container's Kind says. bzip2 is
// read but not written: its data become gzip, which every reader of content
// takes for what it is; the kind that is written is returned. A gzip file says
// when what it holds was modified, where modified is not zero.
func Compress(kind string, w io.Writer, modified time.Time) (c io.WriteCloser, written string, err error) {
	switch kind {
	case "gzip", "bzip2":
		z := gzip.NewWriter(w)
		z.ModTime = modified
		return z, "gzip", nil
	case "xz":
		c, err = xz.NewWriter(w)
	case "zstd":
		c, err = zstd.NewWriter(w, zstd.WithEncoderConcurrency(1))
	default:
		err = fmt.Errorf("nothing is written as %s", kind)
	}
	return c, kind, err
}
