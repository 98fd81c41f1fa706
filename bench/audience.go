//go:build linux

package main

import (
	"bytes"
	"errors"
	"fmt"
	"os"
	"sync"
	"sync/atomic"
	"time"
)

const roundLimit = 30 * time.Second // for one round, else something is stuck

// audience is a server, everybody who listens to it, and those who write.
type audience struct {
	server  *server
	crowd   *crowd
	writers []*poster
	body    func(n int64) string // of the nth event since the start
	written atomic.Int64
}

// round is what came of a number of events.
type round struct {
	cpu  time.Duration   // of the server, for one event at one socket
	late []time.Duration // from the beginning of the write to the arrival at each socket; of use with one writer alone
}

// run lets the writers cause events. Each writer has at most one under way: it writes again when everybody has it.
func (a *audience) run(events int) (round, error) {
	listeners := len(a.crowd.sockets)
	r := round{late: make([]time.Duration, 0, events*listeners)}
	a.crowd.begin()
	before, err := a.server.cpu()
	if err != nil {
		return r, err
	}
	w := a.write(events)
	defer close(w.stop)
	deadline := time.Now().Add(roundLimit)
	for arrived, everywhere := 0, 0; arrived < events*listeners; {
		err := a.crowd.read(func(n int) {
			arrived += n
			r.late = append(r.late, time.Since(time.Unix(0, w.began.Load())))
		})
		for ; everywhere < arrived/listeners; everywhere++ {
			w.next <- struct{}{}
		}
		select {
		case fault := <-w.fault:
			err = errors.Join(err, fault)
		default:
		}
		if err == nil && time.Now().After(deadline) {
			err = fmt.Errorf("after %s %d of %d events had arrived", roundLimit, arrived, events*listeners)
		}
		if err != nil {
			return r, err
		}
	}
	w.all.Wait()
	after, err := a.server.cpu()
	r.cpu = (after - before) / time.Duration(events*listeners)
	return r, errors.Join(err, a.crowd.allHave(events))
}

// writing is the writers at work.
type writing struct {
	all   sync.WaitGroup
	began atomic.Int64  // when the last write began, Unix ns
	next  chan struct{} // one for each event that may be written now
	fault chan error
	stop  chan struct{}
}

func (a *audience) write(events int) *writing {
	w := &writing{next: make(chan struct{}, len(a.writers)), fault: make(chan error, len(a.writers)), stop: make(chan struct{})}
	var left atomic.Int64
	left.Store(int64(events))
	for _, p := range a.writers {
		w.next <- struct{}{}
		w.all.Go(func() {
			for left.Add(-1) >= 0 {
				select {
				case <-w.next:
				case <-w.stop:
					return
				}
				w.began.Store(time.Now().UnixNano())
				if err := p.post(a.body(a.written.Add(1))); err != nil {
					w.fault <- err
					return
				}
			}
		})
	}
	return w
}

func (a *audience) close() {
	for _, p := range a.writers {
		p.close()
	}
	a.crowd.close()
	a.server.stop()
}

// newAudience gathers sockets and writers around a server.
func newAudience(s *server, sockets, writers int, open func(i int) (*socket, error), hire func(i int) (*poster, error)) (*audience, error) {
	crowd, err := newCrowd()
	if err != nil {
		return nil, err
	}
	a := &audience{server: s, crowd: crowd}
	if err := crowd.join(0, sockets, open); err != nil {
		return nil, err
	}
	for i := range writers {
		p, err := hire(i)
		if err != nil {
			return nil, err
		}
		a.writers = append(a.writers, p)
	}
	return a, nil
}

// ours is the product with sockets that follow one project and writers who comment on it.
func ours(n *newsroom, sockets, writers int) (*audience, error) {
	s, err := n.serve()
	if err != nil {
		return nil, err
	}
	a, err := newAudience(s, sockets, writers,
		func(i int) (*socket, error) { return n.follow(s, i/perPerson, line{}) },
		func(i int) (*poster, error) { return newPoster(s.address, n.commentsPath(), n.cookies[i]) })
	if err != nil {
		return nil, err
	}
	a.body = func(i int64) string { return fmt.Sprintf(`{"body":"Remark number %d on the fares table."}`, i) }
	return a, nil
}

// bare is the bare server with as many of both. The sample is what it sends of one event.
func bare(sockets, writers int, sample string) (*audience, error) {
	s, err := start(os.Args[0], bareSocketsArg)
	if err != nil {
		return nil, err
	}
	a, err := newAudience(s, sockets, writers,
		func(int) (*socket, error) { return openBare(s) },
		func(int) (*poster, error) { return newPoster(s.address, "/events", "") })
	if err != nil {
		return nil, err
	}
	a.body = func(int64) string { return sample }
	return a, nil
}

// openBare opens a socket that the bare server has on its list.
func openBare(s *server) (*socket, error) {
	socket, err := openSocket(s.address, "/live", "", line{})
	if err != nil {
		return nil, err
	}
	return socket, socket.await(`"subscribed"`)
}

// sample is one event as it came last, out of the frame around it.
func (a *audience) sample() (string, error) {
	_, event, found := bytes.Cut(a.crowd.last, []byte(`"events":[`))
	event, closed := bytes.CutSuffix(event, []byte("]}"))
	if !found || !closed || bytes.Count(event, marker) != 1 {
		return "", fmt.Errorf("no frame with one event: %q", a.crowd.last)
	}
	return string(event), nil
}
