//go:build !darwin && !windows

package icons

import "embed"

// On Linux, the BSDs and other systems with StatusNotifier, systray takes PNG.
//
//go:embed linux/22/*.png
var tray embed.FS

const trayDir, trayExt = "linux/22/", ".png"
