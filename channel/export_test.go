package channel

import (
	"bytes"
	"crypto/sha256"
	"encoding/json"
	"fmt"
	"io/fs"
	"maps"
	"math/rand/v2"
	"os"
	"path/filepath"
	"slices"
	"strings"
	"testing"
	"testing/fstest"
	"time"
)

// talks is a log of a few entries by three authors.
func talks() (*Charter, *Log) {
	c := charterOf("ru", "us")
	l := must(NewLog(c))
	for i, author := range []string{"us", "ru", "us-principal"} {
		must(l.Add(entryAfter(l, c, author, "note", fmt.Sprint("word ", i)).Raw))
	}
	return c, l
}

func exported(t testing.TB) map[string][]byte {
	c, l := talks()
	return must(Export(signedCharterOf(t, c), l.Entries(), key("us"), clock()))
}

func folder(files map[string][]byte) fstest.MapFS {
	fsys := fstest.MapFS{}
	for name, data := range files {
		fsys[name] = &fstest.MapFile{Data: data}
	}
	return fsys
}

func TestAnExportVerifies(t *testing.T) {
	files := exported(t)
	if len(files) != 5 {
		t.Fatalf("%d files", len(files))
	}
	for name, data := range files {
		if len(data) == 0 || strings.HasPrefix(name, ".") || strings.ContainsAny(name, `/\: `) || strings.ToLower(name) != name {
			t.Errorf("file %q of %d bytes", name, len(data))
		}
	}
	v := VerifyExport(folder(files))
	if !v.OK || v.Entries != 3 || v.Authors != 3 || len(v.Faults) != 0 || v.Channel != charterOf("ru", "us").ID() {
		t.Fatalf("%+v", v)
	}
	if got := string(must(json.Marshal(v))); got != `{"entries":3,"authors":3,"ok":true,"faults":[]}` {
		t.Fatalf("%s", got)
	}
	if again := exported(t); !maps.EqualFunc(again, files, bytes.Equal) {
		t.Error("the same log exported again is another")
	}
}

func TestWhatCannotBeExported(t *testing.T) {
	c, l := talks()
	signed := signedCharterOf(t, c)
	for _, name := range []string{"us-principal", "eve"} {
		if _, err := Export(signed, l.Entries(), key(name), clock()); err == nil {
			t.Errorf("exported by %s", name)
		}
	}
	if _, err := Export(signed, l.Entries()[1:], key("us"), clock()); err == nil {
		t.Error("exported with a gap")
	}
	if _, err := Export(&SignedCharter{Raw: signed.Raw, Signatures: signed.Signatures[:1], Secret: signed.Secret}, l.Entries(), key("us"), clock()); err == nil {
		t.Error("exported before all had signed")
	}
	if _, err := Export(signed, l.Entries(), key("us"), time.Unix(-1, 0)); err == nil {
		t.Error("exported before 1970")
	}
	if files, err := Export(signed, nil, key("us"), clock()); err != nil || !VerifyExport(folder(files)).OK {
		t.Errorf("an empty log: %v", err)
	}
}

// remembering is a verification that does not verify twice what it has seen
// verified: what changes from one run of a test to the next is one file.
func remembering() func(fs.FS) Verification {
	keyrings, entries := map[[32]byte]*keyring{}, map[[32]byte]*Signed{}
	return func(fsys fs.FS) Verification {
		x := exportCheck{fsys: fsys, digests: map[string]listedFile{}, faulty: map[string]bool{}}
		x.founded = func(data []byte) (*keyring, error) {
			return remember(keyrings, data, func() (*keyring, error) { return foundedBy(data) })
		}
		x.verifies = func(u *unverified, keys *verifier) (*Signed, error) {
			return remember(entries, u.Raw, func() (*Signed, error) { return u.verify(keys) })
		}
		return x.verify()
	}
}

func remember[T any](known map[[32]byte]T, data []byte, find func() (T, error)) (T, error) {
	digest := sha256.Sum256(data)
	if v, ok := known[digest]; ok {
		return v, nil
	}
	v, err := find()
	if err == nil {
		known[digest] = v
	}
	return v, err
}

