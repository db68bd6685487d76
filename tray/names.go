package tray

import (
	"path/filepath"
	"slices"
	"strconv"
	"strings"

	"lockbar/internal/machine"
	"lockbar/internal/words"
	"lockbar/lockcore"
)

const (
	// nameRunes limits a store's path in a menu: "Store: " and the path fit in a line.
	nameRunes = 50
	// shortRunes limits the name that begins a text about one of several stores.
	shortRunes = 16
	// pathRunes limits a path or a file's name that is only part of a line.
	pathRunes = 29
)

// storeNames returns short forms of the stores' paths.
func storeNames(stores []*lockcore.Store) []string {
	home := machine.Home() // if there is none, no path is shortened to begin with ~
	names := make([]string, len(stores))
	for i, s := range stores {
		names[i] = shortPath(s.Dir(), home)
	}
	return names
}

// shortPath returns "~/very/lo…/.iai-mcp": the beginning, which shows the disk, and the whole end, which tells stores apart.
func shortPath(path, home string) string {
	if home != "" {
		if rest, ok := strings.CutPrefix(path, home+string(filepath.Separator)); ok {
			path = filepath.Join("~", rest)
		}
	}
	runes := []rune(path)
	if len(runes) <= nameRunes {
		return words.Clean(path)
	}
	end := []rune("…" + string(filepath.Separator) + filepath.Base(path))
	if len(end) > nameRunes/2 {
		return words.Clean(words.CutMiddle(path, nameRunes))
	}
	return words.Clean(string(runes[:nameRunes-len(end)]) + string(end))
}

// shortNames returns the ends of paths that tell stores apart, without a leading dot: the last element, and elements before it if another
// path ends in the same way. An end that is too long is cut. If two are equal then, all are numbered.
func shortNames(paths []string) []string {
	names := make([]string, len(paths))
	for i := range paths {
		elements := 1
		for elements <= strings.Count(paths[i], string(filepath.Separator)) && endsTwice(paths, i, elements) {
			elements++
		}
		names[i] = words.CutMiddle(words.Clean(end(paths[i], elements)), shortRunes)
	}
	if !distinct(names) { // some were cut to the same name
		for i := range names {
			names[i] = words.CutMiddle(strconv.Itoa(i+1)+" "+names[i], shortRunes)
		}
	}
	return names
}

// endsTwice reports whether another path has the same last elements as the one at i.
func endsTwice(paths []string, i, elements int) bool {
	for j := range paths {
		if j != i && end(paths[j], elements) == end(paths[i], elements) {
			return true
		}
	}
	return false
}

// end returns the last elements of a path, without a leading dot.
func end(path string, elements int) string {
	all := strings.Split(path, string(filepath.Separator))
	name := strings.Join(all[max(0, len(all)-elements):], string(filepath.Separator))
	if bare := strings.TrimPrefix(name, "."); bare != "" {
		return bare
	}
	return name
}

func distinct(names []string) bool {
	return len(slices.Compact(slices.Sorted(slices.Values(names)))) == len(names)
}
