package desk

import (
	"archive/tar"
	"bytes"
	"slices"
)

// SealFolder packs files into one tar and seals it to an age recipient.
func SealFolder(recipient string, files map[string][]byte) ([]byte, error) {
	names := make([]string, 0, len(files))
	for n := range files {
		names = append(names, n)
	}
	slices.Sort(names)
	var out bytes.Buffer
	w := tar.NewWriter(&out)
	for _, n := range names {
		h := &tar.Header{Name: n, Mode: 0o600, Size: int64(len(files[n]))}
		if err := w.WriteHeader(h); err != nil {
			return nil, err
		}
		if _, err := w.Write(files[n]); err != nil {
			return nil, err
		}
	}
	if err := w.Close(); err != nil {
		return nil, err
	}
	return SealTo(recipient, out.Bytes())
}
