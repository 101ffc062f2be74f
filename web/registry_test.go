package web

import (
	"net/http"
	"net/url"
	"strings"
	"testing"
)

// TestTheRegistryIsKeptInABrowser enters two spellings of one person, finds them by
// a third script, holds them to be one, and undoes that.
func TestTheRegistryIsKeptInABrowser(t *testing.T) {
	w := apart(t)
	c := w.east.client()
	did := func(act string, values url.Values, want string) {
		t.Helper()
		if page := c.post("/registry/"+act, values, nil); page.status != http.StatusOK || !strings.Contains(page.body, want) {
			t.Errorf("%s: %d, without %q", act, page.status, want)
		}
	}
	did("enter", url.Values{"id": {"p1"}, "name": {"Сергей Волков"}, "because": {"his passport"}}, "his passport")
	did("enter", url.Values{"id": {"p2"}, "name": {"Serhii Vovk"}, "remains": {"yes"}}, "remains")
	c.refuses("/registry/enter", url.Values{"id": {"p1"}, "name": {"x"}}, nil, "already")
	c.refuses("/registry/enter", url.Values{"id": {"P 1"}, "name": {"x"}}, nil, `id="enter-id-error"`)
	did("call", url.Values{"who": {"p1"}, "spelling": {"سيرغي فولكوف"}, "kind": {"transliterated"}}, "سيرغي فولكوف")
	did("know", url.Values{"who": {"p1"}, "field": {"born"}, "value": {"1980"}}, "born: 1980")
	c.refuses("/registry/decide", url.Values{"who": {"p1"}, "verdict": {"same"}, "other": {"p2"}}, nil, "must be filled in")
	did("decide", url.Values{"who": {"p1"}, "verdict": {"same"}, "other": {"p2"}, "because": {"one tattoo"}}, "Held to be the same person as <bdi>p2")
	if page := c.get("/registry?find=" + url.QueryEscape("Sergei Volkov")); !strings.Contains(page.body, `<bdi>Сергей Волков</bdi> <span class="id">p1`) {
		t.Errorf("not found by another script: %s", page.body)
	}
	if page := c.get("/registry?find=" + url.QueryEscape("Альма Рейес")); !strings.Contains(page.body, `href="/people/alma"`) {
		t.Error("nobody of the case is found")
	}
	did("undo", url.Values{"statement": {"5"}}, "counts no longer")
	if page := c.get("/registry").body; strings.Contains(page, "Held to be the same") || !strings.Contains(page, "one tattoo") {
		t.Error("it was not undone, or does not stay to be read")
	}
	c.post("/view", url.Values{"present": {"yes"}}, nil)
	if page := c.get("/registry"); page.status != http.StatusNotFound {
		t.Error("the registry is shown while presenting")
	}
}
