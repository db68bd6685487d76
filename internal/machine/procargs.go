package machine

import (
	"bytes"
	"encoding/binary"
)

// parseProcArgs reads what sysctl KERN_PROCARGS2 of macOS gives: argc, the path of the program, NULs, the arguments, the
// environment, an empty string, what the kernel adds. argv is nil where the block is not of that form. env is nil where the
// process has written over it: a title (setproctitle) leaves NULs behind.
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
