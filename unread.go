package forensic

import (
	"bytes"
	"errors"
	"fmt"
	"io"
	"strings"

	"forensic/bundle"
	"forensic/parsers"
)

// unread lists a member that no format takes, with the reasons.
func (w *worker) unread(m *bundle.Member, c *countingReader, head []byte, guesses []parsers.Guess, fault error) error {
	_, err := io.Copy(io.Discard, c)
	c.digest()
	w.mu.Lock()
	defer w.mu.Unlock()
	var damage *bundle.Fault
	if c.n == 0 && errors.As(fault, &damage) {
		// Nothing came of it: the damage is the reason, and is told once.
		w.skipped = append(w.skipped, Skipped{m.Path, damage.What, damage.Bytes})
		return nil
	}
	w.skipped = append(w.skipped, Skipped{m.Path, whyUnread(head, c.n, guesses), c.n})
	if fault != nil {
		return fault
	}
	return err
}

// whyUnread words why no format takes a member of size bytes.
func whyUnread(head []byte, size int64, guesses []parsers.Guess) string {
	whole := int64(len(head)) == size
	switch text := strings.TrimLeft(string(head), "\x00"); {
	case size == 0:
		return "the file is empty"
	case text == "":
		return "the file holds only NUL bytes"
	case whole && (text == "\ufeff" || text == "\xff\xfe" || text == "\xfe\xff"):
		return "the file holds only a byte order mark"
	case whole && strings.TrimSpace(strings.TrimPrefix(text, "\ufeff")) == "":
		return "the file holds only blanks"
	case size == 1:
		return "the file holds a single byte"
	case webPage(head):
		return "it is a web page, as a failed download leaves one behind, and no log"
	}
	why := "no format takes it"
	if len(guesses) > 0 && guesses[0].Score.Points >= 0.1 { // less is no hint
		why += fmt.Sprintf("; nearest is %s (%s)", guesses[0].Format, guesses[0].Score.Why)
	}
	return why
}

// webPage tells an HTML document by how it begins.
func webPage(head []byte) bool {
	start := bytes.ToLower(bytes.TrimSpace(bytes.TrimPrefix(head[:min(len(head), 512)], []byte("\ufeff"))))
	return bytes.HasPrefix(start, []byte("<!doctype html")) || bytes.HasPrefix(start, []byte("<html"))
}
