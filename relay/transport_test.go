package relay

import (
	"bufio"
	"bytes"
	"context"
	"crypto/ecdsa"
	"crypto/elliptic"
	"crypto/rand"
	"crypto/tls"
	"crypto/x509"
	"encoding/pem"
	"fmt"
	"io"
	"math/big"
	"net"
	"net/http"
	"net/http/httptest"
	"os"
	"path/filepath"
	"strings"
	"testing"
	"time"
)

// certificate writes one for 127.0.0.1 that signs itself.
func certificate(t *testing.T) (certFile, keyFile string, pool *x509.CertPool) {
	t.Helper()
	key, err := ecdsa.GenerateKey(elliptic.P256(), rand.Reader)
	if err != nil {
		t.Fatal(err)
	}
	template := &x509.Certificate{
		SerialNumber: big.NewInt(1), NotBefore: time.Now().Add(-time.Hour), NotAfter: time.Now().Add(time.Hour),
		IPAddresses: []net.IP{net.IPv4(127, 0, 0, 1)}, IsCA: true, BasicConstraintsValid: true,
	}
	der, err := x509.CreateCertificate(rand.Reader, template, template, &key.PublicKey, key)
	if err != nil {
		t.Fatal(err)
	}
	secret, err := x509.MarshalPKCS8PrivateKey(key)
	if err != nil {
		t.Fatal(err)
	}
	write := func(name, kind string, der []byte) string {
		path := filepath.Join(t.TempDir(), name)
		if err := os.WriteFile(path, pem.EncodeToMemory(&pem.Block{Type: kind, Bytes: der}), 0o600); err != nil {
			t.Fatal(err)
		}
		return path
	}
	certFile, keyFile = write("cert", "CERTIFICATE", der), write("key", "PRIVATE KEY", secret)
	cert, _ := x509.ParseCertificate(der)
	pool = x509.NewCertPool()
	pool.AddCert(cert)
	return certFile, keyFile, pool
}

// listen serves a relay by its own Serve.
func listen(t *testing.T, cfg Config) (s *Server, address string) {
	t.Helper()
	cfg.Dir = t.TempDir()
	s, err := Open(t.Context(), cfg)
	if err != nil {
		t.Fatal(err)
	}
	l, err := net.Listen("tcp", "127.0.0.1:0")
	if err != nil {
		t.Fatal(err)
	}
	ctx, stop := context.WithCancel(context.Background())
	served := make(chan error, 1)
	go func() { served <- s.Serve(ctx, l) }()
	t.Cleanup(func() {
		stop()
		if err := <-served; err != nil {
			t.Error(err)
		}
		_ = s.Close()
	})
	return s, l.Addr().String()
}

func TestTLS(t *testing.T) {
	certFile, keyFile, pool := certificate(t)
	config, err := LoadTLS(certFile, keyFile)
	if err != nil {
		t.Fatal(err)
	}
	if _, err := LoadTLS(keyFile, certFile); err == nil {
		t.Error("a key is taken for a certificate")
	}
	_, address := listen(t, Config{TLS: config})
	by, err := Transport("")
	if err != nil {
		t.Fatal(err)
	}
	by.Transport.(*http.Transport).TLSClientConfig.RootCAs = pool
	name, key := secret()
	c := dial(t, "https://"+address, name, key, Options{HTTP: by})
	want(t, "number", mustAppend(t, c, "a"), 1)
	resp, err := by.Get("https://" + address + "/v1/health")
	if err != nil {
		t.Fatal(err)
	}
	_ = resp.Body.Close()
	want(t, "key exchange", resp.TLS.CurveID, tls.X25519MLKEM768)
	want(t, "version", resp.TLS.Version, tls.VersionTLS13)

	for what, other := range map[string]*tls.Config{
		"an old version":     {RootCAs: pool, MaxVersion: tls.VersionTLS12},
		"another's trust":    {RootCAs: x509.NewCertPool()},
		"a curve we lack":    {RootCAs: pool, CurvePreferences: []tls.CurveID{tls.CurveP521}},
		"without encryption": nil,
	} {
		scheme := "https://"
		if other == nil {
			scheme = "http://"
		}
		c := dial(t, scheme+address, name, key, Options{HTTP: &http.Client{Transport: &http.Transport{TLSClientConfig: other}}})
		if _, err := c.Append(t.Context(), []byte("b")); err == nil {
			t.Errorf("%s is spoken with", what)
		}
	}
	old, err := tls.Dial("tcp", address, &tls.Config{RootCAs: pool, CurvePreferences: []tls.CurveID{tls.X25519}})
	if err != nil {
		t.Fatal("a client without ML-KEM is refused:", err)
	}
	_ = old.Close()
}

