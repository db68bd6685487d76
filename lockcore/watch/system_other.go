//go:build !linux

package watch

func newAlarm() alarm { return newTimerAlarm() }

func newMounts() (changed <-chan struct{}, stop func()) { return noMounts() }
