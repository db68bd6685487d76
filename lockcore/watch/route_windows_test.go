package watch

import (
	"os"
	"os/exec"
	"path/filepath"
	"testing"

	"lockbar/internal/fsx"
	"lockbar/internal/testfs"
)

// TestJunctionOnTheWay checks that a route includes the directory that holds a junction, and continues in the junction's target.
func TestJunctionOnTheWay(t *testing.T) {
	t.Parallel()
	dir := t.TempDir()
	real, link := filepath.Join(dir, "real"), filepath.Join(dir, "link")
	testfs.Check(t, os.MkdirAll(filepath.Join(real, "store"), 0o700))
	out, err := exec.Command("cmd", "/c", "mklink", "/J", link, real).CombinedOutput()
	t.Cleanup(func() { _ = os.Remove(link) })
	if _, missing := os.Stat(filepath.Join(link, "store")); err != nil || missing != nil {
		testfs.SkipUnavailable(t, "no junctions here:", err, string(out))
	}
	r := findRoute(filepath.Join(link, "store"))
	if len(r.steps) != 2 || r.steps[0].dir != dir || r.steps[0].name != "link" {
		t.Fatalf("%+v", r.steps)
	}
	if end := r.end(); filepath.Base(filepath.Dir(end)) != "real" || !fsx.IsSameFile(end, filepath.Join(real, "store")) {
		t.Errorf("the way ends at %s", end)
	}
}

// TestTargetOfALink checks where the way to the target of a link begins. It makes no links, which on Windows needs a privilege.
func TestTargetOfALink(t *testing.T) {
	for _, c := range []struct{ target, dir, want string }{
		{`D:\stores\one`, `C:\home`, `D:\`},
		{`\\nas\share\one`, `C:\home`, `\\nas\share\`},
		{`\stores\one`, `C:\home`, `C:\`},
		{`/stores/one`, `\\nas\share\home`, `\\nas\share\`},
		{`stores\one`, `C:\home`, `C:\home`},
		{`..\one`, `C:\home`, `C:\home`},
		{``, `C:\home`, `C:\home`},
	} {
		if got := beginOf(c.target, c.dir); got != c.want {
			t.Errorf("%s in %s: %s, want %s", c.target, c.dir, got, c.want)
		}
	}
}
