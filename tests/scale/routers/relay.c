/* Plain libzmq: a ROUTER with CURVE that passes each message on to every other peer, and nothing else.
 * usage: relay PORT < secret key (40 characters of Z85) */
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

void *zmq_ctx_new(void);
void *zmq_socket(void *context, int type);
int zmq_setsockopt(void *socket, int option, const void *value, size_t size);
int zmq_bind(void *socket, const char *endpoint);
int zmq_send(void *socket, const void *message, size_t size, int flags);
int zmq_recv(void *socket, void *into, size_t room, int flags);

enum { ROUTER = 6, SNDMORE = 2, CURVE_SERVER = 47, CURVE_SECRETKEY = 49, NAME = 5, MOST = 4096, ROOM = 65536 };

static char peers[MOST][NAME], message[ROOM];
static int known;

static int is_known(const char *peer)
{
    for (int n = 0; n < known; n++)
        if (memcmp(peers[n], peer, NAME) == 0)
            return 1;
    return 0;
}

int main(int argc, char **argv)
{
    char secret[41] = {0}, endpoint[64], peer[NAME];
    int server = 1;
    if (argc != 2 || fread(secret, 1, 40, stdin) != 40)
        return 2;
    snprintf(endpoint, sizeof endpoint, "tcp://127.0.0.1:%s", argv[1]);
    void *router = zmq_socket(zmq_ctx_new(), ROUTER);
    zmq_setsockopt(router, CURVE_SERVER, &server, sizeof server);
    zmq_setsockopt(router, CURVE_SECRETKEY, secret, sizeof secret);
    if (zmq_bind(router, endpoint) < 0)
        return 1;
    for (;;) {
        int size;
        if (zmq_recv(router, peer, NAME, 0) != NAME || (size = zmq_recv(router, message, ROOM, 0)) < 0)
            return 1;
        if (!is_known(peer) && known < MOST) {
            memcpy(peers[known++], peer, NAME);
            zmq_send(router, peer, NAME, SNDMORE);
            zmq_send(router, "known", 5, 0);
            continue;
        }
        for (int n = 0; n < known; n++) {
            if (memcmp(peers[n], peer, NAME) == 0)
                continue;
            zmq_send(router, peers[n], NAME, SNDMORE);
            zmq_send(router, message, size, 0);
        }
    }
}
