package channel

import (
	"fmt"
	"os"
	"strings"
	"testing"
	"time"
)

// TestTheLimitsAreAsSpecified holds the limits of docs/wire.md, section 12, to
// those that the code keeps: each row, and no row that is missing.
func TestTheLimitsAreAsSpecified(t *testing.T) {
	page, err := os.ReadFile("../docs/wire.md")
	if err != nil {
		t.Fatal(err)
	}
	_, table, _ := strings.Cut(string(page), "\n## 12 Limits and vectors\n")
	table, _, _ = strings.Cut(table, "\nLengths MUST be checked")
	days := func(d time.Duration) string { return fmt.Sprintf("%d days", d/(24*time.Hour)) }
	want := map[string]string{
		"anything encoded":                         fmt.Sprintf("%s, depth %d, %s items in an array", size(MaxEncoded), maxDepth, "65,536"),
		"charter, signed charter, signed card":     size(MaxCharter) + " each",
		"delegations, neutrals, devices":           fmt.Sprintf("%d, %d, %d", MaxDelegations, MaxNeutrals, MaxDevices),
		"terms":                                    size(MaxTerms),
		"keys of an authority; a recovery's delay": fmt.Sprintf("%d; %s", MaxAuthority, days(MaxDelay*time.Second)),
		"adopted channels":                         fmt.Sprint(MaxAdopts),
		"changes of one side's roster among an entry's ancestors": fmt.Sprintf("%d, of them %d by its recovery key", maxChanges, maxRecoveries),
		"signed change":                       size(MaxChange),
		"proof":                               size(MaxProof),
		"heads of an entry":                   fmt.Sprint(MaxHeads),
		"entries missed that a receipt names": fmt.Sprint(maxMissed),
		"header of a signed entry":            size(maxHeader),
		"body":                                size(MaxEntry) + " − " + size(MaxEntry-MaxBody),
		"signed entry":                        size(MaxEntry),
		"envelope":                            size(MaxEntry) + " + " + size(MaxEnvelope-MaxEntry),
		"secrets in a prekey":                 fmt.Sprint(MaxDevices),
		"addressees of a non-paper; of one author kept; missing": fmt.Sprintf("%d; %d and %s; %d", MaxDevices-1, MaxNonPapers, size(MaxNonPaperBytes), maxAhead),
		"life of a non-paper": days(MaxNonPaperLife),
		"a prekey's age before the next; life of a key after that":      fmt.Sprintf("%s; %s", days(PrekeyAge), days(PrekeyLife)),
		"entries held of one author; of authors whose key is not known": fmt.Sprintf("%s and %s; %d and %s", "1,024", size(MaxHeldBytes), maxStrangers, size(maxStrangersBytes)),
		"manifest file": size(MaxManifest),
	}
	if maxItems != 65_536 || MaxHeld != 1_024 || MaxCard != MaxCharter {
		t.Error("a number that is written out here is another by now")
	}
	for line := range strings.Lines(table) {
		cells := strings.Split(strings.TrimSpace(line), "|")
		if len(cells) != 4 || strings.HasPrefix(line, "|---") || strings.Contains(line, "| what |") {
			continue
		}
		what, most := strings.TrimSpace(cells[1]), strings.TrimSpace(cells[2])
		if want[what] != most {
			t.Errorf("docs/wire.md has %q at %q, and the code at %q", what, most, want[what])
		}
		delete(want, what)
	}
	for what := range want {
		t.Errorf("docs/wire.md says nothing of the limit %q", what)
	}
}

func size(n int) string {
	switch {
	case n%(1<<20) == 0:
		return fmt.Sprintf("%d MiB", n>>20)
	case n%(1<<10) == 0:
		return fmt.Sprintf("%d KiB", n>>10)
	}
	return fmt.Sprint(n)
}
