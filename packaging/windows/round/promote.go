//go:build windows

package main

import (
	"errors"
	"strings"

	"golang.org/x/sys/windows/registry"
)

// promote has Windows 11 show our icon in the taskbar itself, not behind its arrow; that of older ones is as it is.
func (r *round) promote() error {
	const icons = `Control Panel\NotifyIconSettings`
	k, err := registry.OpenKey(registry.CURRENT_USER, icons, registry.ENUMERATE_SUB_KEYS)
	if errors.Is(err, registry.ErrNotExist) {
		r.note("this Windows does not keep which icons are shown")
		return nil
	} else if err != nil {
		return err
	}
	defer k.Close()
	names, err := k.ReadSubKeyNames(-1)
	for _, name := range names {
		icon, err := registry.OpenKey(registry.CURRENT_USER, icons+`\`+name, registry.QUERY_VALUE|registry.SET_VALUE)
		if err != nil {
			continue
		}
		if path, _, _ := icon.GetStringValue("ExecutablePath"); strings.EqualFold(path, r.program) {
			r.note("shown in the taskbar: %v", icon.SetDWordValue("IsPromoted", 1))
		}
		icon.Close()
	}
	return err
}
