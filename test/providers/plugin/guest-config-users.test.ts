import assert from "node:assert/strict";
import { eventually } from "../../support/eventually";
import { GuestAccountsLab, keys } from "../../support/guest-accounts-lab";
import { sampled } from "../../support/sample";

const { mine, theirs } = keys;

describe("accounts in a guest, by its agent", function () {
  const own = new GuestAccountsLab();
  beforeEach(() => own.start());
  afterEach(() => own.close());

  const { ada, accounts, changes, config, create, file, groupsOf, inside, ran, read, told, update, user, usersOf } =
    own;

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
      (await own.lab.problems("GuestConfig", later!)).join(),
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
    await own.lab.plugin.delete("GuestConfig", made.id, seen.properties);
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
      await own.lab.problems(
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
      await own.lab.problems(
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
    const { failures, inputs } = await own.lab.plugin.check("GuestConfig", made.inputs, {
      ...own.lab.inputs("GuestConfig", "web", config([{ name: "eve", uid: 1501, home: "/srv/eve" }])),
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
    await own.lab.plugin.delete("GuestConfig", made.id, fewer.properties);
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
    const execs = () => own.lab.sim.requests.filter(({ path }) => path.endsWith("/agent/exec")).length;
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
      own.lab.sim.simulation.faults.add({ effect, route, after, count: 1 });
      await create(args).then(
        () => cut.push("went on"),
        (error: Error) => cut.push(error.message),
      );
      own.lab.sim.simulation.faults.clear();
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
      await own.lab.plugin.delete("GuestConfig", made.id, made.properties);
      assert.deepEqual([user("ada"), file("/etc/sudoers.d/ada")], [undefined, undefined], `step ${after}`);
      forget();
    }
    assert.ok(cut.filter((message) => message !== "went on").length > 2, cut.join("\n"));
  });

  it("say in the preview that one will be deleted", async () => {
    const made = await create(config([ada(), { name: "eve" }]));
    const from = own.lab.plugin.engine.messages.length;
    await changes(made, config([{ name: "eve" }]));
    const row = () =>
      own.lab.plugin.engine.messages
        .slice(from)
        .map(({ message }) => message)
        .join("\n");
    await eventually("a row", () => row().includes("users"));
    assert.match(row(), /ada .*delete|deletes? .*ada/);
  });
});
