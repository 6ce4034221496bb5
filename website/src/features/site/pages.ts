/** The public pages, with their sections in order. */
export const PAGES = {
  docs: ["account", "link", "rules", "guards", "stop", "api"],
  faq: ["install", "password", "latency", "missed", "twice", "away", "stop", "price"],
  compare: ["hosting", "passwords", "skips", "latency", "outage", "guards"],
  security: ["sealed", "pods", "signIn", "tokens", "audit", "leaving"],
  terms: ["service", "account", "money", "limits", "end", "law"],
  privacy: ["who", "what", "why", "where", "time", "rights"],
  risk: ["leverage", "copies", "outage", "past", "advice"],
  contact: ["support", "security", "operator"],
} as const;

export type PageName = keyof typeof PAGES;

export const PAGE_NAMES = Object.keys(PAGES) as readonly PageName[];

/** Texts that whoever runs a service must write for themselves before people rely on them. */
export const TEMPLATES: ReadonlySet<PageName> = new Set(["terms", "privacy", "risk", "contact"]);

export const pageOf = (name: string): PageName | undefined => PAGE_NAMES.find((one) => one === name);
