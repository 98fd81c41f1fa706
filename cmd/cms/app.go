package main

import (
	"context"
	"errors"
	"fmt"
	"log/slog"
	"net"
	"net/http"
	"os"
	"sync"
	"time"

	"galley/audit"
	"galley/comments"
	"galley/content"
	"galley/httpapi"
	"galley/notifications"
	"galley/projects"
	"galley/realtime"
	"galley/releases"
	"galley/search"
	"galley/settings"
	"galley/store"
	"galley/users"
	"galley/web"
)

const (
	headerTimeout = 10 * time.Second // for a request's head: whoever sends it drop by drop must not hold a connection
	bodyTimeout   = 30 * time.Second // for reading a whole request
	answerTimeout = 60 * time.Second // for a whole request and its answer; upgraded connections are no longer under it
	idleTimeout   = 2 * time.Minute
	headerBytes   = 64 << 10
	stopWithin    = 9 * time.Second // the operator is promised 10 s
)

// App is the whole of Galley, built and ready to run.
type App struct {
	c        Config
	log      *slog.Logger
	clock    clock
	db       *store.DB
	audit    *audit.Service
	users    *users.Service
	settings *settings.Service
	projects *projects.Service
	content  *content.Service
	comments *comments.Service
	releases *releases.Service
	hub      *realtime.Hub
	server   *httpapi.Server
	metrics  *metrics
	writes   trial         // whether the database takes writes
	stopping chan struct{} // closed when Run begins to stop
}

// NewApp opens and migrates the database and puts everything together. Run may follow once, Close must.
func NewApp(ctx context.Context, c Config, log *slog.Logger) (*App, error) {
	a := &App{c: c, log: log, metrics: newMetrics(), stopping: make(chan struct{})}
	var err error
	if a.db, err = openDatabase(ctx, c.Database, store.Options{Logger: log, Now: a.clock.now}, log); err != nil {
		return nil, err
	}
	if err := a.build(ctx); err != nil {
		return nil, errors.Join(err, a.db.Close())
	}
	return a, nil
}

func (a *App) build(ctx context.Context) (err error) {
	site := web.Folder(a.c.Static)
	if a.c.Static == "" {
		if site, err = web.Embedded(); err != nil {
			return err
		}
	}
	a.audit = audit.New(a.db)
	a.users = users.New(a.db, users.Options{IdleLimit: a.c.SessionIdle, AbsoluteLimit: a.c.SessionAbsolute})
	a.settings = settings.New(a.db, settings.Pins{Websockets: a.c.Websockets})
	if err := a.settings.Start(ctx); err != nil {
		return err
	}
	a.server, err = httpapi.New(a.users.Authenticate, a.log, httpapi.Options{
		PublicURL: a.c.PublicURL, Listen: a.c.Addr, AllowedOrigins: a.c.AllowOrigins, TrustedProxies: a.c.TrustedProxies,
		Observe: a.metrics.observe,
	})
	if err != nil {
		return err
	}
	a.projects = projects.New(a.db)
	if a.content, err = newContent(a.db, a.c.ContentTypes); err != nil {
		return err
	}
	if err := a.content.IndexWords(ctx); err != nil {
		return err
	}
	a.comments = comments.New(a.db)
	a.releases = releases.New(a.db, a.content)
	a.hub = realtime.NewHub(a.db, mayHear(a.users), a.log, realtime.Defaults())
	a.settings.OnChange(func(enabled bool) {
		a.log.Info("live updates", "websockets", enabled)
		a.hub.SetEnabled(enabled)
	})

	a.users.Routes(a.server)
	a.audit.Routes(a.server)
	a.settings.Routes(a.server)
	a.projects.Routes(a.server)
	a.content.Routes(a.server)
	a.comments.Routes(a.server)
	a.releases.Routes(a.server)
	search.New(a.db).Routes(a.server)
	notifications.New(a.db).Routes(a.server)
	a.hub.Routes(a.server)
	serveOpenAPI(a.server)
	a.probes(a.server.Echo)
	a.metrics.watch(a)
	a.metrics.routes(a.server.Echo, a.c.MetricsToken)
	serveSite(a.server.Echo, site)
	return nil
}

