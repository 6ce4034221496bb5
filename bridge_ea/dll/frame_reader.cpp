#include "frame_reader.hpp"

#include <cstring>

static const KnownKind* find(const KnownKinds& known, uint8_t kind) {
    for (size_t i = 0; i < known.count; i++)
        if (known.first[i].kind == kind) return &known.first[i];
    return nullptr;
}

static bool is_sent_by_some_release(const Head& head, const KnownKind* ours) {
    if (head.version != wire::VERSION || head.size % 8 != 0) return false;
    if (head.size < sizeof(Head) || head.size > wire::MAX_FRAME) return false;
    if (ours != nullptr) return head.size >= sizeof(Head) + ours->first_size;
    return !wire::is_known(head.kind);
}

FrameReader::Got FrameReader::take(const KnownKinds& known, void* body, uint8_t* kind) {
    if (count_ < sizeof(Head)) return Got::NOTHING;
    const Head found = head();
    const KnownKind* ours = find(known, found.kind);
    if (!is_sent_by_some_release(found, ours)) return Got::MALFORMED;
    if (count_ < found.size) return Got::NOTHING;
    *kind = found.kind;
    if (ours != nullptr) {
        const size_t size = found.size - sizeof(Head);
        const size_t copied = size < ours->size ? size : ours->size;
        memcpy(body, in_ + sizeof(Head), copied);
        memset(static_cast<char*>(body) + copied, 0, ours->size - copied);
    }
    drop(found.size);
    return ours != nullptr ? Got::FRAME : Got::PASSED_OVER;
}

size_t FrameReader::wanted(const KnownKinds& known) const {
    const size_t whole = count_ < sizeof(Head) ? sizeof(Head) + known.first->size : head().size;
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
