import { type ReactNode, useId } from "react";
import { cx } from "./cx";

interface Option<Value extends string> {
  readonly value: Value;
  readonly label: ReactNode;
  /** Shown below the control while this option is chosen. */
  readonly help?: ReactNode;
}

interface SegmentedProps<Value extends string> {
  readonly legend: string;
  readonly value: Value;
  readonly options: readonly Option<Value>[];
  readonly onChange: (value: Value) => void;
  /** For the head of a panel: smaller, and its legend is for screen readers only. */
  readonly compact?: boolean;
}

/** A few options side by side of which exactly one is chosen: radio buttons that look like one switch. */
export function Segmented<Value extends string>(props: SegmentedProps<Value>) {
  const { legend, value, options, onChange, compact = false } = props;
  const group = useId();
  const help = options.find((option) => option.value === value)?.help;
  return (
    <fieldset className={cx("grid content-start", !compact && "gap-1.5")}>
      <legend className={compact ? "sr-only" : "mb-1.5 text-sm font-medium"}>{legend}</legend>
      <div className={cx("flex w-fit flex-wrap rounded-md border border-edge bg-sunken p-0.5", !compact && "gap-0.5")}>
        {options.map((option) => (
          <label
            key={option.value}
            className={cx(
              "cursor-pointer rounded has-focus-visible:outline-2 has-focus-visible:outline-accent",
              compact ? "px-2 py-0.5 text-[13px]" : "px-3 py-1 text-sm",
              value === option.value ? "bg-surface font-medium shadow-[0_0_0_1px_var(--edge)]" : "text-muted",
            )}
          >
            <input
              type="radio"
              name={group}
              value={option.value}
              checked={value === option.value}
              onChange={() => onChange(option.value)}
              className="sr-only"
            />
            {option.label}
          </label>
        ))}
      </div>
      {help ? <p className="text-sm text-muted">{help}</p> : null}
    </fieldset>
  );
}
