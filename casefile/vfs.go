package casefile

import (
	"errors"
	"sync"
	"syscall"

	"github.com/ncruces/go-sqlite3"
	"github.com/ncruces/go-sqlite3/util/vfsutil"
	"github.com/ncruces/go-sqlite3/vfs"
	"github.com/ncruces/go-sqlite3/vfs/adiantum"
)

// vfsName is under which name the database engine finds our files.
const vfsName = "parley"

// registerVFS brings the engine's files to the disk encrypted by Adiantum. The
// engine has one table of file systems for the whole process; ours holds no
// state.
var registerVFS = sync.OnceFunc(func() {
	vfs.Register(vfsName, adiantum.Wrap(diskVFS{vfs.Find("")}, nil))
})

// diskVFS tells the engine when the disk is full, which it would otherwise
// take for an error like any other and forget.
type diskVFS struct{ vfs.VFS }

func (d diskVFS) OpenFilename(name *vfs.Filename, flags vfs.OpenFlag) (vfs.File, vfs.OpenFlag, error) {
	f, flags, err := vfsutil.WrapOpenFilename(d.VFS, name, flags)
	if err != nil {
		return f, flags, err
	}
	return diskFile{f}, flags, nil
}

type diskFile struct{ vfs.File }

// Unwrap gives the file beneath.
func (f diskFile) Unwrap() vfs.File { return f.File }

func (f diskFile) WriteAt(p []byte, off int64) (int, error) {
	n, err := f.File.WriteAt(p, off)
	return n, whenFull(err)
}

func (f diskFile) Sync(flags vfs.SyncFlag) error { return whenFull(f.File.Sync(flags)) }

func whenFull(err error) error {
	for _, full := range []error{syscall.ENOSPC, syscall.EDQUOT, syscall.EFBIG} {
		if errors.Is(err, full) {
			return sqlite3.FULL
		}
	}
	return err
}
