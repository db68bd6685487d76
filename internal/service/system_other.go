//go:build !darwin && !windows

package service

var system = systemd
