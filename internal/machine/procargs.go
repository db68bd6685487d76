package machine

import (
	"bytes"
	"encoding/binary"
)

// parseProcArgs reads the result of sysctl KERN_PROCARGS2 on macOS: argc, the path of the program, NULs, the arguments, the
// environment, an empty string, additions of the kernel. argv is nil if the block has another form. env is nil if the process has
// overwritten it: a title (setproctitle) leaves NULs behind.
func parseProcArgs(raw []byte) (argv, env []string) {
	const argcSize = 4
	if len(raw) < argcSize {
		return nil, nil
	}
	argc := int(binary.NativeEndian.Uint32(raw))
	_, rest, found := bytes.Cut(raw[argcSize:], []byte{0})
	if !found {
		return nil, nil
	}
	rest = bytes.TrimLeft(rest, "\x00")
	argv = []string{}
	for len(argv) < argc {
		argument, behind, ended := bytes.Cut(rest, []byte{0})
		if !ended {
			return nil, nil
		}
		argv, rest = append(argv, string(argument)), behind
	}
	for {
		entry, behind, ended := bytes.Cut(rest, []byte{0})
		if !ended || len(entry) == 0 {
			return argv, env
		}
		env, rest = append(env, string(entry)), behind
	}
}
