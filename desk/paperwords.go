package desk

import (
	_ "embed"
	"encoding/json"
	"fmt"
	"maps"
	"slices"
	"strings"
)

// paperWords are what parley itself says on paper: the headings of the agreement
// and a family's sheet, by key and language. {0} is where a name goes.
//
//go:embed paperwords.json
var paperWordsFile []byte

var paperWords = func() map[string]map[string]string {
	var all map[string]map[string]string
	if err := json.Unmarshal(paperWordsFile, &all); err != nil {
		panic(err)
	}
	return all
}()

// PaperLanguages lists the languages in which parley has words for paper,
// ascending.
func PaperLanguages() []string {
	return slices.Sorted(maps.Keys(paperWords["annex.people"]))
}

// onPaper says something in a language (BCP 47), or in English where parley does
// not speak it.
func onPaper(language, key string, names ...string) string {
	base, _, _ := strings.Cut(strings.ToLower(language), "-")
	text, ok := paperWords[key][base]
	if !ok {
		text = paperWords[key]["en"]
	}
	for i, n := range names {
		text = strings.ReplaceAll(text, fmt.Sprintf("{%d}", i), n)
	}
	return text
}

// spokenOnPaper gives the language in which something is said: the one that is
// wanted, or English.
func spokenOnPaper(language string) string {
	base, _, _ := strings.Cut(strings.ToLower(language), "-")
	if slices.Contains(PaperLanguages(), base) {
		return language
	}
	return "en"
}