// One bit of any byte of any file: the file is named, and so is its entry.
func TestAnyChangedByteOfAnExportIsNoticed(t *testing.T) {
	files := exported(t)
	for name, data := range files {
		t.Run(name, func(t *testing.T) {
			t.Parallel()
			verify := remembering()
			if v := verify(folder(files)); !v.OK {
				t.Fatalf("%+v", v)
			}
			id, isEntry := entryOfFile(name)
			fsys := folder(files)
			for at := range data {
				changed := bytes.Clone(data)
				changed[at] ^= 1 << rand.IntN(8)
				fsys[name] = &fstest.MapFile{Data: changed}
				v := verify(fsys)
				if v.OK {
					t.Fatalf("byte %d of %d was changed", at, len(data))
				}
				if !slices.ContainsFunc(v.Faults, func(f Fault) bool { return f.File == name && f.Problem != "" && (f.Entry == id.String()) == isEntry }) {
					t.Fatalf("byte %d: %+v", at, v.Faults)
				}
			}
		})
	}
}

func TestWhatIsWrongWithAFolder(t *testing.T) {
	files := exported(t)
	var entry, later string
	for _, name := range slices.Sorted(maps.Keys(files)) {
		if data := files[name]; strings.HasPrefix(name, entryPrefix) {
			if e := must(charterOf("ru", "us").VerifyEntry(data)); len(e.Heads) == 0 {
				entry = name
			} else {
				later = name
			}
		}
	}
	c, l := talks()
	more := entryAfter(l, c, "ru", "note", "added")
	file := func(data []byte) *fstest.MapFile { return &fstest.MapFile{Data: data} }
	for name, test := range map[string]struct {
		file   string
		change func(fstest.MapFS)
	}{
		"an entry is missing":       {entry, func(f fstest.MapFS) { delete(f, entry) }},
		"the last entry is missing": {later, func(f fstest.MapFS) { delete(f, later) }},
		"the charter is missing":    {charterFile, func(f fstest.MapFS) { delete(f, charterFile) }},
		"the manifest is missing":   {manifestFile, func(f fstest.MapFS) { delete(f, manifestFile) }},
		"an entry is added":         {entryFile(more), func(f fstest.MapFS) { f[entryFile(more)] = file(more.Raw) }},
		"a file is added":           {"notes.txt", func(f fstest.MapFS) { f["notes.txt"] = file([]byte("x")) }},
		"a hidden file is added":    {".x", func(f fstest.MapFS) { f[".x"] = file([]byte("x")) }},
		"a folder is added":         {"a", func(f fstest.MapFS) { f["a/b"] = file([]byte("x")) }},
		"an empty folder is added":  {"a", func(f fstest.MapFS) { f["a"] = &fstest.MapFile{Mode: fs.ModeDir} }},
		"an entry is a folder":      {entry, func(f fstest.MapFS) { f[entry] = &fstest.MapFile{Mode: fs.ModeDir} }},
		"an entry is a link":        {entry, func(f fstest.MapFS) { f[entry] = &fstest.MapFile{Mode: fs.ModeSymlink, Data: []byte(later)} }},
		"an entry is a pipe":        {entry, func(f fstest.MapFS) { f[entry] = &fstest.MapFile{Mode: fs.ModeNamedPipe} }},
		"an entry is empty":         {entry, func(f fstest.MapFS) { f[entry] = file(nil) }},
		"an entry is huge":          {entry, func(f fstest.MapFS) { f[entry] = file(make([]byte, MaxEntry+1)) }},
		"the charter is a link":     {charterFile, func(f fstest.MapFS) { f[charterFile] = &fstest.MapFile{Mode: fs.ModeSymlink, Data: []byte(entry)} }},
		"the manifest is a folder":  {manifestFile, func(f fstest.MapFS) { f[manifestFile] = &fstest.MapFile{Mode: fs.ModeDir} }},
		"two entries change places": {entry, func(f fstest.MapFS) { f[entry], f[later] = f[later], f[entry] }},
		"an entry has another name": {entry, func(f fstest.MapFS) {
			f[strings.Replace(entry, "000001", "000002", 1)] = f[entry]
			delete(f, entry)
		}},
		"a name that moves the cursor": {`"\x1b[2J"`, func(f fstest.MapFS) { f["\x1b[2J"] = file([]byte("x")) }},
		"another talks' charter": {charterFile, func(f fstest.MapFS) {
			other := charterOf("ru", "us")
			other.Title = "Other talks"
			f[charterFile] = file(must(signedCharterOf(t, other).Encode()))
		}},
	} {
		fsys := folder(files)
		test.change(fsys)
		v := VerifyExport(fsys)
		if v.OK || !slices.ContainsFunc(v.Faults, func(f Fault) bool { return f.File == test.file }) {
			t.Errorf("%s: %+v", name, v)
		}
		for word, problem := range map[string]string{"missing": "it is missing", "empty": "it is empty", "huge": "more than", "link": "not a regular", "pipe": "not a regular"} {
			if strings.HasSuffix(name, word) && !slices.ContainsFunc(v.Faults, func(f Fault) bool { return f.File == test.file && strings.Contains(f.Problem, problem) }) {
				t.Errorf("%s: %+v", name, v.Faults)
			}
		}
		id, isEntry := entryOfFile(test.file)
		for _, f := range v.Faults {
			if f.File == test.file && isEntry && f.Entry != id.String() {
				t.Errorf("%s: the entry is not named: %+v", name, f)
			}
		}
	}
	if v := VerifyExport(fstest.MapFS{}); v.OK || len(v.Faults) != 2 {
		t.Errorf("an empty folder: %+v", v)
	}
	if v := VerifyExport(os.DirFS(filepath.Join(t.TempDir(), "nowhere"))); v.OK {
		t.Errorf("no folder: %+v", v)
	}
}

