/* SPDX-License-Identifier: Apache-2.0 */
/* Counting and reporting; see check.h. */
#include "guest/lib/check.h"

#include "guest/lib/mmu.h"
#include "guest/lib/print.h"

/* Failures of one test that are printed; the rest is counted. */
#define REPORT_MAX 6

static uint32_t failures; /* of the running test */
static const char *skipped_because;

static bool report_failure(void)
{
    return __atomic_fetch_add(&failures, 1, __ATOMIC_RELAXED) < REPORT_MAX;
}

bool check_true(bool ok, const char *file, int line, const char *what)
{
    if (!ok && report_failure())
        print("  %s:%u: %s\n", file, (unsigned)line, what);
    return ok;
}

bool check_equal(uint64_t a, uint64_t b, const char *file, int line, const char *what)
{
    if (a != b && report_failure())
        print("  %s:%u: %s: 0x%lx, 0x%lx\n", file, (unsigned)line, what, a, b);
    return a == b;
}

void check_skip(const char *reason)
{
    skipped_because = reason;
}

enum verdict { PASSED, FAILED, SKIPPED };

static enum verdict run_one(const struct test *test)
{
    failures = 0;
    skipped_because = NULL;
    test->run();
    if (__atomic_load_n(&failures, __ATOMIC_RELAXED) != 0) {
        print("FAIL %s\n", test->name);
        return FAILED;
    }
    return skipped_because != NULL ? SKIPPED : PASSED;
}

unsigned check_quietly(const struct test *tests, unsigned count)
{
    unsigned failed = 0;

    for (unsigned i = 0; i < count; i++)
        failed += run_one(&tests[i]) == FAILED;
    return failed;
}

void check_run(const struct test *tests, unsigned count)
{
    unsigned verdicts[] = {[PASSED] = 0, [FAILED] = 0, [SKIPPED] = 0};

    mmu_init();
    for (unsigned i = 0; i < count; i++) {
        enum verdict verdict = run_one(&tests[i]);

        verdicts[verdict]++;
        if (verdict == SKIPPED)
            print("skip %s: %s\n", tests[i].name, skipped_because);
        else if (verdict == PASSED)
            print("ok   %s\n", tests[i].name);
    }
    print("%u passed, %u failed, %u skipped\n", verdicts[PASSED], verdicts[FAILED],
          verdicts[SKIPPED]);
}
