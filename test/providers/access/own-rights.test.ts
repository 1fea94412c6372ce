import assert from "node:assert/strict";
import type { AclEntry } from "../../../providers/access/acl-entries";
import { lossBy, privilegesAt, type Rules } from "../../../providers/access/own-rights.model";

const entry = (path: string, ugid: string, roleid: string, propagate = true): AclEntry => ({
  ...{ path, ugid, roleid, propagate },
  type: ugid.includes("!") ? "token" : ugid.includes("@") ? "user" : "group",
});
const rules = (...entries: AclEntry[]): Rules => ({
  self: { user: "me@pve", token: "me@pve!tk", separated: false },
  entries,
  roles: new Map([
    ["Admin", new Set(["Permissions.Modify", "User.Modify", "Sys.Audit"])],
    ["Auditor", new Set(["Sys.Audit"])],
    ["Users", new Set(["User.Modify"])],
    ["NoAccess", new Set<string>()],
  ]),
  groups: new Set(["admins"]),
});
const at = (path: string, of: Rules): string[] => [...privilegesAt(of, path)].sort();

describe("our own rights", () => {
  it("are those of the nearest path, of the user before its groups, and none beside NoAccess", () => {
    assert.deepEqual(at("/vms/100", rules(entry("/", "admins", "Auditor"))), ["Sys.Audit"]);
    assert.deepEqual(at("/vms", rules(entry("/", "admins", "Admin", false))), []);
    assert.deepEqual(at("/", rules(entry("/", "admins", "Admin"), entry("/", "me@pve", "Auditor"))), ["Sys.Audit"]);
    assert.deepEqual(at("/vms", rules(entry("/", "me@pve", "Admin"), entry("/vms", "admins", "Auditor"))), [
      "Sys.Audit",
    ]);
    assert.deepEqual(at("/", rules(entry("/", "me@pve", "Admin"), entry("/", "me@pve", "NoAccess"))), []);
    assert.deepEqual(at("/", rules(entry("/", "others", "Admin"))), []);
  });

  it("are, of a token with separated privileges, those that its user has too", () => {
    const separated = (...entries: AclEntry[]): Rules => ({
      ...rules(...entries),
      self: { user: "me@pve", token: "me@pve!tk", separated: true },
    });
    assert.deepEqual(at("/", separated(entry("/", "me@pve", "Admin"))), []);
    assert.deepEqual(at("/", separated(entry("/", "me@pve", "Users"), entry("/", "me@pve!tk", "Admin"))), [
      "User.Modify",
    ]);
    const root: Rules = {
      ...rules(entry("/", "root@pam!tk", "Auditor")),
      self: { user: "root@pam", token: "root@pam!tk", separated: true },
    };
    assert.deepEqual(at("/vms", root), ["Sys.Audit"]);
  });

  it("are lost where nothing is left, or no way to give them back", () => {
    const before = rules(entry("/", "me@pve", "Admin"), entry("/pool", "me@pve", "Users"));
    const loss = (after: Rules) => {
      const { what, path } = lossBy(before, after) ?? {};
      return [what, path];
    };
    assert.equal(lossBy(before, before), undefined);
    assert.deepEqual(loss(rules(...before.entries, entry("/vms", "me@pve", "Users"))), [
      ...["the right to change rights", "/vms"],
    ]);
    const bounded = rules(entry("/", "me@pve", "Admin", false));
    assert.deepEqual(lossBy(before, bounded), { what: "all", path: "/", below: true });
    assert.deepEqual(loss(rules(entry("/", "me@pve", "Admin"), entry("/pool", "me@pve", "Auditor"))), [
      ...["the right to change users", "/pool"],
    ]);
    assert.deepEqual(lossBy(before, rules(...before.entries, entry("/vms", "me@pve", "Admin"))), undefined);
  });
});
