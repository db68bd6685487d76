//go:build !race

package lockcore_test

// thorough is whether the long tests run in full.
const thorough = true
