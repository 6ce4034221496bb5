"use client";

import { Failure } from "@/ui/states";

interface Props {
  readonly error: Error;
  readonly reset: () => void;
}

export default function AppError({ error, reset }: Props) {
  return <Failure error={error} onRetry={reset} />;
}
