#include "link_memory.hpp"

#include <cstring>

static constexpr char HEAD[8] = {'L', 'S', 'L', 'I', 'N', 'K', '1', 0};
static constexpr int64_t LARGEST_TICKET = 2147483647;

int32_t magic_of(int64_t link) {
    const int32_t folded = static_cast<int32_t>((link ^ (link >> 31)) & 0x7fffffff);
    return folded != 0 ? folded : 1;
}

// Whether so much time has passed. The times come from the machine's clock and from a file, so they may have any value.
static bool passed(int64_t since_s, int64_t now_s, int64_t duration_s) {
    return now_s > since_s && static_cast<uint64_t>(now_s) - static_cast<uint64_t>(since_s) > static_cast<uint64_t>(duration_s);
}

LinkMemory::~LinkMemory() { attach(nullptr); }

void LinkMemory::attach(FILE* file) {
    if (file_ != nullptr) fclose(file_);
    file_ = file;
    count_ = 0;
    if (file == nullptr) return;
    char head[sizeof HEAD] = {};
    rewind(file);
    if (fread(head, 1, sizeof head, file) == sizeof head && memcmp(head, HEAD, sizeof HEAD) == 0) {
        Record read = {};
        while (count_ < RECORDS_KEPT && fread(&read, sizeof read, 1, file) == 1) {
            // An invalid record keeps its place in the file. The next new record overwrites it.
            const bool sound = read.link > 0 && read.ticket >= 0 && read.ticket <= LARGEST_TICKET;
            records_[count_++] = sound ? read : Record{};
        }
        return;
    }
    begin_anew();
}

// Old content of the file must not be read as a record the next time.
void LinkMemory::begin_anew() {
    fseek(file_, 0, SEEK_END);
    const long size = ftell(file_);
    rewind(file_);
    fwrite(HEAD, 1, sizeof HEAD, file_);
    for (long at = sizeof HEAD; at < size; at++) fputc(0, file_);
    fflush(file_);
}

LinkMemory::Record* LinkMemory::find(int64_t link, int64_t ticket) {
    for (size_t i = 0; i < count_; i++)
        if (records_[i].link == link && records_[i].ticket == ticket) return &records_[i];
    return nullptr;
}

const LinkMemory::Record* LinkMemory::find(int64_t link, int64_t ticket) const {
    return const_cast<LinkMemory*>(this)->find(link, ticket);
}

// A record that may be overwritten: an empty or forgotten one, else a new one, else the one that was touched longest ago.
LinkMemory::Record* LinkMemory::slot(int64_t now_s) {
    Record* oldest = &records_[0];
    for (size_t i = 0; i < count_; i++) {
        if (records_[i].link == 0 || passed(records_[i].touched_s, now_s, RECORD_LIFE_S)) return &records_[i];
        if (records_[i].touched_s < oldest->touched_s) oldest = &records_[i];
    }
    if (count_ == RECORDS_KEPT) return oldest;
    records_[count_] = Record{};
    return &records_[count_++];
}

void LinkMemory::put(Record* record, const Record& value) {
    *record = value;
    if (file_ == nullptr) return;
    fseek(file_, static_cast<long>(sizeof HEAD + static_cast<size_t>(record - records_) * sizeof(Record)), SEEK_SET);
    fwrite(record, sizeof *record, 1, file_);
    fflush(file_);
}

void LinkMemory::begin(int64_t link, int64_t now_s) {
    Record* waits = find(link, 0);
    put(waits != nullptr ? waits : slot(now_s), {link, 0, now_s});
}

void LinkMemory::known(int64_t link, int32_t ticket, int64_t now_s) {
    Record* record = find(link, ticket);
    if (record == nullptr) record = find(link, 0);
    put(record != nullptr ? record : slot(now_s), {link, ticket, now_s});
}

void LinkMemory::refused(int64_t link) {
    Record* waits = find(link, 0);
    if (waits != nullptr) put(waits, {});
}

void LinkMemory::touch(int32_t ticket, int64_t now_s) {
    for (size_t i = 0; i < count_; i++) {
        Record& record = records_[i];
        if (record.link == 0 || record.ticket != ticket) continue;
        if (passed(record.touched_s, now_s, TOUCH_AGAIN_S)) put(&record, {record.link, record.ticket, now_s});
        return;
    }
}

int64_t LinkMemory::link_of(int32_t ticket) const {
    if (ticket == 0) return 0;
    for (size_t i = 0; i < count_; i++)
        if (records_[i].ticket == ticket) return records_[i].link;
    return 0;
}

int64_t LinkMemory::waiting(int32_t magic) const {
    int64_t found = 0;
    for (size_t i = 0; i < count_; i++) {
        if (records_[i].link == 0 || records_[i].ticket != 0 || magic_of(records_[i].link) != magic) continue;
        if (found != 0) return 0;
        found = records_[i].link;
    }
    return found;
}

int64_t LinkMemory::waits_since(int64_t link) const {
    const Record* waits = find(link, 0);
    return waits != nullptr ? waits->touched_s : 0;
}

int32_t LinkMemory::ticket_of(int64_t link) const {
    int64_t newest = 0;
    for (size_t i = 0; i < count_; i++)
        if (records_[i].link == link && records_[i].ticket > newest) newest = records_[i].ticket;
    return static_cast<int32_t>(newest);
}
