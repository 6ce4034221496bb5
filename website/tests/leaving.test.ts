import { describe, expect, it } from "vitest";
import { confirmDeletion } from "@/features/security/deletion";

const REFUSED = { code: "too_many_wrong_codes", detail: "Too many wrong codes. Try again in 5 minutes." };

function calls(refused: typeof REFUSED | null, wrong: string | null) {
  const made: string[] = [];
  return {
    made,
    permit: async (code: string) => {
      made.push(`permit ${code}`);
      return refused;
    },
    check: async (password: string) => {
      made.push(`check ${password}`);
      return wrong;
    },
    remove: async () => made.push("remove"),
  };
}

describe("deleting the person", () => {
  it("takes a code of the second factor where there is one", async () => {
    const factored = calls(null, null);
    expect(await confirmDeletion(true, " 123456 ", factored)).toBeNull();
    expect(factored.made).toEqual(["permit 123456", "remove"]);
  });

  it("takes the password where there is none", async () => {
    const without = calls(null, null);
    expect(await confirmDeletion(false, " secret ", without)).toBeNull();
    expect(without.made).toEqual(["check  secret ", "remove"]);
  });

  it("deletes nothing after a wrong one, and says how long to wait in the API's words", async () => {
    const wrongCode = calls(REFUSED, null);
    expect(await confirmDeletion(true, "000000", wrongCode)).toEqual(REFUSED);
    const wrongPassword = calls(null, "wrong_password");
    expect(await confirmDeletion(false, "x", wrongPassword)).toEqual({ code: "wrong_password", detail: null });
    expect([...wrongCode.made, ...wrongPassword.made]).not.toContain("remove");
  });
});
