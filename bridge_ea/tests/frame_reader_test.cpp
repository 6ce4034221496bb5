// The rules of reading frames, natively. Prints each broken rule and ends with 1 if there is one.
#include "../dll/frame_reader.hpp"

#include <cstdio>
#include <cstring>
#include <string>
#include <vector>

using Got = FrameReader::Got;

static int failures = 0;

static void rule(bool holds, const char* text) {
    if (holds) return;
    printf("broken: %s\n", text);
    failures++;
}

static constexpr KnownKind COMMAND = {static_cast<uint8_t>(wire::KIND_COMMAND), sizeof(wire::Command), wire::FIRST_SIZE_COMMAND};
static constexpr KnownKind SUBSCRIBE = {static_cast<uint8_t>(wire::KIND_SUBSCRIBE), sizeof(wire::Subscribe),
                                        wire::FIRST_SIZE_SUBSCRIBE};
static constexpr size_t COMMAND_SIZE = sizeof(Head) + sizeof(wire::Command);

// A frame of this kind and size whose body counts up from 1.
static std::string frame(uint32_t kind, size_t size, uint32_t version = wire::VERSION) {
    const Head head = {static_cast<uint8_t>(version), static_cast<uint8_t>(kind), 0, static_cast<uint32_t>(size)};
    std::string bytes(size < sizeof head ? sizeof head : size, '\0');
    for (size_t i = sizeof head; i < size; i++) bytes[i] = static_cast<char>(i - sizeof head + 1);
    memcpy(&bytes[0], &head, sizeof head);
    return bytes;
}

static bool counts_up(const char* body, size_t from, size_t to) {
    for (size_t i = from; i < to; i++)
        if (body[i] != static_cast<char>(i + 1)) return false;
    return true;
}

// What a connection gives that delivers at most `step` bytes per call: each answer but NOTHING, and the last body.
struct Play {
    std::vector<Got> answers;
    std::vector<char> body;
    std::vector<uint8_t> kinds;
    size_t calls = 0;
};

static Play play_all(const std::string& bytes, const KnownKinds& known, size_t step) {
    FrameReader reader;
    Play result;
    uint8_t kind = 0;
    result.body.assign(wire::MAX_FRAME, '?');
    size_t at = 0;
    for (;;) {
        const Got got = reader.take(known, result.body.data(), &kind);
        if (got == Got::FRAME) result.kinds.push_back(kind);
        if (got != Got::NOTHING) result.answers.push_back(got);
        if (got == Got::MALFORMED) return result;
        if (got != Got::NOTHING) continue;
        size_t count = reader.wanted(known);
        if (count > step) count = step;
        if (count > bytes.size() - at) count = bytes.size() - at;
        if (count == 0) return result;
        memcpy(reader.end(), bytes.data() + at, count);
        reader.add(count);
        at += count;
        result.calls++;
    }
}

static Play play(const std::string& bytes, const KnownKind& known, size_t step) { return play_all(bytes, {&known, 1}, step); }

static void several_kinds() {
    const KnownKind kinds[] = {COMMAND, SUBSCRIBE};
    const size_t subscribe = sizeof(Head) + SUBSCRIBE.size;
    for (size_t step : {1, 7, 8, 9, 100, 4096}) {
        const std::string bytes = frame(wire::KIND_SUBSCRIBE, subscribe) + frame(wire::KIND_COMMAND, COMMAND_SIZE) +
                                  frame(wire::KIND_SUBSCRIBE, subscribe) + frame(wire::KIND_SUBSCRIBE, subscribe);
        const Play read = play_all(bytes, {kinds, 2}, step);
        rule(read.kinds == std::vector<uint8_t>{SUBSCRIBE.kind, COMMAND.kind, SUBSCRIBE.kind, SUBSCRIBE.kind},
             "frames of several kinds come in their order");
        rule(counts_up(read.body.data(), 0, SUBSCRIBE.size), "each with its body");
    }
    rule(play_all(frame(wire::KIND_SUBSCRIBE, subscribe - 8), {kinds, 2}, 4096).answers == std::vector<Got>{Got::MALFORMED},
         "each kind has a first size of its own");
}

