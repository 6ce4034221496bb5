/** Converts shares to percent and back, exactly: "0.015" is "1.5". Text that is no number stays as it is. Pure. */
const NUMBER = /^(\d*)\.?(\d*)$/;

export const percentOf = (share: string): string => moved(share, 2);
export const shareOf = (percent: string): string => moved(percent, -2);

function moved(text: string, places: number): string {
  const parts = NUMBER.exec(text);
  if (!parts || !/\d/.test(text)) return text;
  const [whole = "", part = ""] = [parts[1], parts[2]];
  const zeros = "0".repeat(Math.abs(places));
  const digits = places > 0 ? whole + part + zeros : zeros + whole + part;
  const at = places > 0 ? whole.length + places : whole.length;
  const before = digits.slice(0, at).replace(/^0+(?=\d)/, "") || "0";
  const after = digits.slice(at).replace(/0+$/, "");
  return after ? `${before}.${after}` : before;
}
