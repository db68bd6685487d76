//go:build !darwin

package login

// EnterApp does nothing: only macOS cares about the path by which a program was started.
func EnterApp() {}
