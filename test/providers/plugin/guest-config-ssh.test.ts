import assert from "node:assert/strict";
import net from "node:net";
import { eventually } from "../../support/eventually";
import { guestsOf, image, Lab, labWorld, type AnyLab } from "../../support/lab";
import { hasAccountTools, OwnAccounts } from "../../support/own-accounts";
import type { Properties } from "../../support/plugin";
import { fingerprintOf, newKey } from "../../support/sshd";

/** Whatever a shell could take for something else. */
const hostile = 'it\'s "quoted" $(touch /run/hit) `touch /run/hit` ; touch /run/hit\n\\ ä€\n';

/** Memory in place of all that is written to, and the uuid that a guest reads of its machine. */
const inMemory = (uuid: string): string =>
  [
    ...["/run", "/opt", "/var/lib", "/sys", "/srv"].map((folder) => `mount -t tmpfs -o mode=755 none ${folder}`),
    "mkdir -p /run/sshd /sys/class/dmi/id",
    `echo ${uuid.toUpperCase()} > /sys/class/dmi/id/product_uuid`,
  ].join("\n");

const small = [{ path: "/opt/app/site.conf", content: hostile, mode: "0640", owner: "root:adm" }];
const large = { path: "/opt/app/large", content: "0123456789abcdef\n".repeat(10_000) };

