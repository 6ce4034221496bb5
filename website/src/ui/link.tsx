"use client";

import NextLink from "next/link";
import { type ComponentProps, useState } from "react";

/** A link whose page is fetched once somebody is about to follow it: a screen full of links asks for nothing by itself. */
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
