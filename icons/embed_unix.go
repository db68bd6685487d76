//go:build !darwin && !windows

package icons

import "embed"

// Trays on Linux, the BSDs and other systems with StatusNotifier take PNG.
//
//go:embed linux/22/*.png
var tray embed.FS

const trayDir, trayExt = "linux/22/", ".png"
