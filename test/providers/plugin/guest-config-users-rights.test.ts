import assert from "node:assert/strict";
import { GuestAccountsLab, keys, type Made } from "../../support/guest-accounts-lab";
import type { Properties } from "../../support/plugin";
import { sampled } from "../../support/sample";

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

  it("leave alone what somebody else has written into /etc/sudoers.d, also where rules were managed before", async () => {
    const theirOwn = "bob ALL=(root) /usr/bin/id\n";
    for (const rules of [[], ["/usr/bin/whoami"]]) {
      const made = await create(config([{ name: "bob", sudoRules: rules }]));
      inside().files["/etc/sudoers.d/bob"] = theirOwn;
      const more = config([{ name: "bob", sudoRules: ["/usr/bin/uptime"] }]);
      await assert.rejects(
        update(made, more),
        /\/etc\/sudoers\.d\/bob is there already and no program of this library/,
      );
      assert.equal(file("/etc/sudoers.d/bob"), theirOwn);
      await own.lab.plugin.delete("GuestConfig", made.id, made.properties);
      assert.equal(file("/etc/sudoers.d/bob"), theirOwn);
      delete inside().files["/etc/sudoers.d/bob"];
      inside().directories = (inside().directories ?? []).filter((path) => !path.startsWith("/home/bob"));
    }
  });

  it("are no regular expressions for a sudo that takes them for wildcards", async () => {
    const rule = "/usr/bin/tee ^/srv/x/[a-z]*[a-z]$";
    const bob = (...sudoRules: string[]) => config([{ name: "bob", sudoRules }]);
    // That of Ubuntu 22.04; sudo-rs has none; and something that is no answer.
    for (const said of ["visudo version 1.9.9\n", "visudo-rs 0.2.8\n", "?\n"]) {
      own.guest().running!.os!.commands = [{ match: "visudo -V", out: said }];
      await assert.rejects(create(bob("/usr/bin/tee ^/srv/x/[a-z]$")), /regular expression.* sudo 1\.9\.10/);
      assert.equal(user("bob"), undefined);
    }
    const made = await create(bob("/usr/bin/whoami"));
    await assert.rejects(update(made, bob("/usr/bin/tee ^/srv/x/[a-z]$")), /regular expression.* sudo 1\.9\.10/);
    assert.match(file("/etc/sudoers.d/bob")!, /whoami\n$/);
    own.guest().running!.os!.commands = [];
    assert.match((await own.lab.problems("GuestConfig", bob(rule))).join(), /may be \.\./);
    await update(made, bob("/usr/bin/tee ^/srv/x/[a-z]$"));
    assert.match(file("/etc/sudoers.d/bob")!, /tee \^/);
  });

  it("go by a record that names accounts, and by none that names anything else", async () => {
    const made = await create(config([ada()]));
    const path = Object.keys(inside().files).find((one) => one.startsWith("/var/lib/pulumi-proxmox/"))!;
    const record = JSON.parse(inside().files[path]!) as Properties;
    for (const wrong of [
      { accounts: ["ada", "../../srv/x"] },
      { accounts: ["\u001b[2Kada"] },
      { granted: { "../x": { groups: [], keys: [] } } },
      { granted: { ada: { groups: ["-R"], keys: [] } } },
    ]) {
      inside().files[path] = JSON.stringify({ ...record, ...wrong });
      await assert.rejects(update(made, config([])), /is not as it was written/, JSON.stringify(wrong));
      assert.ok(user("ada"));
    }
  });

  it("are those of an account of any name, also one that JavaScript has a meaning for", async () => {
    const names = ["ada", "constructor", "__proto__"];
    const made = await create(config(names.map((name) => ({ name, groups: ["adm"] }))));
    for (const name of names) assert.deepEqual(groupsOf(name), ["adm"]);
    const fewer = await update(await read(made), config([{ name: "ada", groups: ["adm"] }]));
    assert.deepEqual([user("constructor"), user("__proto__")], [undefined, undefined]);
    assert.equal(await changes(await read(fewer), config([{ name: "ada", groups: ["adm"] }])), "none");
  });

  it("are as they are written after a change, and gone with the resource, wherever the run before was cut off", async function () {
    const eve = { name: "eve", groups: ["adm", "disk"], authorizedKeys: [mine, theirs], sudoNoPassword: true };
    const less = config([{ name: "eve", groups: ["adm"], authorizedKeys: [theirs] }]);
    const route = "POST /nodes/{node}/qemu/{vmid}/agent/exec";
    const execs = () => own.lab.sim.requests.filter((one) => one.path.endsWith("/agent/exec")).length;
    const state = () => JSON.stringify(own.guest());
    const restore = (text: string): void => void Object.assign(own.guest(), JSON.parse(text));
    const made = await create(config([eve, ada()]));
    const before = state();
    /** Counts the steps, then ends a run before each of some of them, and lets the next one go on. */
    const cutAt = async (run: () => Promise<unknown>, proof: () => Promise<void>): Promise<void> => {
      restore(before);
      const from = execs();
      await run();
      const steps = execs() - from;
      await proof();
      for (const after of sampled([...Array(steps).keys()], 12)) {
        restore(before);
        const effect = { kind: "status", status: 500, reason: "the run ends here", handled: true } as const;
        own.lab.sim.simulation.faults.add({ effect, route, after, count: 1 });
        await assert.rejects(run(), /the run ends here/, `step ${after} of ${steps}`);
        own.lab.sim.simulation.faults.clear();
        await run();
        await proof();
      }
    };
    let changed: Made | undefined;
    await cutAt(
      async () => void (changed = await update(made, less)),
      async () => {
        assert.deepEqual([groupsOf("eve"), user("ada")], [["adm"], undefined]);
        assert.deepEqual([file("/etc/sudoers.d/eve"), file("/etc/sudoers.d/ada")], [undefined, undefined]);
        assert.equal(file("/home/eve/.ssh/authorized_keys"), `${theirs}\n`);
        assert.equal(file("/home/ada/.ssh/authorized_keys"), undefined);
        assert.equal(await changes(await read(changed!), less), "none");
      },
    );
    await cutAt(
      () => own.lab.plugin.delete("GuestConfig", made.id, made.properties),
      async () => {
        assert.deepEqual([user("eve"), user("ada")], [undefined, undefined]);
        assert.deepEqual(
          Object.keys(inside().files).filter((path) => /^\/(?:etc\/sudoers\.d|var\/lib\/pulumi|home)/.test(path)),
          [],
        );
      },
    );
  });
});
