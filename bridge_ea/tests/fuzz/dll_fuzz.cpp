// dll_fuzz SEED FRAMES FOLDER: the DLL's functions with frames by chance in both directions, until so many went. What the relay
// heard is written to FOLDER/heard. Prints each broken rule and ends with 1 if there is one.
#include "program.hpp"

int main(int count, char** arguments) {
    require(count == 4, "usage: dll_fuzz SEED FRAMES FOLDER");
    const std::string folder = arguments[3];
    FILE* kept = fopen((folder + "/heard").c_str(), "wb");
    require(kept != nullptr, "a folder to write to");
    Program program(strtoull(arguments[1], nullptr, 10), folder, kept);
    const uint64_t wanted = strtoull(arguments[2], nullptr, 10);
    uint64_t frames = 0;
    while (frames < wanted && broken_rules().empty()) frames += program.turn();
    fclose(kept);
    printf("frames: %llu\n", static_cast<unsigned long long>(frames));
    return broken_rules().empty() ? 0 : 1;
}
