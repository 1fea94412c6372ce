import assert from "node:assert/strict";
import { AccountCommands } from "../../../providers/access/linux/account-commands";
import { find } from "../../../providers/access/linux/made-account";
import { removeAccount } from "../../../providers/access/linux/remove-account";
import { GuestAccountMachine } from "../../../providers/guest/guest-account-machine";
import { GuestUsers } from "../../../providers/guest/guest-users";
import { hasAccountTools, OwnAccounts } from "../../support/own-accounts";
import { RealAgent } from "../../support/real-agent";
import { newKey } from "../../support/sshd";

const mark = { owner: "0123456789abcdef01234567", made: "01234567" };
const key = newKey("ed25519", "bob").public;

describe("accounts in a guest by its agent, on real programs beside a user who is in the guest", () => {
  let real: OwnAccounts;
  before(async function () {
    if (!hasAccountTools()) return this.skip();
    real = await OwnAccounts.start("mount -t tmpfs -o mode=755 none /run; mkdir /run/sshd");
  });
  after(async () => (real as OwnAccounts | undefined)?.stop());
  beforeEach(() => {
    const made = [
      ...["useradd", "--create-home", "--user-group", "--comment", `,,,,pulumi=${mark.owner}.${mark.made}`, "bob"],
    ];
    assert.equal(real.run(...made).code, 0);
    assert.equal(real.run("useradd", "--create-home", "--user-group", "eve").code, 0);
  });
  afterEach(() => {
    for (const name of ["bob", "eve"]) real.run("userdel", "--remove", name);
    real.run("sh", "-c", "rm -rf /home/* /etc/sudoers.d/bob* /run/pulumi*");
  });

  const commandsBy = (agent: RealAgent): AccountCommands =>
    new AccountCommands(new GuestAccountMachine(agent.guest, "VM 100"), agent.call);
  const asBob = (script: string): void =>
    assert.equal(real.run("runuser", "-u", "bob", "--", "sh", "-ec", script).code, 0);

  it("never lie where somebody else could change what root or their owner is about to read", async () => {
    const open: string[] = [];
    let looks = 0;
    const agent = new RealAgent(real, () => {
      looks++;
      const found = real.run(
        ...["runuser", "-u", "eve", "--", "sh", "-c", "find /run /etc/sudoers.d -type f -writable 2>/dev/null || true"],
      );
      open.push(...found.out.split("\n").filter((line) => line !== ""));
    });
    const commands = commandsBy(agent);
    await commands.writeAs("bob", "/home/bob/.ssh", "authorized_keys", `${key}\n`);
    await commands.writeFile("/etc/sudoers.d/bob.pulumi", "bob ALL=(root) NOPASSWD: /usr/bin/id\n", 0o440);
    const many = `# ${"x".repeat(98)}\n`.repeat(1000);
    await commands.writeAs("bob", "/home/bob/.ssh", "many", many);
    assert.equal(real.file("/home/bob/.ssh/authorized_keys"), `${key}\n`);
    assert.equal(real.file("/home/bob/.ssh/many"), many);
    assert.equal(real.run("stat", "--format=%a %U:%G", "/etc/sudoers.d/bob.pulumi").out, "440 root:root\n");
    assert.ok(looks > 15, String(looks));
    assert.deepEqual([...new Set(open)], []);
    assert.equal(
      real.run("sh", "-c", "ls /run /etc/sudoers.d").out,
      "/etc/sudoers.d:\nREADME\nbob.pulumi\n\n/run:\nsshd\n",
    );
  });

  it("are not waited for at a pipe in the place of their keys, which gives way to the file", async () => {
    asBob("mkdir -m 700 ~bob/.ssh; mkfifo ~bob/.ssh/authorized_keys");
    const commands = commandsBy(new RealAgent(real));
    assert.equal(await commands.readAs("bob", "/home/bob/.ssh/authorized_keys"), "");
    await commands.writeAs("bob", "/home/bob/.ssh", "authorized_keys", `${key}\n`);
    assert.equal(real.run("stat", "--format=%F %a", "/home/bob/.ssh/authorized_keys").out, "regular file 600\n");
    assert.equal(await commands.readAs("bob", "/home/bob/.ssh/authorized_keys"), `${key}\n`);
    assert.equal(await commands.readAs("bob", "/home/bob/.ssh/none"), undefined);
  });

  const hindrances = {
    "a folder that nobody may look into": "mkdir ~bob/.ssh; chmod 000 ~bob/.ssh",
    "a file in the folder's place": "echo x > ~bob/.ssh",
    "a pipe that somebody writes to": "mkdir ~bob/.ssh; mkfifo ~bob/.ssh/authorized_keys",
    "a file without an end": "mkdir ~bob/.ssh; ln -s /dev/zero ~bob/.ssh/authorized_keys",
  };
  for (const [what, script] of Object.entries(hindrances))
    it(`go though their owner has put ${what} in the way, and it is told`, async () => {
      asBob(script);
      const agent = new RealAgent(real);
      const commands = commandsBy(agent);
      const { name, uid, home } = find(await commands.accounts(), "bob")!;
      const at = { name, uid, home, __mark: mark.owner, __made: mark.made };
      await removeAccount(commands, agent.call, at, { authorizedKeys: [key] }, { mark: mark.owner, user: undefined });
      assert.equal(real.run("getent", "passwd", "bob").code, 2);
      if (!what.startsWith("a pipe")) assert.match(agent.warnings.join("\n"), /keys .*\/home\/bob.* stay/);
    });

  it("keep what the stack works by, which signs in as one of them", async () => {
    const { call, guest } = new RealAgent(real);
    const header = `# Written by pulumi-proxmox-cluster for ${mark.owner}; changes are overwritten`;
    real.run("sh", "-c", `printf '%s\\n' '${header}' 'bob ALL=(ALL:ALL) NOPASSWD: ALL' > /etc/sudoers.d/bob`);
    const users = new GuestUsers(guest, 100, call, { mark: mark.owner, made: undefined }, "bob");
    await users.assertPossible([{ name: "bob", sudoNoPassword: true }, { name: "eve" }]);
    for (const less of [{ name: "bob" }, { name: "bob", sudoRules: ["/usr/bin/id"] }])
      await assert.rejects(
        users.assertPossible([less]),
        /account bob: sudoNoPassword: this stack signs in over SSH as bob/,
      );
    const byAgent = new GuestUsers(guest, 100, call, { mark: mark.owner, made: undefined }, undefined);
    await byAgent.assertPossible([{ name: "bob" }]);
  });

  it("are not told from half a file", async () => {
    const agent = new RealAgent(real);
    agent.truncated = true;
    await assert.rejects(commandsBy(agent).accounts(), /\/etc\/passwd on VM 100 is larger than/);
  });
});
