package fsx

import (
	"bytes"
	"cmp"
	"os"
	"path/filepath"
	"slices"
	"strconv"
	"strings"
)

// MountedAt lists the paths by which a directory can be reached, the preferred one first. The order does not depend on the order in
// which the file systems were mounted.
func MountedAt(path string) (paths []string) {
	data, err := os.ReadFile("/proc/self/mountinfo")
	if err != nil {
		return []string{path}
	}
	for _, candidate := range parseMounts(data).paths(path) {
		if candidate == path || IsSameFile(candidate, path) { // else something else is mounted over it
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
	whole               bool // root is the root of the file system, or of a btrfs subvolume that was mounted by its name
}

type mounts []mount

// paths lists the names of the directory at path: first those below whole file systems, then those below bind mounts. In each group
// the mount with the longest root comes first, and of equals the one with the shortest path.
func (all mounts) paths(path string) (paths []string) {
	var on mount // the mount that path is on: the last of the deepest
	for _, m := range all {
		if isLocal(m.point, path) && len(m.point) >= len(on.point) {
			on = m
		}
	}
	if on.point == "" {
		return nil
	}
	inside := filepath.Join(on.root, below(on.point, path))
	slices.SortStableFunc(all, smallestFirst)
	for _, m := range all {
		if m.device == on.device && isLocal(m.root, inside) {
			paths = append(paths, filepath.Join(m.point, below(m.root, inside)))
		}
	}
	return paths
}

func smallestFirst(a, b mount) int {
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
func parseMounts(mountinfo []byte) (all mounts) {
	for line := range bytes.Lines(mountinfo) {
		fields := bytes.Fields(line)
		if len(fields) < 5 {
			continue
		}
		if id, err := strconv.ParseUint(string(fields[0]), 10, 64); err == nil {
			root := unescapeMount(fields[3])
			all = append(all, mount{id, string(fields[2]), root, unescapeMount(fields[4]), root == "/" || root == subvolume(fields[len(fields)-1])})
		}
	}
	return all
}

// subvolume returns the subvolume that the options of a btrfs mount name, or "".
func subvolume(options []byte) string {
	for option := range bytes.SplitSeq(options, []byte{','}) {
		if name, ok := bytes.CutPrefix(option, []byte("subvol=")); ok {
			return unescapeMount(name)
		}
	}
	return ""
}

// unescapeMount decodes the octal escapes of white space and backslashes.
func unescapeMount(field []byte) string {
	var out []byte
	for i := 0; i < len(field); i++ {
		if field[i] == '\\' && i+3 < len(field) {
			if n, err := strconv.ParseUint(string(field[i+1:i+4]), 8, 8); err == nil {
				out = append(out, byte(n))
				i += 3
				continue
			}
		}
		out = append(out, field[i])
	}
	return string(out)
}

// MountDevice returns the device (major:minor in decimal) of a mount that /proc/PID/mountinfo lists, or "".
func MountDevice(mountinfo []byte, id uint64) string {
	for _, m := range parseMounts(mountinfo) {
		if m.id == id {
			return m.device
		}
	}
	return ""
}
