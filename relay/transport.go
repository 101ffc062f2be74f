package relay

import (
	"crypto/tls"
	"fmt"
	"net/http"
	"net/url"
)

// tlsConfig is what both ends of a connection insist on: TLS 1.3, with a key
// exchange that a quantum computer doesn't open wherever the other end can do
// it.
func tlsConfig() *tls.Config {
	return &tls.Config{
		MinVersion:       tls.VersionTLS13,
		CurvePreferences: []tls.CurveID{tls.X25519MLKEM768, tls.X25519, tls.CurveP256},
		NextProtos:       []string{"http/1.1"}, // the bounds on slow bodies are those of one connection
	}
}

// LoadTLS reads a relay's certificate and key (PEM).
func LoadTLS(certFile, keyFile string) (*tls.Config, error) {
	cert, err := tls.LoadX509KeyPair(certFile, keyFile)
	if err != nil {
		return nil, fmt.Errorf("relay's certificate: %w", err)
	}
	c := tlsConfig()
	c.Certificates = []tls.Certificate{cert}
	return c, nil
}

// Transport returns an HTTP client that goes by a SOCKS5 proxy, such as Tor's,
// at an address like socks5://127.0.0.1:9050, or by none if it is empty. The
// proxy looks the relay's name up, and where it can't be reached nothing is sent.
// A user and password in the address keep connections apart from others'.
func Transport(proxy string) (*http.Client, error) {
	t := http.DefaultTransport.(*http.Transport).Clone()
	t.TLSClientConfig = tlsConfig()
	t.ForceAttemptHTTP2 = false
	if proxy == "" {
		return &http.Client{Transport: t}, nil
	}
	u, err := url.Parse(proxy)
	if err != nil || u.Scheme != "socks5" || u.Hostname() == "" || u.Port() == "" || u.Path != "" || u.RawQuery != "" {
		return nil, fmt.Errorf("proxy's address is not like socks5://127.0.0.1:9050")
	}
	t.Proxy = http.ProxyURL(u)
	return &http.Client{Transport: t}, nil
}
