package desktop

import (
	"context"
	"errors"
	"fmt"
	"os"
	"os/exec"
	"runtime"
	"strings"
	"time"
	"unicode/utf16"
)

// The clipboard belongs to the display server, which cgo-free Go cannot speak to; the libraries for it (atotto/clipboard,
// without a release since 2021) run the same programs that are run here.

// copyTime bounds each program: they end, or go to the background, at once. One that finds no seat or no display may wait for ever, and
// the next one has its own time. There are at most three.
const copyTime = 2 * time.Second

// endTime bounds the wait for the pipe to a program that was killed: a child of it may keep it open.
const endTime = 500 * time.Millisecond

// maxComplaint bounds what is read of a program's complaint, in bytes: its first line counts.
const maxComplaint = 1 << 10

// ErrNoClipboard reports that none of the programs that can do it is there. It says what to install, where that can be.
var ErrNoClipboard = noClipboard(runtime.GOOS)

func noClipboard(goos string) error {
	if goos == "darwin" || goos == "windows" {
		return errors.New(clipboardPrograms(goos, nil)[0][0] + " of the system is not there")
	}
	return errors.New("install wl-clipboard, xclip or xsel")
}

// clipboardPrograms lists the command lines that read the clipboard's new text from stdin, best first.
func clipboardPrograms(goos string, env func(string) string) [][]string {
	switch goos {
	case "darwin":
		return [][]string{{"pbcopy"}}
	case "windows":
		return [][]string{{"clip.exe"}}
	}
	x11 := [][]string{{"xclip", "-selection", "clipboard", "-in"}, {"xsel", "--clipboard", "--input"}}
	if env("WAYLAND_DISPLAY") != "" {
		return append([][]string{{"wl-copy"}}, x11...)
	}
	return x11
}

// clipboardLocale returns the variables that make a program take the text for UTF-8: pbcopy goes by the locale, and an app that was
// started by Finder has none. A later variable wins over those of the environment, but LC_ALL over all.
func clipboardLocale(goos string) []string {
	if goos != "darwin" {
		return nil
	}
	return []string{"LC_CTYPE=UTF-8", "LC_ALL="}
}

// clipboardBytes encodes text as the programs of a system read it: clip.exe takes UTF-16 with a byte order mark, or else the
// console's code page.
func clipboardBytes(goos, text string) string {
	if goos != "windows" {
		return text
	}
	var b strings.Builder
	for _, u := range append([]uint16{0xfeff}, utf16.Encode([]rune(text))...) {
		b.WriteByte(byte(u))
		b.WriteByte(byte(u >> 8))
	}
	return b.String()
}

// Copy puts text on the clipboard with the first program that works. It takes at most copyTime for each. The error is of the last one
// that failed.
func Copy(ctx context.Context, text string) error { return copyWithin(ctx, copyTime, text) }

// copyWithin is Copy with a time of its own for each program.
func copyWithin(ctx context.Context, each time.Duration, text string) error {
	failed := ErrNoClipboard
	for _, line := range clipboardPrograms(runtime.GOOS, os.Getenv) {
		if _, err := exec.LookPath(line[0]); err != nil {
			continue
		}
		if failed = copyWith(ctx, each, line, text); failed == nil {
			return nil
		}
	}
	return failed
}

func copyWith(ctx context.Context, limit time.Duration, line []string, text string) error {
	ctx, cancel := context.WithTimeout(ctx, limit)
	defer cancel()
	cmd := exec.CommandContext(ctx, line[0], line[1:]...)
	cmd.Env = append(os.Environ(), clipboardLocale(runtime.GOOS)...)
	cmd.Stdin = strings.NewReader(clipboardBytes(runtime.GOOS, text))
	cmd.WaitDelay = endTime
	complaint, err := os.CreateTemp("", "lockbar-*.tmp")
	if err == nil {
		// A file, not a pipe: xclip goes to the background with it, where a closed pipe would end it.
		defer os.Remove(complaint.Name())
		defer complaint.Close()
		cmd.Stderr = complaint
	}
	err = cmd.Run()
	if ctx.Err() != nil && err != nil {
		err = ctx.Err()
	}
	if err != nil {
		return fmt.Errorf("%s failed: %w", line[0], withComplaint(err, complaint))
	}
	return nil
}

// withComplaint puts what a program said to its standard error, which may be nil, into the error of its end.
func withComplaint(err error, said *os.File) error {
	var exit *exec.ExitError
	if said != nil && errors.As(err, &exit) {
		text := make([]byte, maxComplaint)
		n, _ := said.ReadAt(text, 0) // what cannot be read is not told
		exit.Stderr = text[:n]
	}
	return err
}
