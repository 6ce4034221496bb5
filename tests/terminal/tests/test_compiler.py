"""What the MQL-to-C++ compiler translates and what it refuses."""

from pathlib import Path

import pytest
from compiler.tokens import RefusedError
from compiler.unit import Unit

PROGRAM = "int OnInit()\n  {\n   return(INIT_SUCCEEDED);\n  }\n"


def translated(tmp_path: Path, text: str) -> str:
    source = tmp_path / "P.mq5"
    source.write_text(text)
    return Unit(source).text()


def test_a_small_program_becomes_a_class_with_its_events(tmp_path: Path) -> None:
    out = translated(tmp_path, PROGRAM + "void OnTick()\n  {\n   long x=0x10;\n  }\n")
    assert "class P : public Api" in out
    assert "int64 x=0x10" in out
    assert "EV_INIT|EV_TICK" in out


def test_a_service_says_so(tmp_path: Path) -> None:
    assert "IS_SERVICE" in translated(tmp_path, "#property service\nvoid OnStart()\n  {\n  }\n")


def test_inputs_are_asked_for_by_name(tmp_path: Path) -> None:
    assert 'const int Port = input_<int>(L"Port",(int)(9101));' in translated(tmp_path, "input int Port=9101;\n" + PROGRAM)


def test_an_import_becomes_a_method_that_checks_its_structs(tmp_path: Path) -> None:
    imports = '#import "x.dll"\nint f(const Both &b,string s,long n);\n#import\n'
    out = translated(tmp_path, "struct Both\n  {\n   int a;\n  };\n" + imports + PROGRAM)
    assert "int f(const Both& a0,const mql::string& a1,int64 a2)" in out
    assert "is_trivially_copyable<Both>" in out


@pytest.mark.parametrize(
    ("text", "why"),
    [
        ("class A {};\n", "'class': not in the subset"),
        ("int x=010;\n", "leading zero"),
        ("#include <Trade/Trade.mqh>\n", "only"),
        ("#property indicator_chart_window\n", "#property indicator_chart_window"),
        ('#import "x.dll"\nbool f();\n#import\n', "return type bool"),
        ('#import "x.dll"\nint f(int &x);\n#import\n', "struct by reference"),
        ("void OnInit()\n  {\n  }\n", "int OnInit"),
        ("input int A;\n", "input: write"),
        ("int a[]={1,2};\n", "array declaration"),
        ("double x=1 ` 2;\n", "unknown character"),
    ],
)
def test_what_is_not_in_the_subset_is_refused_with_its_place(tmp_path: Path, text: str, why: str) -> None:
    with pytest.raises(RefusedError, match=r"P\.mq5:\d+: .*") as refused:
        translated(tmp_path, text + PROGRAM)
    assert why in str(refused.value)


def test_a_program_needs_exactly_one_way_to_start(tmp_path: Path) -> None:
    with pytest.raises(RefusedError, match="either OnStart or OnInit"):
        translated(tmp_path, PROGRAM + "void OnStart()\n  {\n  }\n")
