//go:build !darwin || !cgo

package notify

import "context"

// This file stands in for native_darwin.go, which documents these functions.

func macStanding() macStatus { return macUnusable }

func queryMac(context.Context) {}
