package testfs

import (
	"os"
	"testing"

	"golang.org/x/sys/windows"
)

// SkipUnavailable skips a test of what this Windows does not have. In CI only wine may lack it.
func SkipUnavailable(t *testing.T, what ...any) {
	t.Helper()
	isWine := windows.NewLazySystemDLL("ntdll.dll").NewProc("wine_get_version").Find() == nil
	if os.Getenv("CI") == "true" && !isWine {
		t.Fatal(what...)
	}
	t.Skip(what...)
}
