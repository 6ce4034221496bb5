// Everything that the terminal's programs do with the DLL, in any order: hand in frames, ask, open and close connections.
#pragma once
#include <chrono>
#include <memory>

#include "links.hpp"
#include "relay.hpp"
#include "router.hpp"

constexpr int LOST_CONNECTION = -1;

// A frame where MQL may have it: at any address. No byte more is allocated, so that a sanitizer sees each access beyond it.
class Handed {
  public:
    Handed(const std::string& body, Chance& chance) : at_(chance.below(8)), bytes_(new char[at_ + body.size()]), size_(body.size()) {
        memcpy(bytes_.get() + at_, body.data(), size_);
    }

    template <class Frame>
    operator const Frame*() const { return static_cast<const Frame*>(static_cast<const void*>(bytes_.get() + at_)); }
    template <class Frame>
    operator Frame*() { return static_cast<Frame*>(static_cast<void*>(bytes_.get() + at_)); }
    std::string body() const { return std::string(bytes_.get() + at_, size_); }

  private:
    size_t at_;
    std::unique_ptr<char[]> bytes_;
    size_t size_;
};

// One of the two connections: the relay's end, the router's bytes on it, and the frames that must be heard.
struct Line {
    Line(const std::vector<Layout>& kinds, Chance& chance, FILE* kept) : bytes(kinds, chance), reading(kinds), told(kept) {}

    void opened(int error) {
        rule(error == 0, "a relay that listens is reached");
        peer.accept_one();
        reading.clear();
        told.forget();
        open = true;
    }
    void lost() {
        open = false;
        peer.hang_up();
        told.forget();
    }

    Peer peer;
    RouterBytes bytes;
    Reading reading;
    Told told;
    bool open = false;
};

class Program {
  public:
    Program(uint64_t seed, const std::string& folder, FILE* kept)
        : chance_(seed), events_(ASKED_ON_EVENTS, chance_, kept), commands_(ASKED_ON_COMMANDS, chance_, kept), links_(chance_, folder) {}

    // At a process's end its globals are destroyed while the doorbell's thread still waits on them, so the process would
    // never end. Windows ends threads before it destroys globals, so the DLL needs no such care.
    ~Program() {
        ls_events_close();
        ls_commands_close();
    }

    // Returns how many frames went in either direction.
    size_t turn() {
        if (!events_.open && !chance_.one_in(8)) events_.opened(ls_events_open(events_.peer.port()));
        if (!commands_.open && !chance_.one_in(8)) commands_.opened(open_commands());
        size_t frames = 1 + chance_.below(30);
        for (size_t i = 0; i < frames; i++) hand_in();
        hear();
        frames += asked(events_) + asked(commands_);
        links_.some_calls();
        if (chance_.one_in(20)) lose(chance_.one_in(2) ? events_ : commands_);
        if (chance_.one_in(5000) && events_.open) frames += relay_stalls();
        return frames;
    }

  private:
    // MT5 waits at the socket, MT4 for the doorbell.
    int open_commands() {
        const int port = commands_.peer.port();
        return chance_.one_in(2) ? ls_commands_listen(port) : ls_commands_open(port);
    }
    template <class Frame>
    void on_events(int (*function)(const Frame*), const Layout& layout) {
        const std::string body = body_of(layout, chance_);
        note(events_, function(Handed(body, chance_)), layout, body);
    }
    template <class Frame>
    void on_commands(int (*function)(const Frame*), const Layout& layout) {
        const std::string body = body_of(layout, chance_);
        note(commands_, function(Handed(body, chance_)), layout, body);
    }

    void note(Line& line, int answer, const Layout& layout, const std::string& body) {
        rule(line.open || answer == LOST_CONNECTION, "without a connection nothing is sent");
        if (answer == LOST_CONNECTION) line.lost();
        else line.told.handed_in(layout, body);
    }

    void hand_in() {
        switch (chance_.below(17)) {
            case 0: return on_events(ls_account, ACCOUNT);
            case 1: return on_events(ls_symbol, SYMBOL);
            case 2: return on_events(ls_symbol_page_end, SYMBOL_PAGE_END);
            case 3: return on_events(ls_position, POSITION);
            case 4: return on_events(ls_trade, TRADE);
            case 5: return on_events(ls_stops, STOPS);
            case 6: return on_events(ls_order, PENDING_ORDER);
            case 7: return on_events(ls_deal_money, DEAL_MONEY);
            case 8: return on_events(ls_operation, MONEY_OPERATION);
            case 9: return on_events(ls_tick, TICK);
            case 10: return on_events(ls_outcome, OUTCOME);
            case 11: return snapshot_ends();
            case 12: return on_commands(ls_quote, TICK);
            case 13: return on_commands(ls_result, RESULT);
            case 14: return placed();
            case 15: return on_events(ls_symbol_session, SYMBOL_SESSION);
            default: return beat();
        }
    }

    void snapshot_ends() {
        const int counts[] = {static_cast<int>(chance_.whole()), static_cast<int>(chance_.whole())};
        std::string body(8, '\0');
        body.append(reinterpret_cast<const char*>(counts), sizeof counts);
        if (chance_.one_in(2)) note(events_, ls_snapshot_begin(counts[0], counts[1]), SNAPSHOT_BEGIN, body);
        else note(events_, ls_snapshot_end(counts[0], counts[1]), SNAPSHOT_END, body);
    }

