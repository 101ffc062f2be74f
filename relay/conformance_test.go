package relay

import (
	"bytes"
	"context"
	"errors"
	"fmt"
	"io"
	"os"
	"path/filepath"
	"slices"
	"strings"
	"sync"
	"testing"

	"pgregory.net/rapid"
)

// way is what a member asks of whatever carries envelopes.
type way interface {
	State(ctx context.Context) (epoch string, last uint64, err error)
	Append(ctx context.Context, envelope []byte) (number uint64, err error)
	Fetch(ctx context.Context, after uint64, each func(number uint64, envelope []byte) error) error
}

// ways opens an empty mailbox of each kind: two members' ends of it, and what
// closes and opens it again.
func ways(t *testing.T) map[string]func(t *testing.T) (one, other way) {
	return map[string]func(t *testing.T) (one, other way){
		"http": func(t *testing.T) (way, way) {
			_, url := open(t, Config{})
			return memberOf(t, url, whoIs(1, "east", "a")), memberOf(t, url, whoIs(1, "west", "b"))
		},
		"folder": func(t *testing.T) (way, way) {
			dir := t.TempDir()
			return folderIn(t, dir), folderIn(t, dir)
		},
		"memory": func(*testing.T) (way, way) {
			m := &Memory{}
			return m, m
		},
	}
}

func folderIn(t testing.TB, dir string) *Folder {
	t.Helper()
	f, err := OpenFolder(dir, bytes.Repeat([]byte{1}, 32))
	if err != nil {
		t.Fatal(err)
	}
	return f
}

func TestConformance(t *testing.T) {
	for name, start := range ways(t) {
		t.Run(name, func(t *testing.T) {
			for rule, check := range map[string]func(t *testing.T, one, other way){
				"numbers ascend and stay":        numbersStay,
				"an empty mailbox":               emptyMailbox,
				"what one sends the other gets":  oneToOther,
				"the caller's error comes back":  ownError,
				"writers at once":                writersAtOnce,
				"any order of appends and reads": likeAList,
			} {
				t.Run(rule, func(t *testing.T) {
					one, other := start(t)
					check(t, one, other)
				})
			}
		})
	}
}

func put1(t failer, w way, envelope string) uint64 {
	t.Helper()
	n, err := w.Append(context.Background(), []byte(envelope))
	if err != nil {
		t.Errorf("appending: %v", err)
	}
	return n
}

// read returns what is numbered higher than after, and checks that it ascends.
func read(t failer, w way, after uint64) (text string) {
	t.Helper()
	last := after
	err := w.Fetch(context.Background(), after, func(n uint64, e []byte) error {
		if n <= last {
			t.Errorf("number %d after %d", n, last)
		}
		last = n
		text += fmt.Sprintf("%d:%s ", n, e)
		return nil
	})
	if err != nil {
		t.Errorf("reading: %v", err)
	}
	return text
}

func emptyMailbox(t *testing.T, one, other way) {
	epoch, last, err := one.State(t.Context())
	if err != nil || last != 0 || !isEpoch(epoch) {
		t.Errorf("%q %d %v", epoch, last, err)
	}
	want(t, "contents", read(t, other, 0), "")
	if _, err := one.Append(t.Context(), nil); err == nil {
		t.Error("an empty envelope is taken")
	}
}

func numbersStay(t *testing.T, one, _ way) {
	want(t, "first", put1(t, one, "a"), 1)
	want(t, "second", put1(t, one, "b"), 2)
	want(t, "first again", put1(t, one, "a"), 1)
	epoch, last, err := one.State(t.Context())
	again, _, _ := one.State(t.Context())
	if err != nil || last != 2 || again != epoch {
		t.Errorf("last %d, epoch %q then %q, %v", last, epoch, again, err)
	}
}

