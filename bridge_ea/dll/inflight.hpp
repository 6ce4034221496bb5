#pragma once
#include <cstddef>
#include <cstdint>

constexpr size_t LINKS_KEPT = 65536;
constexpr int64_t CLOSE_AGAIN_NS = 10LL * 1000000000;
constexpr int64_t CHANGE_AGAIN_NS = 60LL * 1000000000;

// What a request is about; these are the numbers that the programs use (mql5/Link.mqh). An answer ends only what is about the same:
// the one to a pending order's deletion may come when the link is being opened already.
enum class Matter { VOLUME = 0, STOPS = 1, ORDER = 2 };

// What is under way per link: the memory that keeps a repeated command from becoming a second order.
//
// A link may be opened once, by OPEN or PLACE; only a broker's rejection gives that right back, or a pending order that is gone
// and of which nothing was filled. Commands to a pending order are under way until the broker has answered. A change of volume is under way until both the
// broker's answer and its deal were seen, since either may come first and only then does the position show the change.
// An unanswered change is given up after CHANGE_AGAIN_NS; for CLOSE after CLOSE_AGAIN_NS, since a broker refuses to close a
// position twice. An unanswered OPEN is never given up, but its position, once there, may be closed at once and reduced after
// CLOSE_AGAIN_NS. Of more than LINKS_KEPT links the oldest is forgotten; by then its
// position or its deals answer for it.
class Inflight {
  public:
    Inflight();
    // True where an order for `action` may be sent now; it is then under way. A target_id (0: none) is told apart from others of its link:
    // once it had a deal it is never claimed again.
    bool claim(int64_t link, uint32_t action, int64_t now, uint32_t target_id = 0);
    // The broker's answer or the deal was seen, or the request was refused.
    void answered(int64_t link, Matter matter);
    void dealt(int64_t link);
    void rejected(int64_t link, Matter matter);
    // The link's pending order is gone and nothing of it was filled: the link may be opened in another way.
    void gone(int64_t link);
    // The action under way, 0 for none, and when it was claimed.
    uint32_t pending(int64_t link, Matter matter) const;
    int64_t claimed_ns(int64_t link, Matter matter) const;
    // Because of what the link may not be opened: the action under way, or the one that opened it; 0 where it may.
    uint32_t barring(int64_t link) const;

  private:
    struct Slot {
        uint32_t action;
        uint8_t answered;
        uint8_t dealt;
        uint32_t target_id;
        int64_t since_ns;
    };
    struct Entry {
        int64_t link;
        int32_t next;
        uint32_t opener;
        uint32_t done;
        Slot volume;
        Slot stops;
    };

    Entry* find(int64_t link) const;
    Entry* find_or_add(int64_t link);
    void unlink_entry(int32_t index);
    static bool may_send(const Entry& entry, const Slot& slot, uint32_t action, int64_t now);
    static bool is_of(const Slot& slot, Matter matter);
    static void settle(Slot& slot);

    static constexpr size_t BUCKETS = LINKS_KEPT;
    int32_t buckets_[BUCKETS];
    mutable Entry entries_[LINKS_KEPT];
    size_t added_ = 0;
};
