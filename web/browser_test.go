package web

import (
	"archive/tar"
	"bytes"
	"compress/gzip"
	"context"
	"errors"
	"fmt"
	"io"
	"os"
	"os/exec"
	"path/filepath"
	"strings"
	"sync"
	"testing"
	"time"

	"github.com/chromedp/cdproto/emulation"
	"github.com/chromedp/chromedp"
)

// The one browser of the package's tests.
var (
	chromium     func() (context.Context, error)
	stopChromium = func() {}
)

func TestMain(m *testing.M) {
	chromium = sync.OnceValues(startChromium)
	code := m.Run()
	stopChromium()
	os.Exit(code)
}

func startChromium() (context.Context, error) {
	path, err := findChromium()
	if err != nil {
		return nil, err
	}
	dir, err := os.MkdirTemp("", "parley-browser-")
	if err != nil {
		return nil, err
	}
	alloc, stopAlloc := chromedp.NewExecAllocator(context.Background(), append(chromedp.DefaultExecAllocatorOptions[:],
		chromedp.ExecPath(path), chromedp.NoSandbox, chromedp.UserDataDir(dir), chromedp.Flag("disable-gpu", true), chromedp.Flag("hide-scrollbars", true))...)
	ctx, stop := chromedp.NewContext(alloc)
	stopChromium = func() { stop(); stopAlloc(); _ = os.RemoveAll(dir) }
	// The browser ends with the context of its first run: that has no deadline.
	if err := chromedp.Do(ctx, chromedp.Navigate("about:blank")); err != nil {
		return nil, fmt.Errorf("starting %s: %w", path, err)
	}
	return ctx, nil
}

// findChromium finds the browser, and installs Debian's where that is allowed.
func findChromium() (string, error) {
	for range 2 {
		for _, name := range []string{"chromium", "chromium-browser", "google-chrome", "chrome"} {
			if path, err := exec.LookPath(name); err == nil {
				return path, nil
			}
		}
		if err := install("chromium", "fonts-noto-core"); err != nil {
			return "", err
		}
	}
	return "", errors.New("chromium was installed and can't be found")
}

func install(packages ...string) error {
	apt, err := exec.LookPath("apt-get")
	if err != nil || os.Getuid() != 0 {
		return fmt.Errorf("these tests need a browser: install Debian's %s", strings.Join(packages, " and "))
	}
	for _, args := range [][]string{{"update"}, append([]string{"install", "-y", "--no-install-recommends"}, packages...)} {
		cmd := exec.Command(apt, args...)
		cmd.Env = append(os.Environ(), "DEBIAN_FRONTEND=noninteractive")
		if out, err := cmd.CombinedOutput(); err != nil {
			return fmt.Errorf("installing %s: %w\n%s", strings.Join(packages, " and "), err, out)
		}
	}
	return nil
}

// lacking ends a test for which something is missing: in CI it fails.
func lacking(t *testing.T, err error) {
	t.Helper()
	if os.Getenv("CI") != "" {
		t.Fatal(err)
	}
	t.Skip(err)
}

// tab is a window of the browser with cookies of its own.
type tab struct {
	t   *testing.T
	ctx context.Context
}

func newTab(t *testing.T) *tab {
	t.Helper()
	if testing.Short() {
		t.Skip("a browser takes its time")
	}
	browser, err := chromium()
	if err != nil {
		lacking(t, err)
	}
	ctx, stop := chromedp.NewContext(browser, chromedp.WithNewBrowserContext())
	return opened(t, ctx, stop)
}

// opened waits for a tab. It ends with the context of its first run, so that has
// no deadline; everything after it has.
func opened(t *testing.T, ctx context.Context, stop func()) *tab {
	t.Helper()
	t.Cleanup(stop)
	if err := chromedp.Do(ctx, chromedp.Navigate("about:blank")); err != nil {
		t.Fatal(err)
	}
	return &tab{t, ctx}
}

// patience is how long a page may take on a machine that does much else.
const patience = 90 * time.Second

// another is a second tab of the same window: it has the same cookies.
func (b *tab) another() *tab {
	b.t.Helper()
	ctx, stop := chromedp.NewContext(b.ctx)
	return opened(b.t, ctx, stop)
}

