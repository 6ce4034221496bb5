import { join } from "node:path";
import type { NextConfig } from "next";
import createNextIntlPlugin from "next-intl/plugin";

const headers = [
  { key: "X-Content-Type-Options", value: "nosniff" },
  { key: "X-Frame-Options", value: "DENY" },
  { key: "Referrer-Policy", value: "strict-origin-when-cross-origin" },
  { key: "Permissions-Policy", value: "camera=(), microphone=(), geolocation=(), payment=(), usb=()" },
  { key: "Cross-Origin-Opener-Policy", value: "same-origin" },
  { key: "Cross-Origin-Resource-Policy", value: "same-origin" },
  { key: "Strict-Transport-Security", value: "max-age=31536000; includeSubDomains" },
];

/** Above this folder: the texts that the website shares with mails and CSV files lie beside it. */
const root = join(import.meta.dirname, "..");

const config: NextConfig = {
  output: "standalone",
  poweredByHeader: false,
  reactStrictMode: true,
  typedRoutes: false,
  outputFileTracingRoot: root,
  turbopack: { root },
  // A page that was read ahead is shown for so long; `CatchUp` reads again what has changed meanwhile.
  experimental: { staleTimes: { static: 30 } },
  headers: async () => [{ source: "/:path*", headers }],
};

export default createNextIntlPlugin("./src/i18n/request.ts")(config);
