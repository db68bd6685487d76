package doctor

import (
	"os"

	"golang.org/x/sys/unix"

	"lockbar/internal/desktop"
	"lockbar/internal/words"
)

// systemName returns the version, from the file that sw_vers(1) reads, and the kernel.
func systemName() string {
	name := "macOS"
	if data, err := os.ReadFile("/System/Library/CoreServices/SystemVersion.plist"); err == nil {
		if d, err := desktop.ParsePlist(data); err == nil {
			version, _ := d["ProductVersion"].(string)
			build, _ := d["ProductBuildVersion"].(string)
			name = "macOS " + words.Clean(version) + " (" + words.Clean(build) + ")"
		}
	}
	release, err := unix.Sysctl("kern.osrelease")
	if err != nil {
		return name
	}
	return name + ", Darwin " + words.Clean(release)
}
