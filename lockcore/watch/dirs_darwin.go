package watch

import (
	"io/fs"
	"os"
	"sync"

	"golang.org/x/sys/unix"
)

// vnodes watches directories with EVFILT_VNODE (kqueue(2)). It opens them with O_EVTONLY: such a descriptor cannot be read, and does not
// keep a disk from being unmounted (open(2)).
type vnodes struct {
	queue   queue
	changed chan string
	over    chan struct{}
	running sync.WaitGroup

	mu   sync.Mutex
	open map[string]int // descriptor by directory; nil: closed
	dirs map[int]*vnode // directory by descriptor
}

// vnode describes a directory that is watched.
type vnode struct {
	dir string
	how manner
	has contents // unless it is watched as a whole
}

// vnodeNotes selects events: an entry appeared, disappeared or was renamed (NOTE_WRITE), or the directory itself was deleted or renamed.
const vnodeNotes = unix.NOTE_WRITE | unix.NOTE_DELETE | unix.NOTE_RENAME

func newDirWatcher() (dirWatcher, error) {
	q, err := newQueue()
	if err != nil {
		return nil, err
	}
	v := &vnodes{queue: q, changed: make(chan string), over: make(chan struct{}), open: map[string]int{}, dirs: map[int]*vnode{}}
	v.running.Go(v.read)
	return v, nil
}

func (v *vnodes) read() {
	for {
		fd, err := v.queue.next()
		if err != nil {
			return
		}
		dir := v.change(fd)
		if dir == "" {
			continue
		}
		select {
		case v.changed <- dir:
		case <-v.over:
			return
		}
	}
}

// change returns the directory of an event, or "" if the event need not be reported. The descriptor may have been reused since the event;
// at worst that causes one extra look. On a dead mount change hangs, as fsnotify does, and the poll finds changes elsewhere.
func (v *vnodes) change(fd int) string {
	v.mu.Lock()
	defer v.mu.Unlock()
	d := v.dirs[fd]
	if d == nil || d.how != whole && !d.has.update(d.dir, d.how) {
		return ""
	}
	return d.dir
}

func (v *vnodes) add(dir string, how manner) error {
	v.remove(dir) // if only the watch of fsnotify ended, this one still exists
	fd, err := unix.Open(dir, unix.O_EVTONLY|unix.O_DIRECTORY|unix.O_CLOEXEC, 0)
	if err != nil {
		return &fs.PathError{Op: "open", Path: dir, Err: err}
	}
	v.mu.Lock()
	defer v.mu.Unlock()
	if v.open == nil {
		unix.Close(fd)
		return os.ErrClosed
	}
	if err := v.queue.add(fd, unix.EVFILT_VNODE, unix.EV_CLEAR, vnodeNotes); err != nil {
		unix.Close(fd)
		return err
	}
	d := &vnode{dir: dir, how: how}
	if how != whole {
		d.has = contentsOf(dir, how) // after the queue reports changes, so that none is missed
	}
	v.open[dir], v.dirs[fd] = fd, d
	return nil
}

// remove closes the descriptor, which ends its events.
func (v *vnodes) remove(dir string) {
	v.mu.Lock()
	defer v.mu.Unlock()
	if fd, ok := v.open[dir]; ok {
		delete(v.open, dir)
		delete(v.dirs, fd)
		unix.Close(fd)
	}
}

func (v *vnodes) changes() <-chan string { return v.changed }

func (v *vnodes) close() {
	close(v.over)
	v.queue.wake()
	v.running.Wait()
	v.queue.close()
	v.mu.Lock()
	defer v.mu.Unlock()
	for _, fd := range v.open {
		unix.Close(fd)
	}
	v.open = nil
}
