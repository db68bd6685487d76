//go:build linux

package e2e

var (
	xfwm4     = program{name: "xfwm4", debian: "xfwm4"}
	xfcePanel = program{name: "xfce4-panel", debian: "xfce4-panel"}
)

// xfceConfig describes one panel at the top with a window list, a spacer, the tray and a clock.
const xfceConfig = `<?xml version="1.0" encoding="UTF-8"?>
<channel name="xfce4-panel" version="1.0">
  <property name="configver" type="int" value="2"/>
  <property name="panels" type="array"><value type="int" value="1"/>
    <property name="panel-1" type="empty">
      <property name="position" type="string" value="p=6;x=0;y=0"/>
      <property name="position-locked" type="bool" value="true"/>
      <property name="length" type="uint" value="100"/>
      <property name="size" type="uint" value="36"/>
      <property name="plugin-ids" type="array">
        <value type="int" value="1"/><value type="int" value="2"/><value type="int" value="3"/><value type="int" value="4"/>
      </property>
    </property>
  </property>
  <property name="plugins" type="empty">
    <property name="plugin-1" type="string" value="tasklist"/>
    <property name="plugin-2" type="string" value="separator">
      <property name="expand" type="bool" value="true"/>
      <property name="style" type="uint" value="0"/>
    </property>
    <property name="plugin-3" type="string" value="systray">
      <property name="square-icons" type="bool" value="true"/>
      <property name="icon-size" type="int" value="22"/>
    </property>
    <property name="plugin-4" type="string" value="clock"/>
  </property>
</channel>
`

// prepareXfce starts the settings service and the window manager.
func prepareXfce(d *desktop) error {
	if err := d.configure("xfce4/xfconf/xfce-perchannel-xml/xfce4-panel.xml", xfceConfig); err != nil {
		return err
	}
	if err := d.startSettings(); err != nil {
		return err
	}
	return d.startManager(xfwm4, "--compositor=off")
}

// startSettings starts xfconfd, unless it runs already: the panel and xfce4-notifyd both need it.
func (d *desktop) startSettings() error {
	if d.children[xfconfd.name] != nil {
		return nil
	}
	if _, err := d.start(xfconfd); err != nil {
		return err
	}
	return d.waitName("org.xfce.Xfconf")
}
