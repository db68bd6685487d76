package clipboard

import (
	"slices"
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
		for _, line := range programs(test.goos, func(string) string { return test.wayland }) {
			got = append(got, line[0])
		}
		if !slices.Equal(got, test.want) {
			t.Errorf("%s %q: %q, want %q", test.goos, test.wayland, got, test.want)
		}
	}
}

func TestClipboardBytes(t *testing.T) {
	if got, want := encode("windows", "a·"), "\xff\xfea\x00\xb7\x00"; got != want {
		t.Errorf("%q, want %q", got, want)
	}
	if got := encode("linux", "a·"); got != "a·" {
		t.Errorf("%q", got)
	}
}

func TestCopyTextSaysWhatIsMissing(t *testing.T) {
	t.Setenv("PATH", t.TempDir())
	if err := Copy(t.Context(), "x"); err != ErrNone {
		t.Errorf("%v", err)
	}
}
