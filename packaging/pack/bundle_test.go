package main

import (
	"bytes"
	"image/png"
	"maps"
	"os"
	"path/filepath"
	"strings"
	"testing"

	"howett.net/plist"

	"lockbar/internal/desktop"
)

// info is Info.plist as the system's own reader takes it: a wrong type is an error.
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

func stubBundle(t *testing.T) string {
	t.Helper()
	dir := t.TempDir()
	stub := filepath.Join(dir, "stub")
	if err := os.WriteFile(stub, []byte("stub"), 0o700); err != nil {
		t.Fatal(err)
	}
	app := filepath.Join(dir, "Lockbar.app")
	mustRun(t, "bundle", "v1.2.3-rc.1", stub, app)
	return app
}

func TestPlist(t *testing.T) {
	var got info
	if _, err := plist.Unmarshal([]byte(read(t, stubBundle(t), "Contents", "Info.plist")), &got); err != nil {
		t.Fatal(err)
	}
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

// places are those that a store may be in and that macOS lets a program look at only once its user agreed; it ends a program that
// cannot say why it wants to.
var places = []string{"DesktopFolder", "DocumentsFolder", "DownloadsFolder", "FileProviderDomain", "NetworkVolumes", "RemovableVolumes"}

func TestUsageDescriptions(t *testing.T) {
	var got map[string]any
	if _, err := plist.Unmarshal([]byte(read(t, stubBundle(t), "Contents", "Info.plist")), &got); err != nil {
		t.Fatal(err)
	}
	for _, place := range places {
		if says, _ := got["NS"+place+"UsageDescription"].(string); !strings.Contains(says, desktop.Name) || !strings.HasSuffix(says, ".") {
			t.Errorf("%s: %q", place, says)
		}
	}
}

// The build script tells the compiler the same oldest macOS as Info.plist tells Finder.
func TestOldestMacOS(t *testing.T) {
	if !strings.Contains(read(t, "packaging/macos/build"), "export MACOSX_DEPLOYMENT_TARGET=12.0\n") {
		t.Error("packaging/macos/build builds for another macOS than LSMinimumSystemVersion 12.0")
	}
}

func TestBundleLayout(t *testing.T) {
	app := stubBundle(t)
	modes := map[string]os.FileMode{}
	err := filepath.WalkDir(app, func(path string, d os.DirEntry, err error) error {
		if err != nil || d.IsDir() {
			return err
		}
		stat, err := d.Info()
		name, _ := filepath.Rel(app, path)
		modes[filepath.ToSlash(name)] = stat.Mode().Perm()
		return err
	})
	if err != nil {
		t.Fatal(err)
	}
	want := []string{"Contents/Info.plist", "Contents/PkgInfo", "Contents/Resources/Lockbar.icns", "Contents/Resources/LICENSE",
		"Contents/MacOS/lockbar"}
	for _, name := range want {
		if _, ok := modes[name]; !ok {
			t.Errorf("no %s", name)
		}
	}
	if len(modes) != len(want) {
		t.Errorf("files %v, want %v", modes, want)
	}
	if got := read(t, app, "Contents/MacOS/lockbar"); got != "stub" {
		t.Errorf("the program is %q", got)
	}
	checkExecutable(t, modes)
}

func TestBundleForgetsTheOldOne(t *testing.T) {
	app := stubBundle(t)
	left := filepath.Join(app, "Contents", "left")
	if err := os.WriteFile(left, nil, 0o600); err != nil {
		t.Fatal(err)
	}
	mustRun(t, "bundle", "1.2.3", filepath.Join(app, "..", "stub"), app)
	if _, err := os.Stat(left); !os.IsNotExist(err) {
		t.Errorf("a file of an older bundle is still there: %v", err)
	}
}

// TestICNS reads the file without the library that wrote it.
func TestICNS(t *testing.T) {
	data := []byte(read(t, stubBundle(t), "Contents", "Resources", "Lockbar.icns"))
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
