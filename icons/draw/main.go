// Command draw draws all icons and writes them into the directory given, or
// into icons/ below the current one.
package main

import (
	"flag"
	"fmt"
	"os"
	"path/filepath"

	"lockbar/icons/internal/drawing"
)

func main() {
	dir := flag.String("dir", "icons", "directory of package icons")
	flag.Parse()
	if err := write(*dir); err != nil {
		fmt.Fprintln(os.Stderr, "draw:", err)
		os.Exit(1)
	}
}

// write draws everything, then writes it below dir.
func write(dir string) error {
	files, err := drawing.Files()
	if err != nil {
		return err
	}
	for _, f := range files {
		if err := writeFile(filepath.Join(dir, filepath.FromSlash(f.Path)), f.Data); err != nil {
			return err
		}
	}
	return nil
}

// writeFile writes one file and makes the directories above it.
func writeFile(path string, data []byte) error {
	if err := os.MkdirAll(filepath.Dir(path), 0o755); err != nil {
		return err
	}
	return os.WriteFile(path, data, 0o644)
}
