package fsx

import (
	"os"
	"path/filepath"

	"golang.org/x/sys/windows"
)

// Real returns the path by which Windows knows the file or directory at path: it follows links, junctions, mounted folders, SUBST
// drives and network drives, and spells the names as on disk. If Windows cannot say, Real calls filepath.EvalSymlinks, which follows
// only links and fails if a junction is on the way.
func Real(path string) (string, error) {
	f, err := openHandle(path, 0, windows.FILE_FLAG_BACKUP_SEMANTICS)
	if err != nil {
		return filepath.EvalSymlinks(path)
	}
	defer f.Close()
	final, err := finalPath(windows.Handle(f.Fd()))
	if err != nil {
		return filepath.EvalSymlinks(path)
	}
	if plain := plainPath(final); leadsTo(plain, f) {
		return plain, nil
	}
	return final, nil
}

// leadsTo reports whether a path without the prefix \\?\ still leads to the file: "C:\dir\nul" and "C:\dir." do not.
func leadsTo(path string, f *os.File) bool {
	a, errA := os.Stat(path)
	b, errB := f.Stat()
	return errA == nil && errB == nil && os.SameFile(a, b)
}

func finalPath(h windows.Handle) (string, error) {
	buf := make([]uint16, windows.MAX_LONG_PATH)
	const volumeNameDOS = 0
	n, err := windows.GetFinalPathNameByHandle(h, &buf[0], uint32(len(buf)), volumeNameDOS)
	if err != nil {
		return "", err
	}
	if int(n) > len(buf) {
		return "", windows.ERROR_FILENAME_EXCED_RANGE
	}
	return windows.UTF16ToString(buf[:n]), nil
}
