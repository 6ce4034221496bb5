// Rules of LinkMemory, each as a check that names itself when it fails.
#include "../dll/link_memory.hpp"

#include <cstdlib>
#include <initializer_list>
#include <memory>

static int failures = 0;

static void check(bool right, const char* rule) {
    if (right) return;
    printf("broken: %s\n", rule);
    failures++;
}

static constexpr int64_t LINK = 0x1122334455667788;
static constexpr int64_t NOW = 1700000000;
// LINK and TWIN fold to the same magic number.
static constexpr int64_t TWIN = LINK ^ 0x80000001LL;

static std::unique_ptr<LinkMemory> opened(const char* path) {
    auto memory = std::make_unique<LinkMemory>();
    FILE* file = fopen(path, "r+b");
    memory->attach(file != nullptr ? file : fopen(path, "w+b"));
    return memory;
}

static void folds() {
    check(magic_of(LINK) == static_cast<int32_t>((LINK ^ (LINK >> 31)) & 0x7fffffff), "the fold is the exclusive or of all its bits");
    check(magic_of(1LL << 62 | 1LL << 31) != 0 && magic_of(1LL << 31 | 1) == 1, "no link has magic number 0");
    check(magic_of(LINK) == magic_of(TWIN), "two links may have one magic number");
}

static void remembers(const char* path) {
    auto memory = opened(path);
    memory->begin(LINK, NOW);
    check(memory->waiting(magic_of(LINK)) == LINK && memory->waits_since(LINK) == NOW, "a link waits for the ticket of its order");
    memory->known(LINK, 77, NOW);
    check(memory->waiting(magic_of(LINK)) == 0 && memory->waits_since(LINK) == 0, "with a ticket it waits no longer");
    check(memory->link_of(77) == LINK && memory->ticket_of(LINK) == 77, "ticket and link name each other");
    memory->begin(TWIN, NOW);
    check(memory->waiting(magic_of(LINK)) == TWIN && memory->link_of(77) == LINK, "links of one magic number are told apart by ticket");
    memory->begin(LINK, NOW);
    check(memory->waiting(magic_of(LINK)) == 0, "of two links that wait and have one magic number none is guessed");
    memory->refused(LINK);
    check(memory->waiting(magic_of(LINK)) == TWIN, "once one of them was refused it is the other");
    memory->refused(TWIN);
    check(memory->waiting(magic_of(LINK)) == 0, "a refused order waits for nothing");
    memory->known(LINK, 90, NOW);
    check(memory->ticket_of(LINK) == 90 && memory->link_of(77) == LINK, "a partial close adds a ticket and keeps the one before");
}

static void survives(const char* path) {
    auto memory = opened(path);
    check(memory->link_of(77) == LINK && memory->ticket_of(LINK) == 90, "the next process knows what this one wrote");
    check(memory->link_of(0) == 0, "ticket 0 is no order");
}

static void is_bounded(const char* path) {
    auto memory = opened(path);
    for (int i = 0; i < static_cast<int>(RECORDS_KEPT) + 100; i++) {
        memory->known(1000 + i, 1000 + i, NOW + i);
        memory->touch(90, NOW + i);
    }
    check(memory->link_of(1000) == 0, "of too many records the one that was touched longest ago goes");
    check(memory->link_of(1000 + RECORDS_KEPT) != 0, "and never a new one");
    memory->known(5, 5, NOW + RECORD_LIFE_S * 2);
    check(memory->link_of(5) == 5, "an old record is written over");
}

static void survives_garbage(const char* path) {
    FILE* file = fopen(path, "wb");
    for (int i = 0; i < 1000; i++) fputc(rand() & 0xff, file);
    fclose(file);
    check(opened(path)->link_of(77) == 0, "a file of something else is begun anew");
    opened(path)->known(LINK, 8, NOW);
    file = fopen(path, "ab");
    fputs("cut", file);
    fclose(file);
    auto memory = opened(path);
    check(memory->link_of(8) == LINK, "a record that was written in part costs no other");
    memory->known(TWIN, 9, NOW);
    check(opened(path)->link_of(9) == TWIN, "and its place is used again");
}

static void begins_anew(const char* path) {
    const int64_t record[] = {LINK, 55, NOW};
    FILE* file = fopen(path, "wb");
    fputs("another1", file);
    fwrite(record, sizeof record, 1, file);
    fclose(file);
    check(opened(path)->link_of(55) == 0 && opened(path)->link_of(55) == 0, "of a file of something else nothing is ever taken for a record");
}

static void bears_any_time(const char* path) {
    for (const int64_t then : {INT64_MIN, int64_t{-1}, int64_t{0}, INT64_MAX})
        for (const int64_t now : {INT64_MIN, int64_t{-1}, NOW, INT64_MAX}) {
            auto memory = opened(path);
            memory->known(LINK, 12, then);
            memory->known(TWIN, 13, now);
            memory->touch(12, now);
            check(memory->link_of(13) == TWIN, "a clock that is wrong costs no new record");
        }
}

int main(int, char** arguments) {
    folds();
    remembers(arguments[1]);
    survives(arguments[1]);
    is_bounded(arguments[1]);
    survives_garbage(arguments[1]);
    begins_anew(arguments[1]);
    bears_any_time(arguments[1]);
    return failures == 0 ? 0 : 1;
}
