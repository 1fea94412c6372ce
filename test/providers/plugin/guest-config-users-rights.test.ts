import assert from "node:assert/strict";
import { GuestAccountsLab, keys, type Made } from "../../support/guest-accounts-lab";
import type { Properties } from "../../support/plugin";

const { mine, theirs } = keys;

describe("rights of accounts in a guest, by its agent", function () {
  const own = new GuestAccountsLab();
  beforeEach(() => own.start());
  afterEach(() => own.close());

  const { ada, accounts, changes, config, create, file, groupsOf, inside, read, update, user, usersOf } = own;

  describe("after an up that failed behind them", () => {
    let made: Made;
    const bob = { name: "bob", groups: ["adm"] };
    const broken = (more: Properties): Properties =>
      config([{ ...bob, ...more }], { files: [{ path: "/etc/motd", content: "ours\n" }] });
    beforeEach(async () => {
      made = await create(config([bob]));
      inside().files["/etc/motd"] = "somebody else's\n";
    });

    it("lose the rights of root that the program no longer gives", async () => {
      await assert.rejects(update(made, broken({ sudoNoPassword: true })), /\/etc\/motd is in the guest already/);
      assert.ok(file("/etc/sudoers.d/bob"));
      const corrected = await update(await read(made), config([bob]));
      assert.equal(await changes(await read(corrected), config([bob])), "none");
      assert.equal(file("/etc/sudoers.d/bob"), undefined);
    });

    it("show what they were given to a refresh, so that a program of before is a change", async () => {
      const more = { sudoNoPassword: true, groups: ["adm", "disk"], authorizedKeys: [mine] };
      const eve = { name: "eve" };
      const files = [{ path: "/etc/motd", content: "ours\n" }];
      await assert.rejects(update(made, config([{ ...bob, ...more }, eve], { files })), /\/etc\/motd/);
      const seen = await read(made);
      assert.deepEqual(usersOf(seen), [
        {
          ...bob,
          groups: ["adm", "disk"],
          authorizedKeys: [mine],
          sudoRules: ["(everything without a password)"],
        },
        eve,
      ]);
      assert.equal(await changes(seen, config([bob])), "some");
      const corrected = await update(seen, config([bob]));
      assert.deepEqual([groupsOf("bob"), file("/etc/sudoers.d/bob"), user("eve")], [["adm"], undefined, undefined]);
      assert.ok(!(file("/home/bob/.ssh/authorized_keys") ?? "").includes(mine));
      assert.deepEqual(usersOf(await read(corrected)), [bob]);
    });

    it("lose the keys that the program no longer gives", async () => {
      await assert.rejects(update(made, broken({ authorizedKeys: [mine] })), /\/etc\/motd is in the guest already/);
      await update(await read(made), config([{ ...bob, authorizedKeys: [theirs] }]));
      assert.equal(file("/home/bob/.ssh/authorized_keys"), `${theirs}\n`);
    });

    it("lose the groups that the program no longer gives", async () => {
      await assert.rejects(update(made, broken({ groups: ["adm", "disk"] })), /\/etc\/motd is in the guest already/);
      await update(await read(made), config([bob]));
      assert.deepEqual(groupsOf("bob"), ["adm"]);
    });

    it("take their keys along when they go", async () => {
      const eve = { name: "eve", authorizedKeys: [theirs] };
      const files = [{ path: "/etc/motd", content: "ours\n" }];
      await assert.rejects(update(made, config([bob, eve], { files })), /\/etc\/motd is in the guest already/);
      assert.ok(user("eve"));
      await update(await read(made), config([bob]));
      assert.equal(user("eve"), undefined);
      assert.equal(file("/home/eve/.ssh/authorized_keys"), undefined);
    });
  });

  it("leave no rules for sudo behind when somebody has deleted the account by hand", async () => {
    const made = await create(config([ada()]));
    accounts().users = accounts().users.filter(({ name }) => name !== "ada");
    accounts().groups = accounts().groups.filter(({ name }) => name !== "ada");
    await update(await read(made), config([]));
    assert.equal(file("/etc/sudoers.d/ada"), undefined);
  });

  it("keep no rules for sudo when the account has lost its mark, as those of a SystemUser", async () => {
    const made = await create(config([ada()]));
    user("ada")!.gecos = "Ada Löb";
    await update(await read(made), config([]));
    assert.ok(user("ada"));
    assert.equal(file("/etc/sudoers.d/ada"), undefined);
  });

  it("go with the resource, or are told of, when its record was lost", async () => {
    const made = await create(config([ada()]));
    for (const path of Object.keys(inside().files))
      if (path.startsWith("/var/lib/pulumi-proxmox")) delete inside().files[path];
    await own.lab.plugin.delete("GuestConfig", made.id, made.properties);
    assert.deepEqual([user("ada"), file("/etc/sudoers.d/ada")], [undefined, undefined]);
  });

  it("leave the rules of an account that is another resource's by now", async () => {
    const made = await create(config([ada()]));
    user("ada")!.gecos = `Ada,,,,pulumi=${"0".repeat(24)}.00000000`;
    await update(await read(made), config([]));
    assert.ok(user("ada") && file("/etc/sudoers.d/ada"));
  });

  it("are refused with a shell that is not there, as those of a SystemUser", async () => {
    await assert.rejects(create(config([{ name: "eve", shell: "/bin/zssh" }])), /shell|program/);
  });

  it("keep what somebody else has written into /etc/sudoers.d, where the program gives no rights of root", async () => {
    const bob = { name: "bob", sudoNoPassword: false };
    const made = await create(config([bob]));
    inside().files["/etc/sudoers.d/bob"] = "bob ALL=(root) /usr/bin/id\n";
    const seen = await read(made);
    await update(seen, config([bob], { files: [{ path: "/etc/motd", content: "ours\n" }] }));
    assert.equal(file("/etc/sudoers.d/bob"), "bob ALL=(root) /usr/bin/id\n");
  });
});
