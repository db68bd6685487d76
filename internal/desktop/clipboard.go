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

// copyTime bounds one copy: these programs end, or go to the background, at once.
const copyTime = 5 * time.Second

// ErrNoClipboard reports that none of the programs that can do it is there. It says what to install.
var ErrNoClipboard = errors.New("install wl-clipboard, xclip or xsel")

// clipboardPrograms are the command lines that read the clipboard's new text from stdin, best first.
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

// clipboardLocale is what a system's program must know to take the text for UTF-8: pbcopy goes by the locale, and an app that was
// started by Finder has none. A later variable wins over those of the environment, but LC_ALL over all.
func clipboardLocale(goos string) []string {
	if goos != "darwin" {
		return nil
	}
	return []string{"LC_CTYPE=UTF-8", "LC_ALL="}
}

// clipboardBytes is text as the programs of a system read it: clip.exe takes UTF-16 with a byte order mark, or else the
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

// Copy puts text on the clipboard with the first program that works.
func Copy(ctx context.Context, text string) error {
	ctx, cancel := context.WithTimeout(ctx, copyTime)
	defer cancel()
	failed := ErrNoClipboard
	for _, line := range clipboardPrograms(runtime.GOOS, os.Getenv) {
		if _, err := exec.LookPath(line[0]); err != nil {
			continue
		}
		cmd := exec.CommandContext(ctx, line[0], line[1:]...)
		cmd.Env = append(os.Environ(), clipboardLocale(runtime.GOOS)...)
		cmd.Stdin = strings.NewReader(clipboardBytes(runtime.GOOS, text))
		err := cmd.Run()
		if err == nil {
			return nil
		}
		failed = fmt.Errorf("%s: %w", line[0], err)
	}
	return failed
}
