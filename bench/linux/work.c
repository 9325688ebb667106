/* SPDX-License-Identifier: Apache-2.0 */
/*
 * What an unmodified kernel's usual work costs, as /init of an initramfs that holds little else:
 * the same binary in a VM and natively. Prints `name value` lines: the mean of many rounds in ticks
 * of the architecture's counter, which are instructions under QEMU's `-icount shift=0` with a
 * counter of 1 GHz. `boot.only` on the kernel's command line ends it at once. Powers off in the
 * end.
 */
#include <errno.h>
#include <fcntl.h>
#include <stdint.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/mman.h>
#include <sys/mount.h>
#include <sys/random.h>
#include <sys/reboot.h>
#include <sys/stat.h>
#include <sys/syscall.h>
#include <sys/wait.h>
#include <termios.h>
#include <unistd.h>

#define LOOP_ROUNDS   1000000u
#define CALL_ROUNDS   20000u
#define FORK_ROUNDS   200u
#define FAULT_PAGES   4096u
#define PIPE_ROUNDS   2000u
#define PAGE_BYTES    4096u
#define CONSOLE_LINES 20u
#define CONSOLE_WIDTH 80u /* with its newline, which the terminal makes two characters */
/* A kernel without entropy pays for each system call until it has some; none of that is to be
 * measured. */
#define CRNG_BYTES 16u
#define CHILD      "child"
/* The kernel's own late work, self-tests among it, is over then. */
#define SETTLE_SECONDS 5

static uint64_t counter(void)
{
    uint64_t value;
#if defined(__aarch64__)
    __asm__ volatile("isb; mrs %0, cntvct_el0" : "=r"(value)::"memory");
#elif defined(__arm__)
    __asm__ volatile("isb; mrrc p15, 1, %Q0, %R0, c14" : "=r"(value)::"memory");
#elif defined(__riscv)
    __asm__ volatile("fence; rdtime %0" : "=r"(value)::"memory");
#else
#error "no counter known for this architecture"
#endif
    return value;
}

static void fail(const char *what)
{
    perror(what);
    sync();
    reboot(RB_POWER_OFF);
}

static void report(const char *name, uint64_t ticks, uint32_t rounds)
{
    uint64_t hundredths = ticks * 100 / rounds;

    printf("%s %llu.%02llu\n", name, (unsigned long long)(hundredths / 100),
           (unsigned long long)(hundredths % 100));
    fflush(stdout);
}

/* ---- the rows: each gives the ticks of all its rounds */

static uint64_t cpu_loop(void)
{
    uint64_t start = counter(), sum = 0;

    for (uint32_t i = 0; i < LOOP_ROUNDS; i++)
        __asm__ volatile("" : "+r"(sum)::"memory");
    return counter() - start;
}

static uint64_t getppid_calls(void)
{
    uint64_t start = counter();

    for (uint32_t i = 0; i < CALL_ROUNDS; i++)
        syscall(SYS_getppid);
    return counter() - start;
}

/* ARGUMENT: what the child executes, NULL to end at once. */
static uint64_t forks(const char *argument)
{
    uint64_t start = counter();

    for (uint32_t i = 0; i < FORK_ROUNDS; i++) {
        int status;
        pid_t child = fork();

        if (child == 0) {
            if (argument != NULL)
                execl("/init", "/init", argument, (char *)NULL);
            _exit(argument != NULL);
        }
        if (child < 0 || waitpid(child, &status, 0) != child || status != 0)
            fail("fork");
    }
    return counter() - start;
}

static uint64_t first_touch(void)
{
    volatile char *memory = mmap(NULL, (size_t)FAULT_PAGES * PAGE_BYTES, PROT_READ | PROT_WRITE,
                                 MAP_PRIVATE | MAP_ANONYMOUS, -1, 0);
    uint64_t start;

    /* A kernel that has no huge pages says that this is invalid. */
    if (memory == MAP_FAILED ||
        (madvise((void *)memory, (size_t)FAULT_PAGES * PAGE_BYTES, MADV_NOHUGEPAGE) != 0 &&
         errno != EINVAL))
        fail("mmap");
    start = counter();
    for (uint32_t i = 0; i < FAULT_PAGES; i++)
        memory[(size_t)i * PAGE_BYTES] = 1;
    start = counter() - start;
    munmap((void *)memory, (size_t)FAULT_PAGES * PAGE_BYTES);
    return start;
}

/* A byte to the child and back. */
static uint64_t pipe_round_trips(void)
{
    int there[2], back[2];
    char byte = 0;
    uint64_t start;
    pid_t child;

    if (pipe(there) != 0 || pipe(back) != 0)
        fail("pipe");
    child = fork();
    if (child == 0) {
        close(there[1]);
        while (read(there[0], &byte, 1) == 1 && write(back[1], &byte, 1) == 1)
            ;
        _exit(0);
    }
    start = counter();
    for (uint32_t i = 0; i < PIPE_ROUNDS; i++)
        if (write(there[1], &byte, 1) != 1 || read(back[0], &byte, 1) != 1)
            fail("pipe");
    start = counter() - start;
    close(there[0]);
    close(there[1]);
    close(back[0]);
    close(back[1]);
    waitpid(child, NULL, 0);
    return start;
}

static uint64_t console_lines(void)
{
    char line[CONSOLE_WIDTH];
    uint64_t start;

    memset(line, '.', sizeof(line));
    line[sizeof(line) - 1] = '\n';
    start = counter();
    for (uint32_t i = 0; i < CONSOLE_LINES; i++)
        if (write(1, line, sizeof(line)) != (ssize_t)sizeof(line))
            fail("console");
    tcdrain(1);
    return counter() - start;
}

static int command_line_has(const char *word)
{
    char text[4096] = {0};
    int file;
    ssize_t got;

    mkdir("/proc", 0755);
    mount("proc", "/proc", "proc", 0, NULL);
    file = open("/proc/cmdline", O_RDONLY);
    got = file < 0 ? -1 : read(file, text, sizeof(text) - 1);
    close(file);
    return got > 0 && strstr(text, word) != NULL;
}

/* As PID 1 the console has to be opened, unless the initramfs had it. */
static void open_console(void)
{
    int file = open("/dev/console", O_RDWR);

    if (file >= 0) {
        dup2(file, 0);
        dup2(file, 1);
        dup2(file, 2);
    }
}

int main(int argc, char **argv)
{
    char random[CRNG_BYTES];

    if (argc > 1 && strcmp(argv[1], CHILD) == 0)
        return 0;
    open_console();
    if (command_line_has("boot.only"))
        reboot(RB_POWER_OFF);
    sleep(SETTLE_SECONDS);
    if (getrandom(random, sizeof(random), GRND_NONBLOCK) < 0)
        printf("crng_not_ready 1\n");
    report("linux_cpu_loop", cpu_loop(), LOOP_ROUNDS);
    report("linux_getppid", getppid_calls(), CALL_ROUNDS);
    report("linux_fork_wait", forks(NULL), FORK_ROUNDS);
    report("linux_fork_exec", forks(CHILD), FORK_ROUNDS);
    report("linux_first_touch", first_touch(), FAULT_PAGES);
    report("linux_pipe", pipe_round_trips(), PIPE_ROUNDS);
    report("linux_console", console_lines(), CONSOLE_LINES * CONSOLE_WIDTH);
    printf("done\n");
    tcdrain(1);
    reboot(RB_POWER_OFF);
    return 1;
}
