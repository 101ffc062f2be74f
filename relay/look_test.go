package relay

import (
	"crypto/tls"
	"errors"
	"net/http"
	"net/http/httptest"
	"testing"
	"time"
)

// TestLook sees the relay's clock beside ours, and how the line is protected.
func TestLook(t *testing.T) {
	s, url := open(t, Config{})
	behind := func() time.Time { return time.Now().Add(-time.Hour) }
	seen, err := Look(t.Context(), url+"/#realm", http.DefaultClient, behind)
	if err != nil {
		t.Fatal(err)
	}
	if off := seen.Clock - time.Hour; !seen.Timed || off.Abs() > 20*time.Minute || seen.Group != "" {
		t.Errorf("seen: %+v", seen)
	}
	secure := httptest.NewTLSServer(s)
	defer secure.Close()
	seen, err = Look(t.Context(), secure.URL, secure.Client(), time.Now)
	if err != nil || seen.Group != tls.X25519MLKEM768.String() {
		t.Errorf("over TLS: %+v, %v", seen, err)
	}
}

// TestLookTellsWhatIsNoRelay: neither another service nor one that sends us
// elsewhere is taken for a relay.
func TestLookTellsWhatIsNoRelay(t *testing.T) {
	_, url := open(t, Config{})
	for name, h := range map[string]http.HandlerFunc{
		"another service": func(w http.ResponseWriter, _ *http.Request) { w.WriteHeader(http.StatusOK) },
		"a portal":        func(w http.ResponseWriter, r *http.Request) { http.Redirect(w, r, url+"/v1/health", http.StatusFound) },
	} {
		other := httptest.NewServer(h)
		if _, err := Look(t.Context(), other.URL, http.DefaultClient, time.Now); !errors.Is(err, ErrUnreachable) {
			t.Errorf("%s: %v", name, err)
		}
		other.Close()
	}
}
