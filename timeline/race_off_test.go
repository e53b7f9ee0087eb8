//go:build !race

package timeline

const underRace = false
