import assert from "node:assert/strict";
import fs from "node:fs";
import { Lab, labWorld, type AnyLab } from "../../support/lab";
import { hasAccountTools, OwnAccounts } from "../../support/own-accounts";
import { fingerprintOf } from "../../support/sshd";

const kind = "LogRotation";
const file = "/etc/logrotate.d/app";

describe("log rotations on a real system: OpenSSH, logrotate, dpkg and grep", () => {
  let real: OwnAccounts;
  let lab: AnyLab;

  before(async function () {
    if (!fs.existsSync("/usr/sbin/logrotate")) {
      process.stderr.write(
        "logrotate is missing: log rotations on a real system are skipped, those on the simulator's are not\n",
      );
      return this.skip();
    }
    if (!hasAccountTools()) return this.skip();
    real = await OwnAccounts.start();
    const { sshd } = real;
    // The API is the simulator's, the node behind SSH is this machine with a copy of its /etc.
    lab = await Lab.here({ seed: labWorld() }, () => ({
      "proxmox:sshFingerprints": [fingerprintOf(sshd.hostKeys.ed25519)],
      "proxmox:sshAddresses": { pve1: `127.0.0.1:${sshd.port}` },
      "proxmox:sshPrivateKey": sshd.privateKey,
    }));
  });
  after(async () => {
    await (lab as AnyLab | undefined)?.close();
    await (real as OwnAccounts | undefined)?.stop();
  });

  const list = (): string => real.run("ls", "-A", "/etc", "/etc/logrotate.d").out;

  it("comes, is heeded, shows what is done to it by hand, changes and goes", async () => {
    const before = list();
    const args = {
      node: "pve1",
      logs: ["/var/log/app-of-a-test/*.log"],
      frequency: "daily",
      rotate: 7,
      missingOk: true,
    };
    const made = await lab.create(kind, "app", { ...args, create: { mode: "0640", user: "root", group: "adm" } });
    assert.match(real.file(file) ?? "", /\n {4}create 0640 root adm\n\}\n$/);
    assert.equal(real.run("stat", "--format=%a %U:%G", file).out, "644 root:root\n");
    const heeded = real.run("logrotate", "-d", "-s", "/dev/null", "/etc/logrotate.conf").out;
    assert.match(
      heeded,
      /reading config file app\n[\s\S]*rotating pattern: \/var\/log\/app-of-a-test\/\*\.log\n after 1 days \(7 rotations\)/,
    );
    const read = await lab.plugin.read(kind, made.id, made.properties);
    assert.equal((await lab.plugin.diff(kind, made.id, read.properties, made.inputs)).changes, "none");
    real.run("chmod", "664", file);
    real.run("sed", "-i", "s/^{/{\\n    compress/", file);
    const drifted = await lab.plugin.read(kind, made.id, made.properties);
    assert.deepEqual(drifted.properties["changedByHand"], ["compress", "mode 664"]);
    const { properties } = await lab.plugin.update(kind, made.id, drifted.properties, { ...made.inputs, rotate: 9 });
    assert.match(real.file(file) ?? "", /\{\n {4}daily\n {4}rotate 9\n/);
    assert.equal(real.run("stat", "--format=%a", file).out, "644\n");
    await lab.plugin.delete(kind, made.id, properties);
    assert.equal(list(), before);
  });

  it("is refused where a package rotates the log, by unknown accounts, and in place of a package's file", async () => {
    const before = list();
    const create = (args: object) =>
      lab.plugin.create(kind, lab.inputs(kind, "app", { node: "pve1", name: "app", ...args }));
    const dpkg = { logs: ["/var/log/dpkg.log"] };
    assert.match(
      (await lab.problems(kind, { node: "pve1", ...dpkg })).join(),
      /logs\[0\]: \/etc\/logrotate\.d\/dpkg of node pve1 names it as well/,
    );
    await assert.rejects(
      create(dpkg),
      /is taken away again: .*\/var\/log\/dpkg\.log is rotated by \/etc\/logrotate\.d\/dpkg already/,
    );
    await assert.rejects(
      create({ logs: ["/var/log/x.log"], su: { user: "nosuch", group: "root" } }),
      /unknown user 'nosuch'/,
    );
    await assert.rejects(create({ ...dpkg, name: "dpkg", adopt: true }), /is package dpkg's own/);
    assert.equal(list(), before);
  });

  it("puts back the very file that it was to take over, and replaces no link", async () => {
    const taken = (name: string, logs: readonly string[]) =>
      lab.plugin.create(kind, lab.inputs(kind, "app", { node: "pve1", name, adopt: true, logs, missingOk: true }));
    const theirs = "/etc/logrotate.d/theirs";
    real.run("sh", "-c", `echo '/var/log/x.log { }' > ${theirs}; chmod 640 ${theirs}; chgrp adm ${theirs}`);
    const before = list();
    const stands = () => real.run("stat", "--format=%i %a %U:%G", theirs).out;
    const stood = stands();
    await assert.rejects(taken("theirs", ["/var/log/dpkg.log"]), /which is as it was/);
    assert.deepEqual([stands(), list()], [stood, before]);
    await taken("theirs", ["/var/log/app-of-a-test/*.log"]);
    assert.match(stands(), / 644 root:root\n$/);
    assert.equal(list(), before);
    real.run("ln", "-sfn", "/srv/nowhere", theirs);
    const link = { node: "pve1", name: "theirs", logs: ["/var/log/x.log"], missingOk: true };
    for (const adopt of [true, false]) {
      const words = /theirs of node pve1 is a link or a folder/;
      assert.match((await lab.problems(kind, { ...link, adopt })).join(), words);
      await assert.rejects(lab.plugin.create(kind, lab.inputs(kind, "other", { ...link, adopt })), words);
    }
    assert.equal(real.run("readlink", theirs).out, "/srv/nowhere\n");
    real.run("rm", theirs);
  });
});
