// Package lockcore reads, judges and changes the lock file of an iai-mcp store.
//
// The lock is <store>/.locked, a small JSON file that the daemon writes when it starts and deletes when it ends. Inspect
// returns its state and the evidence for that; ForceUnlock, Restore, PutBack, Acquire and Release change it.
//
// # What is promised
//
//   - A lock is called stale only on proof that its holder is gone. A store is called unlocked only if it was read and has no
//     lock. A process that is a daemon by its whole argument vector, and is not known to use another store, is never proven
//     gone by a clock.
//   - Inspect, ForceUnlock, Restore, SetAside and Acquire judge by the same rules; the last four take what the caller saw and
//     remembers. What is in use (Snapshot.InUse) is removed or taken only by force. Restore and SetAside need no force: Restore
//     creates a lock only where there is none, and SetAside moves only conflict copies.
//   - A lock of another machine (HeldElsewhere) does not count as in use unless that machine reports that it is, or a daemon is
//     starting here: ForceUnlock removes it and Acquire takes it over, as a daemon does. A caller that does not want this must check
//     the state, as lockbar run does.
//   - Machines that share a store each write one file (Announcement) with facts that only they can know. Such a report makes a lock
//     stale only if its holder was seen to run there, and no daemon runs there now. A report of a running daemon counts for AliveTime
//     from its arrival here, whatever the other machine's clock says, and during an alarm until its end is reported. Inspect reads
//     these files, Announce writes and Retract removes them. Announcer decides what is written, and when.
//   - A lock that is a symbolic link is judged by its target. The link itself is removed, backed up and put back: no content from
//     outside a store gets into it, or into a backup.
//   - A file that a killed program left in a store is trusted only if it is a regular file of this user or of the store's owner, no
//     larger than MaxSize, or the link that the last change removed.
//   - A store has one identity, whatever path leads to it (Identity), and one directory of backups: that of its identity, or of
//     any other path that leads to it now.
//   - Whatever is removed or replaced is in the backups first, complete and on disk; only Release removes its own lock without a
//     backup. For each store the newest fifty locks and thousand copies are kept, and everything that the last change put there. A
//     program that is killed at any step leaves every lock in its place, beside it or in the backups; the next change cleans up.
//   - Among all programs that take the guard (some daemons and every user of this package) acquiring is atomic: one winner.
//     Daemons of 2.8 and later do not take the guard. Without force, Acquire refuses while one of this store is starting, or runs
//     on another machine as reported. If the process table shows one after the lock was taken, Acquire checks the lock again.
//   - A lock that changed since the caller saw it is never removed: removal names the exact bytes (Token).
//   - If a daemon without the guard writes a lock while this package removes or replaces another one, that lock stays, or is
//     put back. A lock that is still being written is not called corrupt and not backed up until it is complete, or unchanged for
//     SettleTime.
//   - Each look of Inspect returns within ReadTimeout, or when its context ends. Its memory is bounded: a lock above MaxSize
//     is not read, and at most 64 conflict copies are. A call leaves goroutines behind only if a read is stuck in the kernel (a
//     dead network mount): at most one such read for a Store, one for its state directory, one for its Lifecycle, one for its
//     Identity, and one for each daemon whose own store does not answer.
//   - Every change first inspects the store. ForceUnlock, Acquire and Release retry a few times while the lock keeps changing. A change
//     waits for the guard no longer than GuardTimeout or its context.
//
// # What is not promised
//
//   - If the file system has no flock (ENOSYS, ENOLCK, EOPNOTSUPP), nobody has the guard: two changes at the same moment exclude
//     each other only by comparing before deleting and by link(2), and a change clears only files of a killed one that are a minute old.
//   - A daemon without the guard that writes by a blind rename (0.3 and 0.4), or that runs on another machine, can still replace
//     a lock that was just acquired here; Held and Release report that afterwards.
//   - A holder on another host sees no change before its sync engine delivers it, and a lock has no heartbeat: its age proves
//     nothing.
//   - A well-formed file of another machine is believed: whoever can write to a store can lie there, and could as well replace
//     the lock.
//   - While ForceUnlock or Release compares, the lock is away from its path for some microseconds; the same holds while
//     Acquire takes over on a system that cannot swap two names atomically (Windows, NFS). A daemon that deletes its lock in that very
//     moment finds nothing to delete; if its lock is then put back, it is stale. If this program is killed in that moment, a lock that
//     arrived meanwhile stays aside until the next change.
//   - A change that has begun waits for the system without a limit: a mount that dies between the look and the rename blocks it.
//   - One look cannot notice that the clock was set before it. Memory notices a later change, if the caller keeps it from look
//     to look.
//   - On a file system with neither hard links nor a rename that does not replace, a new lock can be seen half written.
//   - Which store a process uses is known only as far as the system shows its arguments, environment and open files. Only Linux
//     shows all of them; elsewhere no process is ever found to use another store. A daemon in a container that this process
//     cannot see (another user's, or seen from inside a container) is no evidence.
//
// The package has no user interface, no logging, and starts no process.
package lockcore
