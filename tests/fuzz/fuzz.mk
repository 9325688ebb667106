# SPDX-License-Identifier: Apache-2.0
# The fuzzers: libFuzzer over the pure files, under ASan and UBSan, with the ghost check. `make fuzz` builds and runs them.
# And the world (tests/fuzz/world.h), which some unit tests use too.
WORLD_SRC := $(wildcard tests/fuzz/world*.c) $(addprefix src/arch/arm/,hw/devices.c a64/glue.c a64/observed.c a64/vcpu.c)

FUZZ := $(patsubst tests/fuzz/%_fuzz.c,%,$(wildcard tests/fuzz/*_fuzz.c))
FUZZ_B := $B/host/fuzz
FUZZ_CC ?= clang
FUZZ_FLAGS := $(filter-out -O1,$(HOST_FLAGS)) -O2 -fsanitize=fuzzer-no-link -DCONFIG_GHOST $(FUZZ_COVERAGE)
FUZZ_WORLD := $(WORLD_SRC:%.c=$(FUZZ_B)/%.o)

# What judges is not what is to be covered.
FUZZ_JUDGES := $(addprefix $(FUZZ_B)/,src/core/ghost.o tests/fuzz/world.o tests/fuzz/world_gic.o tests/fuzz/world_guest.o)
$(FUZZ_JUDGES): FUZZ_FLAGS := $(filter-out -fsanitize=fuzzer-no-link,$(FUZZ_FLAGS))
$(FUZZ_B)/%.o: %.c
	@mkdir -p $(dir $@)
	@echo "  fuzz  $<"; $(FUZZ_CC) $(FUZZ_FLAGS) -MMD -MP -c -o $@ $<
$(FUZZ_B)/libpure.a: $(HOST_SRC:%.c=$(FUZZ_B)/%.o)
	@rm -f $@; ar rcs $@ $^
# The world takes the place of the fake architecture's parts, so it goes before the library.
$(FUZZ_B)/bin/%: $(FUZZ_B)/tests/fuzz/%_fuzz.o $(FUZZ_WORLD) $(FUZZ_B)/libpure.a
	@mkdir -p $(dir $@)
	@$(FUZZ_CC) $(FUZZ_FLAGS) -fsanitize=fuzzer -o $@ $< $(if $(shell grep -lE "/(world|guest).h" tests/fuzz/$*_fuzz.c),$(FUZZ_WORLD)) $(FUZZ_B)/libpure.a -lcmocka -lfdt -lz
$(FUZZ_B)/seeds: tests/fuzz/seeds.c
	@mkdir -p $(dir $@)
	@$(FUZZ_CC) -std=gnu11 -O1 $(WARN) -Isrc -I. -o $@ $< -lfdt -lz
.PRECIOUS: $(FUZZ_B)/%.o
.PHONY: fuzz fuzz-build
fuzz-build: $(FUZZ:%=$(FUZZ_B)/bin/%) $(FUZZ_B)/seeds
fuzz: fuzz-build
	scripts/fuzz
