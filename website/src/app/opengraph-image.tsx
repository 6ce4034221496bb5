import { ImageResponse } from "next/og";
import messages from "../../messages/en.json";
import recorded from "../features/site/recorded.json";

export const size = { width: 1200, height: 630 };
export const contentType = "image/png";
export const alt = `${messages.site.title}: ${messages.landing.headline}`;

/** The colours of the spans as in `tokens.css`, which this renderer cannot read. */
const PARTS = [
  [recorded.trade.spans.terminal_to_router_us, "#1f9bc4"],
  [recorded.trade.spans.router_us, "#2f5fc9"],
  [recorded.trade.spans.router_to_terminal_us, "#8a4fc7"],
  [recorded.trade.spans.slave_terminal_us, "#1d9a93"],
  [recorded.trade.spans.broker_us, "#cf4f8f"],
] as const;
const ALL = PARTS.reduce((sum, [us]) => sum + us, 0);

/** What other sites show beside a link: the headline, and a copied trade's way to scale. Drawn once, when the site is built. */
export default function OpenGraphImage(): ImageResponse {
  return new ImageResponse(
    <div
      style={{
        width: "100%",
        height: "100%",
        display: "flex",
        flexDirection: "column",
        justifyContent: "space-between",
        padding: 72,
        background: "#14171d",
        color: "#edeff3",
      }}
    >
      <div style={{ display: "flex", fontSize: 34, color: "#8fb4ff" }}>Lockstep</div>
      <div style={{ display: "flex", fontSize: 66, lineHeight: 1.12 }}>{messages.landing.headline}</div>
      <div style={{ display: "flex", flexDirection: "column", gap: 22 }}>
        <div style={{ display: "flex", height: 30, borderRadius: 8, overflow: "hidden", gap: 3 }}>
          {PARTS.map(([us, colour]) => (
            <div key={colour} style={{ display: "flex", flexGrow: Math.max(us / ALL, 0.015), background: colour }} />
          ))}
        </div>
        <div style={{ display: "flex", fontSize: 28, color: "#a9afba" }}>
          {`${recorded.trade.symbol} ${recorded.trade.master_lots} → ${recorded.trade.lots} · ${messages.landing.points.spans.title}`}
        </div>
      </div>
    </div>,
    size,
  );
}
