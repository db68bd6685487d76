package desktop

import (
	"context"
	"encoding/binary"
	"errors"
	"fmt"
	"os"
	"os/exec"
	"runtime"
	"strings"
	"time"
	"unicode/utf16"
)

// Under X11 and Wayland the clipboard holds a text only as long as a process serves it, which Lockbar cannot do after its end. So other
// programs do that; macOS and Windows bring one along. The library atotto/clipboard, without a release since 2021, runs the same programs
// on Linux and macOS.

// copyTime bounds each of the at most three programs. A program ends or goes to the background at once, but may wait forever if it finds
// no seat or no display.
const copyTime = 2 * time.Second

// endTime bounds the wait for the pipe to a killed program, whose children may keep it open.
const endTime = 500 * time.Millisecond

// maxComplaint limits the bytes that are read of a program's standard error: its first line is enough.
const maxComplaint = 1 << 10

// ErrNoClipboard reports that none of the clipboard programs of this session is installed. Its text names those that the user can install,
// or on macOS and Windows the system's program.
var ErrNoClipboard = noClipboard(runtime.GOOS, os.Getenv)

func noClipboard(goos string, env func(string) string) error {
	switch programs := clipboardPrograms(goos, env); {
	case goos == "darwin" || goos == "windows":
		return errors.New(programs[0][0] + " is missing from this system")
	case programs[0][0] == "wl-copy":
		return errors.New("install wl-clipboard, xclip or xsel")
	}
	return errors.New("install xclip or xsel")
}

// clipboardPrograms returns the command lines that read the clipboard's new text from stdin, best first.
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

// clipboardLocale returns the variables that make a program read the text as UTF-8: pbcopy uses the locale, and an app that was
// started by Finder has none. They follow the environment's variables and override them. LC_ALL is emptied, since it overrides LC_CTYPE.
func clipboardLocale(goos string) []string {
	if goos != "darwin" {
		return nil
	}
	return []string{"LC_CTYPE=UTF-8", "LC_ALL="}
}

// clipboardBytes encodes text for the programs of a system: without the byte order mark of UTF-16, clip.exe would expect the console's
// code page.
func clipboardBytes(goos, text string) string {
	if goos != "windows" {
		return text
	}
	var b []byte
	for _, unit := range utf16.Encode([]rune("\ufeff" + text)) {
		b = binary.LittleEndian.AppendUint16(b, unit)
	}
	return string(b)
}

// Copy puts text on the clipboard with the first program that works. It takes at most copyTime and endTime for each. The error is
// ErrNoClipboard, or that of the last program.
func Copy(ctx context.Context, text string) error { return copyWithin(ctx, copyTime, text) }

// copyWithin does Copy's work, with a time limit for each program.
func copyWithin(ctx context.Context, each time.Duration, text string) error {
	err := ErrNoClipboard
	for _, line := range clipboardPrograms(runtime.GOOS, os.Getenv) {
		if _, err := exec.LookPath(line[0]); err != nil {
			continue
		}
		if err = copyWith(ctx, each, line, text); err == nil {
			return nil
		}
	}
	return err
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
		// A file, not a pipe: xclip keeps its standard error open in the background, and a closed pipe would end it.
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

// withComplaint adds a program's standard error, if a file keeps it, to the ExitError.
func withComplaint(err error, stderr *os.File) error {
	if exit, ok := errors.AsType[*exec.ExitError](err); ok && stderr != nil {
		text := make([]byte, maxComplaint)
		n, _ := stderr.ReadAt(text, 0) // an unreadable part is left out
		exit.Stderr = text[:n]
	}
	return err
}