describe("what is set up in a guest over SSH, on OpenSSH's server and a real sudo", function () {
  let lab: AnyLab;
  let real: OwnAccounts;
  let vmid: number;
  let uuid: string;
  const key = newKey();
  before(async function () {
    if (!hasAccountTools()) return this.skip();
    lab = await Lab.here({ seed: labWorld() }, {}, { SSH_AUTH_SOCK: "", GUEST_KEY: key.private });
    const file = await lab.create("CloudImage", "debian", {
      ...{ url: image.url, checksum: image.checksum, node: "pve1", storage: "local" },
    });
    // Without an agent.
    const made = await lab.create("Vm", "web", {
      ...{ node: "pve1", source: { imageVolumeId: file.properties["volumeId"] }, started: true },
      disks: [{ storage: "local-lvm", sizeGiB: 4 }],
    });
    vmid = Number(made.properties["vmid"]);
    uuid = /uuid=([0-9a-f-]{36})/.exec(guestsOf(lab.sim)[String(vmid)]?.config["smbios1"] ?? "")?.[1] ?? "";
    real = await OwnAccounts.start(inMemory(uuid));
    const keys = "install -d -m 700 -o bob -g bob /home/bob/.ssh; cat > /home/bob/.ssh/authorized_keys";
    const setUp = `useradd -m -p '*' bob; echo 'bob ALL=(ALL) NOPASSWD: ALL' > /etc/sudoers.d/bob; echo '${key.public}' | { ${keys}; }`;
    assert.deepEqual(real.run("sh", "-e", "-c", setUp), { code: 0, out: "" });
  });
  after(async () => {
    await (lab as Lab | undefined)?.close();
    await (real as OwnAccounts | undefined)?.stop();
  });

  const ssh = (more: Properties = {}): Properties => ({
    address: `127.0.0.1:${real.sshd.port}`,
    hostKeys: [fingerprintOf(real.sshd.hostKeys.ed25519)],
    privateKey: real.sshd.privateKey,
    ...more,
  });
  const config = (by: Properties, more: Properties = {}): Properties => ({
    ...{ vmid, ssh: by, agentTimeout: "5s" },
    files: small,
    scripts: [
      { name: "setup", run: 'printf %s "$TEXT" > /run/said; id -u >> /run/ran', environment: { TEXT: hostile } },
    ],
    ...more,
  });
  const created = (name: string, args: Properties) => lab.create("GuestConfig", name, args);
  const file = (path: string) => real.file(path);
  const told = (part: string | RegExp) =>
    eventually(`${String(part)} to be told`, () =>
      lab.plugin.engine.messages.some(({ message }) => message.match(part) !== null),
    );

  for (const [who, by] of Object.entries({
    root: () => ssh(),
    "bob, who may use sudo, by a key that is a reference": () =>
      ssh({ user: "bob", privateKey: { secretRef: "GUEST_KEY", from: "environment" } }),
  }))
    it(`comes by ${who}: every text as it was written, once, seen again, put right and gone`, async () => {
      const made = await created("web", config(by(), { files: who === "root" ? [...small, large] : small }));
      assert.equal(file("/opt/app/site.conf"), hostile);
      if (who === "root") assert.equal(file("/opt/app/large")?.length, 170_000);
      assert.equal(real.run("stat", "--format=%a %U:%G", "/opt/app/site.conf").out, "640 root:adm\n");
      assert.equal(file("/run/said"), hostile);
      assert.equal(file("/run/hit"), undefined);
      await lab.plugin.update("GuestConfig", made.id, made.properties, made.inputs);
      assert.equal(file("/run/ran"), "0\n");
      const seen = await lab.plugin.read("GuestConfig", made.id, made.properties);
      assert.equal((await lab.plugin.diff("GuestConfig", made.id, seen.properties, made.inputs)).changes, "none");

      real.run("sh", "-c", "echo other > /opt/app/site.conf");
      const drifted = await lab.plugin.read("GuestConfig", made.id, made.properties);
      assert.match(JSON.stringify(drifted.properties["files"]), /changed in the guest: sha256 [0-9a-f]{64}/);
      const { properties } = await lab.plugin.update("GuestConfig", made.id, drifted.properties, made.inputs);
      assert.equal(file("/opt/app/site.conf"), hostile);

      await lab.plugin.delete("GuestConfig", made.id, properties);
      assert.deepEqual([file("/opt/app/site.conf"), file("/opt/app/large")], [undefined, undefined]);
      assert.equal(real.run("sh", "-c", "rm -f /run/ran /run/said; ls /var/lib/pulumi-proxmox").out, "");
    });

  it("makes accounts on a real system: they sign in, may do what their rules say, are seen, and go without a trace but their homes", async () => {
    const carols = newKey("ed25519", "carol");
    const carol = (more: Properties = {}): Properties => ({
      ...{ name: "carol", comment: "Carol Löb", groups: ["adm"], authorizedKeys: [carols.public] },
      ...{ sudoRules: ["/usr/bin/id -u"], ...more },
    });
    const users = [carol(), { name: "svc", system: true, home: "/srv/svc", shell: "/usr/sbin/nologin" }];
    const made = await created("accounts", { vmid, ssh: ssh(), agentTimeout: "5s", users });
    const passwd = () => real.file("/etc/passwd") ?? "";
    assert.match(
      passwd(),
      /^carol:x:1\d\d\d:1\d\d\d:Carol Löb,,,,pulumi=[0-9a-f]{24}\.[0-9a-f]{8}:\/home\/carol:\/bin\/bash$/m,
    );
    const [, svc] = /^svc:x:(\d+):/m.exec(passwd()) ?? [];
    assert.ok(Number(svc) >= 100 && Number(svc) <= 999, svc);
    assert.match(real.run("id", "-nG", "carol").out, /\badm\b/);
    assert.equal(real.run("stat", "--format=%a %U", "/home/carol/.ssh/authorized_keys").out, "600 carol\n");
    assert.equal(real.run("stat", "--format=%a %U", "/etc/sudoers.d/carol").out, "440 root\n");
    const may = (...argv: string[]) => real.run("runuser", "-u", "carol", "--", "sudo", "--non-interactive", ...argv);
    assert.equal(may("/usr/bin/id", "-u").out, "0\n");
    assert.notEqual(may("/usr/bin/id", "-g").code, 0);

    const seen = await lab.plugin.read("GuestConfig", made.id, made.properties);
    assert.equal((await lab.plugin.diff("GuestConfig", made.id, seen.properties, made.inputs)).changes, "none");
    real.run(
      "usermod",
      "--shell",
      "/bin/sh",
      "--comment",
      `Eve,,,,${/pulumi=[^:]+/.exec(passwd())?.[0] ?? ""}`,
      "carol",
    );
    const drifted = await lab.plugin.read("GuestConfig", made.id, made.properties);
    assert.equal((drifted.properties["users"] as Properties[])[0]?.["comment"], "Eve");
    const { properties } = await lab.plugin.update("GuestConfig", made.id, drifted.properties, made.inputs);
    assert.match(passwd(), /^carol:.*:Carol Löb,,,,pulumi=.*:\/bin\/sh$/m, "what is not written stays");

    await assert.rejects(
      created("others", { vmid, ssh: ssh(), users: [{ name: "bob" }] }),
      /account bob \(\d+\) is in the guest already, and this resource has not made it/,
    );
    await lab.plugin.delete("GuestConfig", made.id, properties);
    assert.doesNotMatch(passwd(), /^(?:carol|svc):/m);
    assert.match(passwd(), /^bob:/m);
    assert.deepEqual(
      [real.file("/etc/sudoers.d/carol"), real.file("/home/carol/.ssh/authorized_keys")],
      [undefined, undefined],
    );
    assert.equal(real.run("test", "-d", "/home/carol").code, 0);
    real.run("sh", "-c", "rm -f /var/lib/pulumi-proxmox/*");
  });

  it("makes the account of a SystemUser in a VM by the same way, and in that VM alone", async () => {
    const args = { vmid, ssh: ssh({ user: "bob", privateKey: key.private }), name: "dave", sudoNoPassword: true };
    const made = await lab.create("SystemUser", "dave", args);
    assert.match(real.file("/etc/sudoers.d/dave") ?? "", /NOPASSWD: ALL/);
    const seen = await lab.plugin.read("SystemUser", made.id, made.properties);
    assert.equal((await lab.plugin.diff("SystemUser", made.id, seen.properties, made.inputs)).changes, "none");
    real.run("sh", "-c", "echo 11111111-2222-3333-4444-555555555555 > /sys/class/dmi/id/product_uuid");
    await assert.rejects(
      lab.plugin.delete("SystemUser", made.id, made.properties),
      /the machine at .* is not VM \d+: it says that its uuid is 11111111/,
    );
    real.run("sh", "-c", `echo ${uuid} > /sys/class/dmi/id/product_uuid`);
    await lab.plugin.delete("SystemUser", made.id, made.properties);
    assert.doesNotMatch(real.file("/etc/passwd") ?? "", /^dave:/m);
  });

  it("touches no machine that is another one, nor one that another key answers for", async () => {
    real.run("sh", "-c", "echo 11111111-2222-3333-4444-555555555555 > /sys/class/dmi/id/product_uuid");
    await assert.rejects(
      created("other", config(ssh())),
      /the machine at 127\.0\.0\.1:\d+ is not VM \d+: it says that its uuid is 11111111-2222-3333-4444-555555555555/,
    );
    real.run("sh", "-c", `echo ${uuid} > /sys/class/dmi/id/product_uuid`);
    const hostKeys = [fingerprintOf(newKey().public)];
    await assert.rejects(created("other", config(ssh({ hostKeys }))), /the host key of node VM \d+ .* expected/);
    assert.equal(file("/opt/app/site.conf"), undefined);
    assert.equal(real.run("sh", "-c", "ls /var/lib/pulumi-proxmox").out, "");
  });

  it("says which host key to trust, whom it cannot verify, and that nobody can log in", async () => {
    const refused = async (by: Properties) => (await lab.problems("GuestConfig", config(by))).join("\n");
    assert.match(await refused(ssh({ hostKeys: undefined })), /ssh\.hostKeys: nothing says which host key to trust/);
    assert.match(await refused(ssh({ insecure: true })), /ssh\.insecure: contradicts hostKeys/);
    assert.match(await refused(ssh({ privateKey: undefined })), /ssh\.privateKey: there is no way to log in/);
    assert.match(await refused(ssh({ address: "10.0.0.5; reboot" })), /ssh\.address: write host, host:port/);
    const { inputs } = await lab.plugin.check(
      "GuestConfig",
      {},
      { ...lab.inputs("GuestConfig", "x", config(ssh({ privateKey: undefined }))), __preview: true },
    );
    assert.equal(inputs["__problems"], undefined);
    await told("not looked at in this preview: ssh.privateKey: there is no way to log in");
    const open = await created("open", { vmid, ssh: ssh({ hostKeys: undefined, insecure: true }) });
    await told(/the host key of VM \d+ is not verified \(ssh\.insecure\)/);
    await lab.plugin.delete("GuestConfig", open.id, open.properties);
  });

  it("is tried once by a preview with a key that the guest does not know", async () => {
    let logins = 0;
    const door = net.createServer((socket) => {
      logins++;
      const on = net.connect(real.sshd.port, "127.0.0.1");
      socket.pipe(on).pipe(socket);
      for (const end of [socket, on]) end.on("error", () => undefined);
    });
    await new Promise<void>((resolve) => door.listen(0, "127.0.0.1", resolve));
    const address = `127.0.0.1:${(door.address() as net.AddressInfo).port}`;
    const args = { vmid, name: "dave", ssh: ssh({ address, privateKey: newKey().private }) };
    await lab.plugin.check("SystemUser", {}, { ...lab.inputs("SystemUser", "dave", args), __preview: true });
    door.close();
    assert.equal(logins, 1);
  });
});
