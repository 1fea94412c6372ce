import assert from "node:assert/strict";
import { leastPrivilege } from "../../../privileges";
import type { AgentState } from "../../../simulator/world/guest";
import { eventually } from "../../support/eventually";
import { guestsOf, image, Lab, labWorld } from "../../support/lab";
import type { Properties } from "../../support/plugin";
import { sampled } from "../../support/sample";
import { newKey } from "../../support/sshd";

const [mine, theirs] = [newKey("ed25519", "ada@läb").public, newKey("ed25519", "bob").public];

describe("accounts in a guest, by its agent", function () {
  let lab: Lab;
  let vmid: number;
  beforeEach(async () => {
    const seed = labWorld("matrix");
    Object.assign(seed.web[image.url] ?? {}, { os: { agent: true, commands: [] } });
    lab = await Lab.start({ seed }, { "proxmox:vmids": "2000-2999" });
    const { url, checksum } = image;
    const file = await lab.create("CloudImage", "debian", { url, checksum, node: "golf", storage: "local" });
    const made = await lab.create("Vm", "web", {
      ...{ node: "golf", source: { imageVolumeId: file.properties["volumeId"] }, agent: true, started: true },
      disks: [{ storage: "local-lvm", sizeGiB: 4 }],
      networks: [{ bridge: "vmbr0" }],
      cloudInit: { user: "admin", addresses: [{ address: "dhcp" }] },
    });
    vmid = Number(made.properties["vmid"]);
  });
  afterEach(() => lab.close());

  const guest = () => guestsOf(lab.sim)[String(vmid)]!;
  const inside = (): AgentState => guest().running!.agent!;
  const accounts = () => inside().accounts ?? assert.fail("nobody has looked at accounts yet");
  const user = (name: string) => accounts().users.find((one) => one.name === name);
  const groupsOf = (name: string) =>
    accounts()
      .groups.filter(({ members }) => members.includes(name))
      .map((group) => group.name);
  const file = (path: string) => inside().files[path];
  const ran = (): string[] => guest().commands ?? [];
  const said = (): string => lab.plugin.engine.messages.map(({ message }) => message).join("\n");
  const told = (part: string | RegExp) =>
    eventually(String(part), () => (typeof part === "string" ? said().includes(part) : part.test(said())));

  const ada = (more: Properties = {}): Properties => ({
    ...{ name: "ada", comment: "Ada Löb", groups: ["adm"], authorizedKeys: [mine] },
    ...{ sudoRules: ["/usr/bin/systemctl restart nginx"], ...more },
  });
  const config = (users: Properties[], more: Properties = {}): Properties => ({ vmid, users, ...more });
  type Made = Awaited<ReturnType<Lab["create"]>>;
  const create = (args: Properties, name = "web") => lab.create("GuestConfig", name, args);
  const check = async (made: Made, args: Properties) =>
    (await lab.plugin.check("GuestConfig", made.inputs, lab.inputs("GuestConfig", "web", args))).inputs;
  const update = async (made: Made, args: Properties): Promise<Made> => {
    const inputs = await check(made, args);
    const { properties } = await lab.plugin.update("GuestConfig", made.id, made.properties, inputs);
    return { ...made, properties, inputs };
  };
  const changes = async (made: Made, args: Properties) =>
    (await lab.plugin.diff("GuestConfig", made.id, made.properties, await check(made, args))).changes;
  const read = async (made: Made): Promise<Made> => ({
    ...made,
    properties: (await lab.plugin.read("GuestConfig", made.id, made.properties)).properties,
  });
  const usersOf = ({ properties }: Made) => properties["users"] as Properties[];

  it("come after the packages and before the files, as they are written, and are at rest then", async () => {
    const files = [{ path: "/etc/app.conf", content: "x\n", owner: "daemon1:adm" }];
    const all = [ada(), { name: "daemon1", system: true, home: "/srv/daemon1", shell: "/usr/sbin/nologin" }];
    const made = await create(config(all, { packages: ["nginx"], files }));
    const { uid, gecos, home, shell, password } = user("ada")!;
    assert.deepEqual([uid, home, shell, password], [1001, "/home/ada", "/bin/bash", "*"]);
    assert.match(gecos, /^Ada Löb,,,,pulumi=[0-9a-f]{24}\.[0-9a-f]{8}$/);
    assert.deepEqual(groupsOf("ada"), ["adm"]);
    assert.equal(file("/home/ada/.ssh/authorized_keys"), `${mine}\n`);
    assert.equal(inside().attributes?.["/home/ada/.ssh/authorized_keys"]?.mode, "600");
    assert.match(
      file("/etc/sudoers.d/ada") ?? "",
      /\nada ALL=\(root\) NOPASSWD: \/usr\/bin\/systemctl restart nginx\n$/,
    );
    assert.equal(inside().attributes?.["/etc/sudoers.d/ada"]?.mode, "440");
    assert.deepEqual([user("daemon1")?.uid, user("daemon1")?.home], [999, "/srv/daemon1"]);
    const place = (text: string) => ran().findIndex((one) => one.includes(text));
    assert.ok(
      place("apt-get install") < place("useradd") && place("useradd") < place("/etc/app.conf."),
      ran().join("\n"),
    );
    assert.deepEqual(
      Object.keys(inside().files).filter((path) => /\.(?:in|new|pulumi)$/.test(path)),
      [],
    );

    const from = ran().length;
    assert.equal(await changes(made, config(all, { packages: ["nginx"], files })), "none");
    assert.deepEqual((await read(made)).properties, made.properties);
    await update(made, config(all, { packages: ["nginx"], files }));
    assert.deepEqual(
      ran()
        .slice(from)
        .filter((one) => /useradd|usermod|gpasswd|userdel|tee|sudoers\.d\/\S+ |chmod/.test(one)),
      [],
    );
  });

  it("show what somebody has changed, and are put right by the next up; what is not written stays", async () => {
    const made = await create(config([ada()]));
    const account = user("ada")!;
    account.shell = "/bin/sh";
    account.gecos = account.gecos.replace("Ada Löb", "Eve");
    const adm = accounts().groups.find(({ name }) => name === "adm")!;
    adm.members = [];
    accounts()
      .groups.find(({ name }) => name === "disk")!
      .members.push("ada");
    inside().files["/home/ada/.ssh/authorized_keys"] = `${theirs}\n`;
    inside().files["/etc/sudoers.d/ada"] += "ada ALL=(ALL) NOPASSWD: ALL\n";
    const drifted = await read(made);
    const [live] = usersOf(drifted);
    assert.deepEqual(
      [live?.["comment"], live?.["groups"], live?.["authorizedKeys"], live?.["shell"]],
      ["Eve", [], [], undefined],
    );
    assert.match(JSON.stringify(live?.["sudoRules"]), /another line: ada ALL=\(ALL\) NOPASSWD: ALL/);
    assert.equal(await changes(drifted, config([ada()])), "some");
    await update(drifted, config([ada()]));
    assert.match(user("ada")!.gecos, /^Ada Löb,/);
    assert.deepEqual([user("ada")!.shell, groupsOf("ada").sort()], ["/bin/sh", ["adm", "disk"]]);
    assert.deepEqual(file("/home/ada/.ssh/authorized_keys")?.split("\n").sort(), ["", theirs, mine].sort());
    assert.doesNotMatch(file("/etc/sudoers.d/ada") ?? "", /: ALL/);

    accounts().users = accounts().users.filter(({ name }) => name !== "ada");
    accounts().groups = accounts().groups.filter(({ name }) => name !== "ada");
    delete inside().files["/etc/sudoers.d/ada"];
    const gone = await read(made);
    assert.deepEqual(usersOf(gone), []);
    // Its home directory is there, of a number that another one may get.
    await assert.rejects(
      update(gone, config([ada()])),
      /\/home\/ada is there already and belongs to number 1001; write uid: 1001/,
    );
    await update(gone, config([ada({ uid: 1001 })]));
    assert.equal(user("ada")?.uid, 1001);
  });

  it("touch nobody else: an account that is there is refused, and so is one that has come in the place of its own", async () => {
    const [before, later] = ["admin", "root"].map((name) => config([{ name, sudoNoPassword: true }]));
    await assert.rejects(
      create(before!),
      /account admin \(1000\) is in the guest already, and this resource has not made it/,
    );
    assert.equal(file("/etc/sudoers.d/admin"), undefined);
    assert.match(
      (await lab.problems("GuestConfig", later!)).join(),
      /users\[0\]\.name: this is an account of the system/,
    );
    await assert.rejects(
      create(config([{ name: "daemon", shell: "/bin/sh" }])),
      /account daemon \(1\) is in the guest already/,
    );

    const made = await create(config([ada()]));
    const snapshot = JSON.stringify(user("admin"));
    user("ada")!.gecos = "somebody else";
    const seen = await read(made);
    assert.deepEqual(usersOf(seen), []);
    await told(/account ada \(1001\) in VM \d+ does not carry this resource's mark/);
    await assert.rejects(update(seen, config([ada()])), /account ada \(1001\) is in the guest already/);
    await lab.plugin.delete("GuestConfig", made.id, seen.properties);
    await told(/account ada \(1001\) in the guest stays: it does not carry this resource's mark/);
    assert.ok(user("ada"));
    assert.equal(JSON.stringify(user("admin")), snapshot);
  });

  it("are of one resource each, and say what cannot be, all at once", async () => {
    await create(config([ada()]), "first");
    await assert.rejects(
      create(config([ada()]), "second"),
      /account ada \(1001\) is in the guest already, and it is another resource's/,
    );
    const wrong = (
      await lab.problems(
        "GuestConfig",
        config([
          ada({ uid: 50 }),
          { name: "ada" },
          { name: "x;reboot" },
          { name: "low", uid: 500 },
          { name: "s", uid: 2000, system: true },
        ]),
      )
    ).join("\n");
    assert.match(wrong, /users: each name once/);
    assert.match(wrong, /users\[0\]\.uid: write at least 100/);
    assert.match(wrong, /users\[2\]\.name: write a-z/);
    const more = (
      await lab.problems(
        "GuestConfig",
        config([
          { name: "low", uid: 500 },
          { name: "s", uid: 2000, system: true },
        ]),
      )
    ).join("\n");
    assert.match(more, /users\[0\]\.uid: below 1000 are accounts of the system; write system: true/);
    assert.match(more, /users\[1\]\.uid: write 100 to 999, or leave system out/);
    const made = await create(config([{ name: "eve", uid: 1500 }]));
    const { failures, inputs } = await lab.plugin.check("GuestConfig", made.inputs, {
      ...lab.inputs("GuestConfig", "web", config([{ name: "eve", uid: 1501, home: "/srv/eve" }])),
      __preview: true,
    });
    assert.match(JSON.stringify([failures, inputs["__problems"]]), /users\[0\]\.uid: it is 1500 and cannot change/);
  });

  it("go when they are no longer written, and with the resource; their home directories stay, and it is told", async () => {
    const made = await create(config([ada(), { name: "eve", authorizedKeys: [theirs] }]));
    inside().files["/home/eve/notes"] = "hers\n";
    accounts().processes = [{ pid: 4711, uid: user("eve")!.uid, command: "bash" }];
    await assert.rejects(
      update(made, config([])),
      /processes of account eve \(1002\) run on VM \d+: 4711 \(bash\); no account was deleted/,
    );
    assert.ok(user("eve") && user("ada"));
    accounts().processes = [];
    const fewer = await update(made, config([ada()]));
    assert.deepEqual(
      [user("eve"), file("/home/eve/.ssh/authorized_keys"), file("/home/eve/notes")],
      [undefined, undefined, "hers\n"],
    );
    await told(/account eve \(1002\) on VM \d+ is deleted; its home directory \/home\/eve stays/);
    await lab.plugin.delete("GuestConfig", made.id, fewer.properties);
    assert.deepEqual([user("ada"), file("/etc/sudoers.d/ada")], [undefined, undefined]);
    assert.ok(user("admin"));
    await told(/account ada \(1001\) on VM \d+ is deleted/);
    assert.deepEqual(
      Object.keys(inside().files).filter((path) => path.startsWith("/var/lib/pulumi-proxmox")),
      [],
    );
  });

  it("are completed by the next run when one ended after any of its steps, and none is made twice or forgotten", async function () {
    const args = config([ada()]);
    const execs = () => lab.sim.requests.filter(({ path }) => path.endsWith("/agent/exec")).length;
    const start = execs();
    await create(args);
    const steps = execs() - start;
    assert.ok(steps > 20, String(steps));
    /** As if nobody had ever made her. */
    const forget = (): void => {
      accounts().users = accounts().users.filter(({ name }) => name !== "ada");
      accounts().groups = accounts().groups.filter(({ name }) => name !== "ada");
      for (const group of accounts().groups) group.members = group.members.filter((name) => name !== "ada");
      for (const path of Object.keys(inside().files)) if (/ada|pulumi-proxmox/.test(path)) delete inside().files[path];
      inside().directories = (inside().directories ?? []).filter((path) => !path.startsWith("/home/ada"));
      delete accounts().owners["/home/ada"];
    };
    forget();
    const cut: string[] = [];
    // An answer that is lost after the program was started, which the run itself goes on from; and one that ends the run.
    const lost = { kind: "reset", handled: true } as const;
    const ended = { kind: "status", status: 500, reason: "the run ends here", handled: true } as const;
    const route = "POST /nodes/{node}/qemu/{vmid}/agent/exec";
    for (const [after, effect] of sampled([...Array(steps).keys()], 11).flatMap(
      (n) =>
        [
          [n, lost],
          [n, ended],
        ] as const,
    )) {
      lab.sim.simulation.faults.add({ effect, route, after, count: 1 });
      await create(args).then(
        () => cut.push("went on"),
        (error: Error) => cut.push(error.message),
      );
      lab.sim.simulation.faults.clear();
      const made = await create(args);
      assert.deepEqual(
        accounts()
          .users.filter(({ uid }) => uid > 1000 && uid < 60_000)
          .map(({ name }) => name),
        ["ada"],
        `step ${after}`,
      );
      assert.equal(await changes(await read(made), args), "none", `step ${after}`);
      assert.match(file("/etc/sudoers.d/ada") ?? "", /restart nginx/, `step ${after}`);
      await lab.plugin.delete("GuestConfig", made.id, made.properties);
      assert.deepEqual([user("ada"), file("/etc/sudoers.d/ada")], [undefined, undefined], `step ${after}`);
      forget();
    }
    assert.ok(cut.filter((message) => message !== "went on").length > 2, cut.join("\n"));
  });

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
    await lab.plugin.delete("GuestConfig", made.id, made.properties);
    assert.deepEqual([user("ada"), file("/etc/sudoers.d/ada")], [undefined, undefined]);
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

  it("of a SystemUser are not looked at in a preview by a token that may not, as in a review", async () => {
    const reason = "Permission check failed (/vms/2000, VM.GuestAgent.Unrestricted)";
    const route = "POST /nodes/{node}/qemu/{vmid}/agent/exec";
    lab.sim.simulation.faults.add({ effect: { kind: "status", status: 403, reason }, route });
    const inputs = lab.inputs("SystemUser", "dave", { vmid, name: "dave" });
    const checked = await lab.plugin.check("SystemUser", {}, { ...inputs, __preview: true });
    assert.deepEqual([checked.inputs["__problems"], checked.failures], [undefined, []]);
    await told(/account dave was not looked up: .*403/);
  });

  it("say in the preview that one will be deleted", async () => {
    const made = await create(config([ada(), { name: "eve" }]));
    const from = lab.plugin.engine.messages.length;
    await changes(made, config([{ name: "eve" }]));
    const row = () =>
      lab.plugin.engine.messages
        .slice(from)
        .map(({ message }) => message)
        .join("\n");
    await eventually("a row", () => row().includes("users"));
    assert.match(row(), /ada .*delete|deletes? .*ada/);
  });

  it("of a SystemUser in a VM come by its agent too, are of that VM alone, and go with it", async () => {
    const args = { vmid, name: "bob", authorizedKeys: [theirs], sudoNoPassword: true };
    const made = await lab.create("SystemUser", "bob", args);
    assert.deepEqual([made.id, made.properties["vmid"], made.properties["uid"]], [`vm:${vmid}/bob`, vmid, 1001]);
    assert.equal(file("/home/bob/.ssh/authorized_keys"), `${theirs}\n`);
    const seen = await lab.plugin.read("SystemUser", made.id, made.properties);
    assert.equal((await lab.plugin.diff("SystemUser", made.id, seen.properties, made.inputs)).changes, "none");
    const found = await lab.plugin.read("SystemUser", made.id, lab.inputs("SystemUser", "seen", {}));
    assert.deepEqual([found.properties["vmid"], found.properties["uid"]], [vmid, 1001]);
    // Another VM of the number.
    const { smbios1 = "" } = guest().config;
    guest().config["smbios1"] = "uuid=00000000-0000-4000-8000-000000000000";
    assert.equal((await lab.plugin.read("SystemUser", made.id, made.properties)).id, "");
    const { inputs } = await lab.plugin.check(
      "SystemUser",
      made.inputs,
      lab.inputs("SystemUser", "bob", { ...args, comment: "Bob" }),
    );
    await assert.rejects(
      lab.plugin.update("SystemUser", made.id, made.properties, inputs),
      /VM \d+ is another one than this account was made in; nothing was changed/,
    );
    await lab.plugin.delete("SystemUser", made.id, made.properties);
    assert.ok(user("bob"), "it is another VM's");
    guest().config["smbios1"] = smbios1;
    const { running } = guest();
    delete guest().running;
    const asleep = await lab.plugin.read("SystemUser", made.id, made.properties);
    assert.equal(asleep.id, made.id);
    await told(/VM \d+ does not run: account bob was not looked at/);
    await assert.rejects(
      lab.plugin.delete("SystemUser", made.id, made.properties),
      /VM \d+ does not run; start it first/,
    );
    guest().running = running!;
    await lab.plugin.delete("SystemUser", made.id, made.properties);
    assert.equal(user("bob"), undefined);
    const { paths } = leastPrivilege([{ kind: "SystemUser", args: { vmid: 100, name: "bob" } }]);
    assert.ok(paths["/vms/100"]?.includes("VM.GuestAgent.Unrestricted"), JSON.stringify(paths));
    assert.match(
      (await lab.problems("SystemUser", { vmid, guest: "web-1" })).join(),
      /write one of node, guest and vmid/,
    );
    assert.match(
      (await lab.problems("SystemUser", { node: "golf", agentTimeout: "5s" })).join(),
      /agentTimeout: is about a guest by its vmid/,
    );
  });
});
