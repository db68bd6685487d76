//go:build !darwin && !windows

package service

const isKnown = true

var system = systemd
