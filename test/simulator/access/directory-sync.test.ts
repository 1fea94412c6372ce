import assert from "node:assert/strict";
import { VmLab } from "../qemu/vm-lab";

/** By PVE/API2/Domains.pm: `update_users`, `update_groups`, `parse_sync_opts`. */
describe("a sync of a realm from a directory", () => {
  let lab: VmLab;
  beforeEach(async () => {
    lab = new VmLab();
    lab.simulation.world.directories = {
      "ldap.example.com": {
        users: { ann: { email: "ann@example.com" }, bob: { comment: "Bob" } },
        groups: { admins: ["ann", "nobody"] },
      },
    };
    const realm = { realm: "corp", type: "ldap", server1: "ldap.example.com", base_dn: "dc=example", user_attr: "uid" };
    assert.equal((await lab.ask("POST", "/access/domains", realm)).status, 200);
  });
  const access = () => lab.cluster.access;
  const directory = () => lab.simulation.world.directories!["ldap.example.com"]!;
  const sync = async (params: Record<string, string>): Promise<{ ended: string; log: readonly string[] }> => {
    const { status, body, reason } = await lab.ask("POST", "/access/domains/corp/sync", params);
    assert.equal(status, 200, reason);
    const upid = body?.["data"] as string;
    return { ended: lab.finish(upid), log: lab.task(upid).log };
  };
  const users = () => Object.keys(access().users).filter((id) => id.endsWith("@corp"));

  it("adds users and groups, and a dry run writes nothing and tells the same", async () => {
    const steps = [
      "syncing users",
      "adding user 'ann@corp'",
      "adding user 'bob@corp'",
      "syncing groups",
      "adding group 'admins-corp'",
    ];
    const dry = await sync({ scope: "both", "dry-run": "1" });
    assert.equal(dry.ended, "OK");
    assert.deepEqual(dry.log.slice(0, 7), [
      "(dry test run) starting sync for realm corp",
      "got data from server, updating users and groups",
      ...steps,
    ]);
    assert.match(dry.log.join("\n"), /NOTE: Dry test run, changes were NOT written to the configuration\./);
    assert.deepEqual([users(), access().groups["admins-corp"]], [[], undefined]);
    const done = await sync({ scope: "both", "enable-new": "0" });
    assert.deepEqual(done.log.slice(2, 7), steps);
    assert.equal(done.log[7], "successfully updated users and groups configuration");
    assert.deepEqual(users(), ["ann@corp", "bob@corp"]);
    assert.deepEqual(access().groups["admins-corp"], { users: ["ann@corp"] });
    assert.deepEqual([access().users["ann@corp"]?.enable, access().users["ann@corp"]?.email], [0, "ann@example.com"]);
  });

  it("takes away what vanished by its parts: entries, entries of the access control list, properties", async () => {
    await sync({ scope: "both" });
    const tokens = { ci: { secret: "s", privsep: 1, expire: 0 } };
    Object.assign(access().users["ann@corp"]!, { comment: "mine", tokens });
    access().acl.push({ path: "/", type: "user", ugid: "bob@corp", roleid: "PVEAuditor", propagate: 1 });
    delete directory().users["bob"];
    await sync({ scope: "users" });
    assert.deepEqual([users(), access().users["ann@corp"]?.comment], [["ann@corp", "bob@corp"], "mine"]);
    await sync({ scope: "users", "remove-vanished": "acl" });
    assert.deepEqual([users().length, access().acl.some(({ ugid }) => ugid === "bob@corp")], [2, false]);
    const { log } = await sync({ scope: "users", "remove-vanished": "entry;properties" });
    assert.deepEqual(log.slice(2, 6), [
      "syncing users (remove-vanished opts: entry;properties)",
      "deleting outdated existing users first",
      "remove user 'bob@corp'",
      "overwriting user 'ann@corp'",
    ]);
    const { comment, tokens: kept, enable } = access().users["ann@corp"]!;
    assert.deepEqual([users(), comment, kept, enable], [["ann@corp"], undefined, tokens, 1]);
  });

  it("needs a scope, which the realm may have, a realm of a directory, and the directory", async () => {
    const refused = async (path: string, params = {}) => (await lab.ask("POST", path, params)).body?.["errors"];
    assert.deepEqual(await refused("/access/domains/corp/sync"), {
      scope: "Not passed as parameter and not defined in realm default sync options.",
    });
    await lab.ask("PUT", "/access/domains/corp", { "sync-defaults-options": "scope=users,remove-vanished=acl" });
    assert.equal((await sync({})).log[2], "syncing users (remove-vanished opts: acl)");
    assert.match(
      (await lab.ask("POST", "/access/domains/pve/sync", { scope: "users" })).reason ?? "",
      /Cannot sync realm type 'pve'! Only LDAP\/AD realms can be synced\./,
    );
    lab.simulation.world.directories = {};
    assert.equal((await sync({ scope: "users" })).ended, "Temporary failure in name resolution");
  });
});
