package web

import (
	"os"
	"path/filepath"
	"strings"
	"testing"

	"github.com/chromedp/chromedp"
)

const maxPicture = 150 << 10 // bytes: pictures stand in the repository

// TestScreenshots: docs/desk.md shows every page, by pictures that this test makes
// of an invented case (PARLEY_SCREENSHOTS=1 makes those that are missing, PARLEY_SCREENSHOTS=all every
// one anew).
func TestScreenshots(t *testing.T) {
	folder := filepath.Join("..", "docs", "desk")
	if os.Getenv("PARLEY_SCREENSHOTS") != "" {
		takePictures(t, folder)
	}
	guide, err := os.ReadFile(filepath.Join("..", "docs", "desk.md"))
	if err != nil {
		t.Fatal(err)
	}
	for _, p := range pages() {
		picture, err := os.Stat(filepath.Join(folder, p.name+".png"))
		if err != nil || picture.Size() > maxPicture {
			t.Errorf("%s: no picture of at most %d bytes: make it by PARLEY_SCREENSHOTS=1 go test ./web -run TestScreenshots: %v", p.name, maxPicture, err)
		}
		if !strings.Contains(string(guide), "](desk/"+p.name+".png)") {
			t.Errorf("docs/desk.md does not show %s", p.name)
		}
	}
}

func takePictures(t *testing.T, folder string) {
	t.Helper()
	b := newTab(t)
	w, examples := busy(t)
	if err := os.MkdirAll(folder, 0o755); err != nil {
		t.Fatal(err)
	}
	b.size(1000, 760)
	b.to(w.east.link())
	for name, at := range addresses(t, examples) {
		if _, err := os.Stat(filepath.Join(folder, name+".png")); err == nil && os.Getenv("PARLEY_SCREENSHOTS") != "all" {
			continue
		}
		b.to(w.east.base() + at)
		picture, err := chromedp.Run(b.ctx, chromedp.CaptureScreenshot())
		if err != nil {
			t.Fatal(err)
		}
		if err := os.WriteFile(filepath.Join(folder, name+".png"), picture, 0o644); err != nil {
			t.Fatal(err)
		}
	}
}
