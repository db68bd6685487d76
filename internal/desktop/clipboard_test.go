package desktop

import (
	"os/exec"
	"slices"
	"strings"
	"testing"
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

// An app that Finder started has no locale, and one may be set to what is not UTF-8.
func TestCopyReadsUTF8(t *testing.T) {
	env := append([]string{"LANG=de_DE.ISO8859-1", "LC_ALL=C"}, clipboardLocale("darwin")...)
	cmd := exec.Command("env")
	cmd.Env = env
	out, err := cmd.Output()
	if err != nil {
		t.Skip("needs env(1): ", err)
	}
	if got := strings.Fields(string(out)); !slices.Contains(got, "LC_CTYPE=UTF-8") || !slices.Contains(got, "LC_ALL=") {
		t.Errorf("%q", got)
	}
	if got := clipboardLocale("linux"); got != nil {
		t.Errorf("linux: %q", got)
	}
}
