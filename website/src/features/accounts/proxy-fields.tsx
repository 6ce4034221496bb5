import { useTranslations } from "next-intl";
import { SelectField, TextField } from "@/ui/field";
import { choiceOf, chosenProxy, OfferedProxies } from "./offered-proxies";
import { PROXY_PASSWORD_BYTES, type ProxyErrors, type TypedProxy } from "./proxy";

interface ProxyFieldsProps {
  readonly typed: TypedProxy;
  readonly errors: ProxyErrors;
  readonly onChange: (typed: TypedProxy) => void;
}

const TYPES = ["SOCKS5", "HTTP"] as const;

/** The fields of the proxy through which alone an account's terminal reaches its broker. */
export function ProxyFields({ typed, errors, onChange }: ProxyFieldsProps) {
  const t = useTranslations("proxy");
  const set = (change: Partial<TypedProxy>) => onChange({ ...typed, ...change });
  const text = (field: "address" | "port" | "login" | "password") => ({
    label: t(field),
    value: typed[field],
    onChange: (e: React.ChangeEvent<HTMLInputElement>) => set({ [field]: e.target.value }),
    error: errors[field] ? t(`errors.${field}`, { most: PROXY_PASSWORD_BYTES }) : null,
    autoComplete: "off",
    spellCheck: false,
    dir: "ltr" as const,
  });
  return (
    <div className="grid gap-4">
      <p className="text-sm text-muted">{t("about")}</p>
      <SelectField label={t("type")} value={choiceOf(typed)} onChange={(e) => set(chosenProxy(e.target.value))}>
        <option value="none">{t("none")}</option>
        <OfferedProxies kept={typed.name} />
        {TYPES.map((type) => (
          <option key={type} value={type}>
            {type}
          </option>
        ))}
      </SelectField>
      {typed.type === "none" || typed.type === "offered" ? null : (
        <div className="grid gap-4 sm:grid-cols-2">
          <TextField {...text("address")} help={t("addressHelp")} className="num" />
          <TextField {...text("port")} inputMode="numeric" className="num" />
          <TextField {...text("login")} help={t("loginHelp")} />
          <TextField {...text("password")} type="password" help={t("passwordHelp")} />
        </div>
      )}
    </div>
  );
}
