// lockstep.dll: what a terminal's MQL programs share (MT5: an expert and a service). Its only thread is the doorbell's, on
// MT4 alone.
#include <winsock2.h>
#include <windows.h>

#include <cstring>

#include "channel.hpp"
#include "clock.hpp"
#include "inflight.hpp"
#include "limits.hpp"
#include "link_memory.hpp"
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

// One per terminal process: both programs load the same DLL, so both see the same claims.
struct ProcessState {
    SRWLOCK events_lock = SRWLOCK_INIT;
    SRWLOCK links_lock = SRWLOCK_INIT;
    Channel events;
    Channel commands;
    Inflight links;
    LinkMemory tickets;  // MT4 alone
    int64_t received_ns = 0;
    volatile LONG ready = 0;
};

ProcessState state;

constexpr KnownKind COMMAND_KINDS[] = {
    {wire::KIND_COMMAND, sizeof(wire::Command), wire::FIRST_SIZE_COMMAND},
    {wire::KIND_QUOTE_REQUEST, sizeof(wire::QuoteRequest), wire::FIRST_SIZE_QUOTE_REQUEST},
};
constexpr KnownKind EVENT_KINDS[] = {
    {wire::KIND_SNAPSHOT_REQUEST, sizeof(wire::SnapshotRequest), wire::FIRST_SIZE_SNAPSHOT_REQUEST},
    {wire::KIND_SUBSCRIBE, sizeof(wire::Subscribe), wire::FIRST_SIZE_SUBSCRIBE},
    {wire::KIND_SYMBOL_PAGE, sizeof(wire::SymbolPage), wire::FIRST_SIZE_SYMBOL_PAGE},
};

template <size_t COUNT>
constexpr KnownKinds all_of(const KnownKind (&kinds)[COUNT]) {
    return {kinds, COUNT};
}

union AskedOnCommands {
    wire::Command command;
    wire::QuoteRequest quote;
};

union AskedOnEvents {
    wire::SnapshotRequest snapshot;
    wire::Subscribe subscribe;
    wire::SymbolPage page;
};

// MQL packs its structs to single bytes, so a program's frame may lie at any address. Frames are only copied as a whole.
template <class Frame>
Frame taken(const Frame* theirs) {
    Frame copy;
    memcpy(&copy, static_cast<const void*>(theirs), sizeof copy);
    return copy;
}

template <class Frame>
void give(Frame* theirs, const Frame& frame) {
    memcpy(static_cast<void*>(theirs), &frame, sizeof frame);
}

template <class Frame>
int push(uint32_t kind, const Frame& frame) {
    Guard guard(state.events_lock);
    return state.events.push(static_cast<uint8_t>(kind), &frame, sizeof frame);
}

wire::Result with_finished_text(const wire::Result* result) {
    wire::Result copy = taken(result);
    finish_text(copy.comment);
    return copy;
}

}  // namespace

LS_API(int64_t) ls_now() { return now_ns(); }

LS_API(int) ls_events_open(int port) {
    Guard guard(state.events_lock);
    return state.events.open(port, false);
}

LS_API(void) ls_events_close() {
    Guard guard(state.events_lock);
    state.events.close();
}

LS_API(int) ls_commands_open(int port) { return state.commands.open(port, true); }
LS_API(int) ls_commands_listen(int port) { return state.commands.open_with_doorbell(port); }
LS_API(void) ls_commands_close() { state.commands.close(); }

LS_API(int) ls_account(const wire::Account* frame) {
    wire::Account copy = taken(frame);
    copy.sent_ns = now_ns();
    finish_text(copy.currency);
    finish_text(copy.server);
    finish_text(copy.company);
    return push(wire::KIND_ACCOUNT, copy);
}

LS_API(int) ls_symbol(const wire::Symbol* frame) {
    wire::Symbol copy = taken(frame);
    finish_text(copy.symbol);
    finish_text(copy.currency_base);
    finish_text(copy.currency_profit);
    finish_text(copy.currency_margin);
    return push(wire::KIND_SYMBOL, copy);
}

LS_API(int) ls_symbol_session(const wire::SymbolSession* frame) {
    wire::SymbolSession copy = taken(frame);
    finish_text(copy.symbol);
    return push(wire::KIND_SYMBOL_SESSION, copy);
}

LS_API(int) ls_symbol_page_end(const wire::SymbolPageEnd* frame) { return push(wire::KIND_SYMBOL_PAGE_END, taken(frame)); }