    static std::string beat_of(uint32_t program, uint64_t counter, uint32_t trade_context) {
        wire::ProgramBeat beat = {};
        beat.counter = counter;
        beat.program = program;
        beat.trade_context = trade_context;
        return std::string(reinterpret_cast<const char*>(&beat), sizeof beat);
    }

    void beat() {
        const uint32_t program = chance_.one_in(20) ? static_cast<uint32_t>(chance_.whole()) : 1 + static_cast<uint32_t>(chance_.below(2));
        const uint64_t counter = chance_.bits();
        Line& line = program == wire::PROGRAM_EXECUTES ? commands_ : events_;
        note(line, ls_beat(static_cast<int>(program), counter), PROGRAM_BEAT, beat_of(program, counter, 0));
    }

    void placed() {
        const std::string body = body_of(RESULT, chance_);
        const uint64_t counter = chance_.bits();
        const int answer = ls_placed(Handed(body, chance_), counter);
        const uint32_t busy = wire::TRADE_CONTEXT_SAID | wire::TRADE_CONTEXT_BUSY;
        note(commands_, answer, PROGRAM_BEAT, beat_of(wire::PROGRAM_EXECUTES, counter, busy));
        if (answer != LOST_CONNECTION) note(commands_, answer, RESULT, body);
    }

    void hear() {
        events_.told.heard(events_.peer.hear(0));
        commands_.told.heard(commands_.peer.hear(0));
    }

    // The router sends something on this connection, and the program reads it.
    size_t asked(Line& line) {
        if (!line.open) {
            rule(read(line).kind == LOST_CONNECTION, "without a connection nothing is read");
            return 0;
        }
        const size_t count = 1 + chance_.below(30);
        const std::string bytes = line.bytes.frames(count);
        const size_t cut = chance_.one_in(4) ? chance_.below(bytes.size()) : 0;
        for (const std::string& part : {bytes.substr(0, cut), bytes.substr(cut)}) {
            line.peer.say(part);
            line.reading.add(part);
            for (const Said& said : line.reading.take())
                if (!expect(line, said)) return count;
        }
        return count;
    }

    bool expect(Line& line, const Said& said) {
        const auto until = std::chrono::steady_clock::now() + std::chrono::seconds(20);
        Said got = {0, ""};
        for (bool first = true; got.kind == 0 && std::chrono::steady_clock::now() < until; first = false) {
            if (!first) usleep(20);
            got = read(line, chance_.one_in(2) ? 1 : 0);
        }
        if (got.kind == LOST_CONNECTION) line.lost();
        rule(got.kind == said.kind, "each frame of a kind that belongs there is read, in order, and what no release sends ends the connection");
        // An expert needs no body of a request for a snapshot.
        if (got.kind == said.kind && got.kind > 0 && got.kind != static_cast<int>(wire::KIND_SNAPSHOT_REQUEST))
            compare(*line.reading.layout_of(static_cast<uint32_t>(got.kind)), got.body, said.body);
        return got.kind != LOST_CONNECTION;
    }

    // Asks once. With `wait_ms` a question about commands may wait.
    Said read(Line& line, int wait_ms = 0) {
        const bool events = &line == &events_;
        Handed first(std::string(events ? sizeof(wire::Subscribe) : sizeof(wire::Command), '\0'), chance_);
        Handed second(std::string(events ? sizeof(wire::SymbolPage) : sizeof(wire::QuoteRequest), '\0'), chance_);
        const int kind = events ? ls_poll(first, second) : ls_wait(first, second, wait_ms);
        if (kind == static_cast<int>(wire::KIND_COMMAND)) links_.limits(first.body());
        const bool is_second = kind == static_cast<int>(wire::KIND_SYMBOL_PAGE) || kind == static_cast<int>(wire::KIND_QUOTE_REQUEST);
        return {kind, (is_second ? second : first).body()};
    }

    void lose(Line& line) {
        if (chance_.one_in(2)) {
            &line == &events_ ? ls_events_close() : ls_commands_close();
            line.lost();
            return;
        }
        line.peer.hang_up(chance_.one_in(2));
        const bool writes = chance_.one_in(2);
        for (int i = 0; i < 1000 && line.open; i++) {
            if (!writes) find_out(line);
            else if (&line == &events_) on_events(ls_trade, TRADE);
            else on_commands(ls_result, RESULT);
        }
        rule(!line.open, "a connection that the relay ended is noticed");
    }

    void find_out(Line& line) {
        if (read(line, 1).kind == LOST_CONNECTION) line.lost();
    }

    // A relay that does not read is disconnected before memory grows, and gets whole frames until then.
    size_t relay_stalls() {
        size_t frames = 0;
        for (; events_.open && frames < 200000; frames++) on_events(ls_trade, TRADE);
        rule(!events_.open, "a relay that does not read loses its connection");
        return frames;
    }

    Chance chance_;
    Line events_;
    Line commands_;
    Links links_;
};
