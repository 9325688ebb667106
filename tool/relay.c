/* SPDX-License-Identifier: Apache-2.0 */
/* Owns the bytes between the terminal and QEMU, and the terminal's mode. Must not know what QEMU is
 * told. */
#include "tool/relay.h"
#include "tool/util.h"

#include <errno.h>
#include <fcntl.h>
#include <poll.h>
#include <signal.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/prctl.h>
#include <sys/wait.h>
#include <termios.h>
#include <time.h>
#include <unistd.h>

#define GRACE_MS 5000 /* for a child told to end, and for a machine that panicked */

struct relay {
    pid_t child;
    int to_child, from_child; /* -1: closed */
    uint8_t input[4096];      /* read and not yet written to the child */
    size_t input_at, input_end;
    bool input_open;
    bool marked;
    size_t mark_matched; /* bytes of RELAY_MARK seen on this line; SIZE_MAX: another line */
};

static struct termios saved_terminal;
static bool terminal_is_raw;
static volatile sig_atomic_t caught_signal;
static int wake_pipe[2]; /* a signal writes here, so that poll() returns */

static void terminal_restore(void)
{
    if (terminal_is_raw)
        tcsetattr(STDIN_FILENO, TCSAFLUSH, &saved_terminal);
    terminal_is_raw = false;
}

static void terminal_raw(void)
{
    struct termios raw;

    if (!isatty(STDIN_FILENO) || tcgetattr(STDIN_FILENO, &saved_terminal) != 0)
        return;
    raw = saved_terminal;
    cfmakeraw(&raw);
    if (tcsetattr(STDIN_FILENO, TCSAFLUSH, &raw) == 0)
        terminal_is_raw = true;
    atexit(terminal_restore);
}

static void on_signal(int number)
{
    int saved = errno;

    if (number != SIGCHLD)
        caught_signal = number;
    if (write(wake_pipe[1], "", 1) < 0) {
        /* The pipe is full, so poll() returns anyway. */
    }
    errno = saved;
}

static void catch_signals(void)
{
    static const int numbers[] = {SIGCHLD, SIGINT, SIGTERM, SIGHUP, SIGQUIT};
    struct sigaction action = {.sa_handler = on_signal, .sa_flags = SA_RESTART};

    if (pipe2(wake_pipe, O_CLOEXEC | O_NONBLOCK) != 0)
        die("pipe: %s", strerror(errno));
    for (size_t i = 0; i < ARRAY_SIZE(numbers); i++)
        sigaction(numbers[i], &action, NULL);
    signal(SIGPIPE, SIG_IGN);
}

static void start_child(struct relay *relay, char *const argv[])
{
    int in[2], out[2];
    pid_t parent = getpid();

    if (pipe2(in, O_CLOEXEC) != 0 || pipe2(out, O_CLOEXEC) != 0)
        die("pipe: %s", strerror(errno));
    relay->child = fork();
    if (relay->child < 0)
        die("fork: %s", strerror(errno));
    if (relay->child == 0) {
        /* A group of its own: the terminal's signals are for us, and we end it. */
        setpgid(0, 0);
        prctl(PR_SET_PDEATHSIG, SIGKILL);
        if (getppid() != parent)
            _exit(127);
        signal(SIGPIPE, SIG_DFL);
        dup2(in[0], STDIN_FILENO);
        dup2(out[1], STDOUT_FILENO);
        execvp(argv[0], argv);
        fprintf(stderr, "trapeze: error: %s: %s\n", argv[0], strerror(errno));
        _exit(127);
    }
    setpgid(relay->child, relay->child); /* in both, so that it is done whoever runs first */
    close(in[0]);
    close(out[1]);
    relay->to_child = in[1];
    relay->from_child = out[0];
    fcntl(relay->to_child, F_SETFL, O_NONBLOCK);
}

/* Look for RELAY_MARK at the start of a line. */
static void watch(struct relay *relay, const uint8_t *bytes, size_t count)
{
    for (size_t i = 0; i < count; i++) {
        if (bytes[i] == '\n' || bytes[i] == '\r')
            relay->mark_matched = 0;
        else if (relay->mark_matched < strlen(RELAY_MARK) &&
                 bytes[i] == (uint8_t)RELAY_MARK[relay->mark_matched])
            relay->marked |= ++relay->mark_matched == strlen(RELAY_MARK);
        else
            relay->mark_matched = SIZE_MAX;
    }
}

