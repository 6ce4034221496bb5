/* The terminals' side of a measurement. It is C so that what is measured is the router and not who measures it.
 * The sockets are the caller's, made by the same libzmq. */
#include <errno.h>
#include <stdint.h>
#include <string.h>
#include <time.h>

int zmq_send(void *socket, const void *message, size_t size, int flags);
int zmq_recv(void *socket, void *into, size_t room, int flags);
int zmq_errno(void);

#define DONTWAIT 1
#define BEAT_NS 1000000000LL

static int64_t now_ns(void)
{
    struct timespec now;
    clock_gettime(CLOCK_MONOTONIC_RAW, &now);
    return (int64_t)now.tv_sec * 1000000000 + now.tv_nsec;
}

/* What all sockets send once a second while this program waits: a router forgets terminals that are silent. */
struct beat {
    void *from, **to;
    int sockets;
    const void *message;
    size_t size;
    int64_t last_ns, patience_ns;
};

static void keep_beating(struct beat *beat)
{
    if (beat->size == 0 || now_ns() - beat->last_ns < BEAT_NS)
        return;
    beat->last_ns = now_ns();
    zmq_send(beat->from, beat->message, beat->size, DONTWAIT);
    for (int n = 0; n < beat->sockets; n++)
        zmq_send(beat->to[n], beat->message, beat->size, DONTWAIT);
}

/* The next message whose byte at `at` is `kind` (any, where `at` is negative); others are passed over. Sockets give up after
 * a moment, so that beats go on. */
static int receive(void *socket, int at, int kind, unsigned char *into, size_t room, struct beat *beat)
{
    int64_t until_ns = now_ns() + beat->patience_ns;
    for (;;) {
        int size = zmq_recv(socket, into, room, 0);
        if (size >= 0 && (at < 0 || (size > at && into[at] == kind)))
            return size;
        if (size < 0 && (zmq_errno() != EAGAIN || now_ns() > until_ns))
            return -zmq_errno();
        keep_beating(beat);
    }
}

/* Sends messages on one socket, and takes `each` messages from every other socket, of those whose byte at `at` is `kind`.
 * `took_ns` has room for the time of each message since the first was sent, `bodies` for `room` bytes of each, both socket
 * by socket. Zero, or minus the number of the error. */
int fan_out(void *from, const unsigned char *messages, const size_t *sizes, int sends, void **to, int sockets, int each,
            int at, int kind, unsigned char *bodies, size_t room, int64_t *took_ns, const void *beat_message,
            size_t beat_size, int64_t patience_ns)
{
    int64_t started = now_ns();
    struct beat beat = {from, to, sockets, beat_message, beat_size, started, patience_ns};
    for (int n = 0; n < sends; n++) {
        if (zmq_send(from, messages, sizes[n], 0) < 0)
            return -zmq_errno();
        messages += sizes[n];
    }
    for (int n = 0; n < sockets * each; n++) {
        int size = receive(to[n / each], at, kind, bodies + n * room, room, &beat);
        if (size < 0)
            return size;
        took_ns[n] = now_ns() - started;
        keep_beating(&beat);
    }
    return 0;
}

/* Sends a message on each socket in turn, so many a second all together, for some time or until `*stop`. Returns how many
 * were taken; one that would have to wait is dropped, as relays drop quotes. */
long pace(void **sockets, int count, const unsigned char *message, size_t size, long a_second, int64_t for_ns,
          volatile int *stop)
{
    int64_t started = now_ns(), gap = 1000000000 / a_second;
    struct timespec nap = {0, 200000};
    long sent = 0, tried = 0;
    while (!*stop && now_ns() - started < for_ns) {
        for (; tried * gap < now_ns() - started; tried++)
            sent += zmq_send(sockets[tried % count], message, size, DONTWAIT) >= 0;
        nanosleep(&nap, NULL);
    }
    return sent;
}
