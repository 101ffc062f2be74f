package main

import (
	"bytes"
	"context"
	"encoding/binary"
	"encoding/json"
	"errors"
	"fmt"
	"io"
	"io/fs"
	"maps"
	"math/rand/v2"
	"os"
	"os/exec"
	"path/filepath"
	"regexp"
	"slices"
	"strings"
	"testing"
	"time"

	"parley/casefile"
	"parley/examples"
)

// newTestStage lays a stage in the test's own folder.
func newTestStage(t *testing.T, story io.Writer) *stage {
	t.Helper()
	t.Setenv("PARLEY_TEST_AS_PARLEY", "1") // the test binary, run again, is parley
	s, err := newStage(t.Context(), "us-ru-2022", filepath.Join(t.TempDir(), "demo"), story)
	if err != nil {
		t.Fatal(err)
	}
	t.Cleanup(s.close)
	return s
}

func play(t *testing.T, s *stage) {
	t.Helper()
	if err := replay2022(s); err != nil {
		t.Fatal(err)
	}
	if !s.result.InForce || !s.result.LogOK || !slices.Equal(s.result.Release, []string{"bout", "griner"}) {
		t.Fatalf("the replay ended with %+v", s.result)
	}
}

// everyFile reads all files below a folder.
func everyFile(t *testing.T, dir string) map[string][]byte {
	t.Helper()
	files := map[string][]byte{}
	err := filepath.WalkDir(dir, func(path string, e fs.DirEntry, err error) error {
		if err != nil || e.IsDir() {
			return err
		}
		data, err := os.ReadFile(path)
		files[path] = data
		return err
	})
	if err != nil {
		t.Fatal(err)
	}
	return files
}

// TestRelayHoldsNoPlaintext plays the talks and searches all that the relay
// stored for every name, id and word of six bytes or more of what was said.
func TestRelayHoldsNoPlaintext(t *testing.T) {
	var story bytes.Buffer
	s := newTestStage(t, &story)
	said := [][]byte{}
	s.after = func(_ *side, args []string, _, _ []byte) {
		for i, a := range args { // texts, ids and names: whatever is not the program's own word
			flagged := i > 0 && slices.Contains([]string{"--text", "--release", "--person", "--name", "--delegate", "--office", "--title"}, args[i-1])
			if flagged || strings.Contains(a, " ") {
				said = append(said, []byte(a))
			}
		}
	}
	play(t, s)
	s.relay.stop()
	facts, err := examples.Files.ReadFile("us-ru-2022/case.yaml")
	if err != nil {
		t.Fatal(err)
	}
	words := regexp.MustCompile(`[\pL\pN-]{3,}`).FindAll(bytes.Join(append(said, facts), []byte("\n")), -1)
	stored := everyFile(t, filepath.Join(s.dir, "relay"))
	if len(stored) == 0 {
		t.Fatal("the relay stored nothing")
	}
	searched := 0
	for _, w := range words {
		if len(w) < 6 {
			continue
		}
		searched++
		for path, data := range stored {
			if bytes.Contains(bytes.ToLower(data), bytes.ToLower(w)) {
				t.Errorf("%s holds %q", path, w)
			}
		}
	}
	if searched < 100 {
		t.Fatalf("only %d words were searched for", searched)
	}
	for _, part := range []string{"IN FORCE", "below its walk-away", "What the relay saw", "follows from numbers that were chosen"} {
		if !strings.Contains(story.String(), part) {
			t.Errorf("the story does not say %q", part)
		}
	}
}

// marked are briefs like the exercise's in which every number can be told from
// any other, and the words too.
func marked() (briefs map[string][]byte, marks []string) {
	mark := func(format string, values ...int64) string {
		out := format
		for _, v := range values {
			n := v*10_000_000 + 1_234_567
			marks = append(marks, fmt.Sprint(max(n, -n)))
			out = strings.Replace(out, "#", fmt.Sprint(n), 1)
		}
		return out
	}
	us := "{parley: brief/1, case: us-ru-2022, party: us, walk_away: #, worth: {griner: #, whelan: #, bout: #, second-russian: #, klyushin: #, krasikov: #}, because: {griner: zzmarkedzz}, rules: [{bonus: #, all: [whelan, krasikov]}], estimates: {ru: {walk_away: 0..#}}}\n"
	ru := "{parley: brief/1, case: us-ru-2022, party: ru, walk_away: #, worth: {griner: #, whelan: #, bout: #, second-russian: #, klyushin: #, krasikov: #}, because: {bout: zzmarkedzz}}\n"
	briefs = map[string][]byte{
		"exercise/us.yaml": []byte(mark(us, 10, 61, 46, -35, -31, -71, -65, 3, 17)),
		"exercise/ru.yaml": []byte(mark(ru, 11, -21, -62, 56, 16, 41, 72)),
	}
	return briefs, append(marks, "zzmarkedzz")
}

