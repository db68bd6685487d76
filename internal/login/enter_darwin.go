package login

import (
	"os"
	"syscall"
)

// EnterApp becomes the program inside the app where a link led to it (`lockbar` in PATH): macOS takes the directory of a link
// for the bundle, and would know neither the login item nor what to say when it asks for a folder. Where that fails, this one
// goes on as it is. On other systems nothing is done.
func EnterApp() {
	started, err := os.Executable()
	if err != nil {
		return
	}
	if real := linkedApp(started); real != "" {
		_ = syscall.Exec(real, append([]string{real}, os.Args[1:]...), os.Environ())
	}
}
