package fsx

import "golang.org/x/sys/windows"

// exposePlaceholders is PHCM_EXPOSE_PLACEHOLDERS of ntifs.h.
const exposePlaceholders = 2

// neverDownload has Windows show placeholders as what they are: to some programs they look like plain files, and Lstat could not tell that
// their content is not here. The mode is of this process alone; Windows 10 1803 and later have it.
func neverDownload() error {
	set := windows.NewLazySystemDLL("ntdll.dll").NewProc("RtlSetProcessPlaceholderCompatibilityMode")
	if err := set.Find(); err != nil {
		return err
	}
	_, _, _ = set.Call(exposePlaceholders) // the mode of before, or why not; nobody can do anything about that
	return nil
}
