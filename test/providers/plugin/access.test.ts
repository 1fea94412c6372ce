import assert from "node:assert/strict";
import { secretValue } from "../../support/secret-values";
import { eventually } from "../../support/eventually";
import { Lab } from "../../support/lab";
import type { Properties } from "../../support/plugin";

describe("roles, groups, users and rights, through Pulumi's plugin", function () {
  let lab: Lab;
  const password = secretValue("a user's password");
  const second = secretValue("the user's second password");
  before(async () => {
    lab = await Lab.start({}, {}, { BOB_PASSWORD: password, BOB_SECOND: second });
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
    const other = await Lab.on(lab.sim, config, lab.stackId, { BOB_PASSWORD: password, BOB_SECOND: second });
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
    const me = await Lab.on(lab.sim, { "proxmox:tokenId": "me@pve!tk", "proxmox:tokenSecret": "s-1" });
    try {
      const own = await me.create("User", "me", { userId: "me@pve", adopt: true, comment: "me" });
      await assert.rejects(me.plugin.delete("User", own.id, own.properties), /works as me@pve, who is not deleted/);
      const problems = await me.problems("User", { userId: "me@pve", adopt: true, enabled: false });
      assert.match(problems.join(), /^enabled: this stack works as this user, who would be locked out/);
      const acl = await me.create("Acl", "mine", { path: "/", role: "Administrator", user: "me@pve", adopt: true });
      await assert.rejects(
        me.plugin.delete("Acl", acl.id, acl.properties),
        /Administrator on \/ for user me@pve is all that me@pve!tk, who this stack works as, has there; nothing was taken/,
      );
      access().acl.push({ path: "/", type: "user", ugid: "me@pve", roleid: "PVEAdmin", propagate: 1 });
      await assert.rejects(
        me.plugin.delete("Acl", acl.id, acl.properties),
        /is the right to change rights that me@pve!tk/,
      );
      access().acl.push({ path: "/", type: "group", ugid: "admins", roleid: "Administrator", propagate: 1 });
      access().groups["admins"] = { users: ["me@pve"] };
      await me.plugin.delete("Acl", acl.id, acl.properties);
    } finally {
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

describe("realms, through Pulumi's plugin", function () {
  let lab: Lab;
  const bind = secretValue("password of a directory");
  before(async () => {
    lab = await Lab.start({}, {}, { LDAP_PASSWORD: bind });
  });
  after(() => lab.close());
  const domains = () => Object.values(lab.sim.world.clusters)[0]?.access.domains ?? {};

  const corp = {
    type: "ldap",
    realmId: "corp",
    server: "ldap.example.com",
    baseDn: "dc=example,dc=com",
    userAttribute: "uid",
    mode: "ldaps",
    verifyCertificate: true,
    bindDn: "cn=pve",
    password: { secretRef: "LDAP_PASSWORD", from: "environment" },
    syncDefaults: { scope: "both", removeVanished: "acl;entry" },
  };

  it("makes, changes and deletes one of a directory", async () => {
    const made = await lab.create("Realm", "corp", corp);
    assert.equal(domains()["corp"]?.["server1"], "ldap.example.com");
    assert.equal(domains()["corp"]?.["sync-defaults-options"], "remove-vanished=acl;entry,scope=both");
    assert.ok(!JSON.stringify(made.properties).includes(bind));
    const { userAttribute: _, mode: __, ...rest } = corp;
    const args = { ...rest, userAttribute: "cn", comment: "the company" };
    const { inputs } = await lab.plugin.check("Realm", made.inputs, lab.inputs("Realm", "corp", args));
    assert.deepEqual((await lab.plugin.diff("Realm", made.id, made.properties, inputs)).replaces, []);
    const { properties } = await lab.plugin.update("Realm", made.id, made.properties, inputs);
    const { user_attr: attribute, mode, comment } = domains()["corp"] as Record<string, unknown>;
    assert.deepEqual([attribute, mode, comment], ["cn", undefined, "the company"]);
    assert.equal((await lab.plugin.diff("Realm", made.id, properties, inputs)).changes, "none");
    await lab.plugin.delete("Realm", made.id, properties);
    assert.equal(domains()["corp"], undefined);
  });

  it("syncs when it is asked to, and never otherwise", async () => {
    const syncs = () => lab.sim.requests.filter(({ path }) => path.endsWith("/corp2/sync"));
    const args = { ...corp, realmId: "corp2" };
    const made = await lab.create("Realm", "corp2", args);
    assert.equal(syncs().length, 0);
    const asked = { ...args, sync: { trigger: "1", scope: "users", removeVanished: [] } };
    const { inputs } = await lab.plugin.check("Realm", made.inputs, lab.inputs("Realm", "corp2", asked));
    // The simulator reaches no directory: the sync begins, and fails as it does on a node that knows no such name.
    await assert.rejects(
      lab.plugin.update("Realm", made.id, made.properties, inputs),
      /Syncing realm corp2 failed on pve1: Temporary failure in name resolution/,
    );
    assert.equal(syncs().length, 1);
    const other = { ...asked, sync: { ...asked.sync, scope: "both" } };
    const seen = await lab.plugin.check("Realm", inputs, lab.inputs("Realm", "corp2", other));
    const kept = {
      ...made.properties,
      sync: asked.sync,
      __inputs: [...(made.properties["__inputs"] as string[]), "sync"],
    };
    assert.equal((await lab.plugin.diff("Realm", made.id, kept, seen.inputs)).changes, "none");
  });

  it("takes over pam and pve, changes them in place and leaves them when it goes", async () => {
    assert.match(
      (await lab.problems("Realm", { type: "pve", realmId: "pve" })).join(),
      /always there; set adopt: true/,
    );
    assert.match((await lab.problems("Realm", { type: "pve", realmId: "xx", adopt: true })).join(), /is called pve/);
    const made = await lab.create("Realm", "pve", { type: "pve", comment: "ours", default: true, adopt: true });
    assert.deepEqual([domains()["pve"]?.comment, domains()["pve"]?.default], ["ours", 1]);
    await lab.plugin.delete("Realm", made.id, made.properties);
    assert.equal(domains()["pve"]?.comment, "ours");
    await eventually("that it stays", () =>
      lab.plugin.engine.messages.some(
        ({ message }) => message === "Realm pve: realm pve is always there, and stays as it is",
      ),
    );
  });

  it("makes one of OpenID anew when the claim that names its users changes, the old one first", async () => {
    const args = { type: "openid", issuerUrl: "https://id.example.com", clientId: "pve", usernameClaim: "email" };
    const made = await lab.create("Realm", "oid", args);
    assert.equal(domains()["oid"]?.["username-claim"], "email");
    const other = lab.inputs("Realm", "oid", { ...args, usernameClaim: "upn" });
    const { inputs } = await lab.plugin.check("Realm", made.inputs, other);
    const { replaces, deleteBeforeReplace } = await lab.plugin.diff("Realm", made.id, made.properties, inputs);
    assert.deepEqual([replaces, deleteBeforeReplace], [["usernameClaim"], true]);
    await lab.plugin.delete("Realm", made.id, made.properties);
  });
});
