package parsers

import (
	"strconv"
	"strings"

	"forensic/event"
)

// What df prints: in blocks, with units, of inodes, with types, in any
// language. A long device has a line of its own, and a mount point may have
// blanks.
//
//	/dev/mapper/centos-root   17G  1.9G   16G  11% /
var _ = addSnapshot(Format{
	Name:  "df",
	Doc:   "df: space and inodes of file systems.",
	Files: []string{"df", "df_*", "df-*", "df.txt"},
	Kinds: []event.Kind{diskUsage},
	Sniff: func(head []byte) Score {
		var d df
		held := ""
		rows := 0
		sc := snapshotScore(head, func(line string) bool {
			var e event.Event
			if d.header(line) {
				return true
			}
			if d.row(line, &e) || held != "" && d.row(held+" "+line, &e) {
				held = ""
				rows++
				return true
			}
			held = ""
			if dfAlone(line) {
				held = line
				return true
			}
			return strings.HasPrefix(line, "df: ")
		})
		if rows == 0 {
			return Score{0, "no file system is listed"}
		}
		return sc
	},
	Parse: snapshotOf(dfRead),
})

var diskUsage = event.Kind{
	Name: "disk.usage", Doc: "The space or inodes of a file system. used_bytes and the like are computed where the unit is known.",
	Attrs: []string{"filesystem", "type", "size", "used", "available", "use_percent", "inodes", "inodes_used", "inodes_free", "inodes_percent", "mounted_on", "size_bytes", "used_bytes", "available_bytes"},
}

// A df remembers what its header said.
type df struct {
	inodes bool
	typed  bool
	unit   int64 // bytes in a number without a suffix; 0 where nobody said
}

// header recognises the names of columns in some languages: there is a percent
// sign, or the two words with which BSD says capacity.
func (d *df) header(line string) bool {
	low := strings.ToLower(line)
	first, _, _ := strings.Cut(strings.TrimSpace(low), " ")
	switch first {
	case "filesystem", "文件系统", "檔案系統", "dateisystem", "sys.", "s.ficheros", "ファイルシス", "filsystem", "bestandssysteem", "sist.":
	default:
		return false
	}
	if !strings.Contains(line, "%") && !strings.Contains(low, "capacity") {
		return false
	}
	d.inodes = (strings.Contains(low, "inode") || strings.Contains(low, "iuse")) && !strings.Contains(low, "blocks") && !strings.Contains(low, "avail ") && !strings.Contains(low, "size")
	d.typed = strings.Contains(low, " type ") || strings.Contains(line, "类型") || strings.Contains(line, "Typ ")
	d.unit = 0
	for _, b := range dfBlocks {
		if strings.Contains(low, b.word) {
			d.unit = b.bytes
		}
	}
	return true
}

// dfBlocks are how headers say what their numbers count.
var dfBlocks = []struct {
	word  string
	bytes int64
}{{"1k-", 1 << 10}, {"1024-", 1 << 10}, {"512-", 512}, {"1m-", 1 << 20}, {"1b-", 1}}

// dfAlone recognises a device whose numbers stand on the next line.
func dfAlone(line string) bool {
	line = strings.TrimRight(line, " ")
	return line != "" && line[0] != ' ' && !strings.Contains(line, " ") && (strings.Contains(line, "/") || strings.Contains(line, ":")) && len(line) > 14
}

func dfRead(s *snapshot) {
	var d df
	for i := 0; i < s.n(); i++ {
		line := s.line(i)
		switch {
		case d.header(line):
			s.claim(i)
		case d.row(line, s.trial()):
			d.row(line, s.begin(diskUsage.Name, i, i))
			s.send()
		case dfAlone(line) && i+1 < s.n() && d.row(line+" "+s.line(i+1), s.trial()):
			d.row(line+" "+s.line(i+1), s.begin(diskUsage.Name, i, i+1))
			s.send()
			i++
		case strings.HasPrefix(line, "df: "):
			s.claim(i)
			s.odd(i, "df could not read a file system")
		}
	}
}

// row reads a file system, from the percentage outwards: before it stand
// available, used and size, behind it the mount point, or, on BSD, inodes and
// then the mount point.
func (d *df) row(line string, e *event.Event) bool {
	var w words
	w.split(line)
	pct := -1
	for i := 4; i < w.n-1; i++ {
		if dfPercent(w.at(i)) && (strings.HasPrefix(w.at(i+1), "/") || i+4 < w.n && isNumber(w.at(i+1)) && isNumber(w.at(i+2)) && dfPercent(w.at(i+3))) {
			pct = i
			break
		}
	}
	if pct < 0 {
		return false
	}
	var bytes [3]int64
	for k := range bytes {
		v := w.at(pct - 3 + k)
		n, ok := sizeBytes(strings.TrimPrefix(v, "-"), max(d.unit, 1))
		if !ok && v != "-" {
			return false
		}
		bytes[k] = n
	}
	names := [...]string{"size", "used", "available", "use_percent"}
	if d.inodes {
		names = [...]string{"inodes", "inodes_used", "inodes_free", "inodes_percent"}
	}
	device := pct - 3
	kind := ""
	if device > 1 && (d.typed || !strings.Contains(w.at(device-1), "/") && dfTypes[w.at(device-1)]) {
		device--
		kind = w.at(device)
	}
	e.Set("filesystem", w.between(0, device))
	e.Set("type", kind)
	for k, name := range names {
		if v := strings.TrimSuffix(w.at(pct-3+k), "%"); v != "-" {
			e.Set(name, v)
		}
	}
	mount := pct + 1
	if isNumber(w.at(mount)) {
		e.Set("inodes_used", w.at(mount))
		e.Set("inodes_free", w.at(mount+1))
		e.Set("inodes_percent", strings.TrimSuffix(w.at(mount+2), "%"))
		mount += 3
	}
	e.Set("mounted_on", w.rest(mount))
	if suffixed := !isNumber(w.at(pct-3)) || !isNumber(w.at(pct-2)) || !isNumber(w.at(pct-1)); !d.inodes && (d.unit > 0 || suffixed) {
		for k, name := range [...]string{"size_bytes", "used_bytes", "available_bytes"} {
			if w.at(pct-3+k) != "-" {
				e.Set(name, strconv.FormatInt(bytes[k], 10))
			}
		}
	}
	return true
}

func dfPercent(s string) bool {
	n, ok := strings.CutSuffix(s, "%")
	return s == "-" || ok && isNumber(n)
}

// dfTypes are the types that a row without a header may show.
var dfTypes = wordSet("ext2 ext3 ext4 xfs btrfs tmpfs devtmpfs nfs nfs4 cifs overlay vfat squashfs fuse.glusterfs ceph zfs iso9660 ramfs aufs efivarfs")
