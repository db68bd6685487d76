package fsx

import "strings"

// dataVolume is the path at which macOS shows the volume of the users' files a second time; "/Users" is a firmlink into it.
const dataVolume = "/System/Volumes/Data"

// MountedAt lists the paths by which a directory can be reached, first the one that people know. There are no bind mounts.
func MountedAt(path string) []string {
	if short, ok := strings.CutPrefix(path, dataVolume); ok && IsSameFile(short, path) {
		return []string{short, path}
	}
	return []string{path}
}
