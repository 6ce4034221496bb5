import { readFileSync } from "node:fs";
import { describe, expect, it } from "vitest";
import { newAccount } from "@/features/accounts/schema";
import { changeEmail } from "@/features/auth/schema";
import { refusedNumbers } from "@/features/copiers/refused";
import { readSchema } from "@/features/copiers/schema";
import { percentOf, shareOf } from "@/features/copiers/share";
import {
  decimalOf,
  fitOneLine,
  joinedWords,
  numberIn,
  readerOf,
  symbolsOf,
  wholeOf,
  wordsOf,
} from "@/features/copiers/typed";
import { asciiDigits } from "@/lib/numbers";

const document = JSON.parse(readFileSync("openapi.json", "utf8"));
const root = readSchema({ ...document.components.schemas.CopierSettings, components: document.components });

describe("a typed number", () => {
  it("is read in the digits of every script, with the decimal sign of either", () => {
    expect(["0.5", " 12 ", ".5", "2.", "-3", "٠٫٥", "۱۲", "٣.٢٥"].map(numberIn)).toEqual([
      "0.5",
      "12",
      "0.5",
      "2",
      "-3",
      "0.5",
      "12",
      "3.25",
    ]);
  });
  it("is not read where people could mean different ones, or none", () => {
    const doubtful = ["1,000", "1 000", "1.000.000", "0,5", "1e9", "0x10", "--3", "+5", "5-", "-", ".", "2x", "٬", "½"];
    expect(doubtful.map(numberIn)).toEqual(doubtful.map(() => null));
  });
  it("that is refused keeps every character that was typed", () => {
    expect(["1e9", "1,000", "1 000", "0.5"].map(wholeOf)).toEqual(["1e9", "1,000", "1 000", "0.5"]);
    expect(["1e9", "1,000", "0,5"].map(decimalOf)).toEqual(["1e9", "1,000", "0,5"]);
    expect(["1e9", "0,5", "-5"].map(shareOf).map(percentOf)).toEqual(["1e9", "0,5", "-5"]);
  });
  it("is a whole number only where all its digits survive", () => {
    expect(["12", "-5", "٧", "9223372036854775807"].map(wholeOf)).toEqual([12, -5, 7, "9223372036854775807"]);
  });
});

describe("the numbers of a draft", () => {
  const refused = (settings: object) => Object.fromEntries(refusedNumbers(root, settings as never));
  it("are refused by name wherever they stand", () => {
    const magics = { included: [{ first: "1 000", last: 5 }], excluded: [] };
    expect(
      refused({
        sizing: { mode: "multiplier", factor: "1e9" },
        max_slippage_points: "1,000",
        limits: { max_trade_volume: "-5", max_open_positions: "2.5" },
        filters: { magic_filter: magics },
        signal_delay: { min_ms: "x", max_ms: 9 },
      }),
    ).toEqual({
      "sizing.factor": "number",
      max_slippage_points: "whole",
      "limits.max_trade_volume": "negative",
      "limits.max_open_positions": "whole",
      "filters.magic_filter.included.0.first": "whole",
      "signal_delay.min_ms": "whole",
    });
  });
  it("are fine where they can be read, or were left empty", () => {
    const magics = { included: [{ first: 5, last: "9223372036854775807" }], excluded: [] };
    const limits = { max_trade_volume: "", max_open_positions: null };
    expect(
      refused({ sizing: { mode: "multiplier", factor: "0.50" }, limits, filters: { magic_filter: magics } }),
    ).toEqual({});
  });
});

describe("digits of another script", () => {
  it("are those that programs read, and other signs stay", () => {
    expect(asciiDigits("٠١٢٣٤٥٦٧٨٩ ۰۱۲۳۴۵۶۷۸۹ a-1")).toBe("0123456789 0123456789 a-1");
  });
  it("make a login and a code of the second factor", () => {
    const typed = { platform: "MT5", environment: "demo", role: "slave", server: "A-Demo", password: "x", label: "" };
    expect(newAccount.parse({ ...typed, login: " ١٢٣٤٥ " }).login).toBe("12345");
    expect(newAccount.safeParse({ ...typed, login: "١٢ ٣" }).success).toBe(false);
    expect(changeEmail.parse({ email: "a@example.com", password: "x", code: "١٢٣٤٥٦" }).code).toBe("123456");
  });
});

describe("a list of symbols", () => {
  it("may be separated by anything that people separate with", () => {
    expect(symbolsOf("EURUSD; gbpusd XAU/USD")).toEqual(["EURUSD", "gbpusd", "XAU/USD"]);
    expect(symbolsOf("EURUSD،GBPUSD؛US30\nXAU*\tUSDJPY.m | GER40,,")).toEqual([
      "EURUSD",
      "GBPUSD",
      "US30",
      "XAU*",
      "USDJPY.m",
      "GER40",
    ]);
  });
  it("may have names with blanks in them", () => {
    expect(symbolsOf("Volatility 75 Index, Step Index; US 30, Copper Future")).toEqual([
      "Volatility 75 Index",
      "Step Index",
      "US 30",
      "Copper Future",
    ]);
  });
  it("names each once", () => {
    expect(symbolsOf("EURUSD eurusd, EURUSD")).toEqual(["EURUSD"]);
  });
});

describe("a list of words", () => {
  it("may have blanks in them, and is written and read back the same", () => {
    expect(wordsOf("my robot *; US 30,, EURUSD ")).toEqual(["my robot *", "US 30", "EURUSD"]);
    expect(wordsOf(joinedWords(["my robot", "b"]))).toEqual(["my robot", "b"]);
    expect([["a", "b c"], [], ["a,b"], [" a"], ["a;b"]].map((words) => fitOneLine(words))).toEqual([
      true,
      true,
      false,
      false,
      false,
    ]);
  });
  it("is read as symbols where the rule is about symbols", () => {
    const paths = ["filters.symbol_filter.included", "filters.close_only_symbols", "filters.weekend.left_open"];
    expect(paths.map((path) => readerOf(path)("EURUSD GBPUSD"))).toEqual(paths.map(() => ["EURUSD", "GBPUSD"]));
    expect(readerOf("filters.comment_filter.included")("EURUSD GBPUSD")).toEqual(["EURUSD GBPUSD"]);
  });
});
