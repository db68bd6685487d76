//go:build unix && !darwin

package notify

import (
	"bytes"
	"image"
	"image/draw"
	"image/png"
	"strings"

	"github.com/esiqveland/notify"
	"github.com/godbus/dbus/v5"

	"lockbar/icons"
	"lockbar/internal/desktop"
)

// capabilities holds the capabilities of a service that change what it is sent.
type capabilities struct {
	markup, actions bool
	keepsButtons    bool // it goes on showing the buttons of a replaced message
}

// buttonKeeper names the service that goes on showing the buttons of the first message when another one replaces it
// (lxqt-notificationd 1.2 to 2.3, Notification::setValues).
const buttonKeeper = "lxqt-notificationd"

// note returns a letter in the form for a service with these capabilities.
func note(l Letter, c capabilities) notify.Notification {
	if !c.actions {
		l.Message = l.Message.withoutButtons()
	}
	n := notify.Notification{
		AppName:       desktop.Name,
		Summary:       printable(l.Message.Title, maxTitle),
		Body:          bodyFor(l.Message, c.markup),
		Actions:       actionsFor(l),
		ExpireTimeout: notify.ExpireTimeoutSetByNotificationServer,
	}
	addHints(&n, l.Message)
	if l.Message.Urgent {
		n.ExpireTimeout = notify.ExpireTimeoutNever
	}
	return n
}

var (
	escapes = strings.NewReplacer("&", "&amp;", "<", "&lt;", ">", "&gt;")
	// lookalikes is for services that do not claim to read markup. Some read it anyway: dunst 1.9 with a configuration that does not
	// set "markup" drops everything that looks like a tag. It shows a bare "&" as it is.
	lookalikes = strings.NewReplacer("<", "‹", ">", "›")
)

func bodyFor(m Message, markup bool) string {
	body := printable(m.Body, maxBody)
	if markup {
		return escapes.Replace(body)
	}
	return lookalikes.Replace(body)
}

func actionsFor(l Letter) (actions []notify.Action) {
	for _, b := range l.Message.Buttons {
		actions = append(actions, notify.Action{Key: l.Key(b), Label: printable(b.Label, maxTitle)})
	}
	return actions
}

// pairs returns actions in the form of the protocol: key, label, key, label.
func pairs(actions []notify.Action) []string {
	list := []string{}
	for _, a := range actions {
		list = append(list, a.Key, a.Label)
	}
	return list
}

// addHints sets the hints. By desktop-entry, desktops keep the user's settings for each program.
func addHints(n *notify.Notification, m Message) {
	n.AddHint(notify.Hint{ID: "desktop-entry", Variant: dbus.MakeVariant(desktop.AppID)})
	n.SetUrgency(notify.UrgencyNormal)
	if m.Urgent {
		n.SetUrgency(notify.UrgencyCritical)
		n.AddHint(notify.HintSoundWithName("bell"))
	}
	if img, ok := pixels(m.Icon); ok {
		n.AddHint(notify.HintImageDataRGBA(img))
	}
}

// pixels returns the icon with straight alpha, not premultiplied as the type promises: services expect image-data with straight alpha.
func pixels(k icons.Kind) (*image.RGBA, bool) {
	img, err := png.Decode(bytes.NewReader(icons.Notification(k)))
	if err != nil {
		return nil, false
	}
	straight := image.NewNRGBA(image.Rectangle{Max: img.Bounds().Size()})
	draw.Draw(straight, straight.Rect, img, img.Bounds().Min, draw.Src)
	return &image.RGBA{Pix: straight.Pix, Stride: straight.Stride, Rect: straight.Rect}, true
}

// newOwner returns the new owner of the service, empty for none; ok is false for any other signal.
func newOwner(s *dbus.Signal) (owner string, ok bool) {
	if s.Sender != busName || s.Name != busName+".NameOwnerChanged" || len(s.Body) != 3 || s.Body[0] != serviceName {
		return "", false
	}
	owner, ok = s.Body[2].(string)
	return owner, ok
}

// closedByCall is the reason of NotificationClosed for a message that was withdrawn.
const closedByCall = uint32(3)

// parseSignal parses a signal of the service; ok is false for any other, and for the closing of a message that was withdrawn. Every client
// of the bus can send us any signal, so parseSignal checks the sender and each argument.
func parseSignal(s *dbus.Signal, owner string) (e DesktopEvent, ok bool) {
	if s.Sender != owner || owner == "" || s.Path != servicePath || len(s.Body) != 2 {
		return DesktopEvent{}, false
	}
	e.Handle.ID, ok = s.Body[0].(uint32)
	switch s.Name {
	case serviceName + ".NotificationClosed":
		reason, known := s.Body[1].(uint32)
		e.Closed = true
		return e, ok && known && reason != closedByCall
	case serviceName + ".ActionInvoked":
		e.Button, _ = s.Body[1].(string)
		return e, ok && e.Button != ""
	}
	return DesktopEvent{}, false
}
