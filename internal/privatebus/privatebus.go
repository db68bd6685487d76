// Package privatebus is the configuration of a message bus of our own, for tests and for the desktop round.
package privatebus

import "fmt"

const config = `<!DOCTYPE busconfig PUBLIC "-//freedesktop//DTD D-BUS Bus Configuration 1.0//EN"
 "http://www.freedesktop.org/standards/dbus/1.0/busconfig.dtd">
<busconfig>
  <type>session</type>
  <listen>unix:path=%s</listen>
  <auth>EXTERNAL</auth>
  <policy context="default">
    <allow send_destination="*" eavesdrop="true"/>
    <allow eavesdrop="true"/>
    <allow own="*"/>
  </policy>
</busconfig>
`

// Config is for dbus-daemon --config-file. The bus listens at the socket, lets everybody do everything, and starts nothing
// by itself: no <servicedir>, so that a service that nobody starts is simply not there.
func Config(socket string) []byte { return fmt.Appendf(nil, config, socket) }
