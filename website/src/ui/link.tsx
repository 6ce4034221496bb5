"use client";

import NextLink from "next/link";
import { type ComponentProps, useState } from "react";

/** A link that prefetches its page on hover, focus or touch. Next's own would prefetch every link on the screen. */
export function Link(props: Omit<ComponentProps<typeof NextLink>, "prefetch">) {
  const [near, setNear] = useState(false);
  const approach = () => setNear(true);
  return (
    <NextLink
      {...props}
      prefetch={near ? null : false}
      onPointerEnter={approach}
      onFocus={approach}
      onTouchStart={approach}
    />
  );
}
