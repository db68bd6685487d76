// Package lockcore reads, judges and changes the lock file of an iai-mcp store.
//
// The lock is <store>/.locked, a small JSON file that the daemon writes when it starts and deletes when it ends. Inspect
// says what state it is in and on what evidence; ForceUnlock, Restore, Acquire and Release change it.
//
// # What is promised
//
//   - A lock is called stale only on proof that its holder is gone, unlocked only when the store was read and had none. A
//     process that is a daemon by its whole argument vector, and is not known to serve another store, is never proven gone by
//     a clock.
//   - One judgement: what makes a state for Inspect makes it for ForceUnlock, Restore, SetAside and Acquire, which take what the
//     caller saw and remembers. What is in use (Snapshot.InUse) is removed or taken only by force. Restore and SetAside need
//     none: they put a lock where there is none, and move what is no lock.
//   - A lock of another machine (HeldElsewhere) is not in use as far as can be seen from here, unless that machine says that it is:
//     ForceUnlock removes it and Acquire takes it over, as a daemon does. A caller that does not want that looks at the state first, as
//     lockbar run does.
//   - Machines that share a store say in a file each (Announcement) what only they can know. Such a word makes a lock stale only if its
//     holder was seen to run there, and nothing runs there now; it counts as a sign of life for AliveTime by when it came here, whatever
//     any clock says. Inspect reads these files. Only Announce and Retract write them, as Announcer decides.
//   - A lock that is a symbolic link is judged by what it leads to. The link is what is removed, backed up and put back: nothing
//     from outside a store gets into it, or into a backup.
//   - What a killed program left in a store is trusted only if it is a regular file of this user or of the store's owner.
//   - A store has one identity, whatever path leads to it (Identity), and one directory of backups: that of its identity, or of any
//     other path that leads to it now.
//   - Whatever is removed or replaced is in the backups first, whole and on disk; of each store the newest fifty of its
//     locks and thousand of its copies are kept, and all that the last change put there. A program that is killed at any
//     step leaves every lock in its place or in the backups; the next change clears what it left.
//   - Among all programs that take the guard (some daemons and every user of this package) acquiring is atomic: one winner.
//     Daemons of 2.8 and later take no guard. Acquire refuses while one of this store is starting, and looks again if one
//     appeared meanwhile.
//   - A lock that changed since the caller saw it is never removed: removal names the exact bytes (Token).
//   - A lock that a daemon without the guard writes while this package removes or replaces another stays, or is put back. One
//     that is still being filled is neither called corrupt nor backed up before it is whole, or has not changed for SettleTime.
//   - Each look of Inspect returns within ReadTimeout, or when its context ends, and its memory is bounded: a lock above MaxSize
//     is not read, nor more than 64 conflict copies. A call leaves a goroutine behind only if a read is stuck in the kernel (a
//     dead network mount): at most one for a Store, one for its state directory, one for its Lifecycle, one for its Identity, and
//     one for each daemon whose own store does not answer.
//   - Every change looks first, a few times while the lock keeps changing, and waits for the guard no longer than GuardTimeout or
//     its context.
//
// # What is not promised
//
//   - Where the file system has no flock (ENOSYS, ENOLCK, EOPNOTSUPP) nobody has the guard: two changes at the same moment are kept
//     apart only by comparing before deleting and by link(2), and what a killed one left is cleared after a minute.
//   - A daemon without the guard that writes by a blind rename (0.3 and 0.4), or that runs on another machine, can still replace
//     a lock that was just acquired here; Held and Release tell afterwards.
//   - A holder on another host sees nothing of what is done here before its sync engine brings it, and a lock has no
//     heartbeat: its age proves nothing.
//   - What other machines say is believed as far as it is written in their form: whoever can write to a store can lie there, as he could
//     replace the lock.
//   - While ForceUnlock or Release compares, the lock is away from its path for some microseconds; likewise while Acquire
//     takes over where two names cannot be swapped at once (Windows, NFS). A daemon that deletes its lock in just that
//     moment finds nothing to delete, and its lock is put back, stale. If this program is killed in that moment, a lock
//     that came in meanwhile stays aside until the next change.
//   - A change that has begun waits for the system as long as the system takes: a mount that dies between the look and the
//     rename holds it up.
//   - A clock that was set before the first look cannot be noticed by one look. Memory notices what comes later: carry it.
//   - On a file system with neither hard links nor a rename that does not replace, a new lock can be seen half written.
//   - Which store a process serves is known as far as the system shows its arguments, environment and open files. Only Linux
//     shows all of it; elsewhere no process is ever found to serve another store. A daemon in a container that this process
//     cannot see (another user's, or seen from inside a container) is no evidence.
//
// The package has no user interface, no logging, and starts no process.
package lockcore
