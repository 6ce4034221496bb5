/* Holds a pod's namespaces: sleeps, and reaps what is handed to it. */
#include <signal.h>
#include <sys/wait.h>
#include <unistd.h>

static void quit(int signal_number) {
    (void)signal_number;
    _exit(0);
}

static void reap(int signal_number) {
    (void)signal_number;
    while (waitpid(-1, 0, WNOHANG) > 0) {
    }
}

int main(void) {
    signal(SIGINT, quit);
    signal(SIGTERM, quit);
    signal(SIGCHLD, reap);
    for (;;) {
        pause();
    }
}
