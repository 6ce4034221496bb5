import { useEffect } from "react";

interface Click {
  readonly button: number;
  readonly metaKey: boolean;
  readonly ctrlKey: boolean;
  readonly shiftKey: boolean;
  readonly altKey: boolean;
}

interface Followed {
  readonly href: string;
  readonly target: string;
  readonly download: string;
}

/** Whether a click on a link replaces the page at the address `here`. A click with a modifier key opens another tab. */
export function leadsAway(click: Click, link: Followed, here: string): boolean {
  if (click.button !== 0 || click.metaKey || click.ctrlKey || click.shiftKey || click.altKey) return false;
  if ((link.target !== "" && link.target !== "_self") || link.download !== "") return false;
  const [to, from] = [new URL(link.href, here), new URL(here)];
  return to.origin !== from.origin || to.pathname !== from.pathname;
}

/** Asks before a link, a reload or a closed tab discards unsaved changes. */
export function useAskBeforeLeaving(dirty: boolean, question: string): void {
  useEffect(() => {
    if (!dirty) return;
    const unload = (event: BeforeUnloadEvent) => event.preventDefault();
    const follow = (event: MouseEvent) => {
      const link = event.target instanceof Element ? event.target.closest("a") : null;
      if (!link || !leadsAway(event, link, location.href) || confirm(question)) return;
      event.preventDefault();
      event.stopPropagation();
    };
    addEventListener("beforeunload", unload);
    // Runs before the router's own handler sees the click.
    document.addEventListener("click", follow, { capture: true });
    return () => {
      removeEventListener("beforeunload", unload);
      document.removeEventListener("click", follow, { capture: true });
    };
  }, [dirty, question]);
}
