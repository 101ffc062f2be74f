package web

import (
	"archive/zip"
	"bytes"
	"fmt"
	"io/fs"
	"maps"
	"slices"
	"strings"
	"time"

	"parley/channel"
)

// packed puts files into one ZIP, which every system opens.
func packed(files map[string][]byte, at time.Time) ([]byte, error) {
	var out bytes.Buffer
	w := zip.NewWriter(&out)
	for _, name := range slices.Sorted(maps.Keys(files)) {
		to, err := w.CreateHeader(&zip.FileHeader{Name: name, Method: zip.Store, Modified: at})
		if err != nil {
			return nil, err
		}
		if _, err := to.Write(files[name]); err != nil {
			return nil, err
		}
	}
	err := w.Close()
	return out.Bytes(), err
}

// unpacked reads an exported log as a folder: one ZIP, or the files that were in
// its folder.
func unpacked(files []upfile) (fs.FS, error) {
	if len(files) == 1 && strings.HasPrefix(string(files[0].data), "PK") {
		return zip.NewReader(bytes.NewReader(files[0].data), int64(len(files[0].data)))
	}
	all := map[string][]byte{}
	for _, f := range files {
		all[f.name] = f.data
	}
	data, err := packed(all, time.Time{})
	if err != nil {
		return nil, err
	}
	return zip.NewReader(bytes.NewReader(data), int64(len(data)))
}

// archived are the entries of an exported log that verifies; nil for no files.
func archived(files []upfile) ([][]byte, error) {
	if len(files) == 0 {
		return nil, nil
	}
	folder, err := unpacked(files)
	if err != nil {
		return nil, err
	}
	if v := channel.VerifyExport(folder); !v.OK {
		return nil, fmt.Errorf("the exported log has %d faults: the page of the transcript names them", len(v.Faults))
	}
	return channel.ExportedEntries(folder)
}
