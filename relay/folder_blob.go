package relay

import (
	"context"
	"crypto/sha256"
	"errors"
	"fmt"
	"io"
	"io/fs"
	"os"
	"path/filepath"
)

// Blobs on a stick are files named by their digest. What is damaged is no blob:
// its sender, who keeps it until it is answered, puts it there again.

func (f *Folder) blobPath(digest [sha256.Size]byte) string {
	return filepath.Join(f.dir, fmt.Sprintf("%x.blob", digest))
}

// PutBlob stores a blob of at most 256 MiB under its SHA-256, whole or not at
// all.
func (f *Folder) PutBlob(ctx context.Context, digest [sha256.Size]byte, size int64, from io.ReaderAt) error {
	if err := blobSize(size, 0); err != nil {
		return err
	}
	if _, err := f.openBlob(digest, size); err == nil {
		return nil
	}
	out, err := os.CreateTemp(f.dir, "unfinished-*")
	if err != nil {
		return fmt.Errorf("writing to the mailbox's folder: %w", err)
	}
	n, err := io.Copy(out, &stoppable{ctx, io.NewSectionReader(from, 0, size)})
	if err == nil && n != size {
		err = io.ErrUnexpectedEOF
	}
	err = errors.Join(err, out.Sync(), out.Close())
	if err == nil {
		err = os.Rename(out.Name(), f.blobPath(digest))
	}
	if err != nil {
		return errors.Join(fmt.Errorf("writing to the mailbox's folder: %w", err), os.Remove(out.Name()))
	}
	return syncDir(f.dir)
}

// openBlob tells whether a blob is there, whole.
func (f *Folder) openBlob(digest [sha256.Size]byte, size int64) (have int64, err error) {
	in, err := os.Open(f.blobPath(digest))
	if err != nil {
		return 0, err
	}
	defer in.Close()
	return checkBlob(in, digest, size)
}

// FetchBlob copies a blob of a known size, whoever put it there, into a file that
// has its first have bytes. It returns how many are there now, and no error only
// if they are all there and their SHA-256 is the blob's name.
func (f *Folder) FetchBlob(ctx context.Context, _, _ string, digest [sha256.Size]byte, size, have int64, to BlobFile) (int64, error) {
	if err := blobSize(size, have); err != nil {
		return have, err
	}
	if have < size {
		in, err := os.Open(f.blobPath(digest))
		if errors.Is(err, fs.ErrNotExist) {
			return have, ErrNoBlob
		}
		if err != nil {
			return have, fmt.Errorf("reading the mailbox's folder: %w", err)
		}
		defer in.Close()
		n, err := io.Copy(io.NewOffsetWriter(to, have), &stoppable{ctx, io.NewSectionReader(in, have, size-have)})
		if have += n; err != nil {
			return have, fmt.Errorf("reading the mailbox's folder: %w", err)
		}
	}
	return checkBlob(to, digest, size)
}

// stoppable reads until its context ends.
type stoppable struct {
	ctx context.Context
	r   io.Reader
}

func (s *stoppable) Read(p []byte) (int, error) {
	if err := s.ctx.Err(); err != nil {
		return 0, err
	}
	return s.r.Read(p)
}
