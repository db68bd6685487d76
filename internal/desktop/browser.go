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

// askTime bounds the query for the desktop's browser, and then the wait for a child of the query that keeps its output open.
const askTime = 2 * time.Second

// PageDir returns a directory from which the desktop's browser can read a page. That is dir, unless the browser is a snap, such as Firefox
// on Ubuntu. A snap may not read a hidden directory, such as ~/.local (https://snapcraft.io/docs/home-interface), and has a /tmp of its
// own. But it may read its data directory (https://snapcraft.io/docs/data-locations), so PageDir then returns a path in there that ends
// with name. The directory need not exist. If the desktop does not tell its browser within askTime, PageDir returns dir.
func PageDir(ctx context.Context, dir, name string) string {
	if runtime.GOOS != "linux" {
		return dir
	}
	ctx, cancel := context.WithTimeout(ctx, askTime)
	defer cancel()
	ask := exec.CommandContext(ctx, "xdg-mime", "query", "default", "text/html")
	ask.WaitDelay = askTime
	handler, err := ask.Output()
	if err != nil {
		return dir
	}
	return pageDir(dir, name, machine.Home(), strings.TrimSpace(string(handler)))
}

// pageDir does PageDir's work. handler is the file name of the browser's desktop entry, which is SNAP_APP.desktop for a snap.
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
