"use client";

import NextLink from "next/link";
import { type ComponentProps, useEffect, useRef, useState } from "react";

/** A pointer that only passes over a link stays on it for less time than this. */
const REST_MS = 50;

/**
 * A link that loads its whole page as soon as a pointer rests on it, or it is focused or touched, so that the page is there
 * when it is clicked. Next's own link would load the page of every link on the screen.
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
