//go:build !darwin

package login

// EnterApp has nothing to do: only macOS asks where a program was started.
func EnterApp() {}
