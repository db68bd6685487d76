package fsx

import "strings"

// dataVolume is a second path of the volume with the users' files; "/Users" is a firmlink into it.
const dataVolume = "/System/Volumes/Data"

// MountedAt returns the path by which users know a directory, and path itself if that is another one. macOS has no bind mounts.
func MountedAt(path string) []string {
	if short, ok := strings.CutPrefix(path, dataVolume); ok && IsSameFile(short, path) {
		return []string{short, path}
	}
	return []string{path}
}