LS_API(int) ls_position(const wire::Position* frame) {
    wire::Position copy = taken(frame);
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
    wire::Trade copy = taken(frame);
    finish_text(copy.symbol);
    finish_text(copy.comment);
    return push(wire::KIND_TRADE, copy);
}

LS_API(int) ls_stops(const wire::Stops* frame) {
    wire::Stops copy = taken(frame);
    finish_text(copy.symbol);
    return push(wire::KIND_STOPS, copy);
}

LS_API(int) ls_order(const wire::PendingOrder* frame) {
    wire::PendingOrder copy = taken(frame);
    finish_text(copy.symbol);
    finish_text(copy.comment);
    return push(wire::KIND_PENDING_ORDER, copy);
}

LS_API(int) ls_deal_money(const wire::DealMoney* frame) {
    wire::DealMoney copy = taken(frame);
    finish_text(copy.symbol);
    return push(wire::KIND_DEAL_MONEY, copy);
}

LS_API(int) ls_operation(const wire::MoneyOperation* frame) {
    wire::MoneyOperation copy = taken(frame);
    finish_text(copy.comment);
    return push(wire::KIND_MONEY_OPERATION, copy);
}

LS_API(int) ls_tick(const wire::Tick* frame) {
    wire::Tick copy = taken(frame);
    copy.seen_ns = now_ns();
    finish_text(copy.symbol);
    return push(wire::KIND_TICK, copy);
}

// The outcome of an order, which only the expert gets from the terminal. It goes out on the events connection, since the
// commands connection belongs to the service's thread.
LS_API(int) ls_outcome(const wire::Result* frame) {
    wire::Result copy = with_finished_text(frame);
    copy.answered_ns = now_ns();
    return push(wire::KIND_RESULT, copy);
}

// The kind of the router's request to the expert, with its body if that matters; 0: no request; LOST. Also writes what
// earlier pushes left in the buffer.
LS_API(int) ls_poll(wire::Subscribe* subscribe, wire::SymbolPage* page) {
    Guard guard(state.events_lock);
    if (state.events.flush() == LOST) return LOST;
    AskedOnEvents asked = {};
    const int kind = state.events.read(all_of(EVENT_KINDS), &asked, 0);
    if (kind == static_cast<int>(wire::KIND_SUBSCRIBE)) {
        finish_text(asked.subscribe.symbol);
        give(subscribe, asked.subscribe);
    } else if (kind == static_cast<int>(wire::KIND_SYMBOL_PAGE)) {
        finish_text(asked.page.symbol);
        give(page, asked.page);
    }
    return kind;
}

// The kind of the router's request to the service, with its body; 0: none yet; LOST.
LS_API(int) ls_wait(wire::Command* command, wire::QuoteRequest* quote, int timeout_ms) {
    AskedOnCommands asked = {};
    const int kind = state.commands.read(all_of(COMMAND_KINDS), &asked, timeout_ms);
    if (kind == static_cast<int>(wire::KIND_COMMAND)) {
        state.received_ns = now_ns();
        finish_text(asked.command.symbol);
        finish_text(asked.command.comment);
        give(command, asked.command);
    } else if (kind == static_cast<int>(wire::KIND_QUOTE_REQUEST)) {
        finish_text(asked.quote.symbol);
        give(quote, asked.quote);
    }
    return kind;
}

// The answer to a QuoteRequest. It goes out on the connection on which the request came.
LS_API(int) ls_quote(const wire::Tick* frame) {
    wire::Tick copy = taken(frame);
    copy.seen_ns = now_ns();
    finish_text(copy.symbol);
    return state.commands.push(wire::KIND_TICK, &copy, sizeof copy);
}

// A program's sign of life, on the connection that its own thread uses.
LS_API(int) ls_beat(int program, uint64_t counter) {
    wire::ProgramBeat beat = {};
    beat.counter = counter;
    beat.sent_ns = now_ns();
    beat.program = static_cast<uint32_t>(program);
    if (beat.program == wire::PROGRAM_EXECUTES) return state.commands.push(wire::KIND_PROGRAM_BEAT, &beat, sizeof beat);
    return push(wire::KIND_PROGRAM_BEAT, beat);
}

