package channel

import (
	"bytes"
	"encoding/hex"
	"errors"
	"strings"
	"testing"
)

type sample struct {
	_     struct{} `cbor:",toarray"`
	Count uint64
	When  int64
	Fixed [4]byte
	Loose []byte
	Text  string
	Flag  bool
	List  []EntryID
	Inner []pair
}

type pair struct {
	_ struct{} `cbor:",toarray"`
	A uint64
	B string
}

func TestEncodingIsWhatTheSpecificationSays(t *testing.T) {
	v := sample{Count: 500, When: -1, Fixed: [4]byte{1, 2, 3, 4}, Loose: nil, Text: "é", Flag: true, Inner: []pair{{A: 1, B: "x"}}}
	data := must(Marshal(v))
	const want = "88" + "1901f4" + "20" + "4401020304" + "40" + "62c3a9" + "f5" + "80" + "81" + "82" + "01" + "6178"
	if got := hex.EncodeToString(data); got != want {
		t.Fatalf("got %s, want %s", got, want)
	}
	var back sample
	if err := Unmarshal(data, &back); err != nil {
		t.Fatal(err)
	}
	if back.Count != 500 || back.When != -1 || back.Text != "é" || !back.Flag || back.Inner[0].B != "x" {
		t.Fatalf("%+v", back)
	}
}

func TestOneEncodingOnly(t *testing.T) {
	good := "88" + "01" + "00" + "4401020304" + "40" + "60" + "f4" + "80" + "80"
	if err := Unmarshal(unhex(good), new(sample)); err != nil {
		t.Fatal(err)
	}
	for name, bad := range map[string]string{
		"nothing":                    "",
		"bytes after the end":        good + "00",
		"cut short":                  good[:len(good)-2],
		"a longer number":            "88" + "1801" + "00" + "4401020304" + "40" + "60" + "f4" + "80" + "80",
		"a longer number of 2":       "88" + "190001" + "00" + "4401020304" + "40" + "60" + "f4" + "80" + "80",
		"a longer number of 4":       "88" + "1a0000ffff" + "00" + "4401020304" + "40" + "60" + "f4" + "80" + "80",
		"a longer number of 8":       "88" + "1b00000000ffffffff" + "00" + "4401020304" + "40" + "60" + "f4" + "80" + "80",
		"a longer length":            "88" + "01" + "00" + "580401020304" + "40" + "60" + "f4" + "80" + "80",
		"a longer head":              "9808" + "01" + "00" + "4401020304" + "40" + "60" + "f4" + "80" + "80",
		"an endless array":           "9f" + "01" + "00" + "4401020304" + "40" + "60" + "f4" + "80" + "80" + "ff",
		"endless bytes":              "88" + "01" + "00" + "4401020304" + "5f4101ff" + "60" + "f4" + "80" + "80",
		"null for a number":          "88" + "f6" + "00" + "4401020304" + "40" + "60" + "f4" + "80" + "80",
		"null for bytes":             "88" + "01" + "00" + "4401020304" + "f6" + "60" + "f4" + "80" + "80",
		"undefined":                  "88" + "01" + "00" + "4401020304" + "40" + "60" + "f7" + "80" + "80",
		"a float":                    "88" + "f93c00" + "00" + "4401020304" + "40" + "60" + "f4" + "80" + "80",
		"a tag":                      "88" + "c101" + "00" + "4401020304" + "40" + "60" + "f4" + "80" + "80",
		"a map":                      "a0",
		"a map within":               "88" + "01" + "00" + "4401020304" + "40" + "60" + "f4" + "80" + "81a0",
		"a short fixed string":       "88" + "01" + "00" + "43010203" + "40" + "60" + "f4" + "80" + "80",
		"a long fixed string":        "88" + "01" + "00" + "450102030405" + "40" + "60" + "f4" + "80" + "80",
		"numbers for bytes":          "88" + "01" + "00" + "8401020304" + "40" + "60" + "f4" + "80" + "80",
		"numbers for loose bytes":    "88" + "01" + "00" + "4401020304" + "820102" + "60" + "f4" + "80" + "80",
		"text for bytes":             "88" + "01" + "00" + "4401020304" + "6161" + "60" + "f4" + "80" + "80",
		"bytes for text":             "88" + "01" + "00" + "4401020304" + "40" + "4161" + "f4" + "80" + "80",
		"text that is not UTF-8":     "88" + "01" + "00" + "4401020304" + "40" + "61ff" + "f4" + "80" + "80",
		"a field too few":            "87" + "01" + "00" + "4401020304" + "40" + "60" + "f4" + "80",
		"a field too many":           "89" + "01" + "00" + "4401020304" + "40" + "60" + "f4" + "80" + "80" + "00",
		"a negative count":           "88" + "20" + "00" + "4401020304" + "40" + "60" + "f4" + "80" + "80",
		"a number beyond the type":   "88" + "01" + "1bffffffffffffffff" + "4401020304" + "40" + "60" + "f4" + "80" + "80",
		"a length beyond the end":    "88" + "01" + "00" + "4401020304" + "5bffffffffffffffff" + "60" + "f4" + "80" + "80",
		"an array beyond the end":    "9b7fffffffffffffff",
		"a false written in two":     "88" + "01" + "00" + "4401020304" + "40" + "60" + "f814" + "80" + "80",
		"a simple value of no use":   "88" + "01" + "00" + "4401020304" + "40" + "60" + "e0" + "80" + "80",
		"a head that is not defined": "1c",
	} {
		var v sample
		if err := Unmarshal(unhex(bad), &v); !errors.Is(err, ErrEncoding) {
			t.Errorf("%s: %v", name, err)
		}
		if v.Count != 0 || v.Loose != nil {
			t.Errorf("%s: something was filled in", name)
		}
	}
}

