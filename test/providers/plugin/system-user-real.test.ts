import assert from "node:assert/strict";
import { Lab, labWorld } from "../../support/lab";
import { hasAccountTools, OwnAccounts } from "../../support/own-accounts";
import type { Properties } from "../../support/plugin";
import { fingerprintOf, newKey } from "../../support/sshd";
import { Ssh } from "../../../pve";

describe("Linux accounts on a real system: OpenSSH, shadow and sudo", () => {
  let real: OwnAccounts;
  let lab: Lab;
  const key = newKey();
  const other = newKey().public;

  before(async function () {
    if (!hasAccountTools()) return this.skip();
    real = await OwnAccounts.start();
    const { sshd } = real;
    // The API is the simulator's, the node behind SSH is this machine with a copy of its /etc.
    lab = await Lab.start({ seed: labWorld() }, () => ({
      "proxmox:sshFingerprints": [fingerprintOf(sshd.hostKeys.ed25519)],
      "proxmox:sshAddresses": { pve1: `127.0.0.1:${sshd.port}` },
      "proxmox:sshPrivateKey": sshd.privateKey,
    }));
  });
  after(async () => {
    await (lab as Lab | undefined)?.close();
    await (real as OwnAccounts | undefined)?.stop();
  });

  const allows = (...argv: string[]): boolean => real.run("sudo", "-n", "-l", "-U", "bob", ...argv).code === 0;
  const asBob = (): Ssh =>
    new Ssh({
      user: "bob",
      privateKey: key.private,
      hostKeys: { fingerprints: [fingerprintOf(real.sshd.hostKeys.ed25519)] },
      lookUp: async () => `127.0.0.1:${real.sshd.port}`,
    });

  it("makes one that signs in and may do what its rules say and no more, follows changes, and leaves nothing", async () => {
    const snippet = "/var/lib/vz/snippets";
    const args: Properties = {
      ...{ node: "pve1", name: "bob", comment: "Bob's ünïcode", groups: ["users"], exclusiveGroups: true },
      ...{ authorizedKeys: [key.public], exclusiveKeys: true },
      sudoRules: [
        ...["/usr/bin/whoami", '/usr/bin/id ""', "/usr/bin/stat a,b:c=d"],
        `/usr/bin/tee ^${snippet}/[a-zA-Z0-9_][a-zA-Z0-9_.-]*$`,
      ],
    };
    const made = await lab.create("SystemUser", "bob", args);
    assert.match(real.run("id", "bob").out, /^uid=\d{4}\(bob\) gid=\d{4}\(bob\) groups=\d+\(bob\),100\(users\)\n$/);
    assert.match(
      real.run("getent", "passwd", "bob").out,
      /:Bob's ünïcode,,,,pulumi=\w{24}\.\w{8}:\/home\/bob:\/bin\/bash\n$/,
    );
    assert.equal(real.run("stat", "--format=%a %U", "/home/bob/.ssh/authorized_keys").out, "600 bob\n");
    assert.equal(real.run("stat", "--format=%a %U", "/home/bob/.ssh").out, "700 bob\n");
    assert.equal(real.run("stat", "--format=%a %U:%G", "/etc/sudoers.d/bob").out, "440 root:root\n");
    assert.equal(real.run("visudo", "-c").code, 0);

    const bob = asBob();
    try {
      assert.equal(await bob.run("pve1", ["sudo", "-n", "/usr/bin/whoami"]), "root\n");
      await assert.rejects(bob.run("pve1", ["sudo", "-n", "/usr/bin/cat", "/etc/shadow"]));
    } finally {
      bob.close();
    }
    const verdicts = {
      [`${snippet}/a.yaml`]: true,
      [`${snippet}/a.yaml /etc/shadow`]: false,
      [`${snippet}/a/../../../../../etc/shadow`]: false,
      [`${snippet}/.a`]: false,
    };
    for (const [words, allowed] of Object.entries(verdicts))
      assert.equal(allows("/usr/bin/tee", ...words.split(" ")), allowed, words);
    assert.deepEqual(
      [allows("/usr/bin/id"), allows("/usr/bin/id", "root"), allows("/usr/bin/stat", "a,b:c=d")],
      [true, false, true],
    );

    const rest = await lab.plugin.read("SystemUser", made.id, made.properties);
    assert.equal((await lab.plugin.diff("SystemUser", made.id, rest.properties, made.inputs)).changes, "none");
    real.run(
      "sh",
      "-c",
      `echo '${other}' >> /home/bob/.ssh/authorized_keys; echo 'bob ALL=(ALL) ALL' >> /etc/sudoers.d/bob; usermod -aG adm bob`,
    );
    const drifted = await lab.plugin.read("SystemUser", made.id, made.properties);
    assert.deepEqual(drifted.properties["authorizedKeys"], [key.public, other]);
    assert.deepEqual(drifted.properties["groups"], ["users", "adm"]);
    assert.equal((drifted.properties["sudoRules"] as string[]).at(-1), "(another line: bob ALL=(ALL) ALL)");
    const { properties } = await lab.plugin.update("SystemUser", made.id, drifted.properties, {
      ...made.inputs,
      ...{ shell: "/bin/sh", sudoRules: ["/usr/bin/whoami"] },
    });
    assert.match(real.run("id", "bob").out, /groups=\d+\(bob\),100\(users\)\n$/);
    assert.equal(real.file("/home/bob/.ssh/authorized_keys"), `${key.public}\n`);
    assert.deepEqual([allows("/usr/bin/whoami"), allows("/usr/bin/id")], [true, false]);

    await lab.plugin.delete("SystemUser", made.id, { ...properties, removeHome: undefined });
    assert.equal(real.run("getent", "passwd", "bob").code, 2);
    assert.equal(real.run("getent", "group", "bob").code, 2);
    assert.equal(real.file("/etc/sudoers.d/bob"), undefined);
    assert.deepEqual(real.run("sh", "-c", "ls -A /home/bob/.ssh; ls /etc/sudoers.d").out, "README\n");
    assert.equal(real.run("ls", "/home").out, "bob\n");
  });

  it("refuses a wildcard that, as a real sudo shows, allows every file", async () => {
    const rule = "/usr/bin/tee /var/lib/vz/snippets/[a-zA-Z0-9_][a-zA-Z0-9_.-]*";
    const problems = await lab.problems("SystemUser", { node: "pve1", name: "bob", sudoRules: [rule] });
    assert.match(problems.join(), /^sudoRules\[0\]: a wildcard matches blanks and slashes too/);
    real.run("sh", "-c", `useradd bob; printf '%s\n' 'bob ALL=(root) NOPASSWD: ${rule}' > /etc/sudoers.d/bob`);
    try {
      assert.equal(allows("/usr/bin/tee", "/var/lib/vz/snippets/ab", "/etc/shadow"), true);
      assert.equal(allows("/usr/bin/tee", "/var/lib/vz/snippets/ab/../../../../../etc/shadow"), true);
      assert.equal(allows("/usr/bin/tee", "/var/lib/vz/snippets/.a"), false);
    } finally {
      real.run("sh", "-c", "userdel bob; rm /etc/sudoers.d/bob");
    }
  });

  it("is not led out of the home directory by what its owner puts there", async () => {
    real.run("rm", "-r", "/home/bob");
    const made = await lab.create("SystemUser", "bob", { node: "pve1", name: "bob", removeHome: true });
    real.run("sh", "-c", "mkdir /etc/secret && ln -s /etc/secret /home/bob/.ssh && chown -h bob: /home/bob/.ssh");
    const inputs = { ...made.inputs, authorizedKeys: [key.public] };
    await assert.rejects(
      lab.plugin.update("SystemUser", made.id, made.properties, inputs),
      /writing \/home\/bob\/\.ssh\/authorized_keys as bob on node pve1 ended with exit code 1: .*Permission denied/,
    );
    assert.equal(real.run("ls", "-A", "/etc/secret").out, "");
    real.run("rm", "/home/bob/.ssh");
    const { properties } = await lab.plugin.update("SystemUser", made.id, made.properties, inputs);
    assert.equal(real.file("/home/bob/.ssh/authorized_keys"), `${key.public}\n`);
    await lab.plugin.delete("SystemUser", made.id, properties);
    assert.equal(real.run("ls", "-A", "/home").out, "");
  });

  it("refuses an account whose processes run, and the system's own", async () => {
    const made = await lab.create("SystemUser", "bob", { node: "pve1", name: "bob", removeHome: true });
    const busy = asBobProcess(real);
    try {
      await assert.rejects(
        lab.plugin.delete("SystemUser", made.id, made.properties),
        /processes of account bob \(\d+\) run on node pve1: \d+ \(sleep\); nothing was deleted/,
      );
    } finally {
      busy();
    }
    await lab.plugin.delete("SystemUser", made.id, made.properties);
    assert.match(
      (await lab.problems("SystemUser", { node: "pve1", name: "daemon", adopt: true })).join(),
      /is the system's/,
    );
  });
});

/** Lets a process of bob's run; what is returned ends it. */
function asBobProcess(real: OwnAccounts): () => void {
  const { out } = real.run("sh", "-c", "runuser -u bob -- sleep 600 >/dev/null 2>&1 & sleep 0.2; pgrep -u bob sleep");
  return () => process.kill(Number(out.trim()), "SIGKILL");
}
