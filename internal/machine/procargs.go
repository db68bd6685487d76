package machine

import (
	"bytes"
	"encoding/binary"
)

// parseProcArgs reads the result of sysctl KERN_PROCARGS2 on macOS: argc, the path of the program, NULs, the arguments, the
// environment, an empty string, additions of the kernel. argv is nil if the block has another form. env is nil if a title
// (setproctitle) has overwritten its beginning with NULs. It is a part if the block is cut off or the title left only the end.
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
