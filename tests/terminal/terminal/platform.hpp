// Which terminal this is: 64 bits stand in for MetaTrader 5, 32 bits for MetaTrader 4.
#pragma once

constexpr bool IS_MT4 = sizeof(void*) == 4;
constexpr int BUILD = IS_MT4 ? 1443 : 9999;
constexpr const wchar_t* MQL_FOLDER = IS_MT4 ? L"MQL4\\" : L"MQL5\\";
constexpr const wchar_t* ABOUT = IS_MT4 ? L"Lockstep test terminal build 1443 started for Lockstep" : L"Lockstep test terminal x64 build 9999 started for Lockstep";
constexpr const wchar_t* WINDOW_CLASS = IS_MT4 ? L"MetaQuotes::MetaTrader::4.00" : L"MetaQuotes::MetaTrader::5.00";