// socks is a SOCKS5 proxy that knows one name, and tells which it was asked for.
func socks(t *testing.T, to string) (address string, asked chan string) {
	t.Helper()
	l, err := net.Listen("tcp", "127.0.0.1:0")
	if err != nil {
		t.Fatal(err)
	}
	t.Cleanup(func() { _ = l.Close() })
	asked = make(chan string, 100)
	go func() {
		for {
			conn, err := l.Accept()
			if err != nil {
				return
			}
			go serveSocks(conn, to, asked)
		}
	}()
	return l.Addr().String(), asked
}

func serveSocks(conn net.Conn, to string, asked chan string) {
	defer conn.Close()
	r := bufio.NewReader(conn)
	head := make([]byte, 2)
	_, _ = io.ReadFull(r, head)
	_, _ = io.CopyN(io.Discard, r, int64(head[1]))
	_, _ = conn.Write([]byte{5, 0})
	request := make([]byte, 5)
	_, _ = io.ReadFull(r, request) // version, connect, 0, kind of address, its length
	name := make([]byte, int(request[4])+2)
	_, _ = io.ReadFull(r, name)
	asked <- fmt.Sprintf("%d %s", request[3], name[:request[4]])
	relay, err := net.Dial("tcp", to)
	if err != nil {
		return
	}
	defer relay.Close()
	_, _ = conn.Write([]byte{5, 0, 0, 1, 0, 0, 0, 0, 0, 0})
	go func() { _, _ = io.Copy(relay, r) }()
	_, _ = io.Copy(conn, relay)
}

func TestSOCKS(t *testing.T) {
	_, url := open(t, Config{})
	proxy, asked := socks(t, strings.TrimPrefix(url, "http://"))
	name, key := secret()
	by, err := Transport("socks5://" + proxy)
	if err != nil {
		t.Fatal(err)
	}
	c := dial(t, "http://relay.invalid", name, key, Options{HTTP: by})
	want(t, "number", mustAppend(t, c, "a"), 1)
	want(t, "the proxy looks the name up", <-asked, "3 relay.invalid")

	// A proxy that is down is not gone around.
	by, err = Transport("socks5://127.0.0.1:1")
	if err != nil {
		t.Fatal(err)
	}
	_, err = dial(t, url, name, key, Options{HTTP: by}).Append(t.Context(), []byte("b"))
	wantError(t, err, "relay can't be reached")
	for _, bad := range []string{"http://127.0.0.1:9050", "socks5://", "socks5://tor", "127.0.0.1:9050", "socks5://127.0.0.1:9050/x"} {
		if _, err := Transport(bad); err == nil {
			t.Errorf("%q is taken for a proxy", bad)
		}
	}
}

// One connection too many waits until another ends.
func TestConnectionsAreCounted(t *testing.T) {
	_, address := listen(t, Config{MaxConnections: 2})
	get := func(conn net.Conn) string {
		_, _ = io.WriteString(conn, "GET /v1/health HTTP/1.1\r\nHost: x\r\n\r\n")
		_ = conn.SetReadDeadline(time.Now().Add(300 * time.Millisecond))
		line, _ := bufio.NewReader(conn).ReadString('\n')
		return strings.TrimSpace(line)
	}
	var conns []net.Conn
	for range 3 {
		conn, err := net.Dial("tcp", address)
		if err != nil {
			t.Fatal(err)
		}
		defer conn.Close()
		conns = append(conns, conn)
	}
	want(t, "first", get(conns[0]), "HTTP/1.1 200 OK")
	want(t, "second", get(conns[1]), "HTTP/1.1 200 OK")
	want(t, "third", get(conns[2]), "")
	_ = conns[0].Close()
	until(t, func() bool { return get(conns[2]) == "HTTP/1.1 200 OK" })
}

// The counts say how much and how it went, and nothing of who or where.
func TestMetrics(t *testing.T) {
	s, url := open(t, Config{})
	c := member(t, url)
	mustAppend(t, c, "12345")
	_ = all(t, c, 0)
	w := httptest.NewRecorder()
	s.Metrics().ServeHTTP(w, httptest.NewRequest("GET", "/", nil))
	text := w.Body.String()
	for _, part := range []string{`"append":{"200":1}`, `"fetch":{"200":1}`, `"received":5`, `"sent":5`, `"mailboxes":1`, `"healthy":true`} {
		if !strings.Contains(text, part) {
			t.Errorf("%s lacks %s", text, part)
		}
	}
	for _, secret := range [][]byte{c.access.Mailbox[:], c.access.Key[:], c.access.Member[:], c.access.Side[:]} {
		if strings.Contains(text, fmt.Sprintf("%x", secret)) || bytes.Contains(w.Body.Bytes(), secret) {
			t.Errorf("%s tells %x", text, secret)
		}
	}
}
