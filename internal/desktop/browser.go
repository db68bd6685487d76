package desktop

import (
	"context"
	"os"
	"os/exec"
	"path/filepath"
	"runtime"
	"strings"
	"time"

	"lockbar/internal/machine"
)

// askTime bounds the question which browser the desktop has.
const askTime = 2 * time.Second

// PageDir returns where a page has to be that the desktop's browser is to show: in dir, unless that browser is a snap, as Firefox on
// Ubuntu. A snap may not read a hidden directory, such as ~/.local (https://snapcraft.io/docs/home-interface), nor /tmp, where it has
// its own; but it may always read a directory of its own (https://snapcraft.io/docs/data-locations). In there the page's has that name.
func PageDir(ctx context.Context, dir, name string) string {
	if runtime.GOOS != "linux" {
		return dir
	}
	ctx, cancel := context.WithTimeout(ctx, askTime)
	defer cancel()
	ask := exec.CommandContext(ctx, "xdg-mime", "query", "default", "text/html")
	ask.WaitDelay = askTime // a child of the script may have its output open
	handler, err := ask.Output()
	if err != nil {
		return dir
	}
	return pageDir(dir, name, machine.Home(), strings.TrimSpace(string(handler)))
}

// pageDir does the work of PageDir by the name of the desktop entry: snapd names a snap's SNAP_APP.desktop.
func pageDir(dir, name, home, handler string) string {
	snap, _, isSnap := strings.Cut(handler, "_")
	if !isSnap || home == "" || snap == "" || strings.ContainsAny(snap, "/.") {
		return dir
	}
	own := filepath.Join(home, "snap", snap, "common")
	if info, err := os.Stat(own); err != nil || !info.IsDir() {
		return dir
	}
	return filepath.Join(own, name)
}
