"""The C++ around the translated text: the class, and the methods by which the terminal calls its event handlers."""

from collections.abc import Set

from compiler.tokens import RefusedError

EVENTS = {
    "OnInit": "EV_INIT",
    "OnDeinit": "EV_DEINIT",
    "OnTimer": "EV_TIMER",
    "OnTick": "EV_TICK",
    "OnTradeTransaction": "EV_TRADE",
    "OnStart": "EV_START",
}
HEAD = '#include "{runtime}"\nnamespace {{ using namespace mql;\nclass P : public Api {{ public: using Api::Api;\n'
TAIL = '}; }\nextern "C" __declspec(dllexport) mql::Program* mql_create(mql::Terminal* t){ return mql::make<P>(t); }\n'


def program(body: str, events: Set[str], is_service: bool, runtime: str) -> str:
    """The C++ file of a program. Raises `RefusedError` unless the program has exactly one of OnInit and OnStart.

    `runtime`: the header with the functions of its language.
    """
    if ("OnStart" in events) == ("OnInit" in events):
        raise RefusedError("either OnStart or OnInit")
    return HEAD.format(runtime=runtime) + body + '\n#line 1 "glue"\n' + _glue(events, is_service) + TAIL


def _glue(events: Set[str], is_service: bool) -> str:
    def call(event: str, code: str) -> str:
        return code if event in events else ""

    mask = "|".join(
        ["0", *(flag for event, flag in EVENTS.items() if event in events), *(["IS_SERVICE"] if is_service else [])]
    )
    trade = call("OnTradeTransaction", "OnTradeTransaction(to_transaction(t),from_request(t.request),to_result(t.answer));")
    return (
        f"  int handlers() override {{ return {mask}; }}\n"
        f"  int init() override {{ int r=INIT_FAILED; guard([&]{{ {call('OnInit', 'r=OnInit();')} }}); return r; }}\n"
        f"  void deinit(int reason) override {{ (void)reason; guard([&]{{ {call('OnDeinit', 'OnDeinit(reason);')} }}); }}\n"
        f"  void timer_() override {{ guard([&]{{ {call('OnTimer', 'OnTimer();')} }}); }}\n"
        f"  void tick() override {{ guard([&]{{ {call('OnTick', 'OnTick();')} }}); }}\n"
        f"  void start() override {{ guard([&]{{ {call('OnStart', 'OnStart();')} }}); }}\n"
        f"  void trade(const Transaction& t) override {{ (void)t; guard([&]{{ {trade} }}); }}\n"
    )
