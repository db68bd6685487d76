package service

import "os"

var system = launchd(os.Getuid())
