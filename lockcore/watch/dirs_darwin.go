package watch

import (
	"io/fs"
	"os"
	"sync"

	"golang.org/x/sys/unix"
)

// vnodes watches directories by EVFILT_VNODE (kqueue(2)). A directory that is opened by O_EVTONLY is not read, and keeps no disk
// from being unmounted (open(2)).
type vnodes struct {
	queue   queue
	changed chan string
	over    chan struct{}
	running sync.WaitGroup

	mu   sync.Mutex
	open map[string]int // descriptor by directory; nil: closed
	dirs map[int]string // and the other way round
}

// vnodeNotes: an entry came, went or was renamed (NOTE_WRITE), or the directory itself did.
const vnodeNotes = unix.NOTE_WRITE | unix.NOTE_DELETE | unix.NOTE_RENAME

func newDirWatcher() (dirWatcher, error) {
	q, err := newQueue()
	if err != nil {
		return nil, err
	}
	v := &vnodes{queue: q, changed: make(chan string), over: make(chan struct{}), open: map[string]int{}, dirs: map[int]string{}}
	v.running.Go(v.read)
	return v, nil
}

func (v *vnodes) read() {
	for {
		fd, err := v.queue.next()
		if err != nil {
			return
		}
		select {
		case v.changed <- v.dir(fd):
		case <-v.over:
			return
		}
	}
}

// dir names the directory of an event. Its descriptor may have been reused since; at worst that causes one extra look.
func (v *vnodes) dir(fd int) string {
	v.mu.Lock()
	defer v.mu.Unlock()
	return v.dirs[fd]
}

func (v *vnodes) add(dir string) error {
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
	v.open[dir], v.dirs[fd] = fd, dir
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
	v.queue.callOff()
	v.running.Wait()
	v.queue.close()
	v.mu.Lock()
	defer v.mu.Unlock()
	for _, fd := range v.open {
		unix.Close(fd)
	}
	v.open = nil
}
