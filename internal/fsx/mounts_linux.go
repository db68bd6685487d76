package fsx

import (
	"cmp"
	"os"
	"path/filepath"
	"slices"
	"strconv"
	"strings"
)

const mountinfo = "/proc/self/mountinfo"

// MountedAt lists the paths by which a directory can be reached, the preferred one first. The order does not depend on the order in
// which the file systems were mounted.
func MountedAt(path string) (paths []string) {
	data, err := os.ReadFile(mountinfo)
	if err != nil {
		return []string{path}
	}
	for _, candidate := range parseMounts(data).pathsTo(path) {
		if candidate == path || IsSameFile(candidate, path) { // otherwise another mount hides it
			paths = append(paths, candidate)
		}
	}
	if len(paths) == 0 {
		return []string{path}
	}
	return paths
}

// A mount is one line of /proc/PID/mountinfo: the directory root of the file system on device appears at point.
type mount struct {
	id                  uint64
	device, root, point string
	whole               bool // root is the root of the file system, or of a btrfs subvolume
}

type mounts []mount

// pathsTo lists the paths of the directory at path: first those below whole file systems, then those below bind mounts. In each group
// the mount with the longest root comes first, and of two with equal roots the one with the shorter point.
func (all mounts) pathsTo(path string) (paths []string) {
	var on mount // the mount that path is on: of those with the longest point, the last
	for _, m := range all {
		if IsBelow(m.point, path) && len(m.point) >= len(on.point) {
			on = m
		}
	}
	if on.point == "" {
		return nil
	}
	inside := filepath.Join(on.root, below(on.point, path))
	slices.SortStableFunc(all, preferredFirst)
	for _, m := range all {
		if m.device == on.device && IsBelow(m.root, inside) {
			paths = append(paths, filepath.Join(m.point, below(m.root, inside)))
		}
	}
	return paths
}

func preferredFirst(a, b mount) int {
	switch {
	case a.whole != b.whole && a.whole:
		return -1
	case a.whole != b.whole:
		return 1
	}
	return cmp.Or(len(b.root)-len(a.root), len(a.point)-len(b.point), strings.Compare(a.point, b.point))
}

// below returns path relative to dir, which contains it.
func below(dir, path string) string {
	rest, _ := filepath.Rel(dir, path)
	return rest
}

// parseMounts reads /proc/PID/mountinfo (proc(5)): "36 35 98:0 /mnt1 /mnt2 rw,noatime master:1 - ext3 /dev/root rw,errors=continue".
func parseMounts(table []byte) (all mounts) {
	for line := range strings.Lines(string(table)) {
		fields := strings.Fields(line)
		if len(fields) < 5 {
			continue
		}
		root, options := fields[3], ","+fields[len(fields)-1]+","
		whole := root == "/" || strings.Contains(options, ",subvol="+root+",") // both are escaped
		if id, err := strconv.ParseUint(fields[0], 10, 64); err == nil {
			all = append(all, mount{id, fields[2], unescape(root), unescape(fields[4]), whole})
		}
	}
	return all
}

// unescape decodes the escapes of white space and backslashes (show_mountinfo of Linux).
var unescape = strings.NewReplacer(`\040`, " ", `\011`, "\t", `\012`, "\n", `\134`, `\`).Replace

// MountDevice returns the device (major:minor in decimal) of a mount by its number, or "".
func MountDevice(id uint64) string {
	data, _ := os.ReadFile(mountinfo) // a failed read lists no mount
	return parseMounts(data).device(id)
}

func (all mounts) device(id uint64) string {
	for _, m := range all {
		if m.id == id {
			return m.device
		}
	}
	return ""
}
