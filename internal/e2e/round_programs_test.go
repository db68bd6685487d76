//go:build linux

package e2e

import (
	"errors"
	"fmt"
	"os/exec"
	"path/filepath"
)

// program is a program that the round needs.
type program struct {
	name   string
	glob   string // finds a daemon that desktops start themselves, which is not on PATH
	debian string // the Debian package
}

var (
	xvfb    = program{name: "Xvfb", debian: "xvfb"}
	xdotool = program{name: "xdotool", debian: "xdotool"}
	grab    = program{name: "import", debian: "imagemagick"}
	xprop   = program{name: "xprop", debian: "x11-utils"}
	setroot = program{name: "xsetroot", debian: "x11-xserver-utils"}
	xfconfd = program{name: "xfconfd", glob: "/usr/lib/*/xfce4/xfconf/xfconfd", debian: "xfconf"}
)

// checkPrograms returns one error that names all missing programs.
func checkPrograms(o options) error {
	needed := []program{xvfb, xdotool, grab, xprop, setroot}
	needed = append(needed, panels[o.panel].needs...)
	needed = append(needed, notifiers[o.notifier].needs...)
	var missing []error
	for _, p := range needed {
		if _, err := p.path(); err != nil {
			missing = append(missing, err)
		}
	}
	return errors.Join(missing...)
}

func (p program) path() (string, error) {
	if p.glob != "" {
		if found, _ := filepath.Glob(p.glob); len(found) > 0 {
			return found[0], nil
		}
	}
	path, err := exec.LookPath(p.name)
	if err != nil {
		return "", fmt.Errorf("no %s here (Debian: apt install %s)", p.name, p.debian)
	}
	return path, nil
}
