package relay_test

import (
	"bytes"
	"context"
	"errors"
	"fmt"
	"net"
	"os"

	"parley/relay"
)

// Two members of a channel leave each other envelopes.
func Example() {
	ctx, stop := context.WithCancel(context.Background())
	defer stop()
	address, ended := start(ctx)

	// Both know their channel's secret, and each has one of its own.
	shared := make([]byte, 32)
	sides := []string{"east", "west"}
	access := func(side string, own byte) relay.Access {
		a, err := relay.Derive(address, relay.Who{Shared: shared, Own: bytes.Repeat([]byte{own}, 32), Sides: sides, Side: side, Member: side + "'s desk"})
		if err != nil {
			panic(err)
		}
		return a
	}

	one, _ := relay.Dial(address, access("east", 1), relay.Options{})
	fmt.Println(one.Append(ctx, []byte("a sealed envelope")))
	fmt.Println(one.Append(ctx, []byte("another")))
	fmt.Println(one.Append(ctx, []byte("a sealed envelope"))) // not stored twice

	other, _ := relay.Dial(address, access("west", 2), relay.Options{})
	err := other.Fetch(ctx, 1, func(number uint64, envelope []byte) error {
		fmt.Printf("%d: %s\n", number, envelope)
		return nil
	})
	fmt.Println(err)

	stop()
	fmt.Println(<-ended)
	_, err = one.Append(context.Background(), []byte("later"))
	fmt.Println(errors.Is(err, relay.ErrUnreachable))
	// Output:
	// 1 <nil>
	// 2 <nil>
	// 1 <nil>
	// 2: another
	// <nil>
	// <nil>
	// true
}

// start serves a relay until ctx ends.
func start(ctx context.Context) (address string, ended <-chan error) {
	dir, err := os.MkdirTemp("", "relay")
	if err != nil {
		panic(err)
	}
	server, err := relay.Open(ctx, relay.Config{Dir: dir})
	if err != nil {
		panic(err)
	}
	listener, err := net.Listen("tcp", "127.0.0.1:0")
	if err != nil {
		panic(err)
	}
	done := make(chan error)
	go func() {
		err := server.Serve(ctx, listener)
		done <- errors.Join(err, server.Close(), os.RemoveAll(dir))
	}()
	return "http://" + listener.Addr().String(), done
}