// MT4's program waits for the broker's answer to each order. It announces that silence before, together with the answer to
// the command.
LS_API(int) ls_placed(const wire::Result* frame, uint64_t counter) {
    wire::ProgramBeat beat = {};
    beat.counter = counter;
    beat.sent_ns = now_ns();
    beat.program = wire::PROGRAM_EXECUTES;
    beat.trade_context = wire::TRADE_CONTEXT_SAID | wire::TRADE_CONTEXT_BUSY;
    if (state.commands.push_later(wire::KIND_PROGRAM_BEAT, &beat, sizeof beat) == LOST) return LOST;
    const wire::Result copy = with_finished_text(frame);
    return state.commands.push(wire::KIND_RESULT, &copy, sizeof copy);
}

LS_API(int64_t) ls_received() { return state.received_ns; }

LS_API(int) ls_result(const wire::Result* frame) {
    const wire::Result copy = with_finished_text(frame);
    return state.commands.push(wire::KIND_RESULT, &copy, sizeof copy);
}

// 0 if an opening may be sent at this market, else the code that says why not.
LS_API(int) ls_limit(const wire::Command* command, double bid, double ask, double point, int64_t age_ms) {
    return static_cast<int>(limit_code(taken(command), {bid, ask, point, age_ms}));
}

LS_API(int) ls_claim(int64_t link, int action, uint32_t target_id) {
    Guard guard(state.links_lock);
    return state.links.claim(link, static_cast<uint32_t>(action), now_ns(), target_id) ? 1 : 0;
}

LS_API(int) ls_in_flight(int64_t link, int kind) {
    Guard guard(state.links_lock);
    return static_cast<int>(state.links.in_flight(link, static_cast<RequestKind>(kind)));
}

LS_API(int64_t) ls_claimed_ns(int64_t link, int kind) {
    Guard guard(state.links_lock);
    return state.links.claimed_ns(link, static_cast<RequestKind>(kind));
}

LS_API(int) ls_blocking(int64_t link) {
    Guard guard(state.links_lock);
    return static_cast<int>(state.links.blocking(link));
}

LS_API(void) ls_answered(int64_t link, int kind) {
    Guard guard(state.links_lock);
    state.links.answered(link, static_cast<RequestKind>(kind));
}

LS_API(void) ls_dealt(int64_t link) {
    Guard guard(state.links_lock);
    state.links.dealt(link);
}

LS_API(void) ls_release(int64_t link, int kind) {
    Guard guard(state.links_lock);
    state.links.release(link, static_cast<RequestKind>(kind));
}

LS_API(void) ls_order_gone(int64_t link) {
    Guard guard(state.links_lock);
    state.links.order_gone(link);
}

// The links of MT4's orders (link_memory.hpp). 0 if the file cannot be used: then the memory lasts as long as the terminal.
LS_API(int) ls_links_open(const wchar_t* path) {
    Guard guard(state.links_lock);
    FILE* file = _wfopen(path, L"r+b");
    if (file == nullptr) file = _wfopen(path, L"w+b");
    state.tickets.attach(file);
    return file != nullptr ? 1 : 0;
}

LS_API(int) ls_magic(int64_t link) { return magic_of(link); }

LS_API(void) ls_link_begin(int64_t link, int64_t now_s) {
    Guard guard(state.links_lock);
    state.tickets.begin(link, now_s);
}

LS_API(void) ls_link_known(int64_t link, int ticket, int64_t now_s) {
    Guard guard(state.links_lock);
    state.tickets.known(link, ticket, now_s);
}

LS_API(void) ls_link_refused(int64_t link) {
    Guard guard(state.links_lock);
    state.tickets.refused(link);
}

LS_API(void) ls_link_touch(int ticket, int64_t now_s) {
    Guard guard(state.links_lock);
    state.tickets.touch(ticket, now_s);
}

LS_API(int64_t) ls_link_of(int ticket) {
    Guard guard(state.links_lock);
    return state.tickets.link_of(ticket);
}

LS_API(int64_t) ls_link_waiting(int magic) {
    Guard guard(state.links_lock);
    return state.tickets.waiting(magic);
}

LS_API(int64_t) ls_waits_since(int64_t link) {
    Guard guard(state.links_lock);
    return state.tickets.waits_since(link);
}

LS_API(int) ls_ticket_of(int64_t link) {
    Guard guard(state.links_lock);
    return state.tickets.ticket_of(link);
}

// Whether the positions that the terminal shows are complete. The expert sets it; the service refuses commands without it.
LS_API(void) ls_set_ready(int ready) { InterlockedExchange(&state.ready, ready); }
LS_API(int) ls_ready() { return state.ready != 0 ? 1 : 0; }
