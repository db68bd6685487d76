//go:build unix

package lockcore_test

import (
	"os"
	"path/filepath"
	"testing"

	"lockbar/internal/testfs"
	"lockbar/lockcore"
)

// TestIdentityOfALink checks that a store has one identity, whatever link leads to it.
func TestIdentityOfALink(t *testing.T) {
	testfs.Need(t, testfs.Symlinks)
	dir := t.TempDir()
	real := openStore(t, filepath.Join(dir, "real"), "")
	for link, target := range map[string]string{"to-store": real.Dir(), "to-parent": dir, "relative": "real"} {
		noError(t, os.Symlink(target, filepath.Join(dir, link)))
	}
	for _, path := range []string{"to-store", "to-parent/real", "relative", "to-parent/relative"} {
		if got := mustOpen(filepath.Join(dir, path), "").Identity(); got != real.Identity() {
			t.Errorf("%s is %s, not %s", path, got, real.Identity())
		}
	}
}

// TestIdentityOfNoStore checks that a missing store has the identity that it has once it is created.
func TestIdentityOfNoStore(t *testing.T) {
	dir := t.TempDir()
	before := mustOpen(filepath.Join(dir, "a", "b"), "").Identity()
	if after := openStore(t, filepath.Join(dir, "a", "b"), "").Identity(); before != after {
		t.Errorf("the identity was %s, then %s", before, after)
	}
}

func TestIdentityWithoutCase(t *testing.T) {
	dir := t.TempDir()
	upper := openStore(t, filepath.Join(dir, "Store"), "")
	if _, err := os.Stat(filepath.Join(dir, "sTORE")); err != nil {
		t.Skip("case matters in " + dir)
	}
	if got := mustOpen(filepath.Join(dir, "sTORE"), "").Identity(); got != upper.Identity() {
		t.Errorf("in another case the identity is %s, not %s", got, upper.Identity())
	}
}

func TestSpelledIn(t *testing.T) {
	for _, test := range []struct {
		name   string
		listed []string
		isThis string // the file to which name leads
		want   string
	}{
		{"sTORE", []string{"Store"}, "Store", "Store"},
		{"Store", []string{"Store"}, "Store", "Store"},
		{"sTORE", []string{"STORE", "Store"}, "Store", "Store"}, // of two listed names, the one of the same file
		{"store", []string{"Store", "store"}, "Store", "store"}, // hard links: the name itself
		{"store", nil, "", "store"},                             // nothing is listed: the directory cannot be read
		{"store", []string{"STORE"}, "another file", "store"},   // the file was replaced meanwhile
	} {
		if got := lockcore.SpelledIn(test.listed, test.name, func(n string) bool { return n == test.isThis }); got != test.want {
			t.Errorf("%s in %q is %s, want %s", test.name, test.listed, got, test.want)
		}
	}
}

// TestIdentityStaysApart checks that names that differ only in case are two stores where case matters, and one where it does not.
func TestIdentityStaysApart(t *testing.T) {
	dir := t.TempDir()
	a, b := openStore(t, filepath.Join(dir, "store"), ""), openStore(t, filepath.Join(dir, "STORE"), "")
	x, errX := os.Stat(a.Dir())
	y, errY := os.Stat(b.Dir())
	if errX != nil || errY != nil || os.SameFile(x, y) != (a.Identity() == b.Identity()) {
		t.Errorf("%s and %s (%v, %v)", a.Identity(), b.Identity(), errX, errY)
	}
}
