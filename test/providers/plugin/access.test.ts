import assert from "node:assert/strict";
import { secretValue } from "../../support/secret-values";
import { eventually } from "../../support/eventually";
import { Lab, type AnyLab } from "../../support/lab";
import type { Properties } from "../../support/plugin";

describe("roles, groups, users and rights", function () {
  let lab: AnyLab;
  const password = secretValue("a user's password");
  const second = secretValue("the user's second password");
  before(async () => {
    lab = await Lab.here({}, {}, { BOB_PASSWORD: password, BOB_SECOND: second });
  });
  after(() => lab.close());

  const access = () => {
    const [cluster] = Object.values(lab.sim.world.clusters);
    assert.ok(cluster);
    return cluster.access;
  };
  /** A later run with other arguments: check, diff and update. */
  async function change(
    kind: string,
    made: { id: string; properties: Properties; inputs: Properties },
    args: Properties,
  ) {
    const name = String(made.inputs["__urn"]).replace(/.*::/, "");
    const { inputs, failures } = await lab.plugin.check(kind, made.inputs, lab.inputs(kind, name, args));
    assert.deepEqual(failures, []);
    const diff = await lab.plugin.diff(kind, made.id, made.properties, inputs);
    if (diff.changes !== "some") return { ...made, inputs, diff };
    if (diff.replaces.length > 0) return { ...made, inputs, diff };
    const { properties } = await lab.plugin.update(kind, made.id, made.properties, inputs);
    return { id: made.id, properties, inputs, diff };
  }
  const remove = (kind: string, { id, properties }: { id: string; properties: Properties }) =>
    lab.plugin.delete(kind, id, properties);

  it("only looks at roles, groups, users and realms that get names", async () => {
    const get = async (kind: string, id: string) =>
      (await lab.plugin.read(kind, id, lab.inputs(kind, "seen", {}))).properties;
    access().groups["ops"] = { users: [], comment: "by hand" };
    assert.equal((await get("Group", "ops"))["comment"], "by hand");
    assert.ok(((await get("Role", "PVEAuditor"))["privileges"] as string[]).includes("VM.Audit"));
    assert.equal((await get("User", "root@pam"))["userId"], "root@pam");
    const { realmId, type } = await get("Realm", "pve");
    assert.deepEqual([realmId, type], ["pve", "pve"]);
    await assert.rejects(get("Group", "opps"), /there is no group opps; did you mean "ops"\?/);
    delete access().groups["ops"];
  });

  it("makes a role in the words of the version, changes it in place and sees what somebody else changed", async () => {
    const made = await lab.create("Role", "Operator", { privileges: ["VM.PowerMgmt", "VM.Monitor"] });
    assert.deepEqual(access().roles["Operator"], ["Sys.Audit", "VM.GuestAgent.Audit", "VM.PowerMgmt"]);
    assert.deepEqual(made.properties["privileges"], ["VM.PowerMgmt", "VM.Monitor"]);
    await eventually("the word about what became of VM.Monitor", () =>
      lab.plugin.engine.messages.some(({ message }) =>
        /no privilege VM.Monitor; the role gets Sys.Audit and/.test(message),
      ),
    );
    const same = await change("Role", made, { privileges: ["VM.Monitor", "VM.PowerMgmt"] });
    assert.equal(same.diff.changes, "none");
    const changed = await change("Role", made, { privileges: ["VM.PowerMgmt"] });
    assert.deepEqual(changed.diff.replaces, []);
    assert.deepEqual(access().roles["Operator"], ["VM.PowerMgmt"]);
    access().roles["Operator"] = ["VM.PowerMgmt", "VM.Console"];
    const read = await lab.plugin.read("Role", made.id, changed.properties);
    assert.deepEqual(read.properties["privileges"], ["VM.Console", "VM.PowerMgmt"]);
    const empty = await change("Role", { ...changed, properties: read.properties }, { privileges: [] });
    assert.deepEqual(access().roles["Operator"], []);
    await remove("Role", empty);
    assert.equal(access().roles["Operator"], undefined);
  });

  it("refuses privileges that there are not, and roles of Proxmox's own", async () => {
    assert.deepEqual(await lab.problems("Role", { roleId: "r", privileges: ["VM.Adit", "VM.Audit"] }), [
      'privileges[0]: there is no privilege VM.Adit in this Proxmox VE; did you mean "VM.Audit"?',
    ]);
    assert.match(
      (await lab.problems("Role", { roleId: "PVEAdmin", privileges: [], adopt: true })).join(),
      /Proxmox's own/,
    );
  });

  it("deletes no role that is still given, and no group that has members", async () => {
    const role = await lab.create("Role", "Given", { privileges: ["VM.Audit"] });
    const group = await lab.create("Group", "team", { comment: "ours" });
    const acl = await lab.create("Acl", "team-vms", { path: "/vms", role: "Given", group: "team" });
    assert.deepEqual(access().acl.at(-1), { path: "/vms", type: "group", ugid: "team", roleid: "Given", propagate: 1 });
    await assert.rejects(remove("Role", role), /role Given is still given: Given on \/vms for group team; nothing was/);
    access().users["carl@pve"] = { enable: 1, expire: 0, tokens: {} };
    access().groups["team"]?.users.push("carl@pve");
    await assert.rejects(remove("Group", group), /group team still has carl@pve; nothing was deleted/);
    delete access().users["carl@pve"];
    access().groups["team"]!.users = [];
    await remove("Acl", acl);
    await remove("Acl", acl);
    await remove("Role", role);
    await remove("Group", group);
    assert.deepEqual([access().roles["Given"], access().groups["team"]], [undefined, undefined]);
  });

  it("makes a user with a password by reference, and clears what is no longer set", async () => {
    await lab.create("Group", "people", {});
    const args = {
      userId: "bob@pve",
      comment: "Bob",
      email: "bob@example.com",
      groups: ["people"],
      expiresAt: "2100-01-01",
      password: { secretRef: "BOB_PASSWORD", from: "environment" },
    };
    const made = await lab.create("User", "bob", args);
    assert.equal(access().passwords["bob@pve"], password);
    assert.deepEqual(access().groups["people"]?.users, ["bob@pve"]);
    assert.equal(access().users["bob@pve"]?.expire, 4102444800);
    assert.equal(made.properties["expiresAt"], "2100-01-01");
    assert.ok(!JSON.stringify(made.properties).includes(password));
    assert.equal((await change("User", made, args)).diff.changes, "none");
    const { password: _, comment: __, expiresAt: ___, ...rest } = args;
    const changed = await change("User", made, { ...rest, groups: [], enabled: false });
    const { comment, expire, enable } = access().users["bob@pve"] ?? {};
    assert.deepEqual([comment ?? "", expire, enable], ["", 0, 0]);
    assert.deepEqual(access().groups["people"]?.users, []);
    access().users["bob@pve"]!.tokens["left"] = { secret: "x", privsep: 1, expire: 0 };
    await assert.rejects(remove("User", changed), /user bob@pve still has API tokens: left; nothing was deleted/);
    access().users["bob@pve"]!.tokens = {};
    await remove("User", changed);
    assert.equal(access().users["bob@pve"], undefined);
  });

  it("sets a new password as root@pam with its password, and says in the check when it cannot", async () => {
    const args = (name: string) => ({ userId: "eve@pve", password: { secretRef: name, from: "environment" } });
    const keyed = (name: string) => ({ ...lab.inputs("User", "eve", args(name)), __hashKey: "a key" });
    const checked = await lab.plugin.check("User", {}, keyed("BOB_PASSWORD"));
    const made = await lab.plugin.create("User", checked.inputs);
    const { failures } = await lab.plugin.check("User", checked.inputs, keyed("BOB_SECOND"));
    assert.match(
      failures.map(({ reason }) => reason).join(),
      /^password: setting the password of eve@pve, .* is for root@pam with a password alone: .*proxmox:username/,
    );
    assert.deepEqual((await lab.plugin.check("User", checked.inputs, keyed("BOB_PASSWORD"))).failures, []);
    const config = { "proxmox:username": "root@pam", "proxmox:password": lab.sim.password };
    const other = await Lab.hereOn(lab.sim, config, lab.stackId, { BOB_PASSWORD: password, BOB_SECOND: second });
    try {
      const next = await other.plugin.check("User", checked.inputs, keyed("BOB_SECOND"));
      assert.deepEqual(next.failures, []);
      await other.plugin.update("User", made.id, made.properties, next.inputs);
      assert.equal(access().passwords["eve@pve"], second);
    } finally {
      await other.close();
    }
    await lab.plugin.delete("User", made.id, made.properties);
  });

  it("never deletes root@pam or whom it works as, and never locks them out", async () => {
    const root = await lab.create("User", "root", { userId: "root@pam", adopt: true, comment: "the boss" });
    await assert.rejects(remove("User", root), /root@pam is never deleted/);
    assert.ok(access().users["root@pam"]);
    access().users["me@pve"] = { enable: 1, expire: 0, tokens: { tk: { secret: "s-1", privsep: 0, expire: 0 } } };
    access().acl.push({ path: "/", type: "user", ugid: "me@pve", roleid: "Administrator", propagate: 1 });
    const me = await Lab.hereOn(lab.sim, { "proxmox:tokenId": "me@pve!tk", "proxmox:tokenSecret": "s-1" });
    try {
      const own = await me.create("User", "me", { userId: "me@pve", adopt: true, comment: "me" });
      await assert.rejects(me.plugin.delete("User", own.id, own.properties), /works as me@pve, who is not deleted/);
      const problems = await me.problems("User", { userId: "me@pve", adopt: true, enabled: false });
      assert.match(problems.join(), /^enabled: this stack works as this user, who would be locked out/);
      const acl = await me.create("Acl", "mine", { path: "/", role: "Administrator", user: "me@pve", adopt: true });
      await assert.rejects(
        me.plugin.delete("Acl", acl.id, acl.properties),
        /Administrator on \/ for user me@pve is all that me@pve!tk, who this stack works as, has on \/; nothing was taken/,
      );
      access().acl.push({ path: "/", type: "user", ugid: "me@pve", roleid: "PVEAdmin", propagate: 1 });
      await assert.rejects(
        me.plugin.delete("Acl", acl.id, acl.properties),
        /is the right to change rights that me@pve!tk/,
      );
      access().acl.push({ path: "/", type: "group", ugid: "admins", roleid: "Administrator", propagate: 1 });
      access().groups["admins"] = { users: ["me@pve"] };
      // What is given to a user takes the place of what its groups are given on the same path.
      await assert.rejects(
        me.plugin.delete("Acl", acl.id, acl.properties),
        /is the right to change rights that me@pve!tk/,
      );
      access().acl = access().acl.filter(({ ugid, roleid }) => ugid !== "me@pve" || roleid !== "PVEAdmin");
      await me.plugin.delete("Acl", acl.id, acl.properties);
      const groups = await me.problems("User", { userId: "me@pve", adopt: true, groups: [] });
      assert.match(groups.join(), /^groups: this takes all that me@pve!tk, who this stack works as, has on \//);
      const poor = { path: "/", role: "NoAccess", user: "me@pve" };
      assert.match((await me.problems("Acl", poor)).join(), /^NoAccess on \/ for user me@pve takes all that me@pve!tk/);
      // What another one has changed since the check is looked at before anything is sent.
      const boss = await lab.create("Role", "Boss", { privileges: ["Permissions.Modify", "Sys.Audit", "Sys.Modify"] });
      access().acl.push({ path: "/access", type: "user", ugid: "me@pve", roleid: "Boss", propagate: 1 });
      const less = { privileges: ["Sys.Audit", "Sys.Modify"] };
      const reasons = (await me.plugin.check("Role", boss.inputs, me.inputs("Role", "Boss", less))).failures;
      assert.match(
        reasons.map(({ reason }) => reason).join(),
        /^privileges: this takes the right to change rights that me@pve!tk, who this stack works as, has on \/access/,
      );
      await assert.rejects(
        me.plugin.update("Role", boss.id, boss.properties, { ...boss.inputs, ...less }),
        /takes the right to change rights that me@pve!tk/,
      );
      assert.equal(access().roles["Boss"]?.length, 3);
      const taken = { ...own.inputs, groups: [] };
      access().acl = access().acl.filter(({ roleid }) => roleid !== "Boss");
      await assert.rejects(me.plugin.update("User", own.id, own.properties, taken), /takes all that me@pve!tk/);
      assert.deepEqual(access().groups["admins"]?.users, ["me@pve"]);
      const ours = { path: "/", role: "Administrator", group: "admins", adopt: true };
      const entry = await me.create("Acl", "ours", ours);
      const bounded = { ...ours, propagate: false };
      const failures = (await me.plugin.check("Acl", entry.inputs, me.inputs("Acl", "ours", bounded))).failures;
      assert.match(
        failures.map(({ reason }) => reason).join(),
        /^propagate: Administrator on \/ for group admins takes all that me@pve!tk/,
      );
      await assert.rejects(
        me.plugin.update("Acl", entry.id, entry.properties, { ...entry.inputs, propagate: false }),
        /takes all that me@pve!tk/,
      );
    } finally {
      delete access().roles["Boss"];
      await me.close();
      delete access().users["me@pve"];
      delete access().groups["admins"];
      access().acl = access().acl.filter(({ ugid }) => ugid !== "me@pve" && ugid !== "admins");
    }
  });

  it("changes in an entry whether it propagates, makes another one anew, and takes over only when asked", async () => {
    access().users["dan@pve"] = { enable: 1, expire: 0, tokens: {} };
    const args = { path: "/vms/100", role: "PVEVMUser", user: "dan@pve" };
    const made = await lab.create("Acl", "dan", args);
    assert.deepEqual(made.properties["subject"], "dan@pve");
    const changed = await change("Acl", made, { ...args, propagate: false });
    assert.deepEqual(changed.diff.replaces, []);
    assert.equal(access().acl.find(({ ugid }) => ugid === "dan@pve")?.propagate, 0);
    const other = await change("Acl", changed, { ...args, role: "PVEAuditor" });
    assert.deepEqual(other.diff.replaces, ["role"]);
    assert.deepEqual(await lab.problems("Acl", args), [
      "PVEVMUser on /vms/100 for user dan@pve is given already; set adopt: true to take the entry over",
    ]);
    assert.deepEqual(await lab.problems("Acl", { ...args, role: "PVEAuditor", adopt: true }), [
      "there is no entry PVEAuditor on /vms/100 for user dan@pve to take over; leave adopt out to make it",
    ]);
    assert.deepEqual(await lab.problems("Acl", { path: "/", role: "PVEAudtor", user: "nobody.here@pve" }), [
      'role: there is no role PVEAudtor; if this program makes it, write the output of that resource here; did you mean "PVEAuditor"?',
      "user: there is no user nobody.here@pve; if this program makes it, write the output of that resource here",
    ]);
    access().acl = access().acl.filter(({ ugid }) => ugid !== "dan@pve");
    assert.equal((await lab.plugin.read("Acl", changed.id, changed.properties)).id, "");
    delete access().users["dan@pve"];
  });

  it("says nothing is gone of what it may not see", async () => {
    access().groups["seen"] = { users: [] };
    access().users["blind@pve"] = { enable: 1, expire: 0, tokens: { tk: { secret: "s-2", privsep: 0, expire: 0 } } };
    access().acl.push({ path: "/access", type: "user", ugid: "blind@pve", roleid: "Roles", propagate: 1 });
    access().roles["Roles"] = ["Sys.Modify"];
    const made = await lab.create("Acl", "seen", { path: "/vms", role: "PVEAuditor", group: "seen" });
    const role = await lab.create("Role", "Seen", { privileges: ["VM.Audit"] });
    access().acl.push({ path: "/vms", type: "group", ugid: "seen", roleid: "Seen", propagate: 1 });
    const blind = await Lab.hereOn(lab.sim, { "proxmox:tokenId": "blind@pve!tk", "proxmox:tokenSecret": "s-2" });
    try {
      const unseen = /blind@pve!tk may not see .*: that needs Sys.Audit on \/access/;
      await assert.rejects(blind.plugin.read("Acl", made.id, made.properties), unseen);
      await assert.rejects(blind.plugin.delete("Acl", made.id, made.properties), unseen);
      await assert.rejects(blind.plugin.delete("Role", role.id, role.properties), unseen);
      assert.ok(access().roles["Seen"]);
      // Who may change the rights of a path sees those that are given there.
      access().roles["Roles"] = ["Permissions.Modify"];
      access().acl.push({ path: "/vms", type: "user", ugid: "blind@pve", roleid: "Roles", propagate: 1 });
      assert.equal((await blind.plugin.read("Acl", made.id, made.properties)).id, made.id);
      access().acl = access().acl.filter(({ ugid, roleid }) => ugid !== "seen" || roleid !== "PVEAuditor");
      assert.equal((await blind.plugin.read("Acl", made.id, made.properties)).id, "");
    } finally {
      await blind.close();
      access().acl = access().acl.filter(({ ugid }) => ugid !== "seen" && ugid !== "blind@pve");
      for (const name of ["Roles", "Seen"]) delete access().roles[name];
      delete access().users["blind@pve"];
      delete access().groups["seen"];
    }
  });

  it("looks when an answer was lost, and gives and takes away once", async () => {
    access().groups["lost"] = { users: [] };
    const { faults } = lab.sim.simulation;
    faults.add({ effect: { kind: "reset", handled: true }, route: "PUT /access/acl", count: 1 });
    const made = await lab.create("Acl", "lost", { path: "/nodes", role: "PVEAuditor", group: "lost" });
    assert.equal(access().acl.filter(({ ugid }) => ugid === "lost").length, 1);
    faults.add({ effect: { kind: "reset", handled: true }, route: "PUT /access/acl", count: 1 });
    await remove("Acl", made);
    assert.equal(access().acl.filter(({ ugid }) => ugid === "lost").length, 0);
    assert.equal(faults.struck["reset"], 2);
    faults.clear();
  });
});
