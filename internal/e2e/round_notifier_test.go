//go:build linux

package e2e

import (
	"fmt"
	"image"
	"strings"
)

const (
	notifyName = "org.freedesktop.Notifications"
	notifyPath = "/org/freedesktop/Notifications"
)

// notifier is a program that shows notifications.
type notifier struct {
	needs   []program
	prepare func(*desktop) error
	args    []string
	window  string // class of its windows
	prints  bool   // logs the messages that it shows
	// press returns the point to click for the only button of a message, and the mouse button to use.
	press func(message image.Rectangle) (at image.Point, mouse string)
}

var notifiers = map[string]*notifier{
	"dunst": {
		needs:   []program{{name: "dunst", debian: "dunst"}},
		prepare: prepareDunst,
		args:    []string{"-print"},
		window:  "Dunst",
		prints:  true,
		press:   func(message image.Rectangle) (image.Point, string) { return middle(message), "2" }, // dunst draws no button; this click acts
	},
	"xfce4-notifyd": {
		needs: []program{
			{name: "xfce4-notifyd", glob: "/usr/lib/*/xfce4/notifyd/xfce4-notifyd", debian: "xfce4-notifyd"},
			xfconfd,
		},
		prepare: prepareNotifyd,
		window:  "fce4-notifyd",
		press: func(message image.Rectangle) (image.Point, string) { // the button is at the bottom right of the message
			return message.Max.Sub(image.Pt(60, 30)), "1"
		},
	},
}

// dunstConfig puts messages under the menu, so that one picture has both.
const dunstConfig = `[global]
origin = top-right
offset = %[2]s
width = 420
notification_limit = 4
font = DejaVu Sans 10
frame_width = 1
frame_color = "#888888"
icon_position = left
max_icon_size = 64
[urgency_normal]
timeout = 60
%[1]s
[urgency_critical]
timeout = 0
frame_color = "#c01c28"
%[1]s
`

func prepareDunst(d *desktop) error {
	return d.configure("dunst/dunstrc", fmt.Sprintf(dunstConfig, themes[d.options.theme].dunst, d.panelKind().below))
}

// notifydConfig puts messages into the corner at the bottom right (location 3).
const notifydConfig = `<?xml version="1.0" encoding="UTF-8"?>
<channel name="xfce4-notifyd" version="1.0">
  <property name="notify-location" type="uint" value="3"/>
  <property name="expire-timeout" type="int" value="60"/>
</channel>
`

func prepareNotifyd(d *desktop) error {
	return d.configure("xfce4/xfconf/xfce-perchannel-xml/xfce4-notifyd.xml", notifydConfig)
}

func (d *desktop) notifierKind() *notifier { return notifiers[d.options.notifier] }

func (d *desktop) startNotifier() error {
	kind := d.notifierKind()
	if err := kind.prepare(d); err != nil {
		return err
	}
	if d.options.notifier == "xfce4-notifyd" {
		if err := d.startSettings(); err != nil {
			return err
		}
	}
	var err error
	if d.notifier, err = d.start(kind.needs[0], kind.args...); err != nil {
		return err
	}
	return d.waitName(notifyName)
}

// shows returns an error unless the service has replied to a message and, if it logs messages, has logged it.
func (d *desktop) shows(n notification) error {
	if n.ID == 0 {
		return fmt.Errorf("%s did not answer %q", d.options.notifier, n.Summary)
	}
	if d.notifierKind().prints && !strings.Contains(d.notifier.Stdout(), "summary: '"+n.Summary+"'") {
		return fmt.Errorf("%s did not print %q", d.options.notifier, n.Summary)
	}
	return nil
}

// seen waits until a message is on the screen.
func (d *desktop) seen() error {
	return until(d.ctx, patience, func() error {
		places := d.windows(d.notifierKind().window)
		if len(places) == 0 {
			return fmt.Errorf("%s shows no window", d.options.notifier)
		}
		_, err := d.still(places[0])
		return err
	})
}

// pressButton clicks the button of the only message on the screen.
func (d *desktop) pressButton() error {
	places := d.windows(d.notifierKind().window)
	if len(places) != 1 {
		return fmt.Errorf("%d messages are on the screen", len(places))
	}
	at, mouse := d.notifierKind().press(places[0])
	return d.click(at, mouse)
}

// restartNotifier kills and restarts the service.
func (d *desktop) restartNotifier() error {
	if err := d.kill(d.notifier); err != nil {
		return err
	}
	return d.startNotifier()
}

// dismiss closes all messages.
func (d *desktop) dismiss() error {
	return until(d.ctx, patience, func() error {
		for _, n := range d.messages.all() {
			d.conn.Object(notifyName, notifyPath).Call(notifyName+"."+withdrawal, 0, n.ID) // fails for a closed message
		}
		if places := d.windows(d.notifierKind().window); len(places) > 0 {
			return fmt.Errorf("%d notifications are still on the screen", len(places))
		}
		return nil
	})
}
