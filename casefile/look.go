package casefile

import (
	"fmt"
	"io/fs"
	"os"
)

// IsFile tells whether a file of this name is there.
func IsFile(path string) bool {
	info, err := os.Stat(path)
	return err == nil && !info.IsDir()
}

// OpenFolder opens a folder to be read.
func OpenFolder(dir string) (fs.FS, error) {
	info, err := os.Stat(dir)
	if err != nil {
		return nil, err
	}
	if !info.IsDir() {
		return nil, fmt.Errorf("%s is not a folder", dir)
	}
	return os.DirFS(dir), nil
}
