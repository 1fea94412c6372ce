import assert from "node:assert/strict";
import { secretValue } from "../../support/secret-values";
import { eventually } from "../../support/eventually";
import { Lab, type AnyLab } from "../../support/lab";

describe("realms", function () {
  let lab: AnyLab;
  const bind = secretValue("password of a directory");
  before(async () => {
    lab = await Lab.here({}, {}, { LDAP_PASSWORD: bind });
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

  it("never deletes the one that the stack signs in by, and names the users of another one", async () => {
    const { access } = Object.values(lab.sim.world.clusters)[0]!;
    access.users["svc@corp3"] = { enable: 1, expire: 0, tokens: { tk: { secret: "s-3", privsep: 0, expire: 0 } } };
    access.acl.push({ path: "/", type: "user", ugid: "svc@corp3", roleid: "Administrator", propagate: 1 });
    const made = await lab.create("Realm", "corp3", { ...corp, realmId: "corp3" });
    const svc = await Lab.hereOn(lab.sim, { "proxmox:tokenId": "svc@corp3!tk", "proxmox:tokenSecret": "s-3" });
    try {
      await assert.rejects(
        svc.plugin.delete("Realm", made.id, made.properties),
        /this stack works as svc@corp3, a user of realm corp3, which is not deleted/,
      );
      assert.ok(domains()["corp3"]);
    } finally {
      await svc.close();
    }
    await lab.plugin.delete("Realm", made.id, made.properties);
    await eventually("who cannot sign in any more", () =>
      lab.plugin.engine.messages.some(({ message }) => /cannot sign in any more: svc@corp3$/.test(message)),
    );
    delete access.users["svc@corp3"];
    access.acl = access.acl.filter(({ ugid }) => ugid !== "svc@corp3");
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

  it("takes users and groups over from a directory with each new trigger, and takes away what is to go", async () => {
    const { access } = Object.values(lab.sim.world.clusters)[0]!;
    const directory = { users: { ann: { email: "ann@example.com" }, bob: {} }, groups: { admins: ["ann", "bob"] } };
    lab.sim.world.directories = { "ldap.example.com": directory };
    const users = () => Object.keys(access.users).filter((id) => id.endsWith("@corp5"));
    const synced = { ...corp, realmId: "corp5", sync: { trigger: "1", scope: "both" } };
    const made = await lab.create("Realm", "corp5", synced);
    assert.deepEqual(users(), ["ann@corp5", "bob@corp5"]);
    assert.deepEqual([access.users["ann@corp5"]?.email, access.users["ann@corp5"]?.enable], ["ann@example.com", 1]);
    assert.deepEqual(access.groups["admins-corp5"]?.users, ["ann@corp5", "bob@corp5"]);
    access.acl.push({ path: "/", type: "user", ugid: "bob@corp5", roleid: "PVEAuditor", propagate: 1 });
    Object.assign(directory, { users: { ann: {}, eve: {} }, groups: { admins: ["ann"] } });
    let [state, inputs] = [made.properties, made.inputs];
    const next = async (args: Record<string, unknown>) => {
      ({ inputs } = await lab.plugin.check("Realm", inputs, lab.inputs("Realm", "corp5", args)));
      ({ properties: state } = await lab.plugin.update("Realm", made.id, state, inputs));
    };
    await next({ ...synced, comment: "more" });
    assert.deepEqual(users(), ["ann@corp5", "bob@corp5"], "a change of something else syncs nothing");
    await next({
      ...synced,
      sync: { trigger: "2", scope: "both", removeVanished: ["entry", "acl"], enableNew: false },
    });
    assert.deepEqual(users().sort(), ["ann@corp5", "eve@corp5"]);
    assert.equal(access.users["eve@corp5"]?.enable, 0);
    assert.deepEqual(access.groups["admins-corp5"]?.users, ["ann@corp5"]);
    assert.deepEqual(
      access.acl.filter(({ ugid }) => ugid === "bob@corp5"),
      [],
    );
    await lab.plugin.delete("Realm", made.id, state);
    for (const id of users()) delete access.users[id];
    delete access.groups["admins-corp5"];
  });

  it("makes and changes one of Active Directory, and deletes it", async () => {
    const args = { type: "ad", server: "dc.example.com", domain: "example.com", realmId: "windows" };
    const made = await lab.create("Realm", "windows", args);
    assert.deepEqual(
      [domains()["windows"]?.["server1"], domains()["windows"]?.["domain"]],
      ["dc.example.com", "example.com"],
    );
    const other = lab.inputs("Realm", "windows", { ...args, fallbackServer: "dc2.example.com" });
    const { inputs } = await lab.plugin.check("Realm", made.inputs, other);
    const { properties } = await lab.plugin.update("Realm", made.id, made.properties, inputs);
    assert.equal(domains()["windows"]?.["server2"], "dc2.example.com");
    assert.equal((await lab.plugin.diff("Realm", made.id, properties, inputs)).changes, "none");
    await lab.plugin.delete("Realm", made.id, properties);
    assert.equal(domains()["windows"], undefined);
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
