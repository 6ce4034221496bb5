#pragma once
#include <cstddef>
#include <cstdint>

#include "wire.hpp"

// The head of every frame, as in lockstep_core.wire.codec.
struct Head {
    uint8_t version;
    uint8_t kind;
    uint16_t zero;
    uint32_t size;
};
static_assert(sizeof(Head) == 8, "layout of Head");

// A kind with the size of its body in this release, and the smallest body that any release ever sent.
struct KnownKind {
    uint8_t kind;
    size_t size;
    size_t first_size;
};

// The kinds that belong on a connection. The first one is the usual one.
struct KnownKinds {
    const KnownKind* first;
    size_t count;
};

// Cuts the bytes of a connection into frames of known kinds. No I/O, no allocation.
class FrameReader {
  public:
    enum class Got { NOTHING, FRAME, PASSED_OVER, MALFORMED };

    // Takes the next frame, if all of it is there, and says its kind. `body` has room for each kind. Of a longer body the rest is ignored; what a shorter one lacks is zero.
    // Frames of unknown kinds are passed over, one per call. After MALFORMED, the connection must be dropped.
    Got take(const KnownKinds& known, void* body, uint8_t* kind);

    // Where to put the next bytes, and how many at most: never beyond the end of a frame of the usual size, so that the
    // usual frame takes one system call.
    char* end() { return in_ + count_; }
    size_t wanted(const KnownKinds& known) const;
    void add(size_t count) { count_ += count; }
    void clear() { count_ = 0; }

  private:
    static constexpr size_t LONGEST = wire::MAX_FRAME;

    Head head() const;
    void drop(size_t size);

    size_t count_ = 0;
    char in_[LONGEST];
};
