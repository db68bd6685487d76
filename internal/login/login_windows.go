package login

import (
	"errors"
	"os"
	"path/filepath"

	"golang.org/x/sys/windows"
	"golang.org/x/sys/windows/registry"

	"lockbar/internal/desktop"
)

const (
	runKey = `Software\Microsoft\Windows\CurrentVersion\Run`
	// approvedKey holds what users switch on and off in Task Manager and Settings.
	approvedKey = `Software\Microsoft\Windows\CurrentVersion\Explorer\StartupApproved\Run`
)

// temporaryDirs returns the temporary directories of the account and of the system, regardless of TMP.
func temporaryDirs() (dirs []string) {
	if local, err := os.UserCacheDir(); err == nil {
		dirs = append(dirs, filepath.Join(local, "Temp"))
	}
	if system, err := windows.GetSystemWindowsDirectory(); err == nil {
		dirs = append(dirs, filepath.Join(system, "Temp"))
	}
	return dirs
}

// runEntry is our value of the Run key.
type runEntry struct{}

func systemEntry() (entry, error) { return runEntry{}, nil }

func (runEntry) read() (Setting, error) {
	s := Setting{Entry: `HKCU\` + runKey + `\` + desktop.Name}
	line, err := runValue()
	if errors.Is(err, registry.ErrNotExist) {
		return s, nil
	}
	if err != nil {
		return s, err
	}
	s.Program, s.Enabled = readRunCommand(line), approved(approval())
	return s, nil
}

func runValue() (string, error) {
	k, err := registry.OpenKey(registry.CURRENT_USER, runKey, registry.QUERY_VALUE)
	if err != nil {
		return "", err
	}
	defer k.Close()
	line, _, err := k.GetStringValue(desktop.Name)
	return line, err
}

// approval returns our value under approvedKey; nil if the user never switched the entry, or it cannot be read.
func approval() []byte {
	k, err := registry.OpenKey(registry.CURRENT_USER, approvedKey, registry.QUERY_VALUE)
	if err != nil {
		return nil
	}
	defer k.Close()
	data, _, _ := k.GetBinaryValue(desktop.Name)
	return data
}

func (runEntry) enable(program string) error {
	k, _, err := registry.CreateKey(registry.CURRENT_USER, runKey, registry.SET_VALUE)
	if err != nil {
		return err
	}
	defer k.Close()
	if err := k.SetStringValue(desktop.Name, runCommand(program)); err != nil {
		return err
	}
	return forget(approvedKey)
}

func (runEntry) disable() error { return errors.Join(forget(runKey), forget(approvedKey)) }

// forget deletes our value under a key. It returns no error if there is none.
func forget(key string) error {
	k, err := registry.OpenKey(registry.CURRENT_USER, key, registry.SET_VALUE)
	if err == nil {
		defer k.Close()
		err = k.DeleteValue(desktop.Name)
	}
	if errors.Is(err, registry.ErrNotExist) {
		return nil
	}
	return err
}
