package testfs

import (
	"os"
	"testing"

	"golang.org/x/sys/windows"
)

// SkipUnavailable skips a test because this Windows lacks something that it needs. In CI it fails the test, except under Wine.
func SkipUnavailable(t *testing.T, reason ...any) {
	t.Helper()
	isWine := windows.NewLazySystemDLL("ntdll.dll").NewProc("wine_get_version").Find() == nil
	if os.Getenv("CI") == "true" && !isWine {
		t.Fatal(reason...)
	}
	t.Skip(reason...)
}