// Somebody without the exporter's key can't make a manifest that fits.
func TestAManifestIsItsExporters(t *testing.T) {
	_, l := talks()
	files := exported(t)
	remade := func(change func(*manifest), signer *SigningKey, context string) []byte {
		m, _, err := parseManifest(files[manifestFile])
		if err != nil {
			t.Fatal(err)
		}
		change(m)
		raw := must(Marshal(*m))
		return must(Marshal(signedManifest{Raw: raw, Signature: must(signer.SignAs(context, raw))}))
	}
	last := l.Entries()[2]
	drop := func(m *manifest) {
		m.Files = slices.DeleteFunc(m.Files, func(f listedFile) bool { return f.Name == entryFile(last) })
	}
	other := charterOf("ru", "us")
	other.Title = "x"
	for name, data := range map[string][]byte{
		"a stranger's":              remade(func(m *manifest) { m.Exporter = key("eve").ID() }, key("eve"), contextExport),
		"signed by a stranger":      remade(func(*manifest) {}, key("eve"), contextExport),
		"signed by another device":  remade(func(*manifest) {}, key("ru"), contextExport),
		"a principal's":             remade(func(m *manifest) { m.Exporter = key("us-principal").ID() }, key("us-principal"), contextExport),
		"for another purpose":       remade(func(*manifest) {}, key("us"), contextEntry),
		"another channel's":         remade(func(m *manifest) { m.Channel = other.ID() }, key("us"), contextExport),
		"without a head":            remade(func(m *manifest) { m.Heads = m.Heads[1:] }, key("us"), contextExport),
		"with heads out of order":   remade(func(m *manifest) { slices.Reverse(m.Heads) }, key("us"), contextExport),
		"with files out of order":   remade(func(m *manifest) { slices.Reverse(m.Files) }, key("us"), contextExport),
		"that lists itself":         remade(func(m *manifest) { m.Files[0].Name = manifestFile }, key("us"), contextExport),
		"that lists a path":         remade(func(m *manifest) { m.Files[0].Name = "../x" }, key("us"), contextExport),
		"of another version":        remade(func(m *manifest) { m.Version = 2 }, key("us"), contextExport),
		"of another suite":          remade(func(m *manifest) { m.Suite = 2 }, key("us"), contextExport),
		"from before 1970":          remade(func(m *manifest) { m.Made = -1 }, key("us"), contextExport),
		"that is an entry":          last.Raw,
		"that is no manifest":       []byte("x"),
		"without the charter in it": remade(func(m *manifest) { m.Files = m.Files[1:] }, key("us"), contextExport),
	} {
		fsys := folder(files)
		fsys[manifestFile] = &fstest.MapFile{Data: data}
		if v := VerifyExport(fsys); v.OK {
			t.Errorf("a manifest %s: %+v", name, v)
		}
	}
	// Even its exporter can't give an entry another's name, or leave out what
	// the others build on.
	first := l.Entries()[0]
	renamed := strings.Replace(entryFile(first), "-000001-", "-000002-", 1)
	misnamed, gap := folder(files), folder(files)
	misnamed[renamed], misnamed[manifestFile] = misnamed[entryFile(first)], &fstest.MapFile{Data: remade(func(m *manifest) {
		at := slices.IndexFunc(m.Files, func(f listedFile) bool { return f.Name == entryFile(first) })
		m.Files[at].Name = renamed
	}, key("us"), contextExport)}
	delete(misnamed, entryFile(first))
	gap[manifestFile] = &fstest.MapFile{Data: remade(func(m *manifest) {
		m.Heads = nil
		m.Files = slices.DeleteFunc(m.Files, func(f listedFile) bool { return f.Name == entryFile(first) })
	}, key("us"), contextExport)}
	delete(gap, entryFile(first))
	if v := VerifyExport(misnamed); v.OK || v.Faults[0].File != renamed {
		t.Errorf("misnamed: %+v", v)
	}
	if v := VerifyExport(gap); v.OK || len(v.Faults) != 2 || v.Entries != 0 {
		t.Errorf("with a gap: %+v", v)
	}
	// Nor can it leave an entry out and keep the heads.
	fsys := folder(files)
	fsys[manifestFile] = &fstest.MapFile{Data: remade(drop, key("us"), contextExport)}
	delete(fsys, entryFile(last))
	if v := VerifyExport(fsys); v.OK || v.Faults[0].File != manifestFile {
		t.Errorf("%+v", v)
	}
}

