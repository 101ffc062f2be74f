//go:build purego || !(amd64 || arm64)

package garble

const hasAssembly = false

func tmmo(_ *roundKeys, _, _, _ *Wire, _ int) {
	panic("garble: no assembly on this machine")
}
