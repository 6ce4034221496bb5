"use client";

import { usePathname } from "next/navigation";
import { useTranslations } from "next-intl";
import { cx } from "@/ui/cx";
import { Icon } from "@/ui/icons";
import { Link } from "@/ui/link";
import { isHere, PLACES, type Place, placesFor } from "./places";

const ON_PHONE = 4;

interface PlacesProps {
  readonly staff: boolean;
}

/** The places at the side of a wide screen. */
export function Rail({ staff }: PlacesProps) {
  const t = useTranslations("places");
  const path = usePathname();
  return (
    <nav aria-label={t("label")} className="grid content-start gap-0.5">
      {placesFor(staff).map((place) => (
        <Link
          key={place.key}
          href={place.href}
          aria-current={isHere(place.href, path) ? "page" : undefined}
          className={cx(
            "flex h-9 items-center gap-2.5 rounded-md px-2.5 text-sm",
            isHere(place.href, path)
              ? "bg-accent-soft font-medium text-ink"
              : "text-muted hover:bg-sunken hover:text-ink",
          )}
        >
          <Icon name={place.icon} />
          {t(place.key)}
        </Link>
      ))}
    </nav>
  );
}

/** The places at the bottom of a phone; those that do not fit are behind "more". */
export function BottomBar({ staff }: PlacesProps) {
  const t = useTranslations("places");
  const path = usePathname();
  return (
    <nav
      aria-label={t("label")}
      className="fixed inset-x-0 bottom-0 z-20 grid grid-cols-5 border-t border-line bg-surface pb-[env(safe-area-inset-bottom)] lg:hidden"
    >
      {PLACES.slice(0, ON_PHONE).map((place) => (
        <BarLink key={place.key} place={place} here={isHere(place.href, path)} label={t(place.key)} />
      ))}
      <More path={path} places={placesFor(staff).slice(ON_PHONE)} />
    </nav>
  );
}

function BarLink({ place, here, label }: { readonly place: Place; readonly here: boolean; readonly label: string }) {
  return (
    <Link
      href={place.href}
      aria-current={here ? "page" : undefined}
      className={cx(
        "grid h-14 place-content-center justify-items-center gap-0.5 text-[11px]",
        here ? "font-semibold text-accent" : "text-muted",
      )}
    >
      <Icon name={place.icon} />
      {label}
    </Link>
  );
}

function More({ path, places: rest }: { readonly path: string; readonly places: readonly Place[] }) {
  const t = useTranslations("places");
  const here = rest.some((place) => isHere(place.href, path));
  return (
    <>
      <button
        type="button"
        popoverTarget="more-places"
        className={cx(
          "grid h-14 place-content-center justify-items-center gap-0.5 text-[11px]",
          here ? "font-semibold text-accent" : "text-muted",
        )}
      >
        <Icon name="more" />
        {t("more")}
      </button>
      <div
        id="more-places"
        popover="auto"
        className="inset-auto end-2 bottom-16 m-0 min-w-44 rounded-lg border border-line bg-surface p-1.5 text-ink"
      >
        {rest.map((place) => (
          <Link
            key={place.key}
            href={place.href}
            aria-current={isHere(place.href, path) ? "page" : undefined}
            onClick={() => document.getElementById("more-places")?.hidePopover()}
            className="flex h-11 items-center gap-2.5 rounded-md px-3 text-sm hover:bg-sunken aria-[current]:font-medium aria-[current]:text-accent"
          >
            <Icon name={place.icon} />
            {t(place.key)}
          </Link>
        ))}
      </div>
    </>
  );
}
