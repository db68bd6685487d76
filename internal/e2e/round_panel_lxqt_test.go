//go:build linux

package e2e

import "fmt"

var (
	openbox   = program{name: "openbox", debian: "openbox"}
	lxqtPanel = program{name: "lxqt-panel", debian: "lxqt-panel"}
)

const lxqtConfig = `[General]
panels=panel1
[panel1]
desktop=0
position=Top
panelSize=36
iconSize=22
width=100
width-percent=true
alignment=-1
plugins=mainmenu, spacer, statusnotifier, worldclock
[mainmenu]
type=mainmenu
alignment=Left
[spacer]
type=spacer
expandable=true
alignment=Left
[statusnotifier]
type=statusnotifier
alignment=Right
[worldclock]
type=worldclock
alignment=Right
`

func prepareLxqt(d *desktop) error {
	if err := d.configure("lxqt/panel.conf", lxqtConfig); err != nil {
		return err
	}
	look := fmt.Sprintf("[General]\ntheme=%s\n", themes[d.options.theme].lxqt)
	if err := d.configure("lxqt/lxqt.conf", look); err != nil {
		return err
	}
	return d.startManager(openbox)
}
