//go:build !linux

package watch

func newAlarm() alarm { return newTimerAlarm() }
