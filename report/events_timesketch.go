package report

import (
	"time"

	"forensic/event"
	"forensic/timeline"
)

// timesketch lists events as JSON lines that Timesketch imports: message,
// datetime in UTC with six digits, and timestamp_desc first, then the fields of
// jsonl. An event without a time gets the one that Plaso gives to such, and its
// word for it.
type timesketch struct{ jsonLines }

func (t *timesketch) append(b []byte, e *listed) []byte {
	b = append(b, `{"message": `...)
	message := e.Text
	if message == "" {
		message = e.Kind // Timesketch refuses rows without one
	}
	b = appendJSON(b, message)
	b = append(b, `, "datetime": "`...)
	at, desc := e.At, "Event Logged"
	switch {
	case at == event.NoTime:
		at, desc = 0, "Not a time"
	case e.source != nil && e.source.Unit == "packet":
		desc = "Packet Captured"
	case e.Stamp.Has == 0:
		desc = "Snapshot Taken"
	}
	b = timeline.AppendFormat(b, at, time.Microsecond)
	b = append(b[:len(b)-1], "+00:00"...) // instead of Z
	b = append(b, `", "timestamp_desc": "`...)
	b = append(b, desc...)
	b = append(b, `", "schema": "`+EventSchema+`"`...)
	b = t.fields(b, e)
	return append(t.rest(b, e), '}', '\n')
}
