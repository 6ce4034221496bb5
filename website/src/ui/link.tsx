"use client";

import NextLink from "next/link";
import { type ComponentProps, useEffect, useRef, useState } from "react";

/** A pointer that only crosses a link on its way does not rest on it for so long. */
const REST_MS = 50;

/**
 * A link that reads its whole page ahead when a pointer rests on it, or it is focused or touched, so that it is there at the
 * press. Next's own would read every link on the screen.
 */
export function Link(props: Omit<ComponentProps<typeof NextLink>, "prefetch">) {
  const [near, setNear] = useState(false);
  const timer = useRef<ReturnType<typeof setTimeout>>(undefined);
  const leave = () => clearTimeout(timer.current);
  useEffect(() => () => clearTimeout(timer.current), []);
  const rest = () => {
    timer.current = setTimeout(() => setNear(true), REST_MS);
  };
  const approach = () => setNear(true);
  return (
    <NextLink
      {...props}
      prefetch={near}
      onPointerEnter={rest}
      onPointerLeave={leave}
      onFocus={approach}
      onTouchStart={approach}
    />
  );
}
