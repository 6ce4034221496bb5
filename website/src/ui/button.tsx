import type { ComponentProps, ReactNode } from "react";
import { Link } from "@/ui/link";
import { cx } from "./cx";

type Look = "primary" | "plain" | "quiet" | "danger";
type Size = "normal" | "small";

const LOOKS: Record<Look, string> = {
  primary: "bg-accent text-on-accent hover:bg-accent-strong border-transparent",
  plain: "bg-surface text-ink border-edge hover:bg-sunken",
  quiet: "bg-transparent text-ink border-transparent hover:bg-sunken",
  danger: "bg-surface text-bad border-edge hover:bg-bad-soft",
};
const SIZES: Record<Size, string> = { normal: "h-[38px] px-3.5 text-[14.5px]", small: "h-8 px-2.5 text-sm" };

/** The classes of a button, also for links that look like one. */
export const buttonClass = (look: Look = "plain", size: Size = "normal"): string =>
  cx(
    "inline-flex items-center justify-center gap-1.5 rounded-md border font-medium whitespace-nowrap transition-colors",
    "disabled:opacity-55 aria-disabled:opacity-55",
    LOOKS[look],
    SIZES[size],
  );

interface ButtonProps extends ComponentProps<"button"> {
  readonly look?: Look;
  readonly size?: Size;
  readonly busy?: boolean;
}

/** A button; `busy` keeps its width and refuses a second press. */
export function Button({ look, size, busy, className, children, type = "button", disabled, ...rest }: ButtonProps) {
  return (
    <button
      type={type}
      className={cx(buttonClass(look, size), className)}
      aria-busy={busy || undefined}
      disabled={busy || disabled}
      {...rest}
    >
      {busy ? <Spinner /> : null}
      {children}
    </button>
  );
}

interface LinkButtonProps extends ComponentProps<typeof Link> {
  readonly look?: Look;
  readonly size?: Size;
  readonly children: ReactNode;
}

export function LinkButton({ look, size, className, ...rest }: LinkButtonProps) {
  return <Link className={cx(buttonClass(look, size), className as string)} {...rest} />;
}

export function Spinner() {
  return (
    <svg aria-hidden="true" viewBox="0 0 16 16" className="size-3.5 animate-spin">
      <circle cx="8" cy="8" r="6" fill="none" stroke="currentColor" strokeOpacity="0.3" strokeWidth="2" />
      <path d="M14 8a6 6 0 0 0-6-6" fill="none" stroke="currentColor" strokeWidth="2" strokeLinecap="round" />
    </svg>
  );
}
