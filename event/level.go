package event

// A Level is how loud a source said an event was. The zero value means that it
// did not say.
type Level uint8

const (
	NoLevel Level = iota
	TraceLevel
	Debug
	Info
	Notice
	Warning
	Error
	Critical
	Levels // how many there are
)

var levelNames = [...]string{"", "trace", "debug", "info", "notice", "warning", "error", "critical"}

// String returns the name that reports print; it is empty for NoLevel.
func (l Level) String() string {
	if int(l) < len(levelNames) {
		return levelNames[l]
	}
	return ""
}
