package main

import (
	"bufio"
	"context"
	"crypto/sha256"
	"encoding/hex"
	"errors"
	"fmt"
	"io/fs"
	"net"
	"os"
	"os/exec"
	"path/filepath"
	"runtime"
	"strings"
	"time"

	"github.com/spf13/cobra"

	"parley/desk"
	"parley/web"
)

func (a *app) deskCommand() *cobra.Command {
	var listen, lang string
	var noBrowser bool
	c := &cobra.Command{
		Use:   "desk",
		Short: "Open the desk in a browser on this machine",
		Args:  cobra.NoArgs,
		RunE: func(c *cobra.Command, _ []string) error {
			return a.withDesk(c.Context(), func(d *desk.Desk) error {
				return a.serveDesk(c.Context(), d, listen, lang, !noBrowser)
			})
		},
	}
	c.Flags().StringVar(&listen, "listen", "127.0.0.1:0", "address of this machine to listen on; port 0 takes a free one")
	c.Flags().StringVar(&lang, "lang", "", "language of the interface: en, ru, ar (else what the browser asks for)")
	c.Flags().BoolVar(&noBrowser, "no-browser", false, "print the link and start no browser")
	c.AddCommand(a.deskOpen())
	return c
}

func (a *app) serveDesk(ctx context.Context, d *desk.Desk, listen, lang string, browser bool) error {
	s, err := web.New(ctx, d, web.Options{Now: a.now, Lang: lang})
	if errors.Is(err, web.ErrLanguage) {
		return usage(err)
	}
	if err != nil {
		return err
	}
	l, err := web.Listen(ctx, listen)
	if err != nil {
		return usage(err)
	}
	link, err := s.Link(l.Addr())
	if err != nil {
		return errors.Join(err, l.Close())
	}
	close := a.answerOpen(ctx, func() (string, error) { return s.Link(l.Addr()) })
	defer close()
	if err := a.print(map[string]string{"link": link}, func(w *words) {
		w.line("The desk is open, for one browser on this machine, once, within ten minutes:")
		w.line("%s", link)
		w.line("Stop it with Ctrl-C; until then no other command can use it. `parley desk open` prints another link.")
	}); err != nil {
		return errors.Join(err, l.Close())
	}
	if browser {
		startBrowser(ctx, link)
	}
	return s.Serve(ctx, l)
}

// startBrowser asks the system to open the link. Where it can't, the link is
// printed all the same.
func startBrowser(ctx context.Context, link string) {
	opener := map[string]string{"darwin": "open", "windows": "explorer"}[runtime.GOOS]
	if opener == "" {
		opener = "xdg-open"
	}
	if path, err := exec.LookPath(opener); err == nil {
		cmd := exec.CommandContext(ctx, path, link)
		if cmd.Start() == nil {
			go func() { _ = cmd.Wait() }()
		}
	}
}

func (a *app) deskOpen() *cobra.Command {
	return &cobra.Command{
		Use:   "open",
		Short: "Print another link into the desk that is open",
		Args:  cobra.NoArgs,
		RunE: func(c *cobra.Command, _ []string) error {
			path, err := a.socketPath()
			if err != nil {
				return err
			}
			link, err := askLink(c.Context(), path)
			if err != nil {
				return fmt.Errorf("no desk of this folder is open in a browser: start it with `parley desk`")
			}
			return a.print(map[string]string{"link": link}, func(w *words) { w.line("%s", link) })
		},
	}
}

// socketPath is where the running desk answers: in the user's runtime folder,
// else beside the store. Only this user can reach either.
func (a *app) socketPath() (string, error) {
	home, err := a.homeDir()
	if err != nil {
		return "", err
	}
	if home, err = filepath.Abs(home); err != nil {
		return "", err
	}
	if run := a.env("XDG_RUNTIME_DIR"); run != "" {
		name := sha256.Sum256([]byte(home))
		return filepath.Join(run, "parley-"+hex.EncodeToString(name[:8])+".sock"), nil
	}
	return filepath.Join(home, "desk.sock"), nil
}

// answerOpen gives a link to whoever asks at the socket. A desk without it can
// still be used by its first link.
func (a *app) answerOpen(ctx context.Context, link func() (string, error)) (end func()) {
	path, err := a.socketPath()
	if err == nil {
		err = os.Remove(path) // of a desk that was killed: the store's lock is ours now
		if errors.Is(err, fs.ErrNotExist) {
			err = nil
		}
	}
	var l net.Listener
	if err == nil {
		l, err = listenPrivately(ctx, path)
	}
	if err != nil {
		a.tell("parley: warning: `parley desk open` will not work: %v", err)
		return func() {}
	}
	go func() {
		for {
			c, err := l.Accept()
			if err != nil {
				return
			}
			_ = c.SetDeadline(time.Now().Add(5 * time.Second))
			if to, err := link(); err == nil {
				_, _ = fmt.Fprintln(c, to)
			}
			_ = c.Close()
		}
	}()
	return func() { _ = l.Close() }
}

func listenPrivately(ctx context.Context, path string) (net.Listener, error) {
	l, err := (&net.ListenConfig{}).Listen(ctx, "unix", path)
	if err != nil {
		return nil, err
	}
	if err := os.Chmod(path, 0o600); err != nil {
		return nil, errors.Join(err, l.Close())
	}
	return l, nil
}

func askLink(ctx context.Context, path string) (string, error) {
	c, err := (&net.Dialer{Timeout: 5 * time.Second}).DialContext(ctx, "unix", path)
	if err != nil {
		return "", err
	}
	defer c.Close()
	_ = c.SetDeadline(time.Now().Add(5 * time.Second))
	line, err := bufio.NewReader(c).ReadString('\n')
	return strings.TrimSpace(line), err
}
