//go:build !purego

package garble

import "golang.org/x/sys/cpu"

var hasAssembly = cpu.ARM64.HasAES

// tmmo hashes 8 blocks at a time: dst = π(π(src) ⊕ tweak) ⊕ π(src).
//
//go:noescape
func tmmo(keys *roundKeys, dst, src, tweak *Wire, eights int)
