package login

import (
	"lockbar/internal/desktop"
)

// launchAgent returns the property list for launchd (launchd.plist(5)).
//
//   - ProcessType Interactive: the limits of an app, not those of background work.
//   - AssociatedBundleIdentifiers: System Settings > Login Items shows Lockbar's name and icon.
//   - LimitLoadToSessionType Aqua: not in an ssh login, which has no menu bar.
//   - No KeepAlive: Quit means quit.
func launchAgent(program string) []byte {
	return desktop.FormatPlist(map[string]any{
		"Label":                       desktop.LaunchAgentLabel,
		"ProgramArguments":            []string{program, argument},
		"RunAtLoad":                   true,
		"ProcessType":                 "Interactive",
		"LimitLoadToSessionType":      "Aqua",
		"AssociatedBundleIdentifiers": []string{desktop.BundleID},
	})
}

// readLaunchAgent returns the program of an agent, and whether the file lets launchd start it at login. macOS stores elsewhere
// whether the user switched the agent off (services).
func readLaunchAgent(data []byte) (program string, enabled bool) {
	d, err := desktop.ParsePlist(data)
	if err != nil {
		return "", true // launchd may understand the file even if we do not
	}
	program, _ = d["Program"].(string)
	if list, _ := d["ProgramArguments"].([]any); program == "" && len(list) > 0 {
		program, _ = list[0].(string)
	}
	disabled, _ := d["Disabled"].(bool)
	atLoad, _ := d["RunAtLoad"].(bool)
	return program, atLoad && !disabled
}
