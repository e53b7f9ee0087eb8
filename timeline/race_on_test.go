//go:build race

package timeline

// underRace: the race detector allocates by itself.
const underRace = true