// forms are the ways in which a mark can be written down.
func forms(mark string) [][]byte {
	out := [][]byte{[]byte(mark)}
	var n uint32
	if _, err := fmt.Sscan(mark, &n); err == nil {
		out = append(out,
			binary.BigEndian.AppendUint32([]byte{0x1a}, n),   // CBOR
			binary.BigEndian.AppendUint32([]byte{0x3a}, n-1), // CBOR, negative
			binary.LittleEndian.AppendUint64(nil, uint64(n)),
			binary.LittleEndian.AppendUint64(nil, -uint64(n)),
			binary.BigEndian.AppendUint64(nil, uint64(n)))
	}
	return out
}

// TestBriefStaysAtItsDesk plants marked values in both briefs, plays the talks,
// and searches everything that came to be outside the briefs themselves: the
// stores (which are encrypted), the relay, its log, the exports, the story, and
// what every command printed but weigh, whose answer is for its owner.
func TestBriefStaysAtItsDesk(t *testing.T) {
	var story, printed bytes.Buffer
	s := newTestStage(t, &story)
	var marks []string
	s.briefs, marks = marked()
	s.after = func(_ *side, args []string, out, errOut []byte) {
		if args[0] != "weigh" {
			printed.Write(out)
		}
		printed.Write(errOut)
	}
	play(t, s)
	// Refusals and faults must not tell either.
	us := &side{stage: s, id: "us", home: filepath.Join(s.dir, "us"), pass: filepath.Join(s.dir, "passphrases", "us")}
	bad := s.paper("bad.yaml")
	offer := []byte("{parley: offer/1, case: us-ru-2022, from: us, release: [bout, klyushin]}\n")
	if err := casefile.WriteFile(bad, offer, 0o600); err != nil {
		t.Fatal(err)
	}
	if err := us.do(nil, "offer", "send", bad); exitOf(err) != exitRefused {
		t.Errorf("an offer beyond the brief: exit status %d, want %d", exitOf(err), exitRefused)
	}
	if err := us.do(nil, "doctor"); err != nil {
		t.Error(err)
	}
	s.relay.stop()
	places := everyFile(t, s.dir)
	places["what was printed"] = printed.Bytes()
	places["the story"] = story.Bytes()
	places["the relay's log"] = []byte(s.relay.log.text())
	wantNowhere(t, marks, places)
}

// wantNowhere searches places for marks, however they are written down.
func wantNowhere(t *testing.T, marks []string, places map[string][]byte) {
	t.Helper()
	for _, m := range marks {
		for _, form := range forms(m) {
			for where, data := range places {
				if bytes.Contains(data, form) {
					t.Errorf("%s holds the mark %s", where, m)
				}
			}
		}
	}
}

// TestSettlingByCorrespondence plays the case as a private settlement, with
// marked values in both briefs: two desks that are never on the line together
// come to one exchange, which both ratify, and no number of a brief is anywhere
// outside of it; nor is anything of the brief in what waits for its recipient,
// which is looked at whenever a desk has been on the line.
func TestSettlingByCorrespondence(t *testing.T) {
	var story, printed bytes.Buffer
	s := newTestStage(t, &story)
	var marks []string
	s.briefs, marks = marked()
	s.briefs["exercise/us.yaml"] = regexp.MustCompile(`\{bonus[^}]*\}`).ReplaceAll(s.briefs["exercise/us.yaml"], nil)
	waiting := map[string][]byte{}
	s.after = func(d *side, args []string, out, errOut []byte) {
		printed.Write(out)
		printed.Write(errOut)
		if args[0] != "sync" {
			return
		}
		files, _ := filepath.Glob(filepath.Join(d.home, "spool", "*"))
		for _, f := range files {
			if data, err := os.ReadFile(f); err == nil {
				waiting[f] = data
			}
		}
	}
	if err := replaySettle2022(s); err != nil {
		t.Fatal(err)
	}
	if !s.result.InForce || !s.result.LogOK || !slices.Equal(s.result.Release, []string{"bout", "griner"}) {
		t.Fatalf("it ended with %+v", s.result)
	}
	s.relay.stop()
	places := everyFile(t, s.dir)
	maps.Copy(places, waiting)
	places["what was printed"], places["the story"] = printed.Bytes(), story.Bytes()
	places["the relay's log"] = []byte(s.relay.log.text())
	if len(waiting) < 3 {
		t.Errorf("only %d messages waited in a spool", len(waiting))
	}
	wantNowhere(t, marks, places)
}

func exitOf(err error) int {
	var exit *exec.ExitError
	var failed *commandError
	if errors.As(err, &failed) && errors.As(failed.err, &exit) {
		return exit.ExitCode()
	}
	return exitCode(err)
}

// kill ends the relay as a power cut would.
func (r *relayProcess) kill() {
	_ = r.cmd.Process.Kill()
	_ = r.cmd.Wait()
}

