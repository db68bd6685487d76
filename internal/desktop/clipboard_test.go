package desktop

import (
	"context"
	"errors"
	"os"
	"os/exec"
	"path/filepath"
	"runtime"
	"slices"
	"strconv"
	"strings"
	"testing"
	"time"

	"lockbar/internal/testfs"
	"lockbar/internal/words"
)

func TestClipboardPrograms(t *testing.T) {
	for _, test := range []struct {
		goos, wayland string
		want          []string
	}{
		{"linux", "", []string{"xclip", "xsel"}},
		{"linux", "wayland-0", []string{"wl-copy", "xclip", "xsel"}},
		{"darwin", "", []string{"pbcopy"}},
		{"windows", "", []string{"clip.exe"}},
	} {
		var got []string
		for _, line := range clipboardPrograms(test.goos, func(string) string { return test.wayland }) {
			got = append(got, line[0])
		}
		if !slices.Equal(got, test.want) {
			t.Errorf("%s %q: %q, want %q", test.goos, test.wayland, got, test.want)
		}
	}
}

func TestClipboardBytes(t *testing.T) {
	if got, want := clipboardBytes("windows", "a·"), "\xff\xfea\x00\xb7\x00"; got != want {
		t.Errorf("%q, want %q", got, want)
	}
	if got := clipboardBytes("linux", "a·"); got != "a·" {
		t.Errorf("%q", got)
	}
}

func TestCopySaysWhatIsMissing(t *testing.T) {
	t.Setenv("PATH", t.TempDir())
	if err := Copy(t.Context(), "x"); err != ErrNoClipboard {
		t.Errorf("%v", err)
	}
}

// TestNoClipboardNamesWhatIsTried checks that an X11 session is not told to install wl-clipboard, which Copy would not use there.
func TestNoClipboardNamesWhatIsTried(t *testing.T) {
	for wayland, want := range map[string]string{"": "install xclip or xsel", "wayland-0": "install wl-clipboard, xclip or xsel"} {
		if got := noClipboard("linux", func(string) string { return wayland }).Error(); got != want {
			t.Errorf("%q: %s, want %s", wayland, got, want)
		}
	}
}

// fake replaces a clipboard program with a shell script.
func fake(t *testing.T, dir, name, body string) {
	t.Helper()
	testfs.Check(t, os.WriteFile(filepath.Join(dir, name), []byte("#!/bin/sh\n"+body+"\n"), 0o700))
}

// programs sets up a Wayland session, in which three programs are tried, and a PATH with only the fakes in dir.
func programs(t *testing.T) (dir string) {
	t.Helper()
	if len(clipboardPrograms(runtime.GOOS, func(string) string { return "x" })) < 3 {
		t.Skip("this system has only one program")
	}
	dir = t.TempDir()
	t.Setenv("PATH", dir)
	t.Setenv("WAYLAND_DISPLAY", "wayland-0")
	return dir
}

// waits is the script of a program that does not end while a test runs.
const waits = "exec /bin/sleep 60"

// muchLess is longer than any test takes, but shorter than the script of waits.
const muchLess = 30 * time.Second

// TestCopyGivesEachItsTime checks that the next program gets its full time although wl-copy waits forever, as it does without a seat, and
// leaves a child behind that keeps the full pipe open.
func TestCopyGivesEachItsTime(t *testing.T) {
	dir := programs(t)
	child, text := filepath.Join(dir, "child"), strings.Repeat("text", 1<<20)
	fake(t, dir, "wl-copy", `exec 3<&0; /bin/sleep 60 <&3 & echo $! >"`+child+`"; `+waits)
	fake(t, dir, "xclip", `/bin/cat >"`+dir+`/copied"`)
	begun := time.Now()
	if err := copyWithin(t.Context(), time.Second, text); err != nil || time.Since(begun) > muchLess {
		t.Errorf("%v after %v", err, time.Since(begun))
	}
	if copied, err := os.ReadFile(filepath.Join(dir, "copied")); string(copied) != text || err != nil {
		t.Errorf("%d bytes, %v, want %d", len(copied), err, len(text))
	}
	end(t, child)
}

// end ends the process whose PID is in a file.
func end(t *testing.T, file string) {
	t.Helper()
	text, err := os.ReadFile(file)
	testfs.Check(t, err)
	pid, err := strconv.Atoi(strings.TrimSpace(string(text)))
	testfs.Check(t, err)
	if p, err := os.FindProcess(pid); err != nil || p.Kill() != nil {
		t.Errorf("the child did not hold the pipe: %v", err)
	}
}

func TestCopyIsBounded(t *testing.T) {
	dir := programs(t)
	for _, name := range []string{"wl-copy", "xclip", "xsel"} {
		fake(t, dir, name, waits)
	}
	const each = 50 * time.Millisecond
	begun := time.Now()
	if err := copyWithin(t.Context(), each, "text"); !errors.Is(err, context.DeadlineExceeded) || words.Cause(err) != "xsel failed: no answer in time" {
		t.Errorf("%v", err)
	}
	if took := time.Since(begun); took < 3*each || took > muchLess {
		t.Errorf("it took %v", took)
	}
}

func TestCopySaysWhatTheProgramSaid(t *testing.T) {
	dir := programs(t)
	fake(t, dir, "xclip", "echo \"Error: Can't open display: (null)\" >&2; exit 1")
	if err := Copy(t.Context(), "text"); err == nil || words.Cause(err) != "xclip failed: Error: Can't open display: (null)" {
		t.Errorf("%v", err)
	}
	fake(t, dir, "xsel", "exit 3")
	if err := Copy(t.Context(), "text"); err == nil || words.Cause(err) != "xsel failed: exit code 3" {
		t.Errorf("%v", err)
	}
}

// TestCopyReadsUTF8 checks the locale for pbcopy: an app that Finder started has none, and the user's may not use UTF-8.
func TestCopyReadsUTF8(t *testing.T) {
	cmd := exec.Command("pbcopy")
	cmd.Env = append([]string{"LANG=de_DE.ISO8859-1", "LC_ALL=C"}, clipboardLocale("darwin")...)
	if got := cmd.Environ(); !slices.Contains(got, "LC_CTYPE=UTF-8") || !slices.Contains(got, "LC_ALL=") || slices.Contains(got, "LC_ALL=C") {
		t.Errorf("%q", got)
	}
	if got := clipboardLocale("linux"); got != nil {
		t.Errorf("linux: %q", got)
	}
}
