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

// capabilities are those of a notification service that change what it is sent.
type capabilities struct{ markup, actions bool }

// note is a letter as a service with these capabilities gets it.
func note(l Letter, c capabilities) notify.Notification {
	n := notify.Notification{
		AppName:       desktop.Name,
		Summary:       printable(l.Message.Title, maxTitle),
		Body:          bodyFor(l.Message, c),
		Actions:       actionsFor(l, c),
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
	// lookalikes are for services that claim to read no markup: dunst 1.9 claims so by default, and swallows what looks like a tag. It
	// shows a bare "&" as it is.
	lookalikes = strings.NewReplacer("<", "‹", ">", "›")
)

func bodyFor(m Message, c capabilities) string {
	body := m.Body
	if !c.actions && m.Plain != "" {
		body = m.Plain
	}
	body = printable(body, maxBody)
	if c.markup {
		return escapes.Replace(body)
	}
	return lookalikes.Replace(body)
}

func actionsFor(l Letter, c capabilities) (actions []notify.Action) {
	if !c.actions {
		return nil
	}
	for _, b := range l.Message.Buttons {
		actions = append(actions, notify.Action{Key: l.key(b), Label: printable(b.Label, maxTitle)})
	}
	return actions
}

// pairs is never nil: the signature wants an array.
func pairs(actions []notify.Action) []string {
	list := []string{}
	for _, a := range actions {
		list = append(list, a.Key, a.Label)
	}
	return list
}

// addHints names the desktop file, by which desktops keep settings for each program.
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

// pixels has straight alpha in it, which is what services take image-data for, whatever the type says.
func pixels(k icons.Kind) (*image.RGBA, bool) {
	img, err := png.Decode(bytes.NewReader(icons.Notification(k)))
	if err != nil {
		return nil, false
	}
	straight := image.NewNRGBA(image.Rectangle{Max: img.Bounds().Size()})
	draw.Draw(straight, straight.Rect, img, img.Bounds().Min, draw.Src)
	return &image.RGBA{Pix: straight.Pix, Stride: straight.Stride, Rect: straight.Rect}, true
}

// newOwner reports who has the service's name from now on, empty for nobody, if that is what the bus says.
func newOwner(s *dbus.Signal) (owner string, ok bool) {
	if s.Sender != busName || s.Name != busName+".NameOwnerChanged" || len(s.Body) != 3 || s.Body[0] != serviceName {
		return "", false
	}
	owner, ok = s.Body[2].(string)
	return owner, ok
}

// closedByCall is why a message went away that its program withdrew.
const closedByCall = uint32(3)

// heard is the event in a signal of the service; false for all else. Anybody may send us anything, so the sender counts, and no
// argument is taken on trust.
func heard(s *dbus.Signal, owner string) (e Event, ok bool) {
	if s.Sender != owner || owner == "" || s.Path != servicePath || len(s.Body) != 2 {
		return Event{}, false
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
	return Event{}, false
}
