# SPDX-License-Identifier: Apache-2.0
# The host tool, build/tool/trapeze. It shares the hypervisor's pure files: the same parser reads a system's description.
# make tool TOOL_SANITIZE=1 builds it under ASan and UBSan, as build/tool-asan/trapeze.
TOOL_B := $B/tool
ifdef TOOL_SANITIZE
TOOL_B := $B/tool-asan
TOOL_SAN := -fsanitize=address,undefined -fno-sanitize-recover=all
endif
TOOL_PURE := $(filter-out src/lib/string.c,$(wildcard src/lib/*.c)) \
	$(wildcard src/core/vm_config*.c src/core/board*.c src/core/dtb*.c src/core/image*.c)
TOOL_SRC := $(wildcard tool/*.c)
TOOL_FLAGS := -std=gnu11 -D_GNU_SOURCE -O2 -g $(WARN) $(TOOL_SAN) -Isrc -Isrc/arch/host -I.

tool: $(TOOL_B)/trapeze
$(TOOL_B)/%.o: %.c
	@mkdir -p $(dir $@)
	@$(CC) $(TOOL_FLAGS) -MMD -MP -c -o $@ $<
$(TOOL_B)/libpure.a: $(TOOL_PURE:%.c=$(TOOL_B)/%.o)
	@rm -f $@; ar rcs $@ $^
$(TOOL_B)/trapeze: $(TOOL_SRC:%.c=$(TOOL_B)/%.o) $(TOOL_B)/libpure.a
	@$(CC) $(TOOL_FLAGS) -o $@ $^ -lfdt -lz -lzstd
