package notify

import (
	"context"
	"runtime"
)

// Route describes how messages reach the screen, for a user who sees none.
type Route uint8

const (
	DefaultRoute Route = iota // needs no explanation
	ScriptEditor              // macOS: by osascript, so under Script Editor's name and with its permission
	OwnName                   // macOS: under Lockbar's name and with its permission
	SwitchedOff               // macOS: the user does not allow messages
)

// CurrentRoute returns the route of this process as far as it is known. It asks neither the user nor the notification service; on macOS
// the first call reads the signature of this program.
func CurrentRoute() Route { return routeOn(runtime.GOOS, macStanding()) }

// QueryRoute returns the route of this process. It queries the system, within the deadline of a message, but never asks the user.
func QueryRoute(ctx context.Context) Route {
	ctx, cancel := context.WithTimeout(ctx, deadline)
	defer cancel()
	queryMac(ctx)
	return CurrentRoute()
}

func routeOn(goos string, s macStatus) Route {
	switch {
	case goos != "darwin":
		return DefaultRoute
	case s == macUnusable:
		return ScriptEditor
	case s == macDenied:
		return SwitchedOff
	}
	return OwnName
}
