package main

import (
	"archive/tar"
	"archive/zip"
	"compress/flate"
	"compress/gzip"
	"fmt"
	"io"
	"io/fs"
	"os"
	"path/filepath"
	"strings"
	"time"
)

// entry is a file of an archive. Its owner is root and its time the commit's; of the mode only "executable" is kept.
type entry struct {
	name string // with slashes, beginning with the directory's own name
	path string
	mode fs.FileMode
}

// makeArchive packs a directory, itself included, by what the name of the archive ends with.
func makeArchive(args []string) error {
	date, err := sourceDate()
	if err != nil {
		return err
	}
	entries, err := entriesOf(args[0])
	if err != nil {
		return err
	}
	out, err := os.OpenFile(args[1], os.O_CREATE|os.O_TRUNC|os.O_WRONLY, 0o644)
	if err != nil {
		return err
	}
	defer out.Close()
	switch {
	case strings.HasSuffix(args[1], ".zip"):
		err = writeZip(out, entries, date)
	case strings.HasSuffix(args[1], ".tar.gz"):
		err = writeTar(out, entries, date)
	default:
		err = fmt.Errorf("%s is no .zip and no .tar.gz", args[1])
	}
	if err != nil {
		return err
	}
	return out.Close()
}

// entriesOf lists regular files; WalkDir sorts. Anything else has no place in a release.
func entriesOf(dir string) ([]entry, error) {
	var entries []entry
	err := filepath.WalkDir(dir, func(path string, d fs.DirEntry, err error) error {
		if err != nil || d.IsDir() {
			return err
		}
		info, err := d.Info()
		if err != nil || !info.Mode().IsRegular() {
			return fmt.Errorf("%s is no regular file: %w", path, err)
		}
		name, err := filepath.Rel(filepath.Dir(dir), path)
		mode := fs.FileMode(0o644)
		if info.Mode()&0o111 != 0 {
			mode = 0o755
		}
		entries = append(entries, entry{filepath.ToSlash(name), path, mode})
		return err
	})
	return entries, err
}

// writeZip and writeTar set owner, time and mode themselves: the standard library's AddFS keeps those on disk.
func writeZip(out io.Writer, entries []entry, date time.Time) error {
	w := zip.NewWriter(out)
	w.RegisterCompressor(zip.Deflate, func(out io.Writer) (io.WriteCloser, error) {
		return flate.NewWriter(out, flate.BestCompression)
	})
	for _, e := range entries {
		h := &zip.FileHeader{Name: e.name, Method: zip.Deflate, Modified: date}
		h.SetMode(e.mode)
		f, err := w.CreateHeader(h)
		if err != nil {
			return err
		}
		if err := e.copyTo(f); err != nil {
			return err
		}
	}
	return w.Close()
}

func writeTar(out io.Writer, entries []entry, date time.Time) error {
	gz, err := gzip.NewWriterLevel(out, gzip.BestCompression)
	if err != nil {
		return err
	}
	w := tar.NewWriter(gz)
	for _, e := range entries {
		if err := writeTarEntry(w, e, date); err != nil {
			return err
		}
	}
	if err := w.Close(); err != nil {
		return err
	}
	return gz.Close()
}

func writeTarEntry(w *tar.Writer, e entry, date time.Time) error {
	info, err := os.Stat(e.path)
	if err != nil {
		return err
	}
	h := &tar.Header{Name: e.name, Size: info.Size(), Mode: int64(e.mode), ModTime: date, Uname: "root", Gname: "root",
		Format: tar.FormatUSTAR}
	if err := w.WriteHeader(h); err != nil {
		return err
	}
	return e.copyTo(w)
}

func (e entry) copyTo(w io.Writer) error {
	f, err := os.Open(e.path)
	if err != nil {
		return err
	}
	defer f.Close()
	_, err = io.Copy(w, f)
	return err
}
