package fsx

import "testing"

func TestPlainPath(t *testing.T) {
	t.Parallel()
	for final, want := range map[string]string{
		`\\?\C:\Users\me\iai`:       `C:\Users\me\iai`,
		`\\?\UNC\nas\share\iai`:     `\\nas\share\iai`,
		`\\?\Volume{4c1b02c1}\iai`:  `\\?\Volume{4c1b02c1}\iai`,
		`\\nas\share`:               `\\nas\share`,
		`\\?\GLOBALROOT\Device\iai`: `\\?\GLOBALROOT\Device\iai`,
	} {
		if got := plainPath(final); got != want {
			t.Errorf("%s: %s, want %s", final, got, want)
		}
	}
}

func TestIsShare(t *testing.T) {
	t.Parallel()
	for volume, want := range map[string]bool{
		`C:`:                   false,
		`\\nas\share`:          true,
		`\\?\UNC\nas\share`:    true,
		`\\?\C:`:               false,
		`\\?\Volume{4c1b02c1}`: false,
		`\\.\PhysicalDrive0`:   false,
		``:                     false,
	} {
		if got := isShare(volume); got != want {
			t.Errorf("%s: %v", volume, got)
		}
	}
}
