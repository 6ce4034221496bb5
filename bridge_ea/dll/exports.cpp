// lockstep.dll: what the MQL programs of one terminal share. Winsock only, no threads of its own, one EA and one service.
#include <winsock2.h>
#include <windows.h>

#include "channel.hpp"
#include "clock.hpp"
#include "inflight.hpp"
#include "text.hpp"
#include "wire.hpp"

#define LS_API(type) extern "C" __declspec(dllexport) type __stdcall

namespace {

class Guard {
  public:
    explicit Guard(SRWLOCK& lock) : lock_(lock) { AcquireSRWLockExclusive(&lock_); }
    ~Guard() { ReleaseSRWLockExclusive(&lock_); }
    Guard(const Guard&) = delete;
    Guard& operator=(const Guard&) = delete;

  private:
    SRWLOCK& lock_;
};

// The process is the unit that these belong to: both programs load this one DLL.
struct Shared {
    SRWLOCK events_lock = SRWLOCK_INIT;
    SRWLOCK links_lock = SRWLOCK_INIT;
    Channel events;
    Channel commands;
    Inflight links;
    int64_t received_ns = 0;
    volatile LONG ready = 0;
};

Shared shared;

template <class Frame>
int push(uint32_t kind, const Frame& frame) {
    Guard guard(shared.events_lock);
    return shared.events.push(static_cast<uint8_t>(kind), &frame, sizeof frame);
}

wire::Result finished(const wire::Result& result) {
    wire::Result copy = result;
    finish_text(copy.comment);
    return copy;
}

}  // namespace

LS_API(int64_t) ls_now() { return now_ns(); }

LS_API(int) ls_events_open(int port) {
    Guard guard(shared.events_lock);
    return shared.events.open(port, false);
}

LS_API(void) ls_events_close() {
    Guard guard(shared.events_lock);
    shared.events.close();
}

LS_API(int) ls_commands_open(int port) { return shared.commands.open(port, true); }
LS_API(void) ls_commands_close() { shared.commands.close(); }

LS_API(int) ls_account(const wire::Account* frame) {
    wire::Account copy = *frame;
    copy.sent_ns = now_ns();
    finish_text(copy.currency);
    finish_text(copy.server);
    finish_text(copy.company);
    return push(wire::KIND_ACCOUNT, copy);
}

LS_API(int) ls_symbol(const wire::Symbol* frame) {
    wire::Symbol copy = *frame;
    finish_text(copy.symbol);
    finish_text(copy.currency_base);
    finish_text(copy.currency_profit);
    finish_text(copy.currency_margin);
    return push(wire::KIND_SYMBOL, copy);
}

LS_API(int) ls_position(const wire::Position* frame) {
    wire::Position copy = *frame;
    finish_text(copy.symbol);
    finish_text(copy.comment);
    return push(wire::KIND_POSITION, copy);
}

LS_API(int) ls_snapshot_begin(int positions, int symbols) {
    const wire::SnapshotBegin frame = {now_ns(), static_cast<uint32_t>(positions), static_cast<uint32_t>(symbols)};
    return push(wire::KIND_SNAPSHOT_BEGIN, frame);
}

LS_API(int) ls_snapshot_end(int positions, int symbols) {
    const wire::SnapshotEnd frame = {now_ns(), static_cast<uint32_t>(positions), static_cast<uint32_t>(symbols)};
    return push(wire::KIND_SNAPSHOT_END, frame);
}

LS_API(int) ls_trade(const wire::Trade* frame) {
    wire::Trade copy = *frame;
    finish_text(copy.symbol);
    finish_text(copy.comment);
    return push(wire::KIND_TRADE, copy);
}

LS_API(int) ls_stops(const wire::Stops* frame) {
    wire::Stops copy = *frame;
    finish_text(copy.symbol);
    return push(wire::KIND_STOPS, copy);
}

LS_API(int) ls_order(const wire::PendingOrder* frame) {
    wire::PendingOrder copy = *frame;
    finish_text(copy.symbol);
    finish_text(copy.comment);
    return push(wire::KIND_PENDING_ORDER, copy);
}

LS_API(int) ls_tick(const wire::Tick* frame) {
    wire::Tick copy = *frame;
    copy.seen_ns = now_ns();
    finish_text(copy.symbol);
    return push(wire::KIND_TICK, copy);
}

// The outcome that the EA learned of: on the events connection, since the commands connection belongs to the service.
LS_API(int) ls_outcome(const wire::Result* frame) {
    wire::Result copy = finished(*frame);
    copy.answered_ns = now_ns();
    return push(wire::KIND_RESULT, copy);
}

// 1 a snapshot is wanted, 0 not, -1 lost. Also writes what an earlier push had to leave.
LS_API(int) ls_poll(wire::SnapshotRequest* request) {
    Guard guard(shared.events_lock);
    if (shared.events.flush() == LOST) return LOST;
    return shared.events.read(wire::KIND_SNAPSHOT_REQUEST, request, sizeof *request, 0);
}

LS_API(int) ls_wait(wire::Command* command, int timeout_ms) {
    const int got = shared.commands.read(wire::KIND_COMMAND, command, sizeof *command, timeout_ms);
    if (got == 1) {
        shared.received_ns = now_ns();
        finish_text(command->symbol);
        finish_text(command->comment);
    }
    return got;
}

LS_API(int64_t) ls_received() { return shared.received_ns; }

LS_API(int) ls_result(const wire::Result* frame) {
    const wire::Result copy = finished(*frame);
    return shared.commands.push(wire::KIND_RESULT, &copy, sizeof copy);
}

LS_API(int) ls_claim(int64_t link, int action, uint32_t target_id) {
    Guard guard(shared.links_lock);
    return shared.links.claim(link, static_cast<uint32_t>(action), now_ns(), target_id) ? 1 : 0;
}

LS_API(int) ls_pending(int64_t link, int matter) {
    Guard guard(shared.links_lock);
    return static_cast<int>(shared.links.pending(link, static_cast<Matter>(matter)));
}

LS_API(int64_t) ls_claimed(int64_t link, int matter) {
    Guard guard(shared.links_lock);
    return shared.links.claimed_ns(link, static_cast<Matter>(matter));
}

LS_API(int) ls_barring(int64_t link) {
    Guard guard(shared.links_lock);
    return static_cast<int>(shared.links.barring(link));
}

LS_API(void) ls_answered(int64_t link, int matter) {
    Guard guard(shared.links_lock);
    shared.links.answered(link, static_cast<Matter>(matter));
}

LS_API(void) ls_dealt(int64_t link) {
    Guard guard(shared.links_lock);
    shared.links.dealt(link);
}

LS_API(void) ls_release(int64_t link, int matter) {
    Guard guard(shared.links_lock);
    shared.links.rejected(link, static_cast<Matter>(matter));
}

LS_API(void) ls_gone(int64_t link) {
    Guard guard(shared.links_lock);
    shared.links.gone(link);
}

// Whether the positions that the terminal shows may be believed: set by the EA, obeyed by the service.
LS_API(void) ls_set_ready(int ready) { InterlockedExchange(&shared.ready, ready); }
LS_API(int) ls_ready() { return shared.ready != 0 ? 1 : 0; }
