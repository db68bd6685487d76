package fsx

import "testing"

func TestRemoteKind(t *testing.T) {
	cases := []struct {
		kind  string
		local bool
		want  string
	}{
		{"apfs", true, ""},
		{"smbfs", false, "SMB"},
		{"pkgfs", false, "pkgfs"}, // not in the table
		{"macfuse", true, "FUSE"},
	}
	for _, c := range cases {
		if got := remoteKind(c.kind, c.local); got != c.want {
			t.Errorf("%s, local %v: %q, want %q", c.kind, c.local, got, c.want)
		}
	}
	if got := Remote(t.TempDir()); got != "" {
		t.Errorf("the directory for temporary files: %q", got)
	}
}