func oneToOther(t *testing.T, one, other way) {
	long := strings.Repeat("long", 1<<18)
	put1(t, one, "a")
	put1(t, other, "b")
	put1(t, one, long)
	want(t, "all", read(t, other, 0), "1:a 2:b 3:"+long+" ")
	want(t, "from a cursor", read(t, one, 1), "2:b 3:"+long+" ")
	want(t, "beyond the end", read(t, one, 9), "")
	e1, n1, _ := one.State(t.Context())
	e2, n2, _ := other.State(t.Context())
	want(t, "epoch", e1, e2)
	want(t, "last", n1, n2)
}

func ownError(t *testing.T, one, _ way) {
	put1(t, one, "a")
	put1(t, one, "b")
	stop, seen := errors.New("stop"), 0
	err := one.Fetch(t.Context(), 0, func(uint64, []byte) error { seen++; return stop })
	if !errors.Is(err, stop) || seen != 1 {
		t.Errorf("%v after %d", err, seen)
	}
	ctx, cancel := context.WithCancel(t.Context())
	cancel()
	if err := one.Fetch(ctx, 0, func(uint64, []byte) error { return nil }); err == nil {
		t.Error("who gave up is read to")
	}
}

func writersAtOnce(t *testing.T, one, other way) {
	var wg sync.WaitGroup
	for i := range 4 {
		wg.Go(func() {
			for n := range 10 {
				put1(t, []way{one, other}[i%2], fmt.Sprint(i, "-", n))
			}
		})
	}
	wg.Wait()
	want(t, "count", strings.Count(read(t, one, 0), ":"), 40)
}

// likeAList compares with a list in which each text stands once.
func likeAList(t *testing.T, one, other way) {
	var list []string // index+1 is the number
	rapid.Check(t, func(t *rapid.T) {
		text := rapid.StringMatching(`[a-z]{1,2}`).Draw(t, "text")
		if rapid.Bool().Draw(t, "append") {
			at := slices.Index(list, text)
			if at < 0 {
				at = len(list)
				list = append(list, text)
			}
			want(t, "number of "+text, put1(t, one, text), uint64(at+1))
			return
		}
		w := rapid.SampledFrom([]way{one, other}).Draw(t, "who")
		after := rapid.IntRange(0, len(list)).Draw(t, "after")
		var b strings.Builder
		for i, s := range list[after:] {
			fmt.Fprintf(&b, "%d:%s ", after+i+1, s)
		}
		want(t, "contents", read(t, w, uint64(after)), b.String())
	})
}

// What is damaged on a stick is passed over, and put right by its sender.
func TestADamagedStick(t *testing.T) {
	dir := t.TempDir()
	f := folderIn(t, dir)
	for _, e := range []string{"a", "b", "c"} {
		put1(t, f, e)
	}
	files, _ := f.list()
	spoil := func(data string) {
		if err := os.WriteFile(filepath.Join(f.dir, files[1].name()), []byte(data), 0o600); err != nil {
			t.Fatal(err)
		}
	}
	for _, data := range []string{"", "B", "bb"} {
		spoil(data)
		want(t, "around it", read(t, f, 0), "1:a 3:c ")
		want(t, "its sender puts it right", put1(t, f, "b"), 2)
		want(t, "whole", read(t, f, 0), "1:a 2:b 3:c ")
	}
	for _, name := range []string{"unfinished-1", "Thumbs.db", "000000000004-zz.envelope", "x.envelope", strings.ToUpper(files[0].name())} {
		if err := os.WriteFile(filepath.Join(f.dir, name), []byte("x"), 0o600); err != nil {
			t.Fatal(err)
		}
	}
	if err := os.Symlink("/etc/hostname", filepath.Join(f.dir, folderFile{number: 9}.name())); err != nil {
		t.Fatal(err)
	}
	want(t, "what else lies there", read(t, f, 0), "1:a 2:b 3:c ")
	want(t, "goes on", put1(t, f, "d"), 4)
	if _, err := OpenFolder(filepath.Join(dir, "not there"), make([]byte, 32)); err == nil {
		t.Error("a stick that is not in is taken for an empty one")
	}
}