// The form is checked before anything is built, and by itself: neither the
// decoder nor the comparison needs to be there for these.
func TestTheFormAlone(t *testing.T) {
	for _, good := range []string{"00", "17", "1818", "18ff", "190100", "1a00010000", "1b0000000100000000", "20", "40", "60", "80", "8180", "f4", "f5"} {
		if err := checkForm(unhex(good)); err != nil {
			t.Errorf("%s: %v", good, err)
		}
	}
	for _, bad := range []string{
		"", "1800", "1817", "1900ff", "1a0000ffff", "1b00000000ffffffff", "5800", "7800", "9800", "0000", "61ff",
		"a0", "c100", "e0", "f6", "f7", "f814", "f93c00", "fb3ff0000000000000", "1c", "5f40ff", "9fff", "ff", "41", "81", "8200", "18", "1b00",
	} {
		if err := checkForm(unhex(bad)); err == nil {
			t.Errorf("%s is taken", bad)
		}
	}
}

// No map and no float, even where the Go value would have them.
func TestTheFormHoldsForEveryGoType(t *testing.T) {
	for data, v := range map[string]any{"a1616101": &map[string]int{}, "f93c00": new(float64), "f6": new(*int)} {
		if err := Unmarshal(unhex(data), v); !errors.Is(err, ErrEncoding) {
			t.Errorf("%s: %v", data, err)
		}
	}
}

func TestDepthAndLengthAreBounded(t *testing.T) {
	deep := bytes.Repeat([]byte{0x81}, 1_000_000)
	if err := checkForm(append(deep, 0x80)); err == nil || !strings.Contains(err.Error(), "deep") {
		t.Errorf("a deep one: %v", err)
	}
	long := append([]byte{0x9a, 0, 1, 0, 1}, make([]byte, maxItems+1)...)
	if err := checkForm(long); err == nil {
		t.Error("a long one is taken")
	}
	if err := Unmarshal(make([]byte, MaxEncoded+1), new(uint64)); !errors.Is(err, ErrEncoding) {
		t.Errorf("a big one: %v", err)
	}
	if _, err := Marshal(make([]byte, MaxEncoded)); err == nil {
		t.Error("a big one is written")
	}
}

func TestWhatCannotBeWritten(t *testing.T) {
	type forgot struct{ A int }
	for name, v := range map[string]any{
		"a struct that is no array": forgot{1},
		"a map":                     map[string]int{"a": 1},
		"a float":                   1.5,
		"nil":                       nil,
		"a nil pointer":             (*pair)(nil),
		"bad text":                  "\xff",
		"a key":                     key("us"),
	} {
		if data, err := Marshal(v); err == nil {
			t.Errorf("%s was written as %x", name, data)
		}
	}
}

func FuzzCodec(f *testing.F) {
	f.Add(must(Marshal(sample{Count: 1, Text: "x", List: []EntryID{{1}}, Inner: []pair{{B: "y"}}})))
	f.Add(unhex("8801004401020304406 0f48080"))
	f.Fuzz(func(t *testing.T, data []byte) {
		var v sample
		if Unmarshal(data, &v) == nil && !bytes.Equal(must(Marshal(v)), data) {
			t.Fatal("a second encoding")
		}
	})
}

func unhex(s string) []byte {
	return must(hex.DecodeString(strings.ReplaceAll(s, " ", "")))
}
