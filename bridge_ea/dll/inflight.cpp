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

bool Inflight::claim(int64_t link, uint32_t action, int64_t now, uint32_t target_id) {
    Entry* entry = find_or_add(link);
    Slot& slot = action == wire::ACTION_SET_STOPS ? entry->stops : entry->volume;
    if (target_id != 0 && target_id == entry->done) return false;
    if (!may_send(*entry, slot, action, now)) return false;
    if (opens(action)) entry->opener = action;
    slot = {action, 0, 0, target_id, now};
    return true;
}

bool Inflight::may_send(const Entry& entry, const Slot& slot, uint32_t action, int64_t now) {
    if (opens(action)) return entry.opener == 0;
    if (slot.action == 0) return true;
    const int64_t age_ns = now - slot.since_ns;
    if (slot.action == wire::ACTION_OPEN) return action == wire::ACTION_CLOSE || age_ns > CLOSE_AGAIN_NS;
    return age_ns > (action == wire::ACTION_CLOSE ? CLOSE_AGAIN_NS : CHANGE_AGAIN_NS);
}

bool Inflight::is_of(const Slot& slot, Matter matter) {
    return matter == Matter::STOPS || is_about_order(slot.action) == (matter == Matter::ORDER);
}

void Inflight::answered(int64_t link, Matter matter) {
    Entry* entry = find(link);
    if (entry == nullptr) return;
    Slot& slot = matter == Matter::STOPS ? entry->stops : entry->volume;
    if (!is_of(slot, matter)) return;
    slot.answered = 1;
    if (matter != Matter::VOLUME) slot.action = 0;
    settle(slot);
}

void Inflight::dealt(int64_t link) {
    Entry* entry = find(link);
    if (entry == nullptr) return;
    entry->volume.dealt = 1;
    if (entry->volume.target_id != 0) entry->done = entry->volume.target_id;
    settle(entry->volume);
}

void Inflight::settle(Slot& slot) {
    if (slot.answered != 0 && slot.dealt != 0) slot.action = 0;
}

void Inflight::rejected(int64_t link, Matter matter) {
    Entry* entry = find(link);
    if (entry == nullptr) return;
    Slot& slot = matter == Matter::STOPS ? entry->stops : entry->volume;
    if (!is_of(slot, matter)) return;
    if (opens(slot.action)) entry->opener = 0;
    slot.action = 0;
}

void Inflight::gone(int64_t link) {
    Entry* entry = find(link);
    if (entry == nullptr || entry->opener == wire::ACTION_OPEN) return;
    entry->opener = 0;
    if (is_about_order(entry->volume.action)) entry->volume.action = 0;
}

uint32_t Inflight::pending(int64_t link, Matter matter) const {
    const Entry* entry = find(link);
    if (entry == nullptr) return 0;
    return matter == Matter::STOPS ? entry->stops.action : entry->volume.action;
}

int64_t Inflight::claimed_ns(int64_t link, Matter matter) const {
    const Entry* entry = find(link);
    if (entry == nullptr) return 0;
    return matter == Matter::STOPS ? entry->stops.since_ns : entry->volume.since_ns;
}

uint32_t Inflight::barring(int64_t link) const {
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
