#include "frame_reader.hpp"

#include <cstring>

static bool is_sent_by_some_release(const Head& head, const KnownKind& known) {
    if (head.version != wire::VERSION || head.size % 8 != 0) return false;
    if (head.size < sizeof(Head) || head.size > wire::MAX_FRAME) return false;
    if (head.kind == known.kind) return head.size >= sizeof(Head) + known.first_size;
    return !wire::is_known(head.kind);
}

FrameReader::Got FrameReader::take(const KnownKind& known, void* body) {
    if (count_ < sizeof(Head)) return Got::NOTHING;
    const Head found = head();
    if (!is_sent_by_some_release(found, known)) return Got::MALFORMED;
    if (count_ < found.size) return Got::NOTHING;
    const bool ours = found.kind == known.kind;
    if (ours) {
        const size_t size = found.size - sizeof(Head);
        const size_t copied = size < known.size ? size : known.size;
        memcpy(body, in_ + sizeof(Head), copied);
        memset(static_cast<char*>(body) + copied, 0, known.size - copied);
    }
    drop(found.size);
    return ours ? Got::FRAME : Got::PASSED_OVER;
}

size_t FrameReader::wanted(const KnownKind& known) const {
    const size_t whole = count_ < sizeof(Head) ? sizeof(Head) + known.size : head().size;
    return whole - count_;
}

Head FrameReader::head() const {
    Head found;
    memcpy(&found, in_, sizeof found);
    return found;
}

void FrameReader::drop(size_t size) {
    count_ -= size;
    memmove(in_, in_ + size, count_);
}
