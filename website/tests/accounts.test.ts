import { describe, expect, it } from "vitest";
import { chosenOf, firstRole, followed, missing } from "@/features/accounts/offered";
import { firstMaster, missingToLink, slavesOf } from "@/features/copiers/linkable";

const BOTH = ["demo", "live"] as const;

describe("the kind that a server's name tells", () => {
  it("is followed while the name is typed", () => {
    expect(followed({ server: "Broker-Live", before: "Broker-Liv" }, undefined, BOTH)).toBe("live");
    expect(followed({ server: "Broker-Demo", before: "Broker-Dem" }, undefined, BOTH)).toBe("demo");
    expect(followed({ server: "Broker-Server", before: "Broker-Serve" }, undefined, BOTH)).toBeNull();
  });

  it("is not followed again once the person has seen it", () => {
    expect(followed({ server: "Broker-Live2", before: "Broker-Live" }, undefined, BOTH)).toBeNull();
  });

  it("is never one that the service does not offer, and that is said", () => {
    expect(followed({ server: "Broker-Live", before: "Broker-Liv" }, undefined, ["demo"])).toBeNull();
    expect(followed({ server: "Broker-Server", before: "" }, "live", ["demo"])).toBeNull();
    expect(missing("Broker-Live", undefined, ["demo"])).toBe("live");
    expect(missing("Broker-Server", "live", ["demo"])).toBe("live");
    expect(missing("Broker-Demo", undefined, ["demo"])).toBeNull();
    expect(missing("Broker-Live", undefined, BOTH)).toBeNull();
  });
});

it("what is not offered is not chosen", () => {
  expect(chosenOf("MT5", ["MT4"])).toBe("MT4");
  expect(chosenOf("MT5", ["MT4", "MT5"])).toBe("MT5");
  expect(chosenOf("demo", ["live"])).toBe("live");
});

describe("a new account's role", () => {
  it("is what the link asked for", () => {
    expect(firstRole("slave", [])).toBe("slave");
    expect(firstRole("master", [{ role: "master" }])).toBe("master");
  });

  it("is else what is missing to link two accounts", () => {
    expect(firstRole(null, [])).toBe("master");
    expect(firstRole("king", [{ role: "master" }])).toBe("slave");
    expect(firstRole(null, [{ role: "master" }, { role: "slave" }])).toBe("master");
  });
});

describe("two accounts that are to be linked", () => {
  const account = (id: string, role: "master" | "slave" | "both", environment: "demo" | "live" = "demo") => ({
    id,
    role,
    environment,
  });

  it("are asked for only where there are not two", () => {
    expect(missingToLink([account("a", "both")])).toBe("needTwo");
    expect(missingToLink([account("a", "master"), account("b", "slave")])).toBeNull();
    expect(missingToLink([account("a", "both"), account("b", "master")])).toBeNull();
  });

  it("lack a role or a kind, which is said", () => {
    expect(missingToLink([account("a", "master"), account("b", "master")])).toBe("needSlave");
    expect(missingToLink([account("a", "slave"), account("b", "slave")])).toBe("needMaster");
    expect(missingToLink([account("a", "master"), account("b", "slave", "live")])).toBe("needSameKind");
  });

  it("begin with a master that has somebody to copy to", () => {
    const all = [account("a", "master", "live"), account("b", "master"), account("c", "slave")];
    expect(firstMaster(all)?.id).toBe("b");
    expect(slavesOf(all, all[0])).toEqual([]);
  });
});
