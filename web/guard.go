package web

import (
	"embed"
	"io"
	"io/fs"
	"log"
	"net"
	"net/http"
	"slices"
)

// policy lets a page load only what this server itself gives it: no script of
// anybody else, no inline style, no frame, and no form that goes elsewhere.
const policy = "default-src 'none'; script-src 'self'; style-src 'self'; img-src 'self'; font-src 'self'; " +
	"connect-src 'self'; form-action 'self'; base-uri 'none'; frame-ancestors 'none'"

// guarded holds every request to the guards, in this order: the name by which
// this machine was called, which a page elsewhere that has its name point here
// (DNS rebinding) can't forge; a write from another origin; then whatever else
// the browser says comes from another site. CrossOriginProtection alone lets a
// rebound name pass, since Origin and Host are then the same.
func (s *Server) guarded(next http.Handler) http.Handler {
	cross := http.NewCrossOriginProtection()
	cross.SetDenyHandler(refusal(http.StatusForbidden, "this form came from another site, so it was not read"))
	return s.calledByName(withHeaders(cross.Handler(fromHere(next))))
}

func (s *Server) calledByName(next http.Handler) http.Handler {
	return http.HandlerFunc(func(w http.ResponseWriter, r *http.Request) {
		if !slices.Contains(s.hosts(), r.Host) {
			setHeaders(w.Header())
			refusal(http.StatusMisdirectedRequest, "this desk answers only by the name of this machine").ServeHTTP(w, r)
			return
		}
		next.ServeHTTP(w, r)
	})
}

// hosts are the names by which a browser on this machine calls the desk.
func (s *Server) hosts() []string {
	return []string{
		net.JoinHostPort("127.0.0.1", s.port), net.JoinHostPort("localhost", s.port), net.JoinHostPort("::1", s.port),
	}
}

func withHeaders(next http.Handler) http.Handler {
	return http.HandlerFunc(func(w http.ResponseWriter, r *http.Request) {
		setHeaders(w.Header())
		next.ServeHTTP(w, r)
	})
}

func setHeaders(h http.Header) {
	h.Set("Content-Security-Policy", policy)
	h.Set("X-Content-Type-Options", "nosniff")
	h.Set("X-Frame-Options", "DENY")
	h.Set("Referrer-Policy", "no-referrer")
	h.Set("Cross-Origin-Resource-Policy", "same-origin")
	h.Set("Cross-Origin-Opener-Policy", "same-origin")
	h.Set("Cache-Control", "no-store")
}

// fromHere refuses what another site, or another program on another port of this
// machine, makes the browser ask for. Only a person who follows a link to the
// first page may come from elsewhere.
func fromHere(next http.Handler) http.Handler {
	return http.HandlerFunc(func(w http.ResponseWriter, r *http.Request) {
		switch r.Header.Get("Sec-Fetch-Site") {
		case "", "none", "same-origin":
		default:
			if !followed(r) {
				refusal(http.StatusForbidden, "another site asked for this page, so it was not shown").ServeHTTP(w, r)
				return
			}
		}
		next.ServeHTTP(w, r)
	})
}

// followed tells whether the browser opens the first page as a page of its own.
func followed(r *http.Request) bool {
	return r.Method == http.MethodGet && r.URL.Path == "/" &&
		r.Header.Get("Sec-Fetch-Mode") == "navigate" && r.Header.Get("Sec-Fetch-Dest") == "document"
}

// refusal answers before anybody is known to be allowed in: it tells nothing of
// the desk.
func refusal(status int, why string) http.Handler {
	return http.HandlerFunc(func(w http.ResponseWriter, _ *http.Request) {
		w.Header().Set("Content-Type", "text/html; charset=utf-8")
		w.WriteHeader(status)
		_, _ = io.WriteString(w, "<!doctype html><html lang=en><meta charset=utf-8><title>parley</title><p>parley: "+why+".\n")
	})
}

//go:embed static
var staticFiles embed.FS

// static serves the desk's own style and script, the same for everybody.
func static() http.Handler {
	files, err := fs.Sub(staticFiles, "static")
	if err != nil {
		panic(err) // the folder is embedded
	}
	serve := http.StripPrefix("/static/", http.FileServerFS(files))
	return http.HandlerFunc(func(w http.ResponseWriter, r *http.Request) {
		if r.URL.Path == "/static/" {
			http.NotFound(w, r)
			return
		}
		serve.ServeHTTP(w, r)
	})
}

// quiet drops what net/http would log: it names addresses of pages.
func quiet() *log.Logger { return log.New(io.Discard, "", 0) }
