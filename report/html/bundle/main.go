// Command bundle turns the page's script, which is TypeScript, into the one
// file that reports carry. Run it with go generate in package report.
package main

import (
	"fmt"
	"os"
	"path/filepath"

	"forensic/report/html/bundle/script"
)

func main() {
	dir := filepath.Join("html")
	text, err := script.Build(dir)
	if err == nil {
		err = os.WriteFile(filepath.Join(dir, "app.js"), text, 0o644)
	}
	if err != nil {
		fmt.Fprintln(os.Stderr, "bundle:", err)
		os.Exit(1)
	}
}
