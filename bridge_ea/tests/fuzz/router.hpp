// Random bytes from the router, and what a reader must make of them by docs/protocol.md.
#pragma once
#include <string>
#include <vector>

#include "layouts.hpp"

constexpr int NO_MORE = -1;

struct Said {
    int kind;
    std::string body;
};

static std::string head_of(uint32_t version, uint32_t kind, uint32_t size) {
    std::string head(8, '\0');
    head[0] = static_cast<char>(version);
    head[1] = static_cast<char>(kind);
    memcpy(&head[4], &size, sizeof size);
    return head;
}

class RouterBytes {
  public:
    RouterBytes(const std::vector<Layout>& kinds, Chance& chance) : kinds_(kinds), chance_(chance) {}

    // One frame, mostly correct. It may be longer or shorter than this release's, of another kind, or have a bad head.
    std::string frame() {
        const Layout& layout = kinds_[chance_.below(kinds_.size())];
        std::string body = body_of(layout, chance_);
        uint32_t kind = layout.kind, version = wire::VERSION;
        if (chance_.one_in(10)) body.resize(layout.first_size + 8 * chance_.below((wire::MAX_FRAME - 8 - layout.first_size) / 8 + 1), 'l');
        if (chance_.one_in(20)) kind = chance_.pick<uint32_t>({0, 12, 31, 63, 255});
        uint32_t size = static_cast<uint32_t>(8 + body.size());
        if (chance_.one_in(200)) kind = static_cast<uint32_t>(chance_.below(256));
        if (chance_.one_in(200)) version = static_cast<uint32_t>(chance_.below(256));
        if (chance_.one_in(100)) size = chance_.pick<uint32_t>({0, 4, 8, 12, size + 4, size + 8, size - 8, 1024, 1032, 0x7fffffff, 0xffffffff});
        return head_of(version, kind, size) + body;
    }

    // Some frames as they may arrive: repeated, out of order, with a flipped bit or cut off.
    std::string frames(size_t count) {
        std::vector<std::string> made;
        for (size_t i = 0; i < count; i++) made.push_back(frame());
        if (chance_.one_in(5)) made.push_back(made[chance_.below(count)]);
        if (chance_.one_in(5)) std::swap(made[0], made[chance_.below(count)]);
        std::string bytes;
        for (const std::string& one : made) bytes += one;
        if (chance_.one_in(20)) bytes[chance_.below(bytes.size())] ^= static_cast<char>(1 << chance_.below(8));
        if (chance_.one_in(20)) bytes.resize(chance_.below(bytes.size()) + 1);
        return bytes;
    }

  private:
    const std::vector<Layout>& kinds_;
    Chance& chance_;
};

// The frames of one connection, read by the words of docs/protocol.md.
class Reading {
  public:
    explicit Reading(const std::vector<Layout>& kinds) : kinds_(kinds) {}

    void add(const std::string& bytes) { bytes_ += bytes; }
    void clear() { bytes_.clear(); }

    // All complete frames, in order. After a malformed one: NO_MORE, and nothing after it.
    std::vector<Said> take() {
        std::vector<Said> all;
        while (bytes_.size() >= 8) {
            uint32_t size = 0;
            memcpy(&size, &bytes_[4], sizeof size);
            const uint32_t version = static_cast<uint8_t>(bytes_[0]), kind = static_cast<uint8_t>(bytes_[1]);
            const Layout* layout = layout_of(kind);
            const size_t least = 8 + (layout != nullptr ? layout->first_size : 0);
            const bool misplaced = layout == nullptr && wire::is_known(kind);
            if (version != wire::VERSION || size < least || size > wire::MAX_FRAME || size % 8 != 0 || misplaced) {
                all.push_back({NO_MORE, ""});
                return all;
            }
            if (bytes_.size() < size) return all;
            if (layout != nullptr) {
                std::string body = bytes_.substr(8, size - 8);
                body.resize(layout->size, '\0');
                all.push_back({static_cast<int>(kind), body});
            }
            bytes_.erase(0, size);
        }
        return all;
    }

    const Layout* layout_of(uint32_t kind) const {
        for (const Layout& layout : kinds_)
            if (layout.kind == kind) return &layout;
        return nullptr;
    }

  private:
    const std::vector<Layout>& kinds_;
    std::string bytes_;
};
