// The layout of each kind of frame in both directions: its length, its texts, and the times that the DLL itself writes.
#pragma once
#include <cstddef>
#include <cstdint>
#include <string>
#include <vector>

#include "chance.hpp"
#include "rules.hpp"
#include "wire.hpp"

struct Text {
    size_t at;
    size_t size;
};

struct Layout {
    uint32_t kind;
    size_t size;
    size_t first_size;
    std::vector<Text> texts;
    std::vector<size_t> stamps;
};

#define TEXT(frame, member) \
    Text { offsetof(wire::frame, member), sizeof(wire::frame::member) }
#define LAYOUT(frame, name) wire::KIND_##name, sizeof(wire::frame), wire::FIRST_SIZE_##name

static const std::vector<Layout> ASKED_ON_EVENTS = {
    {LAYOUT(SnapshotRequest, SNAPSHOT_REQUEST), {}, {}},
    {LAYOUT(Subscribe, SUBSCRIBE), {TEXT(Subscribe, symbol)}, {}},
    {LAYOUT(SymbolPage, SYMBOL_PAGE), {TEXT(SymbolPage, symbol)}, {}},
};
static const std::vector<Layout> ASKED_ON_COMMANDS = {
    {LAYOUT(Command, COMMAND), {TEXT(Command, symbol), TEXT(Command, comment)}, {}},
    {LAYOUT(QuoteRequest, QUOTE_REQUEST), {TEXT(QuoteRequest, symbol)}, {}},
};
static const Layout ACCOUNT = {LAYOUT(Account, ACCOUNT),
                               {TEXT(Account, currency), TEXT(Account, server), TEXT(Account, company)},
                               {offsetof(wire::Account, sent_ns)}};
static const Layout SYMBOL = {LAYOUT(Symbol, SYMBOL),
                              {TEXT(Symbol, symbol), TEXT(Symbol, currency_base), TEXT(Symbol, currency_profit), TEXT(Symbol, currency_margin)},
                              {}};
static const Layout SYMBOL_SESSION = {LAYOUT(SymbolSession, SYMBOL_SESSION), {TEXT(SymbolSession, symbol)}, {}};
static const Layout SYMBOL_PAGE_END = {LAYOUT(SymbolPageEnd, SYMBOL_PAGE_END), {}, {}};
static const Layout POSITION = {LAYOUT(Position, POSITION), {TEXT(Position, symbol), TEXT(Position, comment)}, {}};
static const Layout SNAPSHOT_BEGIN = {LAYOUT(SnapshotBegin, SNAPSHOT_BEGIN), {}, {offsetof(wire::SnapshotBegin, sent_ns)}};
static const Layout SNAPSHOT_END = {LAYOUT(SnapshotEnd, SNAPSHOT_END), {}, {offsetof(wire::SnapshotEnd, sent_ns)}};
static const Layout TRADE = {LAYOUT(Trade, TRADE), {TEXT(Trade, symbol), TEXT(Trade, comment)}, {}};
static const Layout STOPS = {LAYOUT(Stops, STOPS), {TEXT(Stops, symbol)}, {}};
static const Layout PENDING_ORDER = {LAYOUT(PendingOrder, PENDING_ORDER), {TEXT(PendingOrder, symbol), TEXT(PendingOrder, comment)}, {}};
static const Layout DEAL_MONEY = {LAYOUT(DealMoney, DEAL_MONEY), {TEXT(DealMoney, symbol)}, {}};
static const Layout MONEY_OPERATION = {LAYOUT(MoneyOperation, MONEY_OPERATION), {TEXT(MoneyOperation, comment)}, {}};
static const Layout TICK = {LAYOUT(Tick, TICK), {TEXT(Tick, symbol)}, {offsetof(wire::Tick, seen_ns)}};
static const Layout OUTCOME = {LAYOUT(Result, RESULT), {TEXT(Result, comment)}, {offsetof(wire::Result, answered_ns)}};
static const Layout RESULT = {LAYOUT(Result, RESULT), {TEXT(Result, comment)}, {}};
static const Layout PROGRAM_BEAT = {LAYOUT(ProgramBeat, PROGRAM_BEAT), {}, {offsetof(wire::ProgramBeat, sent_ns)}};

// A random body. Prices and whole numbers are eight bytes wide; narrower fields are counts and choices, mostly small.
static std::string body_of(const Layout& layout, Chance& chance) {
    std::string body(layout.size, '\0');
    for (size_t at = 0; at + 8 <= body.size(); at += 8) {
        uint64_t word = static_cast<uint64_t>(chance.whole());
        const double price = chance.price();
        if (chance.one_in(3)) memcpy(&word, &price, sizeof word);
        else if (chance.one_in(2)) word = chance.below(10) | static_cast<uint64_t>(chance.below(10)) << 32;
        memcpy(&body[at], &word, sizeof word);
    }
    for (const Text& text : layout.texts) body.replace(text.at, text.size, chance.text(text.size));
    return body;
}

// Compares what came through the DLL with what went in: only texts may end earlier, and only the DLL writes the times.
static void compare(const Layout& layout, std::string came, const std::string& went) {
    for (const size_t at : layout.stamps) came.replace(at, 8, went, at, 8);
    for (const Text& text : layout.texts) {
        const std::string said = came.substr(text.at, text.size).c_str();
        rule(said.size() < text.size && went.compare(text.at, said.size(), said) == 0, "a text comes as far as it is one");
        const std::string rest = came.substr(text.at + said.size(), text.size - said.size());
        rule(rest.find_first_not_of('\0') == std::string::npos, "and then zeros");
        came.replace(text.at, text.size, went, text.at, text.size);
    }
    rule(came == went, "everything else comes as it went in");
}
