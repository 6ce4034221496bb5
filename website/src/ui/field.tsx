import { type ComponentProps, type ReactNode, useId } from "react";
import { cx } from "./cx";

interface FieldProps {
  readonly label: ReactNode;
  readonly help?: ReactNode;
  readonly error?: string | null;
  readonly children: (ids: {
    id: string;
    "aria-describedby": string | undefined;
    "aria-invalid": boolean;
  }) => ReactNode;
  readonly className?: string;
}

/** A label, its control, help and error, tied together for screen readers. */
export function Field({ label, help, error, children, className }: FieldProps) {
  const id = useId();
  const described = [help ? `${id}-help` : "", error ? `${id}-error` : ""].filter(Boolean).join(" ");
  return (
    <div className={cx("grid content-start gap-1.5", className)}>
      <label htmlFor={id} className="text-sm font-medium">
        {label}
      </label>
      {children({ id, "aria-describedby": described || undefined, "aria-invalid": !!error })}
      {error ? (
        <p id={`${id}-error`} className="text-sm text-bad">
          {error}
        </p>
      ) : null}
      {help ? (
        <p id={`${id}-help`} className="text-sm text-muted">
          {help}
        </p>
      ) : null}
    </div>
  );
}

type TextFieldProps = Omit<FieldProps, "children"> & ComponentProps<"input">;

export function TextField({ label, help, error, className, ...rest }: TextFieldProps) {
  return (
    <Field label={label} help={help} error={error} className={className}>
      {(ids) => <input {...ids} className="control" {...rest} />}
    </Field>
  );
}

type SelectFieldProps = Omit<FieldProps, "children"> & ComponentProps<"select">;

export function SelectField({ label, help, error, className, children, ...rest }: SelectFieldProps) {
  return (
    <Field label={label} help={help} error={error} className={className}>
      {(ids) => (
        <select {...ids} className="control" {...rest}>
          {children}
        </select>
      )}
    </Field>
  );
}

interface ChoiceProps {
  readonly legend: ReactNode;
  readonly name: string;
  readonly value: string;
  readonly options: readonly { value: string; label: ReactNode; help?: ReactNode; disabled?: boolean }[];
  readonly onChange: (value: string) => void;
}

/** A few choices side by side, as radio buttons that look like one switch. */
export function Choice({ legend, name, value, options, onChange }: ChoiceProps) {
  const help = options.find((option) => option.value === value)?.help;
  return (
    <fieldset className="grid content-start gap-1.5">
      <legend className="mb-1.5 text-sm font-medium">{legend}</legend>
      <div className="flex w-fit flex-wrap gap-0.5 rounded-md border border-edge bg-sunken p-0.5">
        {options.map((option) => (
          <label
            key={option.value}
            className={cx(
              "rounded px-3 py-1 text-sm has-focus-visible:outline-2 has-focus-visible:outline-accent",
              option.disabled ? "cursor-not-allowed text-muted line-through" : "cursor-pointer",
              value === option.value ? "bg-surface font-medium shadow-[0_0_0_1px_var(--edge)]" : "text-muted",
            )}
          >
            <input
              type="radio"
              name={name}
              value={option.value}
              checked={value === option.value}
              disabled={option.disabled}
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
