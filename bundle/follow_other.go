//go:build !unix

package bundle

import "io/fs"

func idOf(info fs.FileInfo) fileID { return fileID{} }
func linksOf(info fs.FileInfo) int { return 1 }

const openFlags = 0
