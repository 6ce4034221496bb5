import { useTranslations } from "next-intl";
import { Button } from "@/ui/button";
import { TextField } from "@/ui/field";
import { Note } from "@/ui/states";
import { hasBlankEnds } from "./schema";

interface PasswordFieldProps {
  readonly label: string;
  readonly value: string;
  readonly error: string | null;
  /** The password whose spaces the person has confirmed. */
  readonly kept: string;
  readonly onChange: (password: string) => void;
  readonly onKept: (password: string) => void;
}

/** A broker password. Spaces at its ends often come from copying but may belong to it, so the person is asked. */
export function PasswordField({ label, value, error, kept, onChange, onKept }: PasswordFieldProps) {
  const t = useTranslations("passwordField");
  return (
    <div className="grid content-start gap-2">
      <TextField
        label={label}
        type="password"
        value={value}
        onChange={(e) => onChange(e.target.value)}
        error={error}
        autoComplete="off"
        dir="ltr"
      />
      {hasBlankEnds(value) && value !== kept ? (
        <Note tone="now">
          {t("blanks")}
          <span className="mt-2 flex flex-wrap gap-2">
            <Button type="button" onClick={() => onChange(value.trim())}>
              {t("remove")}
            </Button>
            <Button type="button" onClick={() => onKept(value)}>
              {t("keep")}
            </Button>
          </span>
        </Note>
      ) : null}
    </div>
  );
}
