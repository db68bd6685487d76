package fsx

import "strings"

// This file interprets Windows paths. It is built on every system, so that its tests run on every system.

const (
	longPrefix  = `\\?\`
	sharePrefix = longPrefix + `UNC\`
)

// plainPath drops the prefix that GetFinalPathNameByHandle adds to a path. A path that is neither a drive's nor a share's, such as
// \\?\Volume{...}\dir, keeps it.
func plainPath(final string) string {
	if share, ok := strings.CutPrefix(final, sharePrefix); ok {
		return `\\` + share
	}
	if drive, ok := strings.CutPrefix(final, longPrefix); ok && len(drive) > 1 && drive[1] == ':' {
		return drive
	}
	return final
}

// isShare reports whether a volume, as filepath.VolumeName returns it, is a server's share.
func isShare(volume string) bool {
	if strings.HasPrefix(volume, sharePrefix) {
		return true
	}
	return strings.HasPrefix(volume, `\\`) && !strings.HasPrefix(volume, longPrefix) && !strings.HasPrefix(volume, `\\.\`)
}