// Two copies of one stick were written to, and copied together.
func TestSticksThatMeet(t *testing.T) {
	d1, d2 := t.TempDir(), t.TempDir()
	one, two := folderIn(t, d1), folderIn(t, d2)
	put1(t, one, "a")
	put1(t, two, "b")
	if err := os.CopyFS(filepath.Join(d1, "x"), os.DirFS(two.dir)); err != nil {
		t.Fatal(err)
	}
	files, _ := two.list()
	if err := os.Rename(filepath.Join(d1, "x", files[0].name()), filepath.Join(one.dir, files[0].name())); err != nil {
		t.Fatal(err)
	}
	_, last, err := one.State(t.Context())
	if err != nil || last != 2 {
		t.Errorf("last %d, %v", last, err)
	}
	got := read(t, one, 0)
	if got != "1:a 2:b " && got != "1:b 2:a " {
		t.Errorf("contents %q", got)
	}
}

// bulk is a way that carries what is too large for an envelope.
type bulk interface {
	PutBlob(ctx context.Context, digest [32]byte, size int64, from io.ReaderAt) error
	FetchBlob(ctx context.Context, side, member string, digest [32]byte, size, have int64, to BlobFile) (int64, error)
}

// What one side puts there comes out whole at the other, from wherever it was
// left off; what is not there, or is damaged, is said.
func TestBlobConformance(t *testing.T) {
	for name, start := range ways(t) {
		t.Run(name, func(t *testing.T) {
			a, b := start(t)
			one, other := a.(bulk), b.(bulk)
			for i, size := range []int{1, blobChunk, 2*blobChunk + 7} {
				data, digest := someBlob(byte(i), size)
				if n, err := other.FetchBlob(t.Context(), "east", "a", digest, int64(size), 0, fileFor(t)); !errors.Is(err, ErrNoBlob) || n != 0 {
					t.Errorf("before it is there: %d, %v", n, err)
				}
				for range 2 {
					if err := one.PutBlob(t.Context(), digest, int64(size), bytes.NewReader(data)); err != nil {
						t.Fatal(err)
					}
				}
				for _, have := range []int{0, size / 2, size} {
					f := fileFor(t)
					_, _ = f.Write(data[:have])
					if n, err := other.FetchBlob(t.Context(), "east", "a", digest, int64(size), int64(have), f); err != nil || n != int64(size) {
						t.Errorf("%d bytes from %d: %d, %v", size, have, n, err)
					}
				}
				f := fileFor(t)
				_, _ = f.Write([]byte{data[0] + 1})
				if n, err := other.FetchBlob(t.Context(), "east", "a", digest, int64(size), 1, f); !errors.Is(err, ErrBlob) || n != 0 {
					t.Errorf("with a wrong beginning: %d, %v", n, err)
				}
			}
			for _, size := range []int64{0, -1, maxBlob + 1} {
				if one.PutBlob(t.Context(), [32]byte{}, size, bytes.NewReader(nil)) == nil {
					t.Errorf("a blob of %d bytes is taken", size)
				}
				if _, err := other.FetchBlob(t.Context(), "east", "a", [32]byte{}, size, 0, fileFor(t)); err == nil {
					t.Errorf("a blob of %d bytes is given", size)
				}
			}
		})
	}
}

// A stick whose blob rotted gets it again from who sent it.
func TestABlobRotsOnTheStick(t *testing.T) {
	dir := t.TempDir()
	f := folderIn(t, dir)
	data, digest := someBlob(1, 1000)
	for range 2 {
		if err := f.PutBlob(t.Context(), digest, 1000, bytes.NewReader(data)); err != nil {
			t.Fatal(err)
		}
		if _, err := f.FetchBlob(t.Context(), "", "", digest, 1000, 0, fileFor(t)); err != nil {
			t.Error(err)
		}
		if err := os.WriteFile(f.blobPath(digest), []byte("rot"), 0o600); err != nil {
			t.Fatal(err)
		}
		if _, err := f.FetchBlob(t.Context(), "", "", digest, 1000, 0, fileFor(t)); !errors.Is(err, ErrBlob) {
			t.Errorf("rot: %v", err)
		}
	}
}
