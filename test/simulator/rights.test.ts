import assert from "node:assert/strict";
import fc from "fast-check";
import { isAclPath, normalisePath } from "../../simulator/acl-path.js";
import { Rights } from "../../simulator/rights.js";
import { allPrivileges, builtinRoles } from "../../simulator/roles.js";
import { seedWorld } from "../../simulator/seeds/index.js";
import type { Acl } from "../../simulator/world/access.js";
import type { Cluster } from "../../simulator/world/world.js";

function clusterWith(acl: Acl[]): Cluster {
  const cluster = seedWorld("empty:1").clusters["pve1"] ?? assert.fail("no cluster");
  const token = { secret: "s", expire: 0 };
  cluster.access.users["u@pve"] = {
    enable: 1,
    expire: 0,
    tokens: { full: { ...token, privsep: 0 }, sep: { ...token, privsep: 1 } },
  };
  cluster.access.groups["g"] = { users: ["u@pve"] };
  cluster.pools["p"] = { vms: [100], storage: ["local"] };
  cluster.access.acl = acl;
  return cluster;
}

const entry = (path: string, roleid: string, more: Partial<Acl> = {}): Acl => ({
  path,
  roleid,
  type: "user",
  ugid: "u@pve",
  propagate: 1,
  ...more,
});
const names = (acl: Acl[], path: string, user = "u@pve"): string[] =>
  Object.keys(new Rights(clusterWith(acl), user).on(path)).sort();
const sorted = (role: string): string[] => [...(builtinRoles[role] ?? [])].sort();

describe("rights", () => {
  it("are inherited unless the entry does not propagate", () => {
    assert.deepEqual(names([entry("/vms", "PVEVMUser")], "/vms/100"), sorted("PVEVMUser"));
    assert.deepEqual(names([entry("/vms", "PVEVMUser", { propagate: 0 })], "/vms/100"), []);
    assert.deepEqual(names([entry("/vms", "PVEVMUser", { propagate: 0 })], "/vms"), sorted("PVEVMUser"));
  });

  it("of a deeper path replace the inherited ones", () => {
    const acl = [entry("/vms", "PVEVMAdmin"), entry("/vms/100", "PVETemplateUser")];
    assert.deepEqual(names(acl, "/vms/100"), ["VM.Audit", "VM.Clone"]);
  });

  it("of the user go before those of the group, on the same path", () => {
    const group = entry("/vms", "PVEVMAdmin", { type: "group", ugid: "g" });
    assert.deepEqual(names([group], "/vms"), sorted("PVEVMAdmin"));
    assert.deepEqual(names([group, entry("/vms", "PVETemplateUser")], "/vms"), ["VM.Audit", "VM.Clone"]);
  });

  it("are gone with NoAccess", () => {
    assert.deepEqual(names([entry("/vms", "PVEVMAdmin"), entry("/vms", "NoAccess")], "/vms/100"), []);
  });

  it("of a pool reach its members, without propagation", () => {
    const rights = new Rights(clusterWith([entry("/pool/p", "PVEVMUser")]), "u@pve");
    assert.equal(rights.on("/vms/100")["VM.Console"], 0);
    assert.equal(rights.on("/vms/101")["VM.Console"], undefined);
  });

  it("of a separated token are those that user and token have", () => {
    const token = entry("/vms", "PVETemplateUser", { type: "token", ugid: "u@pve!sep" });
    assert.deepEqual(names([entry("/vms", "PVEVMUser"), token], "/vms", "u@pve!sep"), ["VM.Audit"]);
    assert.deepEqual(names([entry("/vms", "PVEVMUser")], "/vms", "u@pve!sep"), []);
    assert.deepEqual(names([entry("/vms", "PVEVMUser")], "/vms", "u@pve!full"), sorted("PVEVMUser"));
  });

  it("never exceed the owner's for a token, nor the privileges that there are", () => {
    const paths = fc.constantFrom("/", "/vms", "/vms/100", "/storage", "/storage/local", "/pool/p", "/nodes/pve1");
    const acl = fc.array(
      fc.record({
        path: paths,
        roleid: fc.constantFrom(...Object.keys(builtinRoles)),
        propagate: fc.constantFrom(0, 1),
        subject: fc.constantFrom("user u@pve", "group g", "token u@pve!sep"),
      }),
      { maxLength: 8 },
    );
    const property = fc.property(acl, paths, (entries, path) => {
      const cluster = clusterWith(
        entries.map(({ subject, ...rest }) => {
          const [type = "", ugid = ""] = subject.split(" ");
          return { ...rest, type: type as Acl["type"], ugid };
        }),
      );
      const owner = Object.keys(new Rights(cluster, "u@pve").on(path));
      for (const privilege of Object.keys(new Rights(cluster, "u@pve!sep").on(path)))
        assert.ok(owner.includes(privilege));
      for (const privilege of owner) assert.ok(allPrivileges.includes(privilege));
      assert.equal(Object.keys(new Rights(cluster, "root@pam").on(path)).length, allPrivileges.length);
    });
    fc.assert(property, { numRuns: 300, seed: 7 });
  });

  it("are kept on paths of a known form", () => {
    assert.deepEqual(["vms/", "//vms//100", "/", ""].map(normalisePath), ["/vms", "/vms/100", "/", undefined]);
    for (const path of ["/", "/vms/100", "/pool/a/b/c", "/sdn/zones/localnetwork/vmbr0/5", "/mapping/pci/x"])
      assert.ok(isAclPath(path), path);
    for (const path of ["/vms/99", "/vms/abc", "/nosuch", "/storage/local/x", "/pool/a/b/c/d"])
      assert.ok(!isAclPath(path), path);
  });
});