// newContent makes the service with the types that ship and those of the folder, where one is given.
func newContent(db *store.DB, folder string) (*content.Service, error) {
	if folder == "" {
		return content.New(db)
	}
	s, err := content.New(db, os.DirFS(folder))
	if err != nil {
		return nil, fmt.Errorf("--content-types %s: %w", folder, err)
	}
	return s, nil
}

// offerSetup prints the code for the first run while there is no admin.
func (a *App) offerSetup(ctx context.Context) error {
	code, err := a.users.OpenSetup(ctx)
	if err == nil && code != "" {
		a.log.Info("no admin yet: open /setup in the browser and give this code, or run cms user add --role admin", "code", code)
	}
	return err
}

// Run serves on the listener until ctx ends, and then stops in order: nobody new, sockets told to come back, answers
// under way sent, all within 10 s.
func (a *App) Run(ctx context.Context, listener net.Listener) error {
	var aside net.Listener // for metrics
	if a.c.MetricsAddr != "" {
		var err error
		if aside, err = net.Listen("tcp", a.c.MetricsAddr); err != nil {
			return errors.Join(fmt.Errorf("galley cannot listen for metrics on %s; choose another address with --metrics-addr: %w", a.c.MetricsAddr, err), listener.Close())
		}
	}
	behind, cancel := context.WithCancel(context.WithoutCancel(ctx)) // outlives ctx until everybody has been told
	failed := make(chan error, 3)
	var work sync.WaitGroup
	defer work.Wait()
	defer cancel()
	work.Go(func() { a.prune(behind) })
	work.Go(func() { paceCollector(behind) })
	work.Go(func() {
		if err := a.hub.Run(behind); err != nil {
			failed <- fmt.Errorf("galley cannot follow its log: %w", err)
		}
	})
	serve := func(on net.Listener, handler http.Handler) *http.Server {
		server := a.newServer(handler)
		work.Go(func() {
			if err := server.Serve(on); !errors.Is(err, http.ErrServerClosed) {
				failed <- fmt.Errorf("galley cannot serve: %w", err)
			}
		})
		return server
	}
	if aside != nil {
		watched := serve(aside, a.metrics.alone())
		defer func() { _ = watched.Close() }() // whoever collects comes again
		a.log.Info("metrics", "address", aside.Addr().String())
	}
	server := serve(listener, a.server.Echo)
	a.log.Info("started", "address", listener.Addr().String(), "database", a.c.Database, "version", version())
	var err error
	select {
	case err = <-failed:
	case <-ctx.Done():
	}
	return errors.Join(err, a.stop(server))
}

func (a *App) newServer(handler http.Handler) *http.Server {
	return &http.Server{
		Handler:           handler,
		ReadHeaderTimeout: headerTimeout,
		ReadTimeout:       bodyTimeout,
		WriteTimeout:      answerTimeout,
		IdleTimeout:       idleTimeout,
		MaxHeaderBytes:    headerBytes,
		ErrorLog:          slog.NewLogLogger(a.log.Handler(), slog.LevelDebug), // broken clients, nothing of ours
	}
}

func (a *App) stop(server *http.Server) error {
	began := time.Now()
	close(a.stopping)
	ctx, cancel := context.WithTimeout(context.Background(), stopWithin)
	defer cancel()
	var sockets sync.WaitGroup
	sockets.Go(func() { a.hub.Close(ctx) }) // Shutdown knows nothing of connections that were upgraded
	err := server.Shutdown(ctx)
	if errors.Is(err, context.DeadlineExceeded) {
		err = server.Close() // whoever is left has had their time
	}
	sockets.Wait()
	a.log.Info("stopped", "ms", time.Since(began).Milliseconds())
	return err
}

// Close closes the database; what was acknowledged is in it.
func (a *App) Close() error {
	err := a.db.Close()
	a.writes.owned.Wait() // it has its answer now
	return err
}
