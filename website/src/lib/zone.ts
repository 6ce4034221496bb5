"use client";

import { useSyncExternalStore } from "react";

const never = () => () => {};

/** The reader's time zone; UTC until the browser is asked. */
export const useZone = (): string =>
  useSyncExternalStore(
    never,
    () => Intl.DateTimeFormat().resolvedOptions().timeZone,
    () => "UTC",
  );
