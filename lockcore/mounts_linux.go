package lockcore

import (
	"bytes"
	"os"
	"path/filepath"
	"strconv"
)

// firstMounted returns the path of a directory below the first mount that shows it: of a bind mount, the directory that it shows,
// if that can be seen.
func firstMounted(path string) string {
	data, err := os.ReadFile("/proc/self/mountinfo")
	if err != nil {
		return path
	}
	for _, candidate := range mountedAt(parseMounts(data), path) {
		if candidate == path || isSameFile(candidate, path) {
			return candidate // else something else is mounted over it
		}
	}
	return path
}

// mount is one line of /proc/PID/mountinfo: the directory root of the file system on device shows at point.
type mount struct {
	id                  uint64
	device, root, point string
}

// mountedAt lists the paths by which the directory at path may be reached, in the order of the mounts, which is that in which
// they were made below each other.
func mountedAt(mounts []mount, path string) (paths []string) {
	var on mount // the mount that path is on: the last of the deepest
	for _, m := range mounts {
		if local(m.point, path) && len(m.point) >= len(on.point) {
			on = m
		}
	}
	within, err := filepath.Rel(on.point, path)
	if on.point == "" || err != nil {
		return nil
	}
	inside := filepath.Join(on.root, within)
	for _, m := range mounts {
		if m.device == on.device && local(m.root, inside) {
			rest, _ := filepath.Rel(m.root, inside) // which local has made sure of
			paths = append(paths, filepath.Join(m.point, rest))
		}
	}
	return paths
}

// parseMounts reads /proc/PID/mountinfo (proc(5)): "36 35 98:0 /mnt1 /mnt2 rw,noatime ...".
func parseMounts(mountinfo []byte) (mounts []mount) {
	for line := range bytes.Lines(mountinfo) {
		fields := bytes.Fields(line)
		if len(fields) < 5 {
			continue
		}
		if id, err := strconv.ParseUint(string(fields[0]), 10, 64); err == nil {
			mounts = append(mounts, mount{id, string(fields[2]), unescapeMount(fields[3]), unescapeMount(fields[4])})
		}
	}
	return mounts
}

// unescapeMount undoes the octal escapes of white space and backslashes.
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