static void sizes() {
    for (size_t step : {1, 7, 8, 9, 100, 4096}) {
        Play same = play(frame(wire::KIND_COMMAND, COMMAND_SIZE), COMMAND, step);
        rule(same.answers == std::vector<Got>{Got::FRAME} && counts_up(same.body.data(), 0, COMMAND.size), "a frame comes as it is");
        const std::string longer = frame(wire::KIND_COMMAND, wire::MAX_FRAME) + frame(wire::KIND_COMMAND, COMMAND_SIZE);
        Play cut = play(longer, COMMAND, step);
        rule(cut.answers == std::vector<Got>{Got::FRAME, Got::FRAME}, "of a longer frame the rest is ignored");
        rule(counts_up(cut.body.data(), 0, COMMAND.size), "and the next one begins after it");
    }
    rule(play(frame(wire::KIND_COMMAND, COMMAND_SIZE), COMMAND, 4096).calls == 1, "the usual frame needs one call");
}

static void later_release() {
    const KnownKind grown = {COMMAND.kind, COMMAND.size + 16, COMMAND.first_size};
    for (size_t step : {1, 7, 8, 9, 100, 4096}) {
        const std::string shorter = frame(wire::KIND_COMMAND, COMMAND_SIZE) + frame(wire::KIND_COMMAND, COMMAND_SIZE + 8);
        Play read = play(shorter, grown, step);
        rule(read.answers == std::vector<Got>{Got::FRAME, Got::FRAME}, "shorter frames are taken, one after the other");
        rule(counts_up(read.body.data(), 0, COMMAND.size + 8), "with all that they have");
        rule(std::string(&read.body[COMMAND.size + 8], 8) == std::string(8, '\0'), "and zeros for what they lack");
    }
    rule(play(frame(wire::KIND_COMMAND, sizeof(Head) + COMMAND.first_size - 8), COMMAND, 4096).answers == std::vector<Got>{Got::MALFORMED},
         "no release sends less than the first");
}

static void unknown_kinds() {
    for (size_t step : {1, 7, 8, 9, 100, 4096}) {
        const std::string bytes = frame(63, 8) + frame(wire::KIND_COMMAND, COMMAND_SIZE) + frame(63, wire::MAX_FRAME) +
                                  frame(wire::KIND_COMMAND, COMMAND_SIZE);
        const Play read = play(bytes, COMMAND, step);
        rule(read.answers == std::vector<Got>{Got::PASSED_OVER, Got::FRAME, Got::PASSED_OVER, Got::FRAME},
             "unknown kinds are passed over, one per call");
        rule(counts_up(read.body.data(), 0, COMMAND.size), "and spoil nothing");
    }
}

static void malformed() {
    const std::vector<Got> refused = {Got::MALFORMED};
    rule(play(frame(wire::KIND_TRADE, 160), COMMAND, 4096).answers == refused, "a known kind that does not belong here");
    rule(play(frame(wire::KIND_COMMAND, COMMAND_SIZE, 1), COMMAND, 4096).answers == refused, "version 1");
    rule(play(frame(wire::KIND_COMMAND, COMMAND_SIZE, 3), COMMAND, 4096).answers == refused, "version 3");
    for (uint32_t kind : {wire::KIND_COMMAND, 63u}) {
        rule(play(frame(kind, 0), COMMAND, 4096).answers == refused, "no size");
        rule(play(frame(kind, COMMAND_SIZE + 4), COMMAND, 4096).answers == refused, "a size that is no multiple of eight");
        rule(play(frame(kind, wire::MAX_FRAME + 8), COMMAND, 4096).answers == refused, "a size beyond the longest");
    }
}

int main() {
    sizes();
    later_release();
    unknown_kinds();
    malformed();
    several_kinds();
    return failures == 0 ? 0 : 1;
}
