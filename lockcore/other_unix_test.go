//go:build unix && !linux

package lockcore_test

func playFullDisk([]string) {}

func playLooker([]string) {}
