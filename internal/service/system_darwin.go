package service

import "os"

const isKnown = true

var system = launchd(os.Getuid())
