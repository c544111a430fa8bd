# SPDX-License-Identifier: Apache-2.0
# Thin: each target says what to run; the work is in CMake, ctest and the scripts.
.DEFAULT_GOAL := help
JOBS ?= $(shell nproc)
export EVALSCALER_JOBS := $(JOBS)

.PHONY: help deps build test demo demo-redis demo-down cluster format format-check tidy clang asan tsan faults redis-sweep redis-cycles fuzz footprint bench soak clean

help: ## print this
	@awk -F ':.*## ' '/^[a-z-]+:.*## / {printf "  make %-14s %s\n", $$1, $$2}' Makefile

deps: ## install what is missing (Debian 12, apt)
	@tools/install-dependencies

build: deps ## release programs: build/bin/evalscaler, build/bin/kubectl-evalscaler
	@cmake --preset release --log-level=WARNING >/dev/null
	@cmake --build --preset release -j $(JOBS)

cluster: build ## the local cluster's own programs (first time 5 to 15 min)
	@tests/cluster/build

test: cluster ## every tier through ctest, on a real control plane and node
	@ctest --preset release

demo: cluster ## the main job on a real local cluster, narrated and checked
	@demo/demo run

demo-redis: cluster ## a Redis Cluster from 3 to 4 shards and back under load, no write lost
	@demo/demo redis

demo-down: ## end the demos' clusters and everything they made
	@demo/demo down

format: ## clang-format everything
	@git ls-files '*.cpp' '*.hpp' | xargs clang-format -i

format-check: deps
	@git ls-files '*.cpp' '*.hpp' | xargs clang-format --dry-run --Werror

tidy: deps ## clang-tidy over the operator and the plugin
	@cmake --preset tidy >/dev/null && cmake --build --preset tidy -j $(JOBS)

clang: deps ## everything once more with clang
	@cmake --preset clang >/dev/null && cmake --build --preset clang -j $(JOBS)

asan: cluster ## every tier but e2e under AddressSanitizer and UBSan
	@cmake --preset asan >/dev/null && cmake --build --preset asan -j $(JOBS) && ctest --preset asan

tsan: cluster ## what has threads, but e2e, under ThreadSanitizer
	@cmake --preset tsan >/dev/null && cmake --build --preset tsan -j $(JOBS) && ctest --preset tsan

faults: cluster ## the whole fault sweep against a real API server, and its table
	@tests/faults/run

redis-sweep: cluster ## the operator killed at every write of a Redis plan, and its table
	@tests/redis/sweep/run

redis-cycles: deps ## a Redis Cluster from 3 to 6 shards and back, CYCLES times (20), under load
	@cmake --preset release --log-level=WARNING >/dev/null
	@cmake --build --preset release -j $(JOBS) --target integration_redis_cycles
	@tests/redis/cycles build/tests/integration/integration_redis_cycles

fuzz: deps ## every fuzz target for FUZZ_SECONDS (60); what is found stays in .cache/fuzz
	@cmake --preset fuzz >/dev/null && cmake --build --preset fuzz -j $(JOBS)
	@tests/fuzz/run $(CURDIR)/build/fuzz/fuzz

footprint: cluster ## memory and CPU of the idle operator with 100 services
	@tests/integration/with_cluster $(CURDIR)/.cache/footprint up >/dev/null
	@EVALSCALER_TEST_BIN=$(CURDIR)/build/bin tests/integration/with_cluster \
	  $(CURDIR)/.cache/footprint tests/bench/footprint.py; status=$$?; \
	  tests/integration/with_cluster $(CURDIR)/.cache/footprint down; exit $$status

bench: deps ## what a decision costs: nanoseconds, and instructions held against the record (2 %)
	@cmake --preset release --log-level=WARNING >/dev/null
	@cmake --build --preset release -j $(JOBS) --target decide_bench decide_steps
	@build/bench/decide_bench
	@tests/bench/instructions.py build/bench

soak: cluster ## an hour of churn and cut connections (SOAK_MINUTES)
	@tests/integration/with_cluster $(CURDIR)/.cache/soak/cluster up >/dev/null
	@EVALSCALER_TEST_BIN=$(CURDIR)/build/bin SOAK_FOLDER=$(CURDIR)/.cache/soak \
	  tests/integration/with_cluster $(CURDIR)/.cache/soak/cluster tests/soak/soak; status=$$?; \
	  tests/integration/with_cluster $(CURDIR)/.cache/soak/cluster down; exit $$status

clean: ## remove what the build made (the cluster's programs stay in .cache)
	@rm -rf build
