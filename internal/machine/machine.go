// Package machine says what the system says of this machine: its id, the user's home directory, when it was started, its
// processes, the files that they have locked. Several machines may share a home directory, and so what Lockbar keeps in it; the
// id tells whose it is. The package writes nothing, sends no signal, and does not know what a daemon or a store is.
package machine

import (
	"cmp"
	"crypto/sha256"
	"encoding/hex"
	"os"
	"strings"
	"sync"
)

// Variable is the environment variable that replaces the system's id.
const Variable = "LOCKBAR_MACHINE_ID"

// idBytes is the part of a hash that an id has: enough that no two machines of one home share it.
const idBytes = 8

// ID returns 16 lower-case hex digits, the same for as long as the system is not installed again. It is a hash, because the
// system's own id is meant to stay secret (machine-id(5)). A machine without one is known by its host name.
func ID() string {
	own := os.Getenv(Variable)
	if Valid(own) {
		return own
	}
	return hash(cmp.Or(strings.TrimSpace(own), ofSystem()))
}

// ofSystem asks once: a host name may change while this runs, and it must not become another machine's.
var ofSystem = sync.OnceValue(func() string {
	name, _ := os.Hostname() // a machine without even a name is alone
	return cmp.Or(systemID(), name)
})

// Valid reports whether id has the form of an id, which is safe in the name of a file.
func Valid(id string) bool {
	return len(id) == hex.EncodedLen(idBytes) && strings.Trim(id, "0123456789abcdef") == ""
}

func hash(text string) string {
	sum := sha256.Sum256([]byte("lockbar" + text))
	return hex.EncodeToString(sum[:idBytes])
}
