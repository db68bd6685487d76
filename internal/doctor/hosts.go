package doctor

import (
	"errors"
	"path/filepath"
	"runtime"
	"strings"
	"time"

	"lockbar/internal/fsx"
	"lockbar/internal/machine"
	"lockbar/internal/words"
	"lockbar/lockcore"
)

// HostsProblem returns an error if the directory in which the machines that share a store keep their files cannot be listed; nil if there
// is none.
func HostsProblem(store string) error {
	dir := filepath.Join(store, lockcore.PeersName)
	info, err := fsx.Lstat(dir)
	switch {
	case fsx.IsAbsent(err):
		return nil
	case err == nil && !info.IsDir():
		err = errors.New("it is a link or a file, not a directory")
	case err == nil:
		_, err = fsx.EachName(dir, func([]byte) {})
	}
	if err == nil {
		return nil
	}
	return errors.New(lockcore.PeersName + " in the store cannot be used: " + reason(err))
}

// checkHosts lists the other machines that announce in the store what runs on them. It warns if one has the host name of this machine, or
// if their files cannot be listed.
func checkHosts(s *lockcore.Snapshot, problem error, now time.Time) []Check {
	others, own, named := words.Hosts(s.Peers, now, false), "has its file there as well", false
	switch ours, written := s.Peers.Own(); {
	case !written:
		own = "has no file there: its app writes one, unless that is switched off"
	case ours.Machine != machine.ID():
		own += ", under an id that Lockbar made up (" + ours.Machine[:lockcore.ShortID] + "), because another computer has the same id, perhaps from a copied disk or " + machine.Variable
	}
	peers := s.Peers.List()
	for i := range peers {
		p := &peers[i]
		named = named || !p.ThisMachine && !p.Removed && lockcore.SameHost(p.Host, s.Host)
	}
	switch {
	case s.State == lockcore.Unknown:
		return skipped("hosts", "the lock cannot be read")
	case problem != nil:
		return one("hosts", Warn, "Lockbar can neither read what other computers announce nor announce this one: %v; move it away", problem)
	case named:
		return one("hosts", Warn, "Another computer that shares this store is called %s too, so the lock does not show whose it is; give one of them another name: %s",
			words.Clean(s.Host), words.NameApart(runtime.GOOS))
	case others == nil:
		return one("hosts", Pass, "No other computer's Lockbar announces anything in this store now")
	}
	return one("hosts", Pass, "Other computers: %d, and this one %s. %s", len(others), own, strings.Join(others, "; "))
}
