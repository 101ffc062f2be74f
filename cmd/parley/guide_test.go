package main

import (
	"bufio"
	"fmt"
	"io"
	"os"
	"os/exec"
	"path/filepath"
	"regexp"
	"strings"
	"testing"
)

// block is one fenced block of a page: its kind, whose terminal it is typed in,
// and what it says.
type block struct {
	kind, who, text string
	line            int
}

// blocks reads the fenced blocks of a page.
func blocks(page string) (out []block) {
	var open *block
	n := 0
	for line := range strings.Lines(page) {
		n++
		fence, isFence := strings.CutPrefix(line, "```")
		switch {
		case isFence && open == nil:
			kind, who, _ := strings.Cut(strings.TrimSpace(fence), " ")
			open = &block{kind: kind, who: who, line: n}
		case isFence:
			out, open = append(out, *open), nil
		case open != nil:
			open.text += line
		}
	}
	return out
}

// terminal is a shell that stays open from one block to the next and ends at the
// first command that fails.
type terminal struct {
	cmd *exec.Cmd
	in  io.WriteCloser
	out *bufio.Reader
}

func openTerminal(t *testing.T, dir string) *terminal {
	t.Helper()
	cmd := exec.Command("bash", "-e", "-o", "pipefail")
	me, err := os.Executable()
	if err != nil {
		t.Fatal(err)
	}
	bin := filepath.Join(dir, ".bin")
	if err := os.MkdirAll(bin, 0o755); err != nil {
		t.Fatal(err)
	}
	if err := os.Symlink(me, filepath.Join(bin, "parley")); err != nil && !os.IsExist(err) {
		t.Fatal(err)
	}
	cmd.Dir = dir
	cmd.Env = append(os.Environ(), "PARLEY_TEST_AS_PARLEY=1", "PATH="+bin+":"+os.Getenv("PATH"), "HOME="+filepath.Join(dir, "home"), "XDG_STATE_HOME=", "XDG_DATA_HOME=")
	r, w, err := os.Pipe()
	if err != nil {
		t.Fatal(err)
	}
	cmd.Stdout, cmd.Stderr = w, w
	in, err := cmd.StdinPipe()
	if err != nil {
		t.Fatal(err)
	}
	if err := cmd.Start(); err != nil {
		t.Fatal(err)
	}
	_ = w.Close()
	t.Cleanup(func() {
		_ = in.Close()
		_ = cmd.Wait()
		_ = r.Close()
	})
	return &terminal{cmd, in, bufio.NewReader(r)}
}

const done = "-- done --"

// run types a block and gives what it showed; ok is false where the shell ended.
func (term *terminal) run(text string) (shown string, ok bool) {
	fmt.Fprintf(term.in, "%s\necho '%s'\n", text, done)
	var b strings.Builder
	for {
		line, err := term.out.ReadString('\n')
		if strings.TrimSpace(line) == done {
			return b.String(), true
		}
		b.WriteString(line)
		if err != nil {
			return b.String(), false
		}
	}
}

// openRelay runs the relay's block on a free port and gives its address.
func openRelay(t *testing.T, dir, text string) string {
	t.Helper()
	term := openTerminal(t, dir)
	fmt.Fprintln(term.in, "exec "+strings.TrimSpace(text))
	t.Cleanup(func() { _ = term.cmd.Process.Signal(os.Interrupt) })
	listens := regexp.MustCompile(`listens on http://(127\.0\.0\.1:\d+)`)
	for {
		line, err := term.out.ReadString('\n')
		if at := listens.FindStringSubmatch(line); at != nil {
			return at[1]
		}
		if err != nil {
			t.Fatalf("the relay did not start: %v", err)
		}
	}
}

// TestGuide follows docs/guide.md literally, on the real program, with a real
// relay and a terminal for each who takes part: from nothing to an exchange in
// force and received. All that is changed is the relay's port, to a free one.
func TestGuide(t *testing.T) {
	t.Parallel() // with the scripts: it waits for its own commands most of the time
	if _, err := exec.LookPath("bash"); err != nil {
		if os.Getenv("CI") != "" {
			t.Fatal("the guide is written for bash, and CI has none")
		}
		t.Skip("the guide is written for bash, and there is none")
	}
	page, err := os.ReadFile(filepath.Join("..", "..", "docs", "guide.md"))
	if err != nil {
		t.Fatal(err)
	}
	const address = "127.0.0.1:7400"
	dir, relay, last := t.TempDir(), "", ""
	terminals := map[string]*terminal{}
	for _, b := range blocks(string(page)) {
		where := fmt.Sprintf("docs/guide.md:%d (%s %s)", b.line, b.kind, b.who)
		switch {
		case b.kind == "text":
			for line := range strings.Lines(b.text) {
				if !strings.Contains(last, strings.TrimSpace(line)) {
					t.Fatalf("%s: the block before did not show %q:\n%s", where, strings.TrimSpace(line), last)
				}
			}
		case b.kind == "sh" && b.who == "relay":
			relay = openRelay(t, dir, strings.ReplaceAll(b.text, address, "127.0.0.1:0"))
		case b.kind == "sh" && b.who != "":
			if terminals[b.who] == nil {
				terminals[b.who] = openTerminal(t, dir)
			}
			var ok bool
			if last, ok = terminals[b.who].run(strings.ReplaceAll(b.text, address, relay)); !ok {
				t.Fatalf("%s failed:\n%s", where, last)
			}
		default:
			t.Fatalf("%s: a block that nobody types", where)
		}
	}
	for _, want := range []string{"completed", "agreed 2 heads"} {
		if !strings.Contains(string(page), want) {
			t.Errorf("the guide no longer ends with %q", want)
		}
	}
	if len(terminals) < 3 {
		t.Errorf("only %d desks took part", len(terminals))
	}
}
