//go:build !linux

package watch

func newAlarm() alarm { return newTimerAlarm() }

func newMounts() mounts { return noMounts{} }
