import { readFileSync } from "node:fs";
import { QueryClient, QueryClientProvider } from "@tanstack/react-query";
import { NextIntlClientProvider } from "next-intl";
import type { ReactNode } from "react";
import { renderToStaticMarkup } from "react-dom/server";
import { ScreenProvider } from "@/ui/screen";

const messages = {
  ...JSON.parse(readFileSync("messages/en.json", "utf8")),
  texts: JSON.parse(readFileSync("../texts/src/lockstep_texts/en.json", "utf8")),
};

const fail = (error: Error): never => {
  throw error;
};

/** The HTML of a component as the server renders it in English. A missing message fails the test. */
export function drawn(inner: ReactNode, phone = false): string {
  return renderToStaticMarkup(
    <NextIntlClientProvider locale="en" messages={messages} timeZone="UTC" onError={fail}>
      <QueryClientProvider client={new QueryClient()}>
        <ScreenProvider phone={phone}>{inner}</ScreenProvider>
      </QueryClientProvider>
    </NextIntlClientProvider>,
  );
}
