package desktop

// The packages and the login command must use the same names for Lockbar. So the program takes them from here, and packaging/pack stamps
// them into the files of the packages.
const (
	// Name is the program's name for people, and the name of its value under HKCU\Software\Microsoft\Windows\CurrentVersion\Run.
	Name = "Lockbar"

	// Command is the executable's name, without .exe.
	Command = "lockbar"

	// BundleID is the CFBundleIdentifier of Lockbar.app, and the AssociatedBundleIdentifiers of its LaunchAgent.
	BundleID = "io.github.lockbar.Lockbar"

	// LaunchAgentLabel is the Label of the LaunchAgent that starts Lockbar at login; the file is
	// ~/Library/LaunchAgents/<label>.plist. It must differ from the bundle id, by which launchd lists the running app.
	LaunchAgentLabel = BundleID + ".login"

	// AppID is the AppStream id on Linux, the name of the desktop file and of a user's autostart entry (both without
	// .desktop), and the name of the icon in the theme.
	AppID = BundleID
)
