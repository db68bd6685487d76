//go:build !unix || darwin

package notify

func newNative(string, func(Event)) native { return nil }
