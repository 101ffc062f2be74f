package channel

import (
	"errors"
	"io/fs"
	"slices"
	"testing"
)

// signedAnew puts a manifest beside the files that is right about every one of
// them, as a dishonest exporter would.
func signedAnew(files map[string][]byte, heads []EntryID) {
	var s signedManifest
	var m manifest
	if err := errors.Join(Unmarshal(files[manifestFile], &s), Unmarshal(s.Raw, &m)); err != nil {
		panic(err)
	}
	delete(files, manifestFile)
	m.Heads, m.Files = heads, listFiles(files)
	files[manifestFile] = must(signManifest(m, key("us")))
}

func faultsOf(v Verification, file string) bool {
	return !v.OK && slices.ContainsFunc(v.Faults, func(f Fault) bool { return f.File == file })
}

// TestADishonestExporter lists an entry that its ancestors refuse, and signs.
func TestADishonestExporter(t *testing.T) {
	c, l := talks()
	files := exported(t)
	signedAnew(files, l.Heads())
	if v := VerifyExport(folder(files)); !v.OK {
		t.Fatalf("an honest one: %+v", v.Faults)
	}
	var own EntryID
	for _, e := range l.Entries() {
		if e.Author == key("us").ID() {
			own = e.ID
		}
	}
	at := must(l.Next(key("us").ID()))
	at.Heads = []EntryID{own} // its author's own
	bad := must(Sign(entryAt(c, "us", "note", "bad", at), key("us")))
	files[entryFile(bad)] = bad.Raw
	signedAnew(files, l.Heads())
	if v := VerifyExport(folder(files)); !faultsOf(v, entryFile(bad)) {
		t.Errorf("%+v", v)
	}
}

// TestACharterThatFoundsNothing: one that is changed, or that a principal has
// not signed, is a fault by itself.
func TestACharterThatFoundsNothing(t *testing.T) {
	c, l := talks()
	one := signedCharterOf(t, c)
	one.Signatures = one.Signatures[:1]
	for what, data := range map[string][]byte{
		"changed":          append(slices.Clone(exported(t)[charterFile]), 0),
		"not signed by ru": must(one.Encode()),
	} {
		files := exported(t)
		files[charterFile] = data
		signedAnew(files, l.Heads())
		if v := VerifyExport(folder(files)); !faultsOf(v, charterFile) || v.Channel != (ID{}) {
			t.Errorf("%s: %+v", what, v)
		}
	}
}

// failing is a folder in which one name can't be opened, read or listed.
type failing struct {
	fs.FS
	name     string
	readable bool // it opens, and fails when it is read
}

var errDisk = errors.New("the disk is gone")

func (f failing) Open(name string) (fs.File, error) {
	file, err := f.FS.Open(name)
	switch {
	case name != f.name || err != nil:
		return file, err
	case f.readable:
		return unreadableFile{file}, nil
	}
	_ = file.Close()
	return nil, errDisk
}

// Stat works where Open does not, as where there is no permission.
func (f failing) Stat(name string) (fs.FileInfo, error) { return fs.Stat(f.FS, name) }

// unstated is a folder in which one name can't even be looked at.
type unstated struct {
	fs.FS
	name string
}

func (u unstated) Stat(name string) (fs.FileInfo, error) {
	if name == u.name {
		return nil, errDisk
	}
	return fs.Stat(u.FS, name)
}

type unreadableFile struct{ fs.File }

func (unreadableFile) Read([]byte) (int, error) { return 0, errDisk }

func TestAFolderThatCannotBeRead(t *testing.T) {
	whole := folder(exported(t))
	for name := range whole {
		if v := VerifyExport(unstated{whole, name}); !faultsOf(v, name) {
			t.Errorf("%s is not looked at: %+v", name, v.Faults)
		}
		for _, readable := range []bool{false, true} {
			v := VerifyExport(failing{FS: whole, name: name, readable: readable})
			if !slices.ContainsFunc(v.Faults, func(f Fault) bool { return f.File == name && f.Problem == "it can't be read" }) {
				t.Errorf("%s (opens %t): %+v", name, readable, v.Faults)
			}
		}
	}
	if v := VerifyExport(failing{FS: whole, name: "."}); !faultsOf(v, ".") {
		t.Errorf("the folder: %+v", v.Faults)
	}
}
