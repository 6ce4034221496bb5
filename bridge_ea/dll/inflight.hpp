#pragma once
#include <cstddef>
#include <cstdint>

constexpr size_t LINKS_KEPT = 65536;
constexpr int64_t CLOSE_AGAIN_NS = 10LL * 1000000000;
constexpr int64_t CHANGE_AGAIN_NS = 60LL * 1000000000;

// What a request changes. The MQL programs pass the same numbers (mql5/Dll.mqh).
enum class RequestKind { VOLUME = 0, STOPS = 1, ORDER = 2 };

// What is in flight per link: the memory that keeps a repeated command from becoming a second order.
//
// - A link is opened once, by OPEN or PLACE. The right to open it comes back only when the broker refuses the opening, or when
//   the link's pending order is gone and nothing of it was filled.
// - A command to a pending order is in flight until the broker has answered.
// - A change of volume is in flight until both the broker's answer and its deal were seen. Either may come first, and the
//   position shows the change only after both.
// - An unanswered change is given up after CHANGE_AGAIN_NS. A CLOSE may replace it after CLOSE_AGAIN_NS, since a broker refuses
//   to close a position twice.
// - An unanswered OPEN is never given up. Once its position is there, it may be closed at once and reduced after CLOSE_AGAIN_NS.
// - Of more than LINKS_KEPT links the oldest is forgotten. By then its position or its deals show that it was opened.
class Inflight {
  public:
    Inflight();
    // True if an order for `action` may be sent now; the action is then in flight. `target_id` is the command's idempotency key
    // (0: none): a target whose deal was seen is never claimed again.
    bool claim(int64_t link, uint32_t action, int64_t now, uint32_t target_id = 0);
    // The broker answered. Ends only a request of the same kind: the answer to a pending order's deletion may come when the
    // order is already gone and its link is being opened.
    void answered(int64_t link, RequestKind kind);
    // A deal of the link was seen.
    void dealt(int64_t link);
    // The broker refused the request, or nothing was sent: the claim ends and changed nothing.
    void release(int64_t link, RequestKind kind);
    // The link's pending order is gone and nothing of it was filled: the link may be opened in another way.
    void order_gone(int64_t link);
    // The action in flight (0: none), and when it was claimed.
    uint32_t in_flight(int64_t link, RequestKind kind) const;
    int64_t claimed_ns(int64_t link, RequestKind kind) const;
    // The action that keeps the link from being opened: the one in flight, else the one that opened it. 0: it may be opened.
    uint32_t blocking(int64_t link) const;

  private:
    struct Slot {
        uint32_t action;
        uint8_t answered;
        uint8_t dealt;
        uint32_t target_id;
        int64_t claimed_ns;
    };
    struct Entry {
        int64_t link;
        int32_t next;
        uint32_t opener;
        uint32_t done_target;
        Slot volume;  // also of the link's pending order: both decide whether the link may be opened
        Slot stops;
    };

    Entry* find(int64_t link) const;
    Entry* find_or_add(int64_t link);
    void unlink_entry(int32_t index);
    static Slot& slot_of(Entry& entry, RequestKind kind);
    static bool may_send(const Entry& entry, const Slot& slot, uint32_t action, int64_t now);
    static bool concerns(const Slot& slot, RequestKind kind);
    static void settle(Slot& slot);

    static constexpr size_t BUCKETS = LINKS_KEPT;
    int32_t buckets_[BUCKETS];
    mutable Entry entries_[LINKS_KEPT];
    size_t added_ = 0;
};
