package login

import (
	"encoding/xml"
	"strings"

	"lockbar/internal/desktop"
	"lockbar/internal/plist"
)

// launchAgent is the property list for launchd (launchd.plist(5)).
//
//   - ProcessType Interactive: the limits of an app, not those of background work.
//   - AssociatedBundleIdentifiers: System Settings > Login Items shows Lockbar's name and icon.
//   - LimitLoadToSessionType Aqua: not in an ssh login, which has no menu bar.
//   - No KeepAlive: Quit means quit.
func launchAgent(program string) []byte {
	return []byte(strings.NewReplacer(
		"{label}", desktop.LaunchAgentLabel,
		"{program}", escapeXML(program),
		"{argument}", argument,
		"{bundle}", desktop.BundleID,
	).Replace(launchAgentText))
}

const launchAgentText = `<?xml version="1.0" encoding="UTF-8"?>
<!DOCTYPE plist PUBLIC "-//Apple//DTD PLIST 1.0//EN" "http://www.apple.com/DTDs/PropertyList-1.0.dtd">
<plist version="1.0">
<dict>
	<key>Label</key>
	<string>{label}</string>
	<key>ProgramArguments</key>
	<array>
		<string>{program}</string>
		<string>{argument}</string>
	</array>
	<key>RunAtLoad</key>
	<true/>
	<key>ProcessType</key>
	<string>Interactive</string>
	<key>LimitLoadToSessionType</key>
	<string>Aqua</string>
	<key>AssociatedBundleIdentifiers</key>
	<array>
		<string>{bundle}</string>
	</array>
</dict>
</plist>
`

func escapeXML(s string) string {
	var b strings.Builder
	_ = xml.EscapeText(&b, []byte(s)) // a Builder takes all
	return b.String()
}

// readLaunchAgent gives what an agent starts, and whether launchd would start it at login by what the file says. That somebody
// switched it off is kept elsewhere: services tells.
func readLaunchAgent(data []byte) (program string, enabled bool) {
	d, err := plist.Parse(data)
	if err != nil {
		return "", true // there is a file, and launchd may understand more than we do
	}
	program, _ = d["Program"].(string)
	if list, _ := d["ProgramArguments"].([]any); program == "" && len(list) > 0 {
		program, _ = list[0].(string)
	}
	disabled, _ := d["Disabled"].(bool)
	atLoad, _ := d["RunAtLoad"].(bool)
	return program, atLoad && !disabled
}
