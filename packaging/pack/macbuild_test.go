//go:build linux || darwin

package main

import (
	"io/fs"
	"maps"
	"os"
	"os/exec"
	"path/filepath"
	"slices"
	"strings"
	"testing"

	"lockbar/internal/testfs"
)

// fakes replaces the compiler, pack and the programs that only a Mac has. Each records its call, and makes the file, if any, that
// the real one makes.
var fakes = map[string]string{
	"uname": `echo Darwin`,
	"go": `case $1 in
list) printf 'a-library v1\t.\n' ;;
env) echo . ;;
*) while [ "$1" != -o ]; do shift; done; mkdir -p "$(dirname "$2")"; echo "$GOARCH" >"$2" ;;
esac`,
	"lipo":     `[ "$1" != -create ] || cat "$4" "$5" >"$3"`,
	"plutil":   `test -f "$2"`,
	"codesign": `for last; do :; done; test -e "$last"; test ! -d "$last" || test -f "$last/Contents/Resources/THIRD-PARTY-LICENSES.txt"`,
	"ditto":    `test -d "$4"; echo zip >"$5"`,
	"hdiutil":  `for last; do :; done; test -L "$5/Applications"; echo dmg >"$last"`,
	"xcrun":    `test -e "$3"`,
	"pack":     `for last; do :; done; echo made >"$last"`, // TestBundleLayout has the real one
}

// runMacBuild runs the script with the fakes in front of PATH and returns the calls of the fakes, one line each.
func runMacBuild(t *testing.T, env ...string) (calls []string, err error) {
	t.Helper()
	dir := t.TempDir()
	log := filepath.Join(dir, "log")
	for name, body := range fakes {
		script := "#!/bin/sh\nset -e\nprintf '%s %s\\n' " + name + ` "$*" >>"$FAKE_LOG"` + "\n" + body + "\n"
		testfs.Check(t, write(filepath.Join(dir, "bin", name), []byte(script), 0o755))
	}
	cmd := exec.Command("packaging/macos/build", "1.2.3", filepath.Join(dir, "out"))
	cmd.Env = append(os.Environ(), "PATH="+filepath.Join(dir, "bin")+":"+os.Getenv("PATH"), "FAKE_LOG="+log, "PACK=pack", "LOCKBAR_COMMIT=abc",
		"LOCKBAR_SIGN_IDENTITY=", "LOCKBAR_NOTARY_PROFILE=", "LOCKBAR_BINARIES=")
	cmd.Env = append(cmd.Env, env...)
	out, err := cmd.CombinedOutput()
	if err != nil {
		return nil, &exec.Error{Name: string(out), Err: err}
	}
	return strings.Split(strings.TrimSpace(read(t, log)), "\n"), nil
}

// order returns the first two words of each call whose order matters.
func order(calls []string) (steps []string) {
	for _, call := range calls {
		words := strings.Fields(call)
		if slices.Contains([]string{"codesign", "xcrun", "ditto", "hdiutil"}, words[0]) {
			steps = append(steps, words[0]+" "+words[1])
		}
	}
	return steps
}

func TestMacBuildAdHoc(t *testing.T) {
	calls, err := runMacBuild(t)
	testfs.Check(t, err)
	want := []string{"codesign --force", "codesign --verify", "ditto -c", "hdiutil create", "codesign --force"}
	if got := order(calls); !slices.Equal(got, want) {
		t.Errorf("steps %q, want %q", got, want)
	}
	all := strings.Join(calls, "\n")
	for _, want := range []string{"--options runtime --timestamp=none --sign - ", "lipo -create ", "-verify_arch x86_64 arm64",
		"cli.version=v1.2.3 -X lockbar/internal/cli.commit=abc"} {
		if !strings.Contains(all, want) {
			t.Errorf("no %q in\n%s", want, all)
		}
	}
}

// TestMacBuildNotarised checks that, with credentials, the app is signed, sent to Apple and stapled, and only then packed for users.
func TestMacBuildNotarised(t *testing.T) {
	calls, err := runMacBuild(t, "LOCKBAR_SIGN_IDENTITY=Developer ID Application: X", "LOCKBAR_NOTARY_PROFILE=p")
	testfs.Check(t, err)
	want := []string{"codesign --force", "codesign --verify", "ditto -c", "xcrun notarytool", "xcrun stapler", "ditto -c",
		"hdiutil create", "codesign --force", "xcrun notarytool", "xcrun stapler"}
	if got := order(calls); !slices.Equal(got, want) {
		t.Errorf("steps %q, want %q", got, want)
	}
	if all := strings.Join(calls, "\n"); !strings.Contains(all, "--options runtime --timestamp --sign Developer ID Application: X") {
		t.Errorf("not signed with the identity and a time stamp:\n%s", all)
	}
}

func TestMacBuildRefuses(t *testing.T) {
	if _, err := runMacBuild(t, "LOCKBAR_NOTARY_PROFILE=p"); err == nil || !strings.Contains(err.Error(), "Developer ID") {
		t.Errorf("notarising an ad-hoc signature: %v", err)
	}
}

// TestBundleLayout checks the files of a bundle and their modes, and that nothing of an older bundle stays.
func TestBundleLayout(t *testing.T) {
	dir := t.TempDir()
	stub, app := filepath.Join(dir, "stub"), filepath.Join(dir, "Lockbar.app")
	for _, path := range []string{stub, filepath.Join(app, "Contents", "left")} {
		testfs.Check(t, write(path, []byte("stub"), 0o700))
	}
	cmd := exec.Command("packaging/macos/bundle", "1.2.3", stub, app)
	cmd.Env = append(os.Environ(), "PACK="+self(t), "PACK_FROM_TEST=1")
	if said, err := cmd.CombinedOutput(); err != nil {
		t.Fatalf("%v\n%s", err, said)
	}
	want := map[string]os.FileMode{
		"Info.plist": 0o644, "PkgInfo": 0o644, "Resources/Lockbar.icns": 0o644, "Resources/LICENSE": 0o644, "MacOS/lockbar": 0o755,
	}
	if got := modesBelow(t, filepath.Join(app, "Contents")); !maps.Equal(got, want) {
		t.Errorf("files %v, want %v", got, want)
	}
	if got := read(t, app, "Contents/MacOS/lockbar"); got != "stub" {
		t.Errorf("the program is %q", got)
	}
}

// modesBelow returns the mode of each file below dir.
func modesBelow(t *testing.T, dir string) map[string]os.FileMode {
	t.Helper()
	modes := map[string]os.FileMode{}
	err := fs.WalkDir(os.DirFS(dir), ".", func(name string, d fs.DirEntry, err error) error {
		if err != nil || d.IsDir() {
			return err
		}
		info, err := d.Info()
		if err == nil {
			modes[name] = info.Mode()
		}
		return err
	})
	testfs.Check(t, err)
	return modes
}
