package doctor

import (
	"fmt"

	"golang.org/x/sys/windows"
)

// systemName has the build, which tells Windows 11 (22000 and above) from 10: both call themselves 10.0.
func systemName() string {
	v := windows.RtlGetVersion()
	return fmt.Sprintf("Windows %d.%d build %d", v.MajorVersion, v.MinorVersion, v.BuildNumber)
}
