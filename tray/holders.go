package tray

import (
	"encoding/json"
	"errors"
	"io/fs"
	"maps"
	"os"
	"path/filepath"
	"time"

	"lockbar/internal/atomicfile"
	"lockbar/lockcore"
)

// holdersName is where a state directory has who was seen to hold the stores here. The one who knew that a local daemon still
// runs after another computer took over must not forget it with a restart: no file in the store need say so.
const holdersName = "holders.json"

// holders are, by store directory, what is known of a process here that holds the store or held it. It is never changed.
type holders map[string]holding

// holding is as much of a lockcore.Memory as is worth keeping.
type holding struct {
	PID       int       `json:"pid"`
	StartID   uint64    `json:"start_id"`
	StartedAt string    `json:"started_at,omitempty"` // of its lock
	GoneSince time.Time `json:"gone_since,omitzero"`  // the lock, while it runs
	Boot      time.Time `json:"boot"`
}

// with is the holders with what is now remembered of one store.
func (h holders) with(store string, m lockcore.Memory) holders {
	next := maps.Clone(h)
	if next == nil {
		next = holders{}
	}
	delete(next, store)
	if m.Holder.PID != 0 {
		next[store] = holding{m.Holder.PID, m.Holder.StartID, m.StartedAt, m.GoneSince.Round(0).UTC(), m.Boot.Round(0).UTC()}
	}
	return next
}

func (h holders) equal(o holders) bool { return maps.Equal(h, o) }

// memories are for a new watcher.
func (h holders) memories(stores []*lockcore.Store) []lockcore.Memory {
	list := make([]lockcore.Memory, len(stores))
	for i, s := range stores {
		k, known := h[s.Dir()]
		if !known {
			continue
		}
		holder := lockcore.Process{PID: k.PID, StartID: k.StartID}
		list[i] = lockcore.Memory{Holder: holder, StartedAt: k.StartedAt, GoneSince: k.GoneSince, Boot: k.Boot}.Revive()
	}
	return list
}

// readHolders knows nothing where the file cannot be understood: what it says is seen anew or lost, and the next change of a
// store writes it again.
func readHolders(dir string, log logs) holders {
	if dir == "" {
		return nil
	}
	data, err := os.ReadFile(filepath.Join(dir, holdersName))
	if errors.Is(err, fs.ErrNotExist) {
		return nil
	}
	var h holders
	if err = errors.Join(err, json.Unmarshal(data, &h)); err != nil {
		log.failed("who held the stores is not known any more", err)
		return nil
	}
	return h
}

func (k *keeper) writeHolders(h holders) error {
	if h == nil {
		return nil
	}
	data, err := json.MarshalIndent(h, "", " ")
	if err != nil {
		return err
	}
	return atomicfile.Write(filepath.Join(k.dir, holdersName), append(data, '\n'), 0o600)
}
