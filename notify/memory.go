package notify

import (
	"encoding/json"
	"fmt"
	"maps"
	"path/filepath"
	"slices"
	"time"

	"lockbar/internal/fsx"
)

// memoryVersion is that of the file; another one begins anew.
const memoryVersion = 1

// Memory is what outlives a restart: what was told, and what still has to be.
//
// It is written before a message is handed to the desktop, with the message in it, and again when the desktop took it.
// Only one message is on its way at a time. So a program that is killed at any moment repeats that one at most, and loses
// none: what it had not yet written it finds anew, as the difference to the last look that it had written.
type Memory struct {
	Decider Decider
	Outbox  Outbox
}

// maxOthers is how many stores are remembered that nobody watches now: somebody may watch them again.
const maxOthers = 16

// Of returns the memory of a process that watches these stores. Of others it keeps the newest: what was tried once must not
// pile up for ever.
func (m Memory) Of(stores []string) Memory {
	others := slices.DeleteFunc(slices.Collect(maps.Keys(m.Decider.stores)), func(s string) bool { return slices.Contains(stores, s) })
	if len(others) <= maxOthers {
		return m
	}
	slices.SortFunc(others, func(a, b string) int { return m.Decider.LastLook(b).Compare(m.Decider.LastLook(a)) })
	m.Decider.stores = maps.Clone(m.Decider.stores)
	for _, s := range others[maxOthers:] {
		delete(m.Decider.stores, s)
	}
	return m
}

// Renamed returns the memory with other names for stores: on disk they go by their identity, in a process by the path that it
// was given.
func (m Memory) Renamed(names map[string]string) Memory {
	if len(names) == 0 {
		return m
	}
	stores := make(map[string]memory, len(m.Decider.stores))
	for s, known := range m.Decider.stores {
		stores[renamed(s, names)] = known
	}
	m.Decider.stores = stores
	m.Decider.missed = slices.Clone(m.Decider.missed)
	for i := range m.Decider.missed {
		m.Decider.missed[i].Dir = renamed(m.Decider.missed[i].Dir, names)
	}
	return m
}

func renamed(store string, names map[string]string) string {
	if name, ok := names[store]; ok {
		return name
	}
	return store
}

// memoryName is the file of a state directory that has the memory.
const memoryName = "told.json"

// maxMemorySize is the largest memory that is read, in bytes: some KB for each store.
const maxMemorySize = 4 << 20

// MemoryPath is where the memory of a state directory is.
func MemoryPath(stateDir string) string { return filepath.Join(stateDir, memoryName) }

// ReadMemory reads the memory of a state directory; a zero one where there is none. The error names the file.
func ReadMemory(stateDir string) (Memory, error) {
	if stateDir == "" {
		return Memory{}, nil
	}
	path := MemoryPath(stateDir)
	data, err := fsx.Read(path, maxMemorySize)
	switch {
	case fsx.IsMissing(err):
		return Memory{}, nil
	case err != nil:
		return Memory{}, err
	}
	m, err := DecodeMemory(data)
	if err != nil {
		return Memory{}, fmt.Errorf("%s: %w", path, err)
	}
	return m, nil
}

// memoryFile is its JSON.
type memoryFile struct {
	Version int               `json:"version"`
	Stores  map[string]memory `json:"stores"`
	Missed  []missed          `json:"missed,omitempty"`
	Gather  time.Time         `json:"gather,omitzero"`
	Outbox  []Letter          `json:"outbox,omitempty"`
}

// Encode gives the content of the file.
func (m Memory) Encode() ([]byte, error) {
	data, err := json.MarshalIndent(memoryFile{memoryVersion, m.Decider.stores, m.Decider.missed, m.Decider.gather, m.Outbox.letters}, "", " ")
	if err != nil {
		return nil, fmt.Errorf("notify: %w", err)
	}
	return append(data, '\n'), nil
}

// DecodeMemory reads what Encode wrote.
func DecodeMemory(data []byte) (Memory, error) {
	var f memoryFile
	if err := json.Unmarshal(data, &f); err != nil {
		return Memory{}, fmt.Errorf("notify: %w", err)
	}
	if f.Version != memoryVersion {
		return Memory{}, fmt.Errorf("notify: version %d, not %d", f.Version, memoryVersion)
	}
	return Memory{Decider{stores: f.Stores, missed: f.Missed, gather: f.Gather}, newOutbox(f.Outbox)}, nil
}