func (b *tab) do(steps ...chromedp.Action[chromedp.Void]) {
	b.t.Helper()
	ctx, stop := context.WithTimeout(b.ctx, patience)
	defer stop()
	if err := chromedp.Do(ctx, steps...); err != nil {
		b.t.Fatal(err)
	}
}

func (b *tab) to(url string) {
	b.t.Helper()
	b.do(chromedp.Navigate(url))
}

// run evaluates a script in the page; a promise is waited for.
func run[T any](b *tab, script string) T {
	b.t.Helper()
	ctx, stop := context.WithTimeout(b.ctx, patience)
	defer stop()
	v, err := chromedp.Run(ctx, chromedp.Evaluate[T](script, chromedp.EvalAwaitPromise))
	if err != nil {
		b.t.Fatalf("%s: %v", firstLine(script), err)
	}
	return v
}

func firstLine(s string) string {
	s, _, _ = strings.Cut(s, "\n")
	return s[:min(len(s), 120)]
}

// until waits for a script to be true. A page that goes away meanwhile is waited
// for too.
func (b *tab) until(script string) {
	b.t.Helper()
	ctx, stop := context.WithTimeout(b.ctx, patience)
	defer stop()
	for ctx.Err() == nil {
		if ok, err := chromedp.Run(ctx, chromedp.Evaluate[bool](script)); err == nil && ok {
			return
		}
		time.Sleep(30 * time.Millisecond)
	}
	b.t.Fatalf("%s never came true:\n%s", script, run[string](b, "document.body.innerText.slice(0, 2000)"))
}

func (b *tab) colours(scheme string) {
	b.t.Helper()
	params := emulation.SetEmulatedMediaParams{Features: []*emulation.MediaFeature{{Name: "prefers-color-scheme", Value: scheme}}}
	if _, err := chromedp.Call(b.ctx, emulation.SetEmulatedMedia, params); err != nil {
		b.t.Fatal(err)
	}
}

func (b *tab) size(width, height int64) {
	b.t.Helper()
	b.do(chromedp.EmulateViewport(width, height))
}

// noScript turns script off in the page.
func (b *tab) noScript() {
	b.t.Helper()
	if _, err := chromedp.Call(b.ctx, emulation.SetScriptExecutionDisabled, emulation.SetScriptExecutionDisabledParams{Value: true}); err != nil {
		b.t.Fatal(err)
	}
}

const axeVersion = "4.14.1"

var axeSource = sync.OnceValues(fetchAxe)

// fetchAxe gets axe-core (MPL-2.0), which finds what keeps people with other eyes
// and hands from a page. It is used by tests alone and is no part of parley: npm
// brings it once, into the user's cache.
func fetchAxe() (string, error) {
	cache, err := os.UserCacheDir()
	if err != nil {
		return "", err
	}
	cache = filepath.Join(cache, "parley-tests")
	pack := filepath.Join(cache, "axe-core-"+axeVersion+".tgz")
	if _, err := os.Stat(pack); err != nil {
		if err := os.MkdirAll(cache, 0o700); err != nil {
			return "", err
		}
		npm, err := exec.LookPath("npm")
		if err != nil {
			if err := install("npm"); err != nil {
				return "", err
			}
			npm = "npm"
		}
		cmd := exec.Command(npm, "pack", "--silent", "--pack-destination", cache, "axe-core@"+axeVersion)
		if out, err := cmd.CombinedOutput(); err != nil {
			return "", fmt.Errorf("npm pack axe-core: %w: %s", err, out)
		}
	}
	return fromPack(pack, "package/axe.min.js")
}

// fromPack reads one file of an npm package.
func fromPack(pack, name string) (string, error) {
	data, err := os.ReadFile(pack)
	if err != nil {
		return "", err
	}
	z, err := gzip.NewReader(bytes.NewReader(data))
	if err != nil {
		return "", err
	}
	for files := tar.NewReader(z); ; {
		h, err := files.Next()
		if err != nil {
			return "", fmt.Errorf("%s: no %s: %w", pack, name, err)
		}
		if h.Name == name {
			text, err := io.ReadAll(files)
			return string(text), err
		}
	}
}
