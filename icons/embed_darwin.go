package icons

import "embed"

//go:embed darwin/*.png
var tray embed.FS

const trayDir, trayExt = "darwin/", ".png"
