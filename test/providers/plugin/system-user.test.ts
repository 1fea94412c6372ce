import assert from "node:assert/strict";
import { accountsOf } from "../../../simulator/linux/accounts.js";
import { eventually } from "../../support/eventually";
import { Lab, labWorld, sshConfig } from "../../support/lab";
import type { Properties } from "../../support/plugin";
import { signal } from "../../support/processes";
import { sampled } from "../../support/sample";
import { newKey } from "../../support/sshd";

type Made = { id: string; properties: Properties; inputs: Properties };

describe("Linux accounts of a node, through Pulumi's plugin", function () {
  let lab: Lab;
  const [one, two, foreign] = [newKey().public, newKey("ed25519", "two").public, newKey("ed25519", "foreign").public];
  before(async () => {
    lab = await Lab.start({ seed: labWorld() }, sshConfig);
    world().packages = { installed: { sudo: "1.9.16p2-3" } };
  });
  after(async () => {
    const unbuilt = lab.sim.sshRecords.filter((record) => record.unbuilt).map(({ what }) => what);
    await lab.close();
    assert.deepEqual(unbuilt, []);
  });

  const world = () => lab.sim.world.nodes["pve1"]!;
  const accounts = () => accountsOf(world());
  const user = (name: string) => accounts().users.find((found) => found.name === name);
  const groups = (name: string) =>
    accounts()
      .groups.filter(({ members }) => members.includes(name))
      .map((group) => group.name);
  const file = (path: string) => {
    const found = world().ssh!.files[path];
    return found && Buffer.from(found.content, "base64").toString("utf8");
  };
  const put = (path: string, text: string, mode = 0o644) => {
    world().ssh!.files[path] = { content: Buffer.from(text).toString("base64"), mode };
  };
  const changes = () =>
    lab.sim.sshRecords.filter(({ kind, what }) =>
      kind === "sftp"
        ? /^(?:write|remove|rename|mkdir)/.test(what)
        : / (?:useradd|usermod|userdel|gpasswd|tee|mv|rm|mkdir|install) /.test(what),
    ).length;
  const told = (name: string, part: string | RegExp) =>
    eventually(`${String(part)} in the row of ${name}`, () =>
      lab.plugin.engine.messages.some(({ urn, message }) => urn.endsWith(`::${name}`) && message.match(part) !== null),
    );
  const preview = async (name: string, args: Properties): Promise<string> => {
    const news = { ...lab.inputs("SystemUser", name, { node: "pve1", ...args }), __preview: true };
    const { inputs } = await lab.plugin.check("SystemUser", {}, news);
    return ((inputs["__problems"] as string[] | undefined) ?? []).join("\n");
  };
  const create = (name: string, args: Properties): Promise<Made> =>
    lab.create("SystemUser", name, { node: "pve1", ...args });
  const change = async (made: Made, args: Properties, on = lab): Promise<Made> => {
    const news = { ...made.inputs, ...args };
    const { inputs, failures } = await on.plugin.check("SystemUser", made.inputs, news);
    if (failures.length > 0) throw new Error(failures.map(({ reason }) => reason).join("\n"));
    const { properties } = await on.plugin.update("SystemUser", made.id, made.properties, inputs);
    return { id: made.id, properties, inputs };
  };
  const read = ({ id, properties }: Made) => lab.plugin.read("SystemUser", id, properties);
  const isAtRest = async (made: Made) => {
    const before = changes();
    const { properties } = await read(made);
    assert.equal((await lab.plugin.diff("SystemUser", made.id, properties, made.inputs)).changes, "none");
    await lab.plugin.update("SystemUser", made.id, made.properties, made.inputs);
    assert.equal(changes(), before);
  };
  const drops = async (made: Made) => {
    await lab.plugin.delete("SystemUser", made.id, made.properties);
  };

  it("is missed in a preview of a user of the realm pam, until there is one or the program makes one", async () => {
    const said = async (userId: string, name: string, more: Properties = {}): Promise<string[]> => {
      await lab.plugin.check("User", {}, { ...lab.inputs("User", name, { userId, ...more }), __preview: true });
      await lab.plugin.check(
        "Group",
        {},
        { ...lab.inputs("Group", `${name}-after`, { groupId: "g" }), __preview: true },
      );
      return lab.plugin.engine.messages
        .filter(({ urn, message }) => urn.endsWith(`::${name}`) && message.includes("no Linux account"))
        .map(({ message }) => message);
    };
    assert.match(
      (await said("carol@pam", "carol-1")).join(),
      /there is no Linux account carol on pve1: carol@pam cannot sign in with a password there; a SystemUser makes one/,
    );
    assert.deepEqual(await said("carol@pve", "carol-2"), []);
    assert.deepEqual(await said("root@pam", "carol-3", { adopt: true }), []);
    assert.equal(await preview("carol", { name: "carol" }), "");
    assert.deepEqual(await said("carol@pam", "carol-4"), []);
    assert.deepEqual(
      lab.sim.sshRecords.filter(({ what }) => / (?:useradd|usermod) /.test(what)),
      [],
    );
  });

  it("is made as described, stays at rest, shows what somebody changed, and goes without a trace but its home", async () => {
    const args = {
      ...{ name: "bob", comment: "System Administrator", groups: ["sudo", "users"], exclusiveGroups: true },
      ...{ authorizedKeys: [one, two], exclusiveKeys: true, sudoRules: ["/usr/sbin/qm list", "/sbin/pvesm"] },
    };
    assert.equal(await preview("bob", args), "");
    const made = await create("bob", args);
    assert.deepEqual([made.id, made.properties["uid"], made.properties["home"]], ["pve1/bob", 1000, "/home/bob"]);
    const { gecos, shell, password } = user("bob")!;
    assert.match(gecos, /^System Administrator,,,,pulumi=[0-9a-f]{24}\.[0-9a-f]{8}$/);
    assert.deepEqual([shell, password, groups("bob")], ["/bin/bash", "*", ["sudo", "users"]]);
    assert.equal(file("/home/bob/.ssh/authorized_keys"), `${one}\n${two}\n`);
    assert.equal(world().ssh!.files["/home/bob/.ssh/authorized_keys"]?.mode, 0o600);
    assert.match(
      file("/etc/sudoers.d/bob") ?? "",
      /^# Written by pulumi-proxmox-cluster for [0-9a-f]{24}; .*\nbob ALL=\(root\) NOPASSWD: \/usr\/sbin\/qm list\nbob ALL=\(root\) NOPASSWD: \/sbin\/pvesm\n$/,
    );
    assert.equal(world().ssh!.files["/etc/sudoers.d/bob"]?.mode, 0o440);
    // Proved before they are put in place.
    const proof = lab.sim.sshRecords.findIndex(({ what }) => what.includes("visudo -c -f /etc/sudoers.d/bob.pulumi"));
    const swap = lab.sim.sshRecords.findIndex(({ what }) => what.includes("mv -T -- /etc/sudoers.d/bob.pulumi"));
    assert.ok(proof >= 0 && proof < swap);
    await isAtRest(made);

    put("/home/bob/.ssh/authorized_keys", `${one}\n${two}\n${foreign}\n`, 0o600);
    put("/etc/sudoers.d/bob", `${file("/etc/sudoers.d/bob")}bob ALL=(ALL) NOPASSWD: ALL\n`, 0o440);
    accounts()
      .groups.find(({ name }) => name === "disk")!
      .members.push("bob");
    user("bob")!.shell = "/bin/sh";
    const drifted = await read(made);
    assert.deepEqual(drifted.properties["authorizedKeys"], [one, two, foreign]);
    assert.deepEqual(drifted.properties["groups"], ["sudo", "users", "disk"]);
    assert.match(String((drifted.properties["sudoRules"] as string[])[2]), /another line: bob ALL=\(ALL\)/);
    assert.equal((await lab.plugin.diff("SystemUser", made.id, drifted.properties, made.inputs)).changes, "some");
    await change({ ...made, properties: drifted.properties }, {});
    assert.deepEqual(groups("bob"), ["sudo", "users"]);
    assert.equal(file("/home/bob/.ssh/authorized_keys"), `${one}\n${two}\n`);
    assert.doesNotMatch(file("/etc/sudoers.d/bob") ?? "", /ALL\) NOPASSWD: ALL/);
    assert.equal(user("bob")!.shell, "/bin/sh");

    accounts().processes = [{ pid: 4711, uid: 1000, command: "b\u001b[2Jash" }];
    await assert.rejects(drops(made), /processes of account bob \(1000\) run on node pve1: 4711 \(b\\u001b\[2Jash\)/);
    assert.ok(file("/etc/sudoers.d/bob"));
    accounts().processes = [];
    await drops(made);
    assert.deepEqual([user("bob"), groups("bob"), file("/etc/sudoers.d/bob")], [undefined, [], undefined]);
    assert.equal(file("/home/bob/.ssh/authorized_keys"), undefined);
    assert.ok(world().ssh!.directories.includes("/home/bob"));
    await told("bob", "its home directory /home/bob stays");
    assert.equal((await read(made)).id, "");
    // What was bob's is not given to whoever comes next under the name.
    assert.match(
      await preview("bob", args),
      /^home: \/home\/bob is there already and belongs to number 1000; write uid: 1000/,
    );
    await assert.rejects(lab.plugin.create("SystemUser", made.inputs), /is there already and belongs to number 1000/);
    const again = await create("bob", { ...args, uid: 1000, removeHome: true });
    await drops(again);
    assert.equal(world().ssh!.directories.includes("/home/bob"), false);
  });

  it("leaves what it does not name: other groups, other keys, other files", async () => {
    const made = await create("carl", { name: "carl", groups: ["users"], authorizedKeys: [one] });
    accounts()
      .groups.find(({ name }) => name === "adm")!
      .members.push("carl");
    put("/home/carl/.ssh/authorized_keys", `# by hand\n${foreign}\n${one}\n`, 0o600);
    await isAtRest(made);
    const next = await change(made, { groups: [], authorizedKeys: [two] });
    assert.deepEqual(groups("carl"), ["adm"]);
    assert.equal(file("/home/carl/.ssh/authorized_keys"), `# by hand\n${foreign}\n${two}\n`);
    const withRules = await change(next, { sudoRules: ["/sbin/pvesm"] });
    assert.ok(file("/etc/sudoers.d/carl"));
    const without = await change(withRules, { sudoRules: undefined });
    assert.equal(file("/etc/sudoers.d/carl"), undefined);
    await assert.rejects(
      change(without, { home: "/srv/carl" }).then((moved) => change(moved, { home: "/srv/other" })),
      /cannot change/,
    );
    await drops(without);
    assert.equal(file("/home/carl/.ssh/authorized_keys"), `# by hand\n${foreign}\n`);
  });

  it("refuses at preview what cannot be, all at once, and does nothing", async () => {
    const before = changes();
    accounts().users.push({ ...user("daemon")!, name: "dora", uid: 1500, home: "/home/dora" });
    accounts().groups.push({ name: "erik", gid: 1700, members: [] });
    accounts().elsewhere = ["frida"];
    const problems = await preview("bad", {
      name: "gerd",
      uid: 1500,
      home: "/home/dora",
      shell: "/bin/zsh",
      groups: ["sudoo"],
    });
    assert.match(problems, /groups\[0\]: node pve1 has no group sudoo; did you mean "sudo"/);
    assert.match(problems, /shell: node pve1 has no program \/bin\/zsh/);
    assert.match(problems, /uid: 1500 is the number of account dora/);
    assert.match(problems, /home: \/home\/dora is the home directory of account dora/);
    assert.match(await preview("e", { name: "erik" }), /has a group erik/);
    assert.match(await preview("f", { name: "frida" }), /knows frida from elsewhere/);
    assert.match(
      await preview("d", { name: "dora" }),
      /account dora \(1500\) is on node pve1 already; set adopt: true/,
    );
    assert.match(await preview("w", { name: "www-data", adopt: true }), /has the number 33 and is the system's/);
    assert.match(await preview("n", { name: "nix", adopt: true }), /has no account nix to take over/);
    assert.match(await preview("r", { name: "root" }), /account of the system/);
    assert.match(
      await preview("s", { name: "sam", sudoNoPassword: true, sudoRules: ["/bin/ls"] }),
      /sudoRules would mean nothing/,
    );
    put("/etc/sudoers.d/tom", "tom ALL=(ALL) ALL\n", 0o440);
    await assert.rejects(
      create("tom", { name: "tom", sudoRules: ["/bin/ls"] }),
      /sudoers\.d\/tom is there, and would give its rules to the new account/,
    );
    assert.equal(file("/etc/sudoers.d/tom"), "tom ALL=(ALL) ALL\n");
    await assert.rejects(
      lab.plugin.create("SystemUser", lab.inputs("SystemUser", "w", { node: "pve1", name: "www-data", adopt: true })),
      /the system's/,
    );
    assert.equal(changes() - before < 6, true);
    accounts().users = accounts().users.filter(({ name }) => name !== "dora");
  });

  it("takes over an account that is there, telling what changes, and only where that is asked for", async () => {
    accounts().users.push({
      name: "ines",
      uid: 2000,
      gid: 2000,
      gecos: "Ines,room 3",
      home: "/home/ines",
      shell: "/bin/sh",
      password: "!",
    });
    accounts().groups.push({ name: "ines", gid: 2000, members: [] });
    world().ssh!.directories.push("/home/ines", "/home/ines/.ssh");
    accounts().owners["/home/ines"] = 2000;
    put("/home/ines/.ssh/authorized_keys", `${foreign}\n`, 0o600);
    put("/etc/sudoers.d/ines", "ines ALL=(ALL) ALL\n", 0o440);
    const args = {
      name: "ines",
      adopt: true,
      shell: "/bin/bash",
      authorizedKeys: [one],
      exclusiveKeys: true,
      sudoRules: ["/sbin/pvesm"],
    };
    assert.equal(await preview("ines", args), "");
    await told(
      "ines",
      /account ines \(2000\) on node pve1: shell "\/bin\/sh" -> "\/bin\/bash", adds key .*takes away key/,
    );
    const made = await create("ines", args);
    assert.match(user("ines")!.gecos, /^Ines,room 3,,,pulumi=/);
    assert.equal(file("/home/ines/.ssh/authorized_keys"), `${one}\n`);
    await isAtRest(made);
    // Another program does not get it, not even by adopting.
    const other = await Lab.on(lab.sim, sshConfig);
    try {
      await assert.rejects(
        other.create("SystemUser", "ines", { node: "pve1", ...args }),
        /carries the mark of another resource/,
      );
    } finally {
      await other.close();
    }
    // Another account by that name: nothing of it is touched.
    user("ines")!.uid = 2001;
    await assert.rejects(
      lab.plugin.update("SystemUser", made.id, made.properties, { ...made.inputs, shell: "/bin/sh" }),
      /no longer has account ines \(2000\); nothing was changed/,
    );
    await drops(made);
    assert.ok(user("ines"));
    await told("ines", /account ines is another one by now \(2001\), and stays/);
  });

  it("that was made by a killed run is the resource's own; a replaced state does not delete the new one", async () => {
    const args = { name: "kim", sudoRules: ["/sbin/pvesm"] };
    const made = await create("kim", args);
    // The engine never recorded it, or it is replaced by force: create runs again while the old state is there.
    const again = await create("kim", args);
    assert.notEqual(again.properties["__made"], made.properties["__made"]);
    await drops(made);
    assert.ok(user("kim"));
    assert.ok(file("/etc/sudoers.d/kim"));
    await drops(again);
    assert.deepEqual([user("kim"), file("/etc/sudoers.d/kim")], [undefined, undefined]);
  });

  it("stays, with all that is in it, where an account of the same name and number no longer carries the mark", async () => {
    const made = await create("mia", { name: "mia", removeHome: true, sudoRules: ["/sbin/pvesm"] });
    user("mia")!.gecos = "Mia,,,";
    const refused = /no longer carries this resource's mark, and may be another one by now; nothing was changed/;
    await assert.rejects(change(made, { authorizedKeys: [one] }), refused);
    assert.equal(file("/home/mia/.ssh/authorized_keys"), undefined);
    await drops(made);
    assert.ok(user("mia"));
    await told("mia", /account mia \(\d+\) no longer carries this resource's mark, and stays/);
    // The rules are this resource's by their own mark.
    assert.equal(file("/etc/sudoers.d/mia"), undefined);
  });

  it("is still its own when a renamed resource has marked it and then failed", async () => {
    const made = await create("nora", { name: "nora", sudoRules: ["/sbin/pvesm"] });
    const before = { ...made, properties: { ...made.properties, __mark: "0".repeat(24) } };
    await isAtRest({ ...before });
    await drops(before);
    assert.deepEqual([user("nora"), file("/etc/sudoers.d/nora")], [undefined, undefined]);
  });

  it("tells in the preview which keys go when only exclusiveKeys is new", async () => {
    const made = await create("olga", { name: "olga", authorizedKeys: [one] });
    put("/home/olga/.ssh/authorized_keys", `${one}\n${foreign}\n`, 0o600);
    const news = { ...made.inputs, exclusiveKeys: true, __preview: true };
    await lab.plugin.check("SystemUser", made.inputs, news);
    await told("olga", /takes away key/);
    await drops(made);
  });

  it("keeps no rule for everything that somebody has appended, once the argument is gone", async () => {
    const made = await create("pia", { name: "pia", sudoNoPassword: true });
    const rules = file("/etc/sudoers.d/pia") ?? "";
    put("/etc/sudoers.d/pia", `${rules}pia ALL=(ALL) ALL\n`, 0o440);
    const { properties } = await read(made);
    assert.equal(properties["sudoNoPassword"], false);
    await change({ ...made, properties }, { sudoNoPassword: undefined });
    assert.equal(file("/etc/sudoers.d/pia"), undefined);
    await drops(made);
  });

  it("is not made where rules of an older account would become its own", async () => {
    put("/etc/sudoers.d/rosa", "rosa ALL=(ALL) NOPASSWD: ALL\n", 0o440);
    const wrong = /\/etc\/sudoers\.d\/rosa is there, and would give its rules to the new account/;
    assert.match(await preview("rosa", { name: "rosa" }), wrong);
    await assert.rejects(create("rosa", { name: "rosa" }), wrong);
    assert.equal(user("rosa"), undefined);
  });

  it("keeps a home directory in which something is mounted", async () => {
    const made = await create("tina", { name: "tina", removeHome: true });
    accounts().mounts = ["/home/tina/photos", "/home/tinas"];
    await assert.rejects(
      drops(made),
      /\/home\/tina\/photos is mounted in \/home\/tina, and deleting it would empty that/,
    );
    assert.ok(user("tina"));
    accounts().mounts = [];
    await drops(made);
    assert.equal(user("tina"), undefined);
  });

  it("is completed by the next run when one was killed after any of its steps", async function () {
    this.timeout(120_000);
    const args = {
      name: "lea",
      groups: ["users"],
      authorizedKeys: [one],
      sudoRules: ["/sbin/pvesm"],
      removeHome: true,
    };
    const start = changes();
    const whole = await create("lea", args);
    const steps = changes() - start;
    await drops(whole);
    assert.ok(steps > 8, String(steps));
    for (const step of sampled([...Array(steps).keys()], 6)) {
      const killed = await Lab.on(lab.sim, sshConfig, lab.stackId);
      const before = changes();
      const { simulation } = lab.sim;
      const note = simulation.noteSsh;
      simulation.noteSsh = function (...given) {
        note.apply(this, given);
        if (changes() - before > step) signal(killed.plugin.pid, "SIGKILL");
      };
      await assert.rejects(killed.create("SystemUser", "lea", { node: "pve1", ...args }));
      simulation.noteSsh = note;
      await killed.close();
      assert.ok(user("lea"), `step ${step}`);
      const made = await create("lea", args);
      assert.equal(file("/home/lea/.ssh/authorized_keys"), `${one}\n`);
      assert.deepEqual(groups("lea"), ["users"]);
      await isAtRest(made);
      await drops(made);
      const left = Object.keys(world().ssh!.files).filter((path) => path.includes("lea") && !path.endsWith(".tmp"));
      assert.deepEqual([user("lea"), left], [undefined, []], `step ${step}`);
    }
  });
});
