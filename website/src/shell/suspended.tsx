import { getTranslations } from "next-intl/server";
import { signOutAction } from "@/features/auth/actions";
import { buttonClass } from "@/ui/button";
import { Logo } from "@/ui/icons";

/** The only page for a suspended person: what happened, what it means for money, what to do. */
export async function Suspended() {
  const t = await getTranslations("suspended");
  return (
    <div className="mx-auto grid min-h-dvh w-full max-w-[28rem] grid-rows-[auto_1fr] px-5 py-6">
      <header>
        <Logo />
      </header>
      <main className="grid content-center gap-4 py-10">
        <h1 className="text-2xl font-semibold">{t("title")}</h1>
        <p>{t("means")}</p>
        <p>{t("do")}</p>
        <form action={signOutAction}>
          <button type="submit" className={buttonClass()}>
            {t("signOut")}
          </button>
        </form>
      </main>
    </div>
  );
}
