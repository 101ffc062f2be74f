package main

import (
	"bytes"
	"path/filepath"
	"testing"
)

// TestHandoverReplays plays every case whose handover is on record on real desks
// and a real relay: each fails where its totals are not those of the record, and
// where two desks have another report.
func TestHandoverReplays(t *testing.T) {
	t.Setenv("PARLEY_TEST_AS_PARLEY", "1") // the test binary, run again, is the relay
	all := handoverReplays()
	all["us-ru-2022"] = replayApron
	for name, replay := range all {
		if testing.Short() && name != "glienicke-1985" {
			continue
		}
		t.Run(name, func(t *testing.T) {
			t.Parallel() // a replay waits for its disk more than it computes
			var story bytes.Buffer
			s, err := newStage(t.Context(), name, filepath.Join(t.TempDir(), "demo"), &story)
			if err != nil {
				t.Fatal(err)
			}
			s.light = true
			defer s.close()
			if err := replay(s); err != nil {
				t.Fatalf("%v\n%s", err, story.String())
			}
			if !s.result.InForce || !s.result.LogOK || len(s.result.Release) == 0 || s.result.Entries == 0 {
				t.Errorf("%+v", s.result)
			}
		})
	}
}
