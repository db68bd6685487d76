package machine

import "golang.org/x/sys/windows/registry"

// systemID returns the id that Windows' setup gave the installation. Only the 64-bit view of the registry has it, even for a 32-bit
// program.
func systemID() string {
	key, err := registry.OpenKey(registry.LOCAL_MACHINE, `SOFTWARE\Microsoft\Cryptography`, registry.QUERY_VALUE|registry.WOW64_64KEY)
	if err != nil {
		return ""
	}
	defer key.Close()
	id, _, _ := key.GetStringValue("MachineGuid")
	return id
}
