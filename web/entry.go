package web

import (
	"context"
	"crypto/sha256"
	"crypto/subtle"
	"encoding/base64"
	"io"
	"net/http"
	"sync"
	"time"
)

const (
	linkLasts   = 10 * time.Minute
	maxLinks    = 8 // of those not used yet
	maxSessions = 16
	secretSize  = 32
)

// entry knows who is in. Links and cookies are kept as hashes, in memory alone:
// they end with the process.
type entry struct {
	now  func() time.Time
	rand io.Reader

	mu       sync.Mutex
	links    []link
	sessions []*session // oldest first
}

type link struct {
	hash  [sha256.Size]byte
	until time.Time
}

// session is one browser that came in by a link, and how it wants the desk
// shown.
type session struct {
	hash [sha256.Size]byte

	mu         sync.Mutex
	lang       string
	presenting bool
}

func (s *session) view() (lang string, presenting bool) {
	s.mu.Lock()
	defer s.mu.Unlock()
	return s.lang, s.presenting
}

func newEntry(now func() time.Time, rand io.Reader) *entry { return &entry{now: now, rand: rand} }

func (e *entry) secret() (string, [sha256.Size]byte, error) {
	var raw [secretSize]byte
	if _, err := io.ReadFull(e.rand, raw[:]); err != nil {
		return "", [sha256.Size]byte{}, err
	}
	word := base64.RawURLEncoding.EncodeToString(raw[:])
	return word, sha256.Sum256([]byte(word)), nil
}

// mint makes a code that opens the desk once.
func (e *entry) mint() (string, error) {
	code, hash, err := e.secret()
	if err != nil {
		return "", err
	}
	e.mu.Lock()
	defer e.mu.Unlock()
	if len(e.links) == maxLinks {
		e.links = e.links[1:]
	}
	e.links = append(e.links, link{hash, e.now().Add(linkLasts)})
	return code, nil
}

// spend uses a code up.
func (e *entry) spend(code string) bool {
	hash := sha256.Sum256([]byte(code))
	e.mu.Lock()
	defer e.mu.Unlock()
	for i, l := range e.links {
		if subtle.ConstantTimeCompare(l.hash[:], hash[:]) == 1 {
			e.links = append(e.links[:i:i], e.links[i+1:]...)
			return e.now().Before(l.until)
		}
	}
	return false
}

func (e *entry) admit(lang string) (cookie string, err error) {
	cookie, hash, err := e.secret()
	if err != nil {
		return "", err
	}
	e.mu.Lock()
	defer e.mu.Unlock()
	if len(e.sessions) == maxSessions {
		e.sessions = e.sessions[1:]
	}
	e.sessions = append(e.sessions, &session{hash: hash, lang: lang})
	return cookie, nil
}

func (e *entry) session(cookie string) *session {
	hash := sha256.Sum256([]byte(cookie))
	e.mu.Lock()
	defer e.mu.Unlock()
	for _, s := range e.sessions {
		if subtle.ConstantTimeCompare(s.hash[:], hash[:]) == 1 {
			return s
		}
	}
	return nil
}

// cookieName has the port in it: browsers keep one jar for all ports of a
// machine, and two desks on it would take each other's cookie.
func (s *Server) cookieName() string { return "parley_" + s.port }

// enter lets a browser in, once by each link.
func (s *Server) enter(w http.ResponseWriter, r *http.Request) {
	if r.Method != http.MethodGet || !s.entry.spend(r.PathValue("code")) {
		refusal(http.StatusUnauthorized, "this link was used already, or is too old: print another with <code>parley desk open</code>").ServeHTTP(w, r)
		return
	}
	lang := s.lang
	if lang == "" {
		lang, _ = s.words.match(r.Header.Get("Accept-Language"))
	}
	cookie, err := s.entry.admit(lang)
	if err != nil {
		refusal(http.StatusInternalServerError, "no randomness is to be had").ServeHTTP(w, r)
		return
	}
	http.SetCookie(w, &http.Cookie{Name: s.cookieName(), Value: cookie, Path: "/", HttpOnly: true, SameSite: http.SameSiteStrictMode})
	http.Redirect(w, r, "/", http.StatusSeeOther)
}

type sessionKey struct{}

// entered lets only those through who came in by a link.
func (s *Server) entered(next http.Handler) http.Handler {
	return http.HandlerFunc(func(w http.ResponseWriter, r *http.Request) {
		cookie, err := r.Cookie(s.cookieName())
		if err == nil {
			if known := s.entry.session(cookie.Value); known != nil {
				next.ServeHTTP(w, r.WithContext(context.WithValue(r.Context(), sessionKey{}, known)))
				return
			}
		}
		refusal(http.StatusUnauthorized, "this browser has not come in: use the link that <code>parley desk</code> printed, or print another with <code>parley desk open</code>. If it was in before, <a href=/>go on</a>").ServeHTTP(w, r)
	})
}

func sessionOf(r *http.Request) *session { return r.Context().Value(sessionKey{}).(*session) }

// chooseView sets the language, and whether the desk is being presented.
func (s *Server) chooseView(w http.ResponseWriter, r *http.Request) {
	r.Body = http.MaxBytesReader(w, r.Body, 4<<10)
	if err := r.ParseForm(); err != nil {
		http.Error(w, "the form is too large", http.StatusRequestEntityTooLarge)
		return
	}
	known := sessionOf(r)
	known.mu.Lock()
	if lang, ok := s.words.match(r.PostForm.Get("lang")); ok {
		known.lang = lang
	}
	switch r.PostForm.Get("present") {
	case "yes":
		known.presenting = true
	case "no":
		known.presenting = false
	}
	known.mu.Unlock()
	http.Redirect(w, r, s.back(r.PostForm.Get("back")), http.StatusSeeOther)
}

// back is a page of this desk, whatever a form names.
func (s *Server) back(path string) string {
	for _, p := range s.pages {
		if p.path == path {
			return path
		}
	}
	return "/"
}
