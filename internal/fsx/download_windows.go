package fsx

import "golang.org/x/sys/windows"

// exposePlaceholders is PHCM_EXPOSE_PLACEHOLDERS of ntifs.h.
const exposePlaceholders = 2

// neverDownload makes Windows show placeholders to this process. To some programs it shows them as plain files, and Lstat could not
// tell that their content is elsewhere. Windows 10 1803 and later have this mode.
func neverDownload() error {
	set := windows.NewLazySystemDLL("ntdll.dll").NewProc("RtlSetProcessPlaceholderCompatibilityMode")
	if err := set.Find(); err != nil {
		return err
	}
	_, _, _ = set.Call(exposePlaceholders) // returns the previous mode or an error, about which nothing can be done
	return nil
}
