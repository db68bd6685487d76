// Package machine reports facts about this machine: its id, the user's home directory, when it was started, its processes, and the
// files that they have locked. Several machines may share a home directory, and so Lockbar's files in it; the id tells which
// machine owns them. The package writes nothing and sends no signal. It does not know what a daemon is; a store is just a
// directory here.
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

// idBytes is the length of an id before it is encoded: enough that no two machines of one home directory share it.
const idBytes = 8

// ID returns this machine's id, 16 lower-case hex digits. It is a hash of the system's own id, which should stay secret (machine-id(5))
// and changes at most when the system is installed again. On a machine without such an id it is a hash of the host name. Variable replaces
// the system's id; a value that already has the form of an id is not hashed.
func ID() string {
	own := os.Getenv(Variable)
	if Valid(own) {
		return own
	}
	return hash(cmp.Or(strings.TrimSpace(own), ofSystem()))
}

// ofSystem is computed once: the host name may change while the program runs, and the id must not.
var ofSystem = sync.OnceValue(func() string {
	name, _ := os.Hostname() // a machine without even a name is alone
	return cmp.Or(systemID(), name)
})

// Valid reports whether id has the form of an id, which is safe in a file name.
func Valid(id string) bool {
	return len(id) == hex.EncodedLen(idBytes) && strings.Trim(id, "0123456789abcdef") == ""
}

func hash(text string) string {
	sum := sha256.Sum256([]byte("lockbar" + text))
	return hex.EncodeToString(sum[:idBytes])
}
