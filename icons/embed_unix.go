//go:build !darwin && !windows

package icons

import "embed"

// Linux, the BSDs, and whatever else has a StatusNotifier tray take PNG.
//
//go:embed linux/22/*.png
var tray embed.FS

const trayDir, trayExt = "linux/22/", ".png"
