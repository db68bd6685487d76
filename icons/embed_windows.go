package icons

import "embed"

// The tray of Windows takes .ico only.
//
//go:embed windows/*.ico
var tray embed.FS

const trayDir, trayExt = "windows/", ".ico"
