#include "inflight.hpp"

#include "wire.hpp"

static bool opens(uint32_t action) { return action == wire::ACTION_OPEN || action == wire::ACTION_PLACE; }

static bool is_about_order(uint32_t action) {
    return action == wire::ACTION_PLACE || action == wire::ACTION_SET_ORDER || action == wire::ACTION_DELETE;
}

static size_t bucket_of(int64_t link, size_t buckets) {
    uint64_t mixed = static_cast<uint64_t>(link) * 0x9E3779B97F4A7C15ULL;
    return static_cast<size_t>(mixed >> 32) % buckets;
}

Inflight::Inflight() {
    for (int32_t& bucket : buckets_) bucket = -1;
}

static RequestKind kind_of(uint32_t action) {
    if (action == wire::ACTION_SET_STOPS) return RequestKind::STOPS;
    return is_about_order(action) ? RequestKind::ORDER : RequestKind::VOLUME;
}

Inflight::Slot& Inflight::slot_of(Entry& entry, RequestKind kind) {
    return kind == RequestKind::STOPS ? entry.stops : entry.volume;
}

bool Inflight::claim(int64_t link, uint32_t action, int64_t now, uint32_t target_id) {
    Entry* entry = find_or_add(link);
    Slot& slot = slot_of(*entry, kind_of(action));
    if (target_id != 0 && target_id == entry->done_target) return false;
    if (!may_send(*entry, slot, action, now)) return false;
    if (opens(action)) entry->opener = action;
    slot = {action, 0, 0, target_id, now};
    return true;
}

bool Inflight::may_send(const Entry& entry, const Slot& slot, uint32_t action, int64_t now) {
    if (opens(action)) return entry.opener == 0;
    if (slot.action == 0) return true;
    const int64_t age_ns = now - slot.claimed_ns;
    if (slot.action == wire::ACTION_OPEN) return action == wire::ACTION_CLOSE || age_ns > CLOSE_AGAIN_NS;
    return age_ns > (action == wire::ACTION_CLOSE ? CLOSE_AGAIN_NS : CHANGE_AGAIN_NS);
}

bool Inflight::concerns(const Slot& slot, RequestKind kind) {
    return kind == RequestKind::STOPS || is_about_order(slot.action) == (kind == RequestKind::ORDER);
}

void Inflight::answered(int64_t link, RequestKind kind) {
    Entry* entry = find(link);
    if (entry == nullptr) return;
    Slot& slot = slot_of(*entry, kind);
    if (!concerns(slot, kind)) return;
    slot.answered = 1;
    if (kind != RequestKind::VOLUME) slot.action = 0;
    settle(slot);
}

void Inflight::dealt(int64_t link) {
    Entry* entry = find(link);
    if (entry == nullptr) return;
    entry->volume.dealt = 1;
    if (entry->volume.target_id != 0) entry->done_target = entry->volume.target_id;
    settle(entry->volume);
}

void Inflight::settle(Slot& slot) {
    if (slot.answered != 0 && slot.dealt != 0) slot.action = 0;
}

void Inflight::release(int64_t link, RequestKind kind) {
    Entry* entry = find(link);
    if (entry == nullptr) return;
    Slot& slot = slot_of(*entry, kind);
    if (!concerns(slot, kind)) return;
    if (opens(slot.action)) entry->opener = 0;
    slot.action = 0;
}

void Inflight::order_gone(int64_t link) {
    Entry* entry = find(link);
    if (entry == nullptr || entry->opener == wire::ACTION_OPEN) return;
    entry->opener = 0;
    if (is_about_order(entry->volume.action)) entry->volume.action = 0;
}

uint32_t Inflight::in_flight(int64_t link, RequestKind kind) const {
    Entry* entry = find(link);
    if (entry == nullptr) return 0;
    return slot_of(*entry, kind).action;
}

int64_t Inflight::claimed_ns(int64_t link, RequestKind kind) const {
    Entry* entry = find(link);
    if (entry == nullptr) return 0;
    return slot_of(*entry, kind).claimed_ns;
}

uint32_t Inflight::blocking(int64_t link) const {
    const Entry* entry = find(link);
    if (entry == nullptr) return 0;
    return entry->volume.action != 0 ? entry->volume.action : entry->opener;
}

Inflight::Entry* Inflight::find(int64_t link) const {
    for (int32_t i = buckets_[bucket_of(link, BUCKETS)]; i >= 0; i = entries_[i].next)
        if (entries_[i].link == link) return &entries_[i];
    return nullptr;
}

Inflight::Entry* Inflight::find_or_add(int64_t link) {
    if (Entry* known = find(link)) return known;
    const int32_t index = static_cast<int32_t>(added_ % LINKS_KEPT);
    if (added_ >= LINKS_KEPT) unlink_entry(index);
    added_++;
    int32_t& bucket = buckets_[bucket_of(link, BUCKETS)];
    entries_[index] = Entry{link, bucket, 0, 0, {}, {}};
    bucket = index;
    return &entries_[index];
}

void Inflight::unlink_entry(int32_t index) {
    int32_t* at = &buckets_[bucket_of(entries_[index].link, BUCKETS)];
    while (*at >= 0 && *at != index) at = &entries_[*at].next;
    if (*at == index) *at = entries_[index].next;
}
