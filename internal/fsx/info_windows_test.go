package fsx

import (
	"encoding/binary"
	"errors"
	"io/fs"
	"os"
	"path/filepath"
	"strings"
	"syscall"
	"testing"
	"time"
	"unicode/utf16"

	"golang.org/x/sys/windows"

	"lockbar/internal/testfs"
)

// setReparse makes a file or directory a reparse point, or skips the test.
func setReparse(t *testing.T, path string, tag uint32, data []byte) {
	t.Helper()
	f, err := openHandle(path, windows.GENERIC_WRITE, windows.FILE_FLAG_OPEN_REPARSE_POINT|windows.FILE_FLAG_BACKUP_SEMANTICS)
	testfs.Check(t, err)
	defer f.Close()
	buf := binary.LittleEndian.AppendUint32(nil, tag)
	buf = binary.LittleEndian.AppendUint32(buf, uint32(len(data)))
	buf = append(buf, data...)
	var n uint32
	err = windows.DeviceIoControl(windows.Handle(f.Fd()), windows.FSCTL_SET_REPARSE_POINT, &buf[0], uint32(len(buf)), nil, 0, &n, nil)
	if err != nil {
		testfs.SkipUnavailable(t, "no reparse point here:", tag, err)
	}
}

// junction makes link, a new directory, lead to the directory at target.
func junction(t *testing.T, link, target string) {
	t.Helper()
	testfs.Check(t, os.Mkdir(link, 0o700))
	substitute, printed := utf16.Encode([]rune(`\??\`+target)), utf16.Encode([]rune(target))
	var data []byte
	for _, n := range []int{0, 2 * len(substitute), 2*len(substitute) + 2, 2 * len(printed)} {
		data = binary.LittleEndian.AppendUint16(data, uint16(n))
	}
	for _, text := range [][]uint16{substitute, {0}, printed, {0}} {
		for _, c := range text {
			data = binary.LittleEndian.AppendUint16(data, c)
		}
	}
	setReparse(t, link, tagMountPoint, data)
}

func write(t *testing.T, path, text string) {
	t.Helper()
	testfs.Check(t, os.WriteFile(path, []byte(text), 0o600))
}

// TestJunction checks that a file behind a junction has one path, and that the junction itself is a link.
func TestJunction(t *testing.T) {
	t.Parallel()
	dir := t.TempDir()
	real, link := filepath.Join(dir, "real"), filepath.Join(dir, "link")
	testfs.Check(t, os.MkdirAll(filepath.Join(real, "store"), 0o700))
	junction(t, link, real)
	info, err := Lstat(link)
	if err != nil || info.Mode().Type() != fs.ModeSymlink {
		t.Errorf("the junction is %v, %v", info, err)
	}
	if target, err := os.Readlink(link); target != real {
		t.Errorf("the junction leads to %s, %v; want %s", target, err, real)
	}
	want, err := Real(filepath.Join(real, "store"))
	testfs.Check(t, err)
	if got, err := Real(filepath.Join(link, "store")); got != want {
		t.Errorf("the path through the junction is %s, %v; want %s", got, err, want)
	}
	if got := Resolved(filepath.Join(link, "store", "not", "yet")); got != filepath.Join(want, "not", "yet") {
		t.Errorf("a missing path resolves to %s", got)
	}
	write(t, filepath.Join(link, "store", "f"), "text")
	if data, err := Read(filepath.Join(link, "store", "f"), 4); string(data) != "text" {
		t.Errorf("read %q, %v", data, err)
	}
}

// TestRealSpelling checks that Real returns the spelling on disk, whatever the case of its argument.
func TestRealSpelling(t *testing.T) {
	t.Parallel()
	dir := filepath.Join(t.TempDir(), "Store")
	testfs.Check(t, os.Mkdir(dir, 0o700))
	want, err := Real(dir)
	if err != nil || filepath.Base(want) != "Store" || strings.HasPrefix(want, `\\?\`) {
		t.Fatalf("Real: %s, %v", want, err)
	}
	if got, err := Real(strings.ToUpper(dir)); got != want {
		t.Errorf("Real in capitals: %s, %v; want %s", got, err, want)
	}
	if _, err := Real(filepath.Join(dir, "missing")); !errors.Is(err, fs.ErrNotExist) {
		t.Errorf("Real of a missing file: %v", err)
	}
}

// TestSubst checks that Real resolves a SUBST drive.
func TestSubst(t *testing.T) {
	dir := t.TempDir()
	testfs.Check(t, os.Mkdir(filepath.Join(dir, "store"), 0o700))
	drive := freeDrive(t)
	if err := defineDrive(0, drive, dir); err != nil {
		testfs.SkipUnavailable(t, "no drive for a directory here:", err)
	}
	defer func() { _ = defineDrive(windows.DDD_REMOVE_DEFINITION, drive, dir) }()
	if _, err := os.Stat(drive + `\store`); err != nil {
		testfs.SkipUnavailable(t, "the drive shows nothing:", err)
	}
	want, err := Real(filepath.Join(dir, "store"))
	testfs.Check(t, err)
	if got, err := Real(drive + `\store`); got != want {
		t.Errorf("Real of the drive: %s, %v; want %s", got, err, want)
	}
}

func freeDrive(t *testing.T) string {
	t.Helper()
	taken, err := windows.GetLogicalDrives()
	testfs.Check(t, err)
	for letter := 'P'; letter < 'Z'; letter++ {
		if taken&(1<<(letter-'A')) == 0 {
			return string(letter) + ":"
		}
	}
	t.Skip("no drive letter is free")
	return ""
}

func defineDrive(flags uint32, drive, dir string) error {
	name, err := windows.UTF16PtrFromString(drive)
	if err != nil {
		return err
	}
	target, err := windows.UTF16PtrFromString(dir)
	if err != nil {
		return err
	}
	return windows.DefineDosDevice(flags, name, target)
}

// TestChangeTimeOfNewName checks that a file that is deleted and created again at once does not keep the old ctime.
func TestChangeTimeOfNewName(t *testing.T) {
	t.Parallel()
	path := filepath.Join(t.TempDir(), "lock")
	write(t, path, "old")
	const tick = 50 * time.Millisecond // longer than a tick of the system's clock, 16 ms
	time.Sleep(3 * tick)
	testfs.Check(t, os.Remove(path))
	created := time.Now()
	write(t, path, "new")
	testfs.Check(t, os.Chtimes(path, created.Add(-time.Hour), created.Add(-time.Hour)))
	info, err := Lstat(path)
	testfs.Check(t, err)
	f, err := Load(path, info, 3)
	testfs.Check(t, err)
	for _, got := range []time.Time{ChangeTime(info), f.Changed} {
		if got.Before(created.Add(-tick)) || got.After(time.Now().Add(tick)) {
			t.Errorf("changed at %v, created at %v", got, created)
		}
	}
	if !f.Written.Before(created) {
		t.Errorf("written at %v", f.Written)
	}
}

// TestOffline checks that a file whose content was moved elsewhere is not read.
func TestOffline(t *testing.T) {
	t.Parallel()
	path := filepath.Join(t.TempDir(), "lock")
	write(t, path, "text")
	name, err := windows.UTF16PtrFromString(path)
	testfs.Check(t, err)
	testfs.Check(t, windows.SetFileAttributes(name, windows.FILE_ATTRIBUTE_OFFLINE))
	if a, _ := windows.GetFileAttributes(name); a&windows.FILE_ATTRIBUTE_OFFLINE == 0 {
		testfs.SkipUnavailable(t, "the file system keeps no such attribute")
	}
	if _, err := Read(path, 4); !errors.Is(err, ErrNotDownloaded) {
		t.Errorf("Read: %v", err)
	}
	if _, err := ReadEnd(path, 4); !errors.Is(err, ErrNotDownloaded) {
		t.Errorf("ReadEnd: %v", err)
	}
	if f, err := openShared(path); !errors.Is(err, ErrNotDownloaded) {
		f.Close()
		t.Errorf("opened: %v", err)
	}
}

// TestErrorNumbers checks how the errors of shares and cloud providers are classified.
func TestErrorNumbers(t *testing.T) {
	t.Parallel()
	for _, test := range []struct {
		number                   syscall.Errno
		timeout, evicted, absent bool
	}{
		{number: windows.ERROR_FILE_NOT_FOUND, absent: true},
		{number: windows.ERROR_PATH_NOT_FOUND, absent: true},
		{number: windows.ERROR_BAD_NETPATH, timeout: true},
		{number: windows.ERROR_SEM_TIMEOUT, timeout: true},
		{number: windows.ERROR_NETWORK_UNREACHABLE, timeout: true},
		{number: windows.ERROR_BAD_NET_NAME},
		{number: windows.ERROR_NETNAME_DELETED},
		{number: windows.ERROR_DEV_NOT_EXIST},
		{number: windows.ERROR_SHARING_VIOLATION},
		{number: windows.ERROR_LOCK_VIOLATION},
		{number: windows.ERROR_CLOUD_FILE_PROVIDER_NOT_RUNNING, evicted: true},
		{number: windows.ERROR_CLOUD_FILE_NETWORK_UNAVAILABLE, evicted: true},
		{number: windows.ERROR_CLOUD_FILE_IN_USE},
		{number: windows.ERROR_CLOUD_FILE_INCOMPATIBLE_HARDLINKS},
	} {
		err := pathError("lock", test.number)
		if IsTimeout(err) != test.timeout || IsEvicted(err) != test.evicted || IsAbsent(err) != test.absent {
			t.Errorf("%d: timeout %v, evicted %v, absent %v", test.number, IsTimeout(err), IsEvicted(err), IsAbsent(err))
		}
	}
}
