/** Signs in through the form, as a person does. */
export async function signIn(page, { site, email, password }) {
  await page.goto(`${site}/sign-in`);
  await page.getByLabel("E-mail").fill(email);
  await page.getByLabel("Password", { exact: true }).fill(password);
  await page.getByRole("button", { name: "Sign in" }).click();
  await page.waitForURL(/\/app$/);
}
