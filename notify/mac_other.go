//go:build !darwin || !cgo

package notify

import "context"

// What only macOS has; native_darwin.go documents it.

func macStanding() macStatus { return macUnusable }

func askMac(context.Context) {}
