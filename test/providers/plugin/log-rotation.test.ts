import assert from "node:assert/strict";
import type { CallFailure, Properties } from "../../support/plugin";
import { eventually } from "../../support/eventually";
import { Lab, sshConfig } from "../../support/lab";
import { folder, RotationLab } from "../../support/rotation-lab";

const kind = "LogRotation";
const app = { logs: ["/var/log/pve/*.log"], frequency: "daily", rotate: 7, missingOk: true };
const alternatives = "/var/log/alternatives.log";
const theirs = "/var/log/pveam.log {\n  weekly\n  rotate 2\n}\n";

describe("how logs of a node are rotated", () => {
  let own: RotationLab;
  let before: Record<string, string>;
  beforeEach(async () => {
    own = await RotationLab.here();
    before = own.files();
  });
  afterEach(async () => {
    const holes = own.unbuilt();
    await own.close();
    assert.deepEqual(holes, []);
  });
  const plugin = () => own.lab.plugin;
  const told = (name: string, part: RegExp) =>
    eventually(`${String(part)} in the row of ${name}`, () => part.test(own.said(name)));
  const update = (made: { id: string; properties: Properties }, inputs: Properties) =>
    plugin().update(kind, made.id, made.properties, inputs);

  it("comes, stays at rest, is read, changed and goes, and nothing else is touched", async () => {
    assert.equal(await own.preview("app", app), "");
    const made = await own.create("app", app);
    assert.deepEqual([made.id, made.properties["path"]], ["pve1/app", `${folder}/app`]);
    assert.match(
      own.file(`${folder}/app`) ?? "",
      /^# Written by pulumi-proxmox-cluster for [0-9a-f]{24}; .*\n\/var\/log\/pve\/\*\.log\n\{\n {4}daily\n {4}rotate 7\n {4}missingok\n\}\n$/,
    );
    assert.equal(own.node.ssh!.files[`${folder}/app`]?.mode, 0o644);
    // Proved where nothing reads it, then put in place at once, then with all others.
    assert.deepEqual(
      own.ran(/logrotate -d|mv -|ln -/).map((line) => line.replace(/^(?:timeout -k 5 \d+ )?(?:env 'LC_ALL=C' )?/, "")),
      [
        "logrotate -d -s /dev/null /etc/pulumi-logrotate-app",
        `ln -T -- /etc/pulumi-logrotate-app ${folder}/app`,
        "logrotate -d -s /dev/null /etc/logrotate.conf",
      ],
    );
    assert.deepEqual(
      own.ran(/^write/).filter((what) => !/^write \/etc\/\.pulumi-logrotate-app\.[0-9a-f]+\.tmp$/.test(what)),
      [],
    );
    // What a program says in the node's own language would not be understood.
    const speaking = own.ran(/\b(?:stat|dpkg-query|logrotate) -/);
    assert.ok(speaking.length >= 4, String(speaking.length));
    assert.deepEqual(
      speaking.filter((what) => !/env '?LC_ALL=C'? /.test(what)),
      [],
    );
    const read = await plugin().read(kind, made.id, made.properties);
    assert.equal((await plugin().diff(kind, made.id, read.properties, made.inputs)).changes, "none");
    const moved = own.ran(/(?:mv|ln) -T/).length;
    await update({ id: made.id, properties: read.properties }, made.inputs);
    assert.equal(own.ran(/(?:mv|ln) -T/).length, moved);

    const more = { ...made.inputs, rotate: 14, compress: true, logs: [...app.logs, alternatives.replace("alt", "x")] };
    assert.equal((await plugin().diff(kind, made.id, made.properties, more)).changes, "some");
    const changed = await update(made, more);
    assert.match(own.file(`${folder}/app`) ?? "", /rotate 14\n {4}missingok\n {4}compress\n/);
    // What is no longer set is no longer said.
    const fewer: Properties = { ...more };
    delete fewer["compress"];
    const last = await update({ id: made.id, properties: changed.properties }, fewer);
    assert.doesNotMatch(own.file(`${folder}/app`) ?? "", /compress/);

    const seen = await plugin().read(kind, "pve1/app", own.lab.inputs(kind, "seen", {}));
    assert.deepEqual(
      [seen.properties["rotate"], seen.properties["frequency"], seen.properties["path"]],
      [14, "daily", `${folder}/app`],
    );
    await plugin().delete(kind, made.id, last.properties);
    assert.deepEqual(own.files(), before);
    await told("app", /\/etc\/logrotate\.d\/app on node pve1 is deleted; logs stay as they are/);
    assert.equal((await plugin().read(kind, made.id, last.properties)).id, "");
    await plugin().delete(kind, made.id, last.properties);
  });

  it("shows each change by hand, and takes it back: words, fields, logs, blocks, and a mode that silences the file", async () => {
    const made = await own.create("app", app);
    const written = own.file(`${folder}/app`) ?? "";
    const drift = async (text: string, mode?: number) => {
      own.write(`${folder}/app`, text, mode);
      const { properties } = await plugin().read(kind, made.id, made.properties);
      const { changes } = await plugin().diff(kind, made.id, properties, made.inputs);
      await update({ id: made.id, properties }, made.inputs);
      assert.equal(own.file(`${folder}/app`), written);
      assert.equal(own.node.ssh!.files[`${folder}/app`]?.mode, 0o644);
      return { changes, properties };
    };
    const rotate = await drift(written.replace("rotate 7", "rotate 70"));
    assert.deepEqual(
      [rotate.changes, rotate.properties["rotate"], rotate.properties["changedByHand"]],
      ["some", 70, undefined],
    );
    assert.equal((await drift(written.replace("    daily\n", ""))).properties["frequency"], undefined);
    const logs = await drift(written.replace("{", "/var/log/other.log\n{"));
    assert.deepEqual([logs.changes, logs.properties["logs"]], ["some", ["/var/log/pve/*.log", "/var/log/other.log"]]);
    for (const [text, shown] of [
      [written.replace("{\n", "{\n    compress\n"), "compress"],
      [written.replace("{\n", "{\n    mail x@example.com\n"), "mail x@example.com"],
      [`${written}/var/log/b.log {\n}\n`, "a block for /var/log/b.log"],
    ] as const) {
      const { changes, properties } = await drift(text);
      assert.deepEqual([changes, properties["changedByHand"]], ["some", [shown]]);
      await told("app", new RegExp(`takes out what was written by hand: ${shown}`));
    }
    const open = await drift(written, 0o664);
    assert.deepEqual([open.changes, open.properties["changedByHand"]], ["some", ["mode 664"]]);
  });

  it("is refused at preview where a package rotates the log, by its name or by a pattern", async () => {
    const problems = await own.preview("app", {
      logs: ["/var/log/pveproxy/access.log", "/var/log/apt/*.log", "/var/log/mine.log"],
    });
    assert.match(
      problems,
      /logs\[0\]: \/etc\/logrotate\.d\/pve of node pve1 names it as well, .*take it out here, or there by hand/,
    );
    assert.match(problems, /logs\[1\]: \/etc\/logrotate\.d\/apt of node pve1 names \/var\/log\/apt\/term\.log as well/);
    assert.equal(problems.split("\n").length, 2);
    await assert.rejects(
      plugin().create(kind, own.lab.inputs(kind, "z", { node: "pve1", name: "z", logs: [alternatives] })),
      /refuses \/etc\/logrotate\.d\/z, which is taken away again: .*alternatives\.log is rotated by \/etc\/logrotate\.d\/alternatives already/,
    );
    // Sorted before the package's, it would take the log away from that one.
    await assert.rejects(
      plugin().create(kind, own.lab.inputs(kind, "a", { node: "pve1", name: "a", logs: [alternatives] })),
      /is rotated by \/etc\/logrotate\.d\/alternatives already/,
    );
    assert.deepEqual(own.files(), before);
  });

  it("leaves the file of before where a change is refused alone, or together with the others", async () => {
    const made = await own.create("app", app);
    const files = own.files();
    const nobody = { ...made.inputs, su: { user: "nosuch", group: "root" } };
    await assert.rejects(
      update(made, nobody),
      /refuses \/etc\/logrotate\.d\/app, which stays as it was: .*unknown user 'nosuch'/,
    );
    assert.deepEqual(own.files(), files);
    await assert.rejects(update(made, { ...made.inputs, logs: [alternatives] }), /which is as it was: .*already/);
    assert.deepEqual(own.files(), files);
  });

  it("is refused by unknown accounts and by a folder where others write, and leaves nothing", async () => {
    const create = { mode: "0640", user: "nosuch", group: "adm" };
    await assert.rejects(own.create("app", { ...app, create }), /was not put in place: .*unknown user 'nosuch'/);
    const ceph = { logs: ["/var/log/ceph/own.log"], missingOk: true };
    await assert.rejects(own.create("app", ceph), /insecure permissions .* Set "su" directive/);
    assert.deepEqual(own.files(), before);
    await own.create("app", { ...ceph, su: { user: "root", group: "ceph" } });
    assert.deepEqual(
      Object.keys(own.files()).filter((name) => !(name in before)),
      [`${folder}/app`],
    );
  });

  it("takes no file of somebody else's without adopt, none of a package's and none with scripts at all", async () => {
    own.write(`${folder}/theirs`, theirs);
    own.write(`${folder}/scripts`, theirs.replace("weekly", "postrotate\n/bin/true\nendscript"));
    const args = { logs: ["/var/log/pveam.log"], rotate: 3 };
    const refused: readonly (readonly [Properties, RegExp])[] = [
      [{ name: "theirs" }, /\/etc\/logrotate\.d\/theirs is there already, .*set adopt: true/],
      [{ name: "scripts", adopt: true }, /has scripts \(postrotate …\)/],
      [{ name: "pve", adopt: true }, /\/etc\/logrotate\.d\/pve of node pve1 is package pve-manager's own/],
      [{ name: "none", adopt: true }, /has no \/etc\/logrotate\.d\/none to take over; leave adopt out/],
    ];
    const files = own.files();
    for (const [more, words] of refused) {
      assert.match(await own.preview("x", { ...args, ...more }), words);
      await assert.rejects(plugin().create(kind, own.lab.inputs(kind, "x", { node: "pve1", ...args, ...more })), words);
    }
    assert.deepEqual(own.files(), files);
    delete own.node.ssh!.files[`${folder}/scripts`];
    assert.equal(await own.preview("x", { ...args, name: "theirs", adopt: true }), "");
    await told("x", /\/etc\/logrotate\.d\/theirs of node pve1 no longer says: weekly/);
    const made = await own.create("x", { ...args, name: "theirs", adopt: true });
    assert.match(
      own.file(`${folder}/theirs`) ?? "",
      /^# Written by .*\n\/var\/log\/pveam\.log\n\{\n {4}rotate 3\n\}\n$/,
    );
    // Written anew by somebody, it is theirs again, with adopt too.
    own.write(`${folder}/theirs`, theirs);
    await assert.rejects(
      plugin().read(kind, made.id, made.properties),
      /somebody else has written it anew, and it stays as it is; move it away/,
    );
    await assert.rejects(
      update(made, { ...made.inputs, rotate: 4 }),
      /somebody else has written it anew, and it stays as it is; move it away/,
    );
    await plugin().delete(kind, made.id, made.properties);
    await told("x", /\/etc\/logrotate\.d\/theirs on node pve1 stays: somebody else has written it anew/);
    assert.equal(own.file(`${folder}/theirs`), theirs);
  });

  it("says that a file is taken from another stack's, which then leaves it alone", async () => {
    const args = { node: "pve1", name: "shared", logs: ["/var/log/pveam.log"], rotate: 3 };
    const first = await own.create("x", args);
    const other = await Lab.hereOn(own.lab.sim, sshConfig(own.lab.sim));
    try {
      const inputs = other.inputs(kind, "y", { ...args, adopt: true });
      const { failures } = await other.plugin.check(kind, {}, inputs);
      assert.deepEqual(failures, []);
      const said = other.plugin.engine.messages.map(({ message }) => message).join("\n");
      assert.match(said, /\/shared of node pve1 is taken from another LogRotation, whose stack keeps it/);
      await other.plugin.create(kind, inputs);
      const taken = own.file(`${folder}/shared`);
      await plugin().delete(kind, first.id, first.properties);
      assert.equal(own.file(`${folder}/shared`), taken);
    } finally {
      await other.close();
    }
  });

  it("puts back the very file that it was to take over when logrotate refuses it, and takes it over once it is mended", async () => {
    own.write(`${folder}/theirs`, theirs, 0o640);
    const files = own.files();
    const args = (...logs: string[]) =>
      own.lab.inputs(kind, "x", { node: "pve1", name: "theirs", adopt: true, logs: ["/var/log/pveam.log", ...logs] });
    let left: { id: string; properties: Properties } | undefined;
    await assert.rejects(plugin().create(kind, args(alternatives)), (error: CallFailure) => {
      assert.match(error.message, /which is as it was/);
      left = error.partial;
      return true;
    });
    assert.deepEqual(own.files(), files);
    assert.equal(own.node.ssh!.files[`${folder}/theirs`]?.mode, 0o640);
    // Nothing of it is there: the next run begins anew, and takes nothing of theirs away.
    assert.ok(left);
    const { id, properties } = left;
    const diff = await plugin().diff(kind, id, properties, args());
    assert.deepEqual([diff.changes, diff.deleteBeforeReplace], ["some", true]);
    await plugin().delete(kind, id, properties);
    await told("x", /\/etc\/logrotate\.d\/theirs on node pve1 stays: this resource has not written it/);
    assert.deepEqual(own.files(), files);
    assert.equal((await plugin().read(kind, id, properties)).id, "");
    await plugin().create(kind, args());
    assert.match(own.file(`${folder}/theirs`) ?? "", /^# Written by pulumi-proxmox-cluster/);
    assert.deepEqual(Object.keys(own.files()), Object.keys(files));
  });

  it("takes over nothing while what was to be there before waits beside it", async () => {
    own.write(`${folder}/theirs`, theirs);
    own.write("/etc/pulumi-logrotate-theirs.before", "older\n");
    const files = own.files();
    const args = { name: "theirs", adopt: true, logs: ["/var/log/pveam.log"] };
    await assert.rejects(own.create("x", args), /\/etc\/pulumi-logrotate-theirs\.before on node pve1 is in the way/);
    assert.deepEqual(
      { ...own.files(), "/etc/pulumi-logrotate-theirs": undefined },
      { ...files, "/etc/pulumi-logrotate-theirs": undefined },
    );
  });

  it("says in the preview where fewer of the rotated logs are kept", async () => {
    const made = await own.create("app", { ...app, maxAge: 30 });
    const previewed = async (args: Properties) => {
      own.lab.plugin.engine.messages.length = 0;
      assert.equal(await own.preview("app", args, made.inputs), "");
      return own.said("app");
    };
    const less = await previewed({ ...app, rotate: 3, maxAge: 10 });
    assert.equal(
      less,
      "LogRotation app: of the rotated logs it keeps 3 of each log, no longer 7, and keeps none that is older than 10 days; logrotate deletes the others when it rotates next",
    );
    assert.match(
      await previewed({ ...app, rotate: undefined, maxAge: 30 }),
      /keeps as many of each log as \/etc\/logrotate\.conf says \(4, .*\), no longer 7;/,
    );
    assert.match(await previewed({ ...app, maxAge: 30, name: "other", rotate: 6 }), /keeps 6 of each log, no longer 7/);
    for (const args of [
      { ...app, rotate: 8, maxAge: 31 },
      { ...app, maxAge: undefined },
      { ...app, maxAge: 30, frequency: "weekly" },
      { ...app, maxAge: 30 },
    ])
      assert.equal(await previewed(args), "", JSON.stringify(args));
    own.write(`${folder}/theirs`, theirs.replace("rotate 2", "rotate 20"));
    const taken = { name: "theirs", adopt: true, logs: ["/var/log/pveam.log"], rotate: 3 };
    assert.equal(await own.preview("y", taken), "");
    assert.match(own.said("y"), /theirs of node pve1 no longer says: weekly; .* keeps 3 of each log, no longer 20/);
  });

  it("asks the node nothing in a check without a change, and says nothing", async () => {
    const made = await own.create("app", app);
    const read = await plugin().read(kind, made.id, made.properties);
    own.lab.plugin.engine.messages.length = 0;
    const before = own.lab.sim.sshRecords.length;
    assert.equal(await own.preview("app", app, made.inputs), "");
    assert.equal((await plugin().diff(kind, made.id, read.properties, made.inputs)).changes, "none");
    assert.deepEqual([own.lab.sim.sshRecords.length, own.said("app")], [before, ""]);
  });

  it("deletes no file that a package has brought since", async () => {
    const made = await own.create("app", app);
    const text = own.file(`${folder}/app`) ?? "";
    // The same text under a name that dpkg knows.
    own.write(`${folder}/pve`, text);
    await plugin().delete(kind, "pve1/pve", { ...made.properties, path: `${folder}/pve`, name: "pve" });
    await told("app", /\/etc\/logrotate\.d\/pve on node pve1 stays: package pve-manager has brought one of its name/);
    assert.equal(own.file(`${folder}/pve`), text);
  });

  it("touches nothing that stands in the way of its proof", async () => {
    own.write("/etc/pulumi-logrotate-app", "theirs\n");
    await assert.rejects(own.create("app", app), /\/etc\/pulumi-logrotate-app on node pve1 is in the way/);
    assert.deepEqual(own.files(), { ...before, "/etc/pulumi-logrotate-app": "theirs\n" });
  });

  it("is one resource's alone: its name, and each log", async () => {
    await own.create("app", app);
    const second = await own.preview("second", { ...app, name: "app" });
    assert.match(second, /name: \/etc\/logrotate\.d\/app of pve1 is written by app already; keep one of the two/);
    assert.match(second, /logs\[0\]: the log \/var\/log\/pve\/\*\.log of pve1 is rotated by app already/);
    assert.doesNotMatch(await own.preview("third", { ...app, logs: ["/var/log/pve/*.txt"] }), /already/);
  });

  it("gives a log to another one in one run, whichever comes first", async () => {
    for (const order of ["giver", "taker"]) {
      const lab = await RotationLab.here();
      try {
        const logs = (...names: string[]) => ({ logs: names.map((name) => `/var/log/${name}.log`), missingOk: true });
        const giver = await lab.create("a", logs("x", "shared"));
        const taker = await lab.create("b", logs("y"));
        const give = () => lab.lab.plugin.update(kind, giver.id, giver.properties, { ...giver.inputs, ...logs("x") });
        const take = () =>
          lab.lab.plugin.update(kind, taker.id, taker.properties, { ...taker.inputs, ...logs("y", "shared") });
        if (order === "giver") {
          await give();
          await take();
          assert.doesNotMatch(lab.said("b"), /another LogRotation has written/);
        } else {
          await take();
          assert.match(
            lab.said("b"),
            /\/etc\/logrotate\.d\/a of node pve1, which another LogRotation has written, names \/var\/log\/shared\.log too/,
          );
          await give();
        }
        assert.match(lab.file(`${folder}/b`) ?? "", /shared/);
        assert.doesNotMatch(lab.file(`${folder}/a`) ?? "", /shared/);
      } finally {
        await lab.close();
      }
    }
  });

  it("warns of a log that is not there, and of hours that nobody counts", async () => {
    assert.equal(
      await own.preview("app", { logs: ["/var/log/none.log", alternatives.replace("alt", "x*")], frequency: "hourly" }),
      "",
    );
    await told("app", /node pve1 has no \/var\/log\/none\.log: as long as it has none/);
    await told("app", /hourly: Debian runs logrotate once a day/);
    await own.create("app", { logs: ["/var/log/none.log"] });
    await told("app", /node pve1 has no \/var\/log\/none\.log: until it has/);
    assert.equal(await own.preview("quiet", { logs: ["/var/log/nothing.log"], missingOk: true }), "");
    assert.equal(own.said("quiet"), "");
  });

  it("needs SSH, and says so", async () => {
    const other = await Lab.hereOn(own.lab.sim);
    try {
      assert.match(
        (await other.problems(kind, { node: "pve1", ...app })).join(),
        /^node: needs SSH to the nodes, because Proxmox's API knows nothing of logrotate/,
      );
    } finally {
      await other.close();
    }
  });
});

describe("how logs of a node are rotated, through the plugin's process", () => {
  it("comes, changes and goes", async () => {
    const own = await RotationLab.started();
    try {
      const before = own.files();
      const made = await own.create("app", app);
      const { properties } = await own.lab.plugin.update(kind, made.id, made.properties, { ...made.inputs, rotate: 9 });
      assert.match(own.file(`${folder}/app`) ?? "", /rotate 9/);
      await own.lab.plugin.delete(kind, made.id, properties);
      assert.deepEqual(own.files(), before);
    } finally {
      await own.close();
    }
  });
});
