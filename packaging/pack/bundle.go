package main

import (
	"os"
	"path/filepath"
)

// Where the parts of a bundle's sources lie, from the module's root.
const (
	// A template, not a map for a plist library: half of it is text that users read and comments, which such a library drops.
	plistTemplate = "packaging/macos/Info.plist.in"
	appIcons      = "icons/app"
	licence       = "LICENSE"
)

// makeBundle lays Lockbar.app out around a binary. It works on any system; signing comes after it and needs a Mac.
func makeBundle(args []string) error {
	version, binary, app := args[0], args[1], args[2]
	contents := filepath.Join(app, "Contents")
	steps := []func() error{
		// Codesign would refuse, or sign, what an earlier version left there.
		func() error { return os.RemoveAll(app) },
		func() error {
			return stampFile([]string{version, plistTemplate, filepath.Join(contents, "Info.plist")})
		},
		// "APPL" and no creator. Finder does without it, older tools look for it.
		func() error { return write(filepath.Join(contents, "PkgInfo"), []byte("APPL????"), 0o644) },
		func() error {
			return makeICNS([]string{appIcons, filepath.Join(contents, "Resources", "Lockbar.icns")})
		},
		func() error { return copyFile(licence, filepath.Join(contents, "Resources", "LICENSE"), 0o644) },
		func() error { return copyFile(binary, filepath.Join(contents, "MacOS", "lockbar"), 0o755) },
	}
	for _, step := range steps {
		if err := step(); err != nil {
			return err
		}
	}
	return nil
}

func copyFile(from, to string, mode os.FileMode) error {
	data, err := os.ReadFile(from)
	if err != nil {
		return err
	}
	return write(to, data, mode)
}
