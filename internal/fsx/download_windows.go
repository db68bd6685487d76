package fsx

import "golang.org/x/sys/windows"

// exposePlaceholders is PHCM_EXPOSE_PLACEHOLDERS of ntifs.h.
const exposePlaceholders = 2

// neverDownload makes Windows show placeholders to this process. By default Windows disguises them as plain files for some programs;
// then Lstat could not see that the content is elsewhere. Windows 10 1803 and later have this mode.
func neverDownload() error {
	set := windows.NewLazySystemDLL("ntdll.dll").NewProc("RtlSetProcessPlaceholderCompatibilityMode")
	if err := set.Find(); err != nil {
		return err
	}
	_, _, _ = set.Call(exposePlaceholders) // returns the previous mode or an error; nothing can be done about an error
	return nil
}
