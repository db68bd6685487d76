package icons

import "embed"

// The tray on Windows takes only .ico.
//
//go:embed windows/*.ico
var tray embed.FS

const trayDir, trayExt = "windows/", ".ico"
