import type { SegmentKey } from "@/lib/spans";

/** The colour of each span, the same wherever it is drawn. Time in which nothing works is grey; a pause is striped. */
export const SPAN_FILLS: Readonly<Record<SegmentKey, string>> = {
  between: "bg-edge",
  terminal_to_router: "bg-span-there",
  pause: "bg-[repeating-linear-gradient(135deg,var(--edge)_0_2px,transparent_2px_5px)]",
  router: "bg-span-router",
  router_to_terminal: "bg-span-back",
  slave_terminal: "bg-span-terminal",
  broker: "bg-span-broker",
};

/** The colour of a measured span by its name in the API; of the whole way, which is no part of itself, neutral. */
export const fillOf = (span: string): string => SPAN_FILLS[span.replace(/_us$/, "") as SegmentKey] ?? "bg-muted";
