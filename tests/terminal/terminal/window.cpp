#include "window.hpp"

#include "platform.hpp"

#include <winsock2.h>
#include <windows.h>

static LRESULT CALLBACK on_message(HWND window, UINT message, WPARAM w, LPARAM l) {
    if (message == WM_CLOSE || message == WM_ENDSESSION) {
        PostQuitMessage(0);
        return 0;
    }
    return DefWindowProcW(window, message, w, l);
}

void run_window(const std::wstring& title) {
    WNDCLASSW kind = {};
    kind.lpfnWndProc = on_message;
    kind.hInstance = GetModuleHandleW(nullptr);
    kind.lpszClassName = WINDOW_CLASS;
    RegisterClassW(&kind);
    const HWND window = CreateWindowExW(0, kind.lpszClassName, title.c_str(), WS_OVERLAPPEDWINDOW, 0, 0, 640, 400, nullptr, nullptr,
                                        kind.hInstance, nullptr);
    if (window == nullptr) {
        Sleep(INFINITE);
        return;
    }
    ShowWindow(window, SW_SHOWNORMAL);
    for (MSG message; GetMessageW(&message, nullptr, 0, 0) > 0;) DispatchMessageW(&message);
}
