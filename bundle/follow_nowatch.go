//go:build !linux

package bundle

const watchable = false

func tryWatch() error { return nil }