// TestKilledInTheMiddle kills the relay, and desks, as a power cut would, again
// and again in the middle of the talks. They go on and end in force.
func TestKilledInTheMiddle(t *testing.T) {
	s := newTestStage(t, io.Discard)
	r := rand.New(rand.NewPCG(2022, 8))
	killed := map[string]int{}
	usual := 300 * time.Millisecond // what a command takes here, seen as the talks go
	s.before = func(d *side, args []string) (bool, error) {
		kind := args[0]
		if s.relay == nil || !slices.Contains([]string{"sync", "accept", "seal", "decline", "ratify"}, kind) {
			return false, nil
		}
		made := false
		for range 2 {
			ended, err := killAfter(s, d.words(args), time.Duration(r.Int64N(int64(usual))))
			if err != nil {
				return false, err
			}
			if ended > 0 {
				usual = ended
			} else {
				killed[kind]++
			}
			if made = kind != "sync" && s.already(t, d, kind); made {
				break // a second would be another move
			}
		}
		if kind == "sync" && r.IntN(2) == 0 {
			s.relay.kill()
			killed["relay"]++
			log := s.relay.log.text()
			if err := s.startRelay(strings.TrimPrefix(s.relay.url, "http://")); err != nil {
				return false, err
			}
			_, _ = s.relay.log.Write([]byte(log))
		}
		return made, nil
	}
	play(t, s)
	if killed["relay"] < 3 || killed["sync"] < 3 || killed["accept"]+killed["seal"]+killed["decline"]+killed["ratify"] < 1 {
		t.Errorf("too little was killed to say anything: %v", killed)
	}
	t.Logf("killed: %v", killed)
}

// killAfter starts a command and kills it, unless it has ended by then: after how
// long, it says.
func killAfter(s *stage, words []string, wait time.Duration) (ended time.Duration, err error) {
	cmd, err := s.command(words...)
	if err != nil {
		return 0, err
	}
	began := time.Now()
	if err := cmd.Start(); err != nil {
		return 0, err
	}
	done := make(chan error, 1)
	go func() { done <- cmd.Wait() }()
	select {
	case <-done:
		return time.Since(began), nil
	case <-time.After(wait):
		_ = cmd.Process.Kill()
		<-done
		return 0, nil
	}
}

// already tells whether a desk's move of this kind was made before its process
// was killed.
func (s *stage) already(t *testing.T, d *side, kind string) bool {
	t.Helper()
	out, _, err := s.run(d.words([]string{"table"})...)
	if err != nil {
		t.Fatalf("after a kill the desk does not open: %v", err)
	}
	var v struct {
		Offers []struct {
			Status  string
			Replies []struct {
				By      string
				Accepts bool
			}
		}
		Agreements []struct{ Ratified []string }
	}
	if err := json.Unmarshal(out, &v); err != nil {
		t.Fatal(err)
	}
	for _, o := range v.Offers {
		if kind == "seal" && o.Status == "sealed" {
			return true
		}
		for _, r := range o.Replies {
			if r.By == d.id && (kind == "accept" && r.Accepts || kind == "decline" && !r.Accepts) {
				return true
			}
		}
	}
	for _, a := range v.Agreements {
		if kind == "ratify" && slices.Contains(a.Ratified, d.id) {
			return true
		}
	}
	return false
}

// TestAnyChangeOfAnExportIsFound changes one byte at a time all over an exported
// log, and takes and adds files: verify ends with 3, never 1 or 2, and names the
// entry where an entry was changed.
func TestAnyChangeOfAnExportIsFound(t *testing.T) {
	s := newTestStage(t, io.Discard)
	play(t, s)
	dir := filepath.Join(s.dir, "export", "us")
	r := rand.New(rand.NewPCG(5, 8))
	for path, data := range everyFile(t, dir) {
		if len(data) == 0 || strings.HasPrefix(filepath.Base(path), ".") {
			t.Errorf("%s is empty or hidden", path)
		}
		for range 6 {
			bad := bytes.Clone(data)
			bad[r.IntN(len(bad))] ^= byte(1 + r.IntN(255))
			faults := verifyChanged(t, dir, path, bad)
			if name := filepath.Base(path); !strings.Contains(faults, name) {
				t.Errorf("a changed byte of %s is not laid to it: %s", name, faults)
			}
		}
		verifyChanged(t, dir, path, data[:len(data)-1])
		if err := os.Remove(path); err != nil {
			t.Fatal(err)
		}
		verifyFolder(t, dir, exitFindings)
		if err := os.WriteFile(path, data, 0o600); err != nil {
			t.Fatal(err)
		}
	}
	verifyFolder(t, dir, exitDone)
	if err := os.Mkdir(filepath.Join(dir, "more"), 0o700); err != nil {
		t.Fatal(err)
	}
	verifyFolder(t, dir, exitFindings)
}

func verifyChanged(t *testing.T, dir, path string, bad []byte) string {
	t.Helper()
	good, err := os.ReadFile(path)
	if err != nil {
		t.Fatal(err)
	}
	if err := os.WriteFile(path, bad, 0o600); err != nil {
		t.Fatal(err)
	}
	defer func() { _ = os.WriteFile(path, good, 0o600) }()
	return verifyFolder(t, dir, exitFindings)
}

func verifyFolder(t *testing.T, dir string, want int) string {
	t.Helper()
	var out bytes.Buffer
	if got := run(context.Background(), []string{"log", "verify", dir, "--json"}, nil, &out, io.Discard); got != want {
		t.Errorf("log verify: exit status %d, want %d: %s", got, want, out.String())
	}
	return out.String()
}
