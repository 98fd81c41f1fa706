.PHONY: run test fmt browser bench soak

run: ## the product with a newsroom to try
	go run ./cmd/cms serve --demo

test: ## every check
	scripts/check

fmt:
	go tool -modfile=tools/go.mod gofumpt -w $$(git ls-files '*.go')
	cd web && npx biome check --write .

browser: ## the browser tests alone
	cd web && npm ci && npm run browser

bench: ## against the bare baselines; both figures are printed
	go run ./bench

SOAK ?= 25

soak: ## the long sweep: cuts and kills at random, SOAK seeds of each
	SOAK=$(SOAK) go test -race -count=1 -timeout=60m -run 'Random|Kill' ./realtime ./cmd/cms
