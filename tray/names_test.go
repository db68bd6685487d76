package tray

import (
	"path/filepath"
	"slices"
	"testing"
	"unicode/utf8"
)

func TestShortNamesTellStoresApart(t *testing.T) {
	long := "/mnt/" + "a-directory-with-a-long-name"
	for _, test := range []struct {
		name  string
		paths []string
		want  []string
	}{
		{"one", []string{"~/.iai-mcp"}, []string{"iai-mcp"}},
		{"other ends", []string{"~/.iai-mcp", "/mnt/work"}, []string{"iai-mcp", "work"}},
		{"the same end", []string{"~/a/.iai-mcp", "~/b/.iai-mcp"}, []string{"a/.iai-mcp", "b/.iai-mcp"}},
		{"two of three", []string{"~/a/.iai-mcp", "~/b/.iai-mcp", "/mnt/work"}, []string{"a/.iai-mcp", "b/.iai-mcp", "work"}},
		{"the same but for the dot", []string{"~/.iai-mcp", "~/iai-mcp"}, []string{"~/.iai-mcp", "~/iai-mcp"}},
		{"long", []string{long}, []string{"a-direc…ong-name"}},
		{"the same when they are cut", []string{"/a-directo1-ng-name", "/a-directo2-ng-name"}, []string{"1 a-dir…-ng-name", "2 a-dir…-ng-name"}},
	} {
		paths := make([]string, len(test.paths))
		for i, p := range test.paths {
			paths[i] = filepath.FromSlash(p)
		}
		got := shortNames(paths)
		if i := slices.IndexFunc(got, func(s string) bool { return utf8.RuneCountInString(s) > shortRunes }); i >= 0 || !distinct(got) {
			t.Errorf("%s: %q", test.name, got)
		}
		for i := range got {
			if filepath.ToSlash(got[i]) != test.want[i] {
				t.Errorf("%s: %q, want %q", test.name, got, test.want)
			}
		}
	}
}
