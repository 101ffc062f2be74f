package relay

import (
	"context"
	"crypto/sha256"
	"errors"
	"fmt"
	"io"
	"net/http"
)

// An Author says whose blob is meant.
type Author struct{ holder }

// AuthorOf names a member of the channel, by its side and id.
func (a Access) AuthorOf(side, member string) Author {
	return Author{holder{a.sideOf(side), a.tagOf(member)}}
}

// PutBlob stores a sealed blob of at most 256 MiB under its SHA-256. What the
// relay has of it already, from an earlier attempt, is not sent again.
func (c *Client) PutBlob(ctx context.Context, digest [sha256.Size]byte, size int64, from io.ReaderAt) error {
	if err := blobSize(size, 0); err != nil {
		return err
	}
	path := "/blob/" + blobName(digest)
	var now blobState
	if err := c.ask(ctx, request{method: http.MethodGet, path: path + "/state"}, &now); err != nil {
		return err
	}
	for at := now.Have; at < size; at = now.Have {
		chunk := make([]byte, min(blobChunk, size-at))
		if at < 0 || at%blobChunk != 0 {
			return errors.New("relay has a part of this blob that was never sent")
		}
		if _, err := io.ReadFull(io.NewSectionReader(from, at, int64(len(chunk))), chunk); err != nil {
			return fmt.Errorf("reading the blob: %w", err)
		}
		if err := c.ask(ctx, request{method: http.MethodPut, path: path, query: fmt.Sprintf("offset=%d", at), body: chunk}, &now); err != nil {
			return err
		}
		if now.Have <= at {
			return errors.New("relay took a part of the blob and has no more of it than before")
		}
	}
	if now.Have != size {
		return errors.New("relay has more of this blob than there is")
	}
	return nil
}

// A BlobFile is where a blob is put together.
type BlobFile interface {
	io.ReaderAt
	io.WriterAt
}

// ErrBlob means that a blob is whole and not what its name says: it has to be
// fetched from its beginning, or from elsewhere.
var ErrBlob = errors.New("blob is not what its name says")

// ErrNoBlob means that nothing of a blob is there, yet or any more.
var ErrNoBlob = errors.New("blob is not there")

// FetchBlob is GetBlob for whoever knows the author's side and id.
func (c *Client) FetchBlob(ctx context.Context, side, member string, digest [sha256.Size]byte, size, have int64, to BlobFile) (int64, error) {
	return c.GetBlob(ctx, c.access.AuthorOf(side, member), digest, size, have, to)
}

// GetBlob fetches a blob of a known size into a file that has its first have
// bytes from an earlier attempt. It returns how many are there now, and no error
// only if they are all there and their SHA-256 is the blob's name.
func (c *Client) GetBlob(ctx context.Context, of Author, digest [sha256.Size]byte, size, have int64, to BlobFile) (int64, error) {
	if err := blobSize(size, have); err != nil {
		return have, err
	}
	if have < size {
		n, err := c.copyBlob(ctx, of, digest, have, io.NewOffsetWriter(to, have), size-have)
		if have += n; err != nil {
			return have, err
		}
	}
	return checkBlob(to, digest, size)
}

// checkBlob returns how much of a blob that should be whole is there: all of it,
// or nothing that is of use.
func checkBlob(of io.ReaderAt, digest [sha256.Size]byte, size int64) (have int64, err error) {
	h := sha256.New()
	if n, err := io.Copy(h, io.NewSectionReader(of, 0, size)); err != nil || n != size {
		return 0, errors.Join(err, ErrBlob)
	}
	if [sha256.Size]byte(h.Sum(nil)) != digest {
		return 0, ErrBlob
	}
	return size, nil
}

func (c *Client) copyBlob(ctx context.Context, of Author, digest [sha256.Size]byte, from int64, to io.Writer, most int64) (int64, error) {
	ctx, cancel := context.WithCancel(ctx)
	defer cancel()
	ctx, alive := c.watch(ctx, 0)
	defer alive.stop()
	resp, err := c.call(ctx, request{
		method: http.MethodGet, path: "/blob/" + blobName(digest), query: fmt.Sprintf("by=%s&offset=%d", of, from),
	})
	if err != nil {
		return 0, err
	}
	defer resp.Body.Close()
	n, err := io.Copy(to, io.LimitReader(alive.reader(resp.Body), most))
	if err == nil && n < most {
		err = errCut
	}
	if err != nil {
		return n, unreachable(ctx, cut(err))
	}
	return n, nil
}

// blobSize refuses a size that no blob has, and more there than that.
func blobSize(size, have int64) error {
	if size <= 0 || size > maxBlob || have < 0 || have > size {
		return fmt.Errorf("a blob has 1 to %d bytes, not %d with %d there", maxBlob, size, have)
	}
	return nil
}
