package machine

import (
	"bytes"
	"errors"
	"io"
	"os"
	"path/filepath"
	"slices"
	"strconv"
	"sync"

	"golang.org/x/sys/unix"

	"lockbar/internal/fsx"
)

// maxEnvironment limits how many bytes of another process's environment are read. A longer one does not count as whole.
const maxEnvironment = 256 << 10

// Environment returns the environment that a process was started with, if it can be read and is whole. It is not whole if the program
// has overwritten it with NULs (setproctitle): then it is empty, or begins with NUL. The text of a long title counts as a variable.
func Environment(pid int) (env []string, whole bool) {
	f, err := os.Open(procPath(pid, "environ"))
	if err != nil {
		return nil, false
	}
	defer f.Close()
	block, err := io.ReadAll(io.LimitReader(f, maxEnvironment+1))
	if err != nil || len(block) == 0 || block[0] == 0 || len(block) > maxEnvironment {
		return nil, false
	}
	return split(string(block)), true
}

func procPath(pid int, name string) string { return "/proc/" + strconv.Itoa(pid) + "/" + name }

// BehindTitle counts the NULs after the first title bytes of a process's arguments and environment, which are contiguous in memory. It
// does not read the rest of the arguments: the caller knows that they are NULs. In the environment it counts up to most. whole reports
// that exec wrote the title so: one NUL ends it, and the environment is untouched.
func BehindTitle(pid, title, most int) (nuls int, whole, ok bool) {
	var buf [firstRead]byte
	stat, err := readProc(pid, "stat", buf[:])
	if err != nil {
		return 0, false, false
	}
	arguments, environment := parseTitleArea(stat)
	inArguments := max(0, arguments-title)
	inEnvironment, ok := nulsInEnvironment(pid, environment, max(0, title-arguments), most)
	return inArguments + inEnvironment, inArguments == 1 && inEnvironment == 0, ok && arguments != 0
}

// nulsInEnvironment counts the NULs at an offset of an environment of size bytes, up to most.
func nulsInEnvironment(pid, size, offset, most int) (n int, ok bool) {
	if offset >= size {
		return 0, offset == 0
	}
	block := make([]byte, min(size, offset+most))
	block, err := readProc(pid, "environ", block)
	if err != nil || offset > len(block) {
		return 0, false
	}
	rest := block[offset:]
	return len(rest) - len(bytes.TrimLeft(rest, "\x00")), true
}

// parseTitleArea reads from /proc/PID/stat the sizes of the arguments and of the environment directly after them: fields 48
// (arg_start) to 51 (env_end). The fields are 0 for a reader that may not trace the process. The sizes are 0 if they cannot be known.
func parseTitleArea(stat []byte) (arguments, environment int) {
	const argStart, envEnd = 48 - firstStat, 51 - firstStat
	fields := statFields(stat)
	if len(fields) <= envEnd {
		return 0, 0
	}
	var at [envEnd - argStart + 1]uint64
	for i := range at {
		var err error
		if at[i], err = strconv.ParseUint(string(fields[argStart+i]), 10, 63); err != nil {
			return 0, 0
		}
	}
	if at[0] == 0 || at[0] >= at[1] || at[1] != at[2] || at[2] > at[3] {
		return 0, 0
	}
	return int(at[1] - at[0]), int(at[3] - at[2])
}

// A fileID identifies a file or directory while it exists.
type fileID struct{ dev, ino uint64 }

func idOf(st *unix.Stat_t) fileID { return fileID{uint64(st.Dev), st.Ino} }

// directoryID identifies the directory at a path, as this process sees it.
func directoryID(path string) (fileID, bool) {
	var st unix.Stat_t
	err := unix.Stat(path, &st)
	return idOf(&st), err == nil
}

// A view finds directories as another process sees the file system, to compare them with a store of ours.
type view struct {
	pid   int
	root  int // a descriptor of its root directory
	store fileID
}

func viewOf(pid int, store string) (view, bool) {
	ours, ok := directoryID(store)
	if !ok {
		return view{}, false
	}
	root, err := unix.Open(procPath(pid, "root"), unix.O_PATH|unix.O_DIRECTORY|unix.O_CLOEXEC, 0)
	return view{pid, root, ours}, err == nil
}

func (v view) close() { unix.Close(v.root) }

// directory identifies the directory that a path leads to for the process. exact is false if symbolic links may have been resolved
// in another root (before Linux 5.6, and in a sandbox that forbids openat2): then a different identity proves nothing.
func (v view) directory(path string) (id fileID, exact bool, err error) {
	if !filepath.IsAbs(path) {
		cwd, err := v.workingDirectory()
		if err != nil {
			return fileID{}, false, err
		}
		path = filepath.Join(cwd, path)
	}
	fd, err := unix.Openat2(v.root, path, &unix.OpenHow{Flags: unix.O_PATH | unix.O_DIRECTORY | unix.O_CLOEXEC, Resolve: unix.RESOLVE_IN_ROOT})
	exact = err == nil
	if errors.Is(err, unix.ENOSYS) || errors.Is(err, unix.EPERM) {
		fd, err = unix.Openat(v.root, "./"+path, unix.O_PATH|unix.O_DIRECTORY|unix.O_CLOEXEC, 0)
	}
	if err != nil {
		return fileID{}, false, err
	}
	defer unix.Close(fd)
	var st unix.Stat_t
	err = unix.Fstat(fd, &st)
	return idOf(&st), exact, err
}

