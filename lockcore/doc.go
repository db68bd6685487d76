// Package lockcore reads, judges and changes the lock file of an iai-mcp store.
//
// The lock is <store>/.locked, a small JSON file that the daemon writes when it starts and deletes when it ends. Inspect
// says what state it is in and on what evidence; ForceUnlock, Restore, Acquire and Release change it.
//
// # What is promised
//
//   - A lock is called stale only on proof that its holder is gone, unlocked only when the store was read and had none.
//   - Whatever is removed or replaced is in the backups first, whole and on disk.
//   - Among all programs that take the guard (today's daemons and every user of this package) acquiring is atomic:
//     one winner.
//   - A lock that changed since the caller saw it is never removed: removal names the exact bytes (Token).
//   - No call outlives its context by more than ReadTimeout; no goroutine outlives a call, but for one read per store
//     that is stuck in the kernel (a dead network mount).
//
// # What is not promised
//
//   - Daemons that do not take the guard write by a blind rename. One of them can still replace, within microseconds, a
//     lock that was just acquired here; HeldBySelf and Release tell afterwards.
//   - A holder on another host sees nothing of what is done here before its sync engine brings it, and there is no
//     heartbeat: age proves nothing.
//   - While ForceUnlock compares, the lock is away from its path for some microseconds. A daemon that deletes its lock
//     in just that moment finds nothing to delete, and its lock is put back, stale.
//
// The package has no user interface, no logging, and starts no process.
package lockcore