// A fork in the log is no fault of the export.
func TestAForkIsExportedWithBothSides(t *testing.T) {
	c, l := talks()
	for _, word := range []string{"yes", "no"} {
		must(l.Add(must(Sign(entryAt(c, "ru-principal", "note", word, Position{Number: 1}), key("ru-principal"))).Raw))
	}
	files := must(Export(signedCharterOf(t, c), l.Entries(), key("us"), clock()))
	if v := VerifyExport(folder(files)); !v.OK || v.Entries != 5 || v.Authors != 4 || len(v.Forks) != 1 {
		t.Fatalf("%+v", v)
	}
}

func TestARealFolder(t *testing.T) {
	dir := t.TempDir()
	files := exported(t)
	for name, data := range files {
		if err := os.WriteFile(filepath.Join(dir, name), data, 0o600); err != nil {
			t.Fatal(err)
		}
	}
	if v := VerifyExport(os.DirFS(dir)); !v.OK {
		t.Fatalf("%+v", v)
	}
	moved := filepath.Join(t.TempDir(), "elsewhere")
	if err := os.Rename(filepath.Join(dir, charterFile), moved); err != nil {
		t.Fatal(err)
	}
	if err := os.Symlink(moved, filepath.Join(dir, charterFile)); err != nil {
		t.Fatal(err)
	}
	if v := VerifyExport(os.DirFS(dir)); v.OK || v.Faults[0].File != charterFile {
		t.Fatalf("%+v", v)
	}
}
