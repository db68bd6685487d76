package cli

import (
	"context"
	"errors"
	"os"

	"golang.org/x/sys/windows"
)

// understandsEscapes turns on escape sequences in the console and reports whether it could. Old consoles do not interpret them.
func understandsEscapes(f *os.File) bool {
	var mode uint32
	h := windows.Handle(f.Fd())
	if windows.GetConsoleMode(h, &mode) != nil {
		return false
	}
	return windows.SetConsoleMode(h, mode|windows.ENABLE_VIRTUAL_TERMINAL_PROCESSING) == nil
}

// attachConsole lets a program that was linked for the desktop (-H windowsgui) print to the terminal that started it: Windows gives such
// a program no standard output. It keeps a redirected output. It does nothing if no terminal started the program.
func attachConsole() {
	if isOpen(os.Stdout) || !attachToParent() {
		return
	}
	if out, err := os.OpenFile("CONOUT$", os.O_RDWR, 0); err == nil {
		os.Stdout, os.Stderr = out, out
	}
	if in, err := os.OpenFile("CONIN$", os.O_RDWR, 0); err == nil {
		os.Stdin = in
	}
}

func isOpen(f *os.File) bool {
	kind, err := windows.GetFileType(windows.Handle(f.Fd()))
	return err == nil && kind != windows.FILE_TYPE_UNKNOWN
}

// attachParentProcess is ATTACH_PARENT_PROCESS of AttachConsole, (DWORD)-1.
const attachParentProcess = 0xffffffff

func attachToParent() bool {
	ok, _, _ := windows.NewLazySystemDLL("kernel32.dll").NewProc("AttachConsole").Call(attachParentProcess)
	return ok != 0
}

// isOutputClosed reports whether a write failed because the reader of a pipe has closed it.
func isOutputClosed(err error) bool {
	return errors.Is(err, windows.ERROR_NO_DATA) || errors.Is(err, windows.ERROR_BROKEN_PIPE)
}

// keepBrokenPipes does nothing: Windows has no SIGPIPE.
func keepBrokenPipes() {}

// waitOutputClosed waits only for ctx: on Windows only a write shows that a pipe was closed.
func waitOutputClosed(ctx context.Context, _ *os.File) { <-ctx.Done() }
