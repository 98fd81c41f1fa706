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

soak: ## the long, seeded sweep
	GALLEY_SOAK=1 go test -race -count=1 -timeout=60m ./realtime ./cmd/cms
