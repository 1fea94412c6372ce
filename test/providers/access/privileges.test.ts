import assert from "node:assert/strict";
import { problemsOf } from "../../../providers/kernel/state/problems";
import { aclModel } from "../../../providers/access/acl.model";
import { earlierName, samePrivileges, translated } from "../../../providers/access/privileges.model";
import { realmModel } from "../../../providers/access/realm.model";
import { roleModel } from "../../../providers/access/role.model";
import { userModel } from "../../../providers/access/user.model";

const eight = new Set(["Sys.Audit", "VM.Audit", "VM.Monitor"]);
const nine = new Set(["Sys.Audit", "VM.Audit", "VM.GuestAgent.Audit"]);

describe("privileges", () => {
  it("are said in the words of the version: VM.Monitor is two others on 9, and itself on 8", () => {
    const on9 = translated(["VM.Monitor", "VM.Audit"], nine);
    assert.deepEqual(on9.privileges, ["Sys.Audit", "VM.Audit", "VM.GuestAgent.Audit"]);
    assert.deepEqual([...on9.replaced], [["VM.Monitor", ["Sys.Audit", "VM.GuestAgent.Audit"]]]);
    assert.deepEqual(translated(["VM.Monitor", "VM.Audit"], eight).privileges, ["VM.Audit", "VM.Monitor"]);
    assert.deepEqual(translated(["VM.GuestAgent.Audit"], eight).unknown, ["VM.GuestAgent.Audit"]);
    assert.equal(earlierName("VM.GuestAgent.Audit", eight), "VM.Monitor");
    assert.equal(earlierName("VM.GuestAgent.Audit", nine), undefined);
    assert.deepEqual(translated(["VM.Bogus"], undefined), {
      privileges: ["VM.Bogus"],
      unknown: [],
      replaced: new Map(),
    });
  });

  it("are the same in any order, and in the words of either version", () => {
    assert.ok(samePrivileges(["VM.Audit", "VM.Monitor"], ["VM.GuestAgent.Audit", "Sys.Audit", "VM.Audit"]));
    assert.ok(!samePrivileges(["VM.Monitor"], ["VM.GuestAgent.Audit"]));
    assert.equal(roleModel.same?.("privileges", ["VM.Monitor"], ["Sys.Audit", "VM.GuestAgent.Audit"]), true);
    assert.equal(roleModel.same?.("privileges", ["VM.Audit"], []), false);
  });
});

describe("what is written of roles, users, rights and realms", () => {
  const wrong = (model: typeof roleModel, inputs: Record<string, unknown>): string[] =>
    problemsOf(model.schema, inputs, model.sensitive).map(({ path, message }) => `${path}: ${message}`);

  it("is refused where Proxmox would refuse it, or where it would lock somebody out", () => {
    assert.match(wrong(roleModel, { roleId: "pveMine", privileges: [] }).join(), /Proxmox's own roles/);
    assert.match(wrong(roleModel, { roleId: "Administrator", privileges: [] }).join(), /brings with it/);
    assert.match(
      wrong(roleModel, { roleId: "a", privileges: ["audit"] }).join(),
      /^privileges\[0\]: write a privilege/,
    );
    assert.match(wrong(userModel, { userId: "bob" }).join(), /^userId: write name@realm/);
    assert.match(
      wrong(userModel, { userId: "bob@pam", password: "long enough" }).join(),
      /^password: .* Linux account/,
    );
    assert.match(
      wrong(userModel, { userId: "bob@corp", password: "long enough" }).join(),
      /^password: the realm keeps/,
    );
    assert.match(wrong(userModel, { userId: "bob@pve", password: "short" }).join(), /^password: write at least 8/);
    assert.match(wrong(userModel, { userId: "root@pam", enabled: false }).join(), /^enabled: root@pam is never locked/);
    assert.match(wrong(userModel, { userId: "bob@pve", expiresAt: "soon" }).join(), /^expiresAt: write a day/);
    assert.match(wrong(userModel, { userId: "böb@pve" }).join(), /^userId: /);
    assert.deepEqual(wrong(userModel, { userId: "bob@pve", password: "long enough", expiresAt: "2027-01-31" }), []);
    assert.match(wrong(aclModel, { path: "/nope", role: "r", user: "bob@pve" }).join(), /^path: write a path/);
    assert.match(wrong(aclModel, { path: "/", role: "r" }).join(), /write one of user, group and token/);
    assert.match(wrong(aclModel, { path: "/", role: "r", user: "bob@pve", group: "g" }).join(), /write one of/);
    assert.match(wrong(realmModel, { type: "ldap", realmId: "corp" }).join(), /server: is required/);
    assert.match(wrong(realmModel, { type: "kerberos" }).join(), /write one of pam, pve, ldap, ad, openid/);
  });

  it("does not show the password that is wrong", () => {
    assert.ok(!wrong(userModel, { userId: "bob@pve", password: "tooweak" }).join().includes("tooweak"));
  });
});