// workingDirectory returns the path by which the process itself sees its working directory. The kernel reports the path that we see. If
// the process has another root, the two differ, and workingDirectory fails.
func (v view) workingDirectory() (string, error) {
	link := procPath(v.pid, "cwd")
	name, err := os.Readlink(link)
	if err != nil {
		return "", err
	}
	if !filepath.IsAbs(name) {
		return "", &os.PathError{Op: "readlink", Path: link, Err: unix.ENOENT} // "(unreachable)", see getcwd(3)
	}
	cwd, ok := directoryID(link)
	if id, _, err := v.directory(name); !ok || err != nil || id != cwd {
		return "", &os.PathError{Op: "stat", Path: name, Err: errors.Join(unix.ENOENT, err)}
	}
	return name, nil
}

// LeadsTo reports whether a path leads a process to our directory store, or to another directory. Both are false if that is unknown.
func LeadsTo(pid int, path, store string) (same, another bool) {
	v, ok := viewOf(pid, store)
	if !ok {
		return false, false
	}
	defer v.close()
	id, exact, err := v.directory(path)
	if err != nil {
		return false, false
	}
	return id == v.store, id != v.store && exact
}

// maxOpenFiles bounds the descriptors of a process; if it has more, none is examined. A database has a few dozen open.
const maxOpenFiles = 4096

// HasFileIn reports whether a process has a file open below a directory of ours. known is false if that cannot be seen.
func HasFileIn(pid int, store string) (open, known bool) {
	v, ok := viewOf(pid, store)
	if !ok {
		return false, false
	}
	defer v.close()
	descriptors, err := os.ReadDir(procPath(pid, "fd"))
	if err != nil || len(descriptors) > maxOpenFiles {
		return false, false
	}
	seen := map[string]bool{"/": true}
	for _, d := range descriptors {
		target, err := os.Readlink(procPath(pid, "fd/"+d.Name()))
		if err != nil || !filepath.IsAbs(target) {
			continue // closed meanwhile, or a socket or pipe
		}
		for dir := filepath.Dir(target); !seen[dir]; dir = filepath.Dir(dir) {
			seen[dir] = true
			if v.isStore(dir) {
				return true, true
			}
		}
	}
	return false, true
}

// isStore reports whether the directory of an open file may be our store. It tries the path as the process sees it and as we see it: the
// kernel reports files by our paths if the process has another root, and by the process's paths if it has other mounts.
func (v view) isStore(dir string) bool {
	if id, _, err := v.directory(dir); err == nil && id == v.store {
		return true
	}
	id, ok := directoryID(dir)
	return ok && id == v.store
}

// InnerPID returns the PID of a process in its own PID namespace; 0 if that is our namespace or is unknown.
func InnerPID(pid int) int {
	var buf [firstRead]byte
	status, err := readProc(pid, "status", buf[:])
	if err != nil {
		return 0
	}
	return parseInnerPID(status)
}

// parseInnerPID returns the last number of the NSpid line of /proc/PID/status, which has one number for each PID namespace, from
// the reader's to that of the process.
func parseInnerPID(status []byte) int {
	numbers := statusFields(status, "NSpid")
	if len(numbers) < 2 {
		return 0
	}
	inner, err := strconv.ParseInt(string(numbers[len(numbers)-1]), 10, 32)
	if err != nil || inner < 1 {
		return 0
	}
	return int(inner)
}

// Candidates lists the processes whose arguments contain one of these texts.
func Candidates(texts []string, _ func(program string) bool) []int {
	proc, err := unix.Open("/proc", unix.O_RDONLY|unix.O_DIRECTORY|unix.O_CLOEXEC, 0)
	if err != nil {
		return nil
	}
	defer unix.Close(proc)
	if !procIsOurs() {
		return nil
	}
	var pids []int
	_ = fsx.EachEntry(proc, "/proc", func(name []byte) {
		if pid, err := strconv.Atoi(string(name)); err == nil {
			pids = append(pids, pid)
		}
	})
	return mentioning(proc, pids, texts)
}

// tableReaders is the number of goroutines that read command lines; the kernel takes some 10 us for each.
const tableReaders = 2

// mentioning returns the processes whose arguments contain one of the texts.
func mentioning(proc int, pids []int, texts []string) []int {
	wanted := make([][]byte, len(texts))
	for i, text := range texts {
		wanted[i] = []byte(text)
	}
	var found [tableReaders][]int
	var readers sync.WaitGroup
	for i := range found {
		readers.Go(func() {
			buf := make([]byte, firstRead)
			for j := i; j < len(pids); j += tableReaders {
				if mentions(proc, strconv.Itoa(pids[j]), wanted, buf) {
					found[i] = append(found[i], pids[j])
				}
			}
		})
	}
	readers.Wait()
	return slices.Concat(found[:]...)
}

// mentions reports whether the arguments of a process, as far as they fit buf, contain one of the texts.
func mentions(proc int, name string, texts [][]byte, buf []byte) bool {
	fd, err := unix.Openat(proc, name+"/cmdline", unix.O_RDONLY|unix.O_CLOEXEC, 0)
	if err != nil {
		return false
	}
	defer unix.Close(fd)
	n, err := unix.Read(fd, buf)
	return err == nil && slices.ContainsFunc(texts, func(text []byte) bool { return bytes.Contains(buf[:n], text) })
}
