//go:build windows

package round

import (
	"strings"
	"time"

	"golang.org/x/sys/windows/registry"
)

// promote makes Windows 11 show our icon in the taskbar itself, not behind its arrow. It leaves older versions alone. Windows records an
// icon some time after it appears.
func (r *round) promote() {
	const icons = `Control Panel\NotifyIconSettings`
	k, err := registry.OpenKey(registry.CURRENT_USER, icons, registry.ENUMERATE_SUB_KEYS)
	if err != nil {
		r.Logf("this Windows does not keep which icons are shown: %v", err)
		return
	}
	defer k.Close()
	for end := time.Now().Add(10 * time.Second); time.Now().Before(end); time.Sleep(100 * time.Millisecond) {
		names, _ := k.ReadSubKeyNames(-1)
		for _, name := range names {
			if r.promoteIfOurs(icons + `\` + name) {
				return
			}
		}
	}
	r.Logf("Windows has no entry of our icon")
}

func (r *round) promoteIfOurs(key string) bool {
	icon, err := registry.OpenKey(registry.CURRENT_USER, key, registry.QUERY_VALUE|registry.SET_VALUE)
	if err != nil {
		return false
	}
	defer icon.Close()
	path, _, _ := icon.GetStringValue("ExecutablePath")
	return strings.EqualFold(path, *program) && icon.SetDWordValue("IsPromoted", 1) == nil
}
