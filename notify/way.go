package notify

import (
	"context"
	"runtime"
)

// Way is the route of messages to the screen; the user needs to know it if none appear.
type Way uint8

const (
	OfDesktop    Way = iota // nothing special
	ScriptEditor            // macOS: by osascript, so under Script Editor's name and with its permission
	OwnName                 // macOS: under Lockbar's name and with its permission
	SwitchedOff             // macOS: the user does not allow them
)

// UsedWay returns the way of this process as it is known so far. It asks neither the user nor the notification service; on macOS the
// first call reads the signature of this program.
func UsedWay() Way { return wayOn(runtime.GOOS, macStanding()) }

// AskWay returns the way of this process. It asks the system, within the deadline of a message, but never the user.
func AskWay(ctx context.Context) Way {
	ctx, cancel := context.WithTimeout(ctx, deadline)
	defer cancel()
	askMac(ctx)
	return UsedWay()
}

func wayOn(goos string, s macStatus) Way {
	switch {
	case goos != "darwin":
		return OfDesktop
	case s == macUnusable:
		return ScriptEditor
	case s == macDenied:
		return SwitchedOff
	}
	return OwnName
}
