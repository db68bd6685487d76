//go:build race

package lockcore_test

// thorough is whether the long tests run in full. The race detector makes each child process several times as dear, and
// sees nothing of what happens between processes: with it they run for a quarter.
const thorough = false
