import type { Metadata } from "next";
import { redirect } from "next/navigation";
import { getTranslations } from "next-intl/server";
import { resetAction } from "@/features/auth/actions";
import { AuthForm } from "@/features/auth/form";
import { readMe } from "@/server/me";
import { needsPresentPassword } from "@/server/recovery";
import { person } from "@/server/session";

export async function generateMetadata(): Promise<Metadata> {
  return { title: (await getTranslations("auth"))("resetTitle") };
}

const hasFactor = (me: Awaited<ReturnType<typeof readMe>>): boolean => me !== null && me.second_factor !== "none";

export default async function Reset() {
  if (!(await person())) redirect("/forgot");
  const me = await readMe();
  const t = await getTranslations("auth");
  return (
    <>
      <h1 className="text-2xl font-semibold">{t("resetTitle")}</h1>
      <AuthForm
        action={resetAction}
        submit={t("savePassword")}
        email={false}
        password="new"
        present={await needsPresentPassword()}
        factor={hasFactor(me)}
      />
    </>
  );
}
