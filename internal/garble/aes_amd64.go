//go:build !purego

package garble

import "golang.org/x/sys/cpu"

var hasAssembly = cpu.X86.HasAES && cpu.X86.HasAVX

// tmmo hashes 8 blocks at a time: dst = π(π(src) ⊕ tweak) ⊕ π(src).
//
//go:noescape
func tmmo(keys *roundKeys, dst, src, tweak *Wire, eights int)
