package lockcore

import "strings"

// dataVolume is where macOS shows the volume of the users' files a second time; "/Users" is a firmlink into it.
const dataVolume = "/System/Volumes/Data"

// firstMounted returns the path that people know of what is reached through the data volume. There are no bind mounts.
func firstMounted(path string) string {
	if short, ok := strings.CutPrefix(path, dataVolume); ok && isSameFile(short, path) {
		return short
	}
	return path
}