/* All of it, also to a terminal that somebody has made non-blocking. */
static void write_out(const uint8_t *bytes, size_t count)
{
    while (count > 0) {
        ssize_t done = write(STDOUT_FILENO, bytes, count);

        if (done < 0 && errno == EAGAIN) {
            struct pollfd wait = {.fd = STDOUT_FILENO, .events = POLLOUT};

            (void)poll(&wait, 1, -1);
        } else if (done < 0 && errno != EINTR) {
            return; /* nobody reads any more; the machine runs on */
        } else if (done > 0) {
            bytes += done;
            count -= (size_t)done;
        }
    }
}

static void from_child(struct relay *relay)
{
    uint8_t bytes[16384];
    ssize_t count = read(relay->from_child, bytes, sizeof(bytes));

    if (count > 0) {
        watch(relay, bytes, (size_t)count);
        write_out(bytes, (size_t)count);
    } else if (count == 0 || errno != EINTR) {
        close(relay->from_child);
        relay->from_child = -1;
    }
}

static void to_child(struct relay *relay)
{
    ssize_t done =
        write(relay->to_child, relay->input + relay->input_at, relay->input_end - relay->input_at);

    if (done > 0)
        relay->input_at += (size_t)done;
    else if (done < 0 && errno != EAGAIN && errno != EINTR)
        relay->input_at = relay->input_end;
}

static void from_terminal(struct relay *relay)
{
    ssize_t count = read(STDIN_FILENO, relay->input, sizeof(relay->input));

    relay->input_at = 0;
    relay->input_end = count > 0 ? (size_t)count : 0;
    if (count == 0 || (count < 0 && errno != EINTR && errno != EAGAIN))
        relay->input_open = false;
}

static int64_t now_ms(void)
{
    struct timespec now;

    clock_gettime(CLOCK_MONOTONIC, &now);
    return (int64_t)now.tv_sec * 1000 + now.tv_nsec / 1000000;
}

/* Move what there is to move; wait at most until DEADLINE_MS (negative: no limit). */
static void relay_step(struct relay *relay, int64_t deadline_ms)
{
    bool pending = relay->input_at < relay->input_end;
    int64_t left = deadline_ms < 0 ? 3600 * 1000 : MAX(deadline_ms - now_ms(), (int64_t)0);
    struct pollfd fds[] = {
        {.fd = relay->from_child, .events = POLLIN},
        {.fd = pending ? relay->to_child : -1, .events = POLLOUT},
        {.fd = relay->input_open && !pending ? STDIN_FILENO : -1, .events = POLLIN},
        {.fd = wake_pipe[0], .events = POLLIN},
    };
    uint8_t drop[64];

    if (poll(fds, ARRAY_SIZE(fds), (int)MIN(left, (int64_t)3600 * 1000)) <= 0)
        return;
    if (fds[0].revents)
        from_child(relay);
    if (fds[1].revents)
        to_child(relay);
    if (fds[2].revents)
        from_terminal(relay);
    if (!relay->input_open && relay->input_at == relay->input_end && relay->to_child >= 0) {
        close(relay->to_child);
        relay->to_child = -1;
    }
    if (fds[3].revents && read(wake_pipe[0], drop, sizeof(drop)) < 0) {
        /* Empty already. */
    }
}

/* Tell the child to end; once it was given its time, make it. */
static void end_child(const struct relay *relay, int64_t *deadline_ms, bool *told)
{
    kill(-relay->child, *told ? SIGKILL : SIGTERM);
    *told = true;
    *deadline_ms = now_ms() + GRACE_MS;
}

struct relay_result relay_run(char *const argv[], const struct relay_options *options)
{
    struct relay relay = {.input_open = options->input};
    struct relay_result result = {0};
    int64_t deadline = -1;
    bool told = false, grace = false;
    int status;

    catch_signals();
    if (options->input)
        terminal_raw();
    start_child(&relay, argv);
    if (options->timeout_seconds)
        deadline = now_ms() + (int64_t)MIN(options->timeout_seconds, (uint64_t)1 << 32) * 1000;
    while (waitpid(relay.child, &status, WNOHANG) == 0) {
        relay_step(&relay, deadline);
        if (relay.marked && !grace && !told) {
            grace = true;
            deadline = now_ms() + GRACE_MS;
        }
        if (caught_signal && !result.signal) {
            result.signal = caught_signal;
            end_child(&relay, &deadline, &told);
        } else if (deadline >= 0 && now_ms() >= deadline) {
            result.timed_out |= !told && !grace;
            end_child(&relay, &deadline, &told);
        }
    }
    /* The rest, without waiting for whom the child may have left behind. */
    fcntl(relay.from_child, F_SETFL, O_NONBLOCK);
    while (relay.from_child >= 0)
        from_child(&relay);
    terminal_restore();
    result.marked = relay.marked;
    result.status = WIFEXITED(status) ? WEXITSTATUS(status) : 128 + WTERMSIG(status);
    return result;
}
