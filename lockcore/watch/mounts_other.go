//go:build !linux

package watch

func newMounts() mounts { return noMounts{} }
