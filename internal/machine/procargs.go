package machine

import (
	"bytes"
	"encoding/binary"
)

// parseProcArgs reads the result of sysctl KERN_PROCARGS2 on macOS: argc, the path of the program, NULs, the arguments, the
// environment, an empty string, additions of the kernel. argv is nil if the block has another form. If the block
// is cut off, or a title (setproctitle) has overwritten the beginning of the environment with NULs, env is nil, only a part, or additions
// of the kernel.
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
		argument, after, ended := bytes.Cut(rest, []byte{0})
		if !ended {
			return nil, nil
		}
		argv, rest = append(argv, string(argument)), after
	}
	for {
		entry, after, ended := bytes.Cut(rest, []byte{0})
		if !ended || len(entry) == 0 {
			return argv, env
		}
		env, rest = append(env, string(entry)), after
	}
}
