import assert from "node:assert/strict";
import { GuestAccountsLab } from "../../support/guest-accounts-lab";
import { scriptCommands } from "../../support/scripted-commands";

describe("what is set up in a guest leaves, and what it puts at risk", function () {
  const own = new GuestAccountsLab();
  beforeEach(() => own.start());
  afterEach(() => own.close());
  const { config, create, file, inside, ran, told, update } = own;

  const rules = (content: string, path = "/etc/sudoers.d/ops") =>
    config([], { files: [{ path, content, mode: "0440" }] });

  it("no file of rules that sudo cannot read: each is proved before it is in its place", async () => {
    const wrong = "ops ALL=(root NOPASSWD: /usr/bin/id\n";
    await assert.rejects(
      create(rules(wrong)),
      /visudo refuses \/etc\/sudoers\.d\/ops, and it was not put in place: .*syntax error/,
    );
    assert.equal(file("/etc/sudoers.d/ops"), undefined);
    const made = await create(rules("ops ALL=(root) NOPASSWD: /usr/bin/id\n"));
    await assert.rejects(update(made, rules(wrong)), /visudo refuses/);
    assert.equal(file("/etc/sudoers.d/ops"), "ops ALL=(root) NOPASSWD: /usr/bin/id\n");
    const proof = ran().findIndex((one) => one.includes("visudo -c -f /run/pulumi-"));
    assert.ok(proof >= 0 && proof < ran().findIndex((one) => /mv .* \/etc\/sudoers\.d\/ops$/m.test(one)));
  });

  it("files whose record is lost, and tells of them", async () => {
    const files = ["app", "other"].map((name) => ({ path: `/etc/${name}.conf`, content: "x\n" }));
    const made = await create(config([], { files }));
    for (const path of Object.keys(inside().files))
      if (path.startsWith("/var/lib/pulumi-proxmox")) delete inside().files[path];
    delete inside().files["/etc/other.conf"];
    await own.lab.plugin.delete("GuestConfig", made.id, made.properties);
    assert.equal(file("/etc/app.conf"), "x\n");
    await told(/\/etc\/app\.conf stays in the guest: the resource's record there does not have it/);
    assert.ok(!own.lab.plugin.engine.messages.some(({ message }) => message.includes("/etc/other.conf")));
  });

  it("nothing of a failed run in memory when it is deleted, and is not deleted beside one that still works", async () => {
    const secret = "a value that nobody else may read";
    const scripts = [{ name: "setup", run: "deploy-it", environment: { TOKEN: secret }, timeout: "1s" }];
    scriptCommands(own.lab.sim.world, [{ match: "deploy-it", hangs: true }]);
    const files = [{ path: "/etc/app.conf", content: "x\n" }];
    const made = await create(config([], { files }));
    await assert.rejects(update(made, config([], { files, scripts })), /setup ends/);
    const left = () => Object.keys(inside().files).filter((path) => inside().files[path]!.includes(secret));
    assert.equal(left().length, 1);
    const gone = () => own.lab.plugin.delete("GuestConfig", made.id, made.properties);
    await assert.rejects(gone(), /an earlier run of this resource still works in the guest/);
    assert.equal(file("/etc/app.conf"), "x\n");
    Object.values(inside().processes).forEach((one) => delete one.hangs);
    await gone();
    assert.deepEqual([left(), file("/etc/app.conf")], [[], undefined]);
    assert.deepEqual(
      Object.keys(inside().files).filter((path) => path.startsWith("/run/") && !path.endsWith("/lock")),
      [],
    );
  });
});
