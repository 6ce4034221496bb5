import { resolve } from "node:path";
import { defineConfig } from "vitest/config";

export default defineConfig({
  resolve: {
    alias: {
      "@": resolve(import.meta.dirname, "src"),
      // Outside of a server's build the package throws, which is all that it does.
      "server-only": resolve(import.meta.dirname, "node_modules/server-only/empty.js"),
    },
  },
  // Node has the EventSource of browsers behind this flag.
  test: { include: ["tests/**/*.test.ts"], environment: "node", execArgv: ["--experimental-eventsource"] },
});
