package forensic

import (
	"path"
	"strings"

	"forensic/bundle"
	"forensic/event"
	"forensic/parsers"
	"forensic/timeline"
)

// linkedZone takes the zone off a link called localtime: links are not followed,
// but where this one points is all that it says.
func (w *worker) linkedZone(f *bundle.Fault) error {
	target, ok := strings.CutPrefix(strings.TrimSuffix(f.What, "; not followed"), "symbolic link to ")
	if !ok || path.Base(strings.ReplaceAll(f.Path, "!/", "/")) != "localtime" {
		return nil
	}
	_, name, ok := strings.Cut(target, "zoneinfo/")
	if !ok {
		return nil
	}
	if _, err := timeline.Zone(name); err != nil {
		return nil
	}
	format, err := parsers.Named("zone")
	if err != nil {
		return nil
	}
	src := &event.Source{Path: f.Path, Format: format.Name, Why: "a link whose target names a zone", Unit: "line"}
	w.register(src, format)
	src.Account.Events = 1
	ev := event.Event{Kind: event.HostClock.Name, Text: "link to " + target, Where: event.Span{Source: src.ID}}
	ev.Set("zone_name", name)
	ev.Set("source", "localtime")
	w.lane.Count(&ev)
	if err := w.lane.Add(&ev, timeline.Keep{Text: true}); err != nil {
		return err
	}
	w.lane.EndSource(src.ID)
	return nil
}
