package main

import (
	"bytes"
	"image/png"
	"maps"
	"path/filepath"
	"strings"
	"testing"

	"howett.net/plist"

	"lockbar/internal/desktop"
)

// info holds Info.plist with the types that the system's own reader expects: a wrong type is an error.
type info struct {
	CFBundleDisplayName           string
	CFBundleExecutable            string
	CFBundleIconFile              string
	CFBundleIdentifier            string
	CFBundleInfoDictionaryVersion string
	CFBundleName                  string
	CFBundlePackageType           string
	CFBundleShortVersionString    string
	CFBundleVersion               string
	LSMinimumSystemVersion        string
	LSUIElement                   bool
	NSHighResolutionCapable       bool
}

// readPlist fills in the template and reads the result into got.
func readPlist(t *testing.T, got any) {
	t.Helper()
	out := filepath.Join(t.TempDir(), "Info.plist")
	mustRun(t, "stamp", "v1.2.3-rc.1", "packaging/macos/Info.plist.in", out)
	if _, err := plist.Unmarshal([]byte(read(t, out)), got); err != nil {
		t.Fatal(err)
	}
}

func TestPlist(t *testing.T) {
	var got info
	readPlist(t, &got)
	want := info{
		CFBundleDisplayName: "Lockbar", CFBundleExecutable: desktop.Command, CFBundleIconFile: "Lockbar.icns",
		CFBundleIdentifier: desktop.BundleID, CFBundleInfoDictionaryVersion: "6.0", CFBundleName: desktop.Name,
		CFBundlePackageType: "APPL", CFBundleShortVersionString: "1.2.3", CFBundleVersion: "1.2.3",
		LSMinimumSystemVersion: "12.0", LSUIElement: true, NSHighResolutionCapable: true,
	}
	if got != want {
		t.Errorf("Info.plist:\n got %+v\nwant %+v", got, want)
	}
}

// places lists where a store may be that macOS lets a program read only with the user's consent. Without a text macOS asks without giving a
// reason.
var places = []string{"DesktopFolder", "DocumentsFolder", "DownloadsFolder", "FileProviderDomain", "NetworkVolumes", "RemovableVolumes"}

func TestUsageDescriptions(t *testing.T) {
	var got map[string]any
	readPlist(t, &got)
	for _, place := range places {
		if says, _ := got["NS"+place+"UsageDescription"].(string); !strings.Contains(says, desktop.Name) || !strings.HasSuffix(says, ".") {
			t.Errorf("%s: %q", place, says)
		}
	}
}

// TestOldestMacOS checks that the build script gives the compiler the same oldest macOS as Info.plist gives Finder.
func TestOldestMacOS(t *testing.T) {
	if !strings.Contains(read(t, "packaging/macos/build"), "export MACOSX_DEPLOYMENT_TARGET=12.0\n") {
		t.Error("packaging/macos/build builds for another macOS than LSMinimumSystemVersion 12.0")
	}
}

// TestICNS checks the sizes of the pictures in the file. It reads the file without the library that wrote it.
func TestICNS(t *testing.T) {
	out := filepath.Join(t.TempDir(), "Lockbar.icns")
	mustRun(t, "icns", "icons/app", out)
	data := []byte(read(t, out))
	if _, size := icnsHeader(data); size != len(data) {
		t.Fatalf("the file says %d bytes and has %d", size, len(data))
	}
	sizes := map[string]int{}
	for rest := data[8:]; len(rest) > 0; {
		kind, size := icnsHeader(rest)
		config, err := png.DecodeConfig(bytes.NewReader(rest[8:size]))
		if err != nil || config.Width != config.Height {
			t.Fatalf("%s: %v, %d x %d", kind, err, config.Width, config.Height)
		}
		sizes[kind], rest = config.Width, rest[size:]
	}
	want := map[string]int{"ic07": 128, "ic08": 256, "ic09": 512, "ic10": 1024, "ic11": 32, "ic12": 64, "ic13": 256, "ic14": 512}
	if !maps.Equal(sizes, want) {
		t.Errorf("sizes %v, want %v", sizes, want)
	}
}

func icnsHeader(b []byte) (kind string, size int) {
	return string(b[:4]), int(b[4])<<24 | int(b[5])<<16 | int(b[6])<<8 | int(b[7])
}
