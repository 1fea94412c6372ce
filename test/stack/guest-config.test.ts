import assert from "node:assert/strict";
import { startSimulator, type Simulator } from "../../simulator";
import { debianImage, debianTemplate, DescribedStack, vm, type Described } from "../support/described";
import { guestsOf, image, labWorld } from "../support/lab";
import { counts, failed, ok } from "../support/results";
import { scriptCommands } from "../support/scripted-commands";
import { newKey } from "../support/sshd";
import { secretValue } from "../support/secret-values";

describe("what is set up in a guest, with the real engine", function () {
  let sim: Simulator;
  let lab: DescribedStack;
  const token = secretValue("the token of the app");
  const key = newKey("ed25519", "deploy").public;
  const compose = "services: { web: { image: nginx } }\n";

  const config = (more: Record<string, unknown> = {}): Described => ({
    kind: "GuestConfig",
    name: "web-1",
    args: {
      vmid: "@web-1.vmid",
      packages: ["nginx", "docker.io"],
      users: [
        { name: "deploy", groups: ["adm"], authorizedKeys: [key], sudoRules: ["/usr/bin/systemctl restart nginx"] },
      ],
      files: [
        { path: "/etc/app/app.env", content: { secretRef: "APP_TOKEN" }, mode: "0600" },
        { path: "/etc/motd", content: "set up by Pulumi\n", overwrite: true },
      ],
      scripts: [{ name: "tune", run: "tune-it", environment: { TOKEN: { secretRef: "APP_TOKEN" } } }],
      compose: [{ name: "shop", content: compose }],
      ...more,
    },
  });
  const below = [debianImage, debianTemplate, vm("web-1", { agent: true })];

  before(async () => {
    const seed = labWorld();
    Object.assign(seed.web[image.url] ?? {}, { os: { agent: true, commands: [] } });
    sim = await startSimulator({ seed });
    lab = await DescribedStack.create(sim, below, {}, { APP_TOKEN: token });
    ok(await lab.stack.up());
    scriptCommands(sim.world, [{ match: "docker compose ls", out: "[]\n" }, { match: "docker compose" }]);
    lab.describe([...below, config()]);
  });
  after(async () => {
    await lab.stack.close();
    await sim.close();
  });

  const guest = () => guestsOf(sim)["2001"] ?? assert.fail("no guest");
  const inside = () => guest().running?.agent ?? assert.fail("nothing was done in the guest");
  const account = (name: string) => inside().accounts?.users.find((one) => one.name === name);
  const ran = (from = 0): string[] => (guest().commands ?? []).slice(from);
  const writes = (from: number) =>
    sim.requests.slice(from).filter(({ method, path }) => method !== "GET" && path !== "/access/ticket");
  const shop = "/etc/pulumi-compose/shop/compose.yaml";

  it("shows itself in the preview, which does nothing in the guest", async () => {
    const from = sim.requests.length;
    const { stdout, changeSummary } = ok(await lab.stack.preview());
    assert.deepEqual(changeSummary, { same: 5, create: 1 });
    assert.doesNotMatch(stdout, new RegExp(token));
    assert.deepEqual(writes(from), []);
  });

  it("comes up: packages, files, scripts and a project of Compose, in this order, with secrets by reference", async () => {
    const { stdout } = ok(await lab.stack.up());
    assert.deepEqual([...(inside().packages ?? [])].sort(), ["docker.io", "nginx"]);
    assert.equal(inside().files["/etc/app/app.env"], token);
    assert.deepEqual(inside().attributes?.["/etc/app/app.env"]?.mode, "600");
    assert.deepEqual([inside().files["/etc/motd"], inside().files[shop]], ["set up by Pulumi\n", compose]);
    assert.match(account("deploy")?.gecos ?? "", /^,,,,pulumi=/);
    assert.equal(inside().files["/home/deploy/.ssh/authorized_keys"], `${key}\n`);
    const order = ["cloud-init status", "apt-get install", "useradd", "/etc/motd", "tune-it", "docker compose"].map(
      (text) => ran().findIndex((one) => one.includes(text)),
    );
    assert.deepEqual(
      order,
      [...order].sort((a, b) => a - b),
      order.join(),
    );
    assert.ok(!order.includes(-1), order.join());
    assert.ok(!(stdout + JSON.stringify(await lab.stack.export())).includes(token));
  });

  it("has nothing to do in a second up, nor in a refresh, and runs nothing twice", async () => {
    const from = ran().length;
    assert.deepEqual(counts(ok(await lab.stack.up())), { same: 6 });
    assert.deepEqual(counts(ok(await lab.stack.refresh())), { same: 6 });
    assert.ok(
      !ran(from).some((one) => /apt-get|tune-it|docker compose|install -D|\brm\b/.test(one)),
      ran(from).join("\n"),
    );
  });

  it("shows by refresh what somebody has changed in the guest, and puts it right by the next up", async () => {
    const state = inside();
    state.files["/etc/motd"] = "their own\n";
    state.packages = ["docker.io"];
    state.files["/home/deploy/.ssh/authorized_keys"] = "";
    Object.assign((state.attributes ??= {}), { "/etc/app/app.env": { mode: "644", owner: "root", group: "root" } });
    const refreshed = ok(await lab.stack.refresh());
    assert.deepEqual(counts(refreshed), { same: 5, update: 1 });
    const shown = JSON.stringify(await lab.stack.export());
    assert.doesNotMatch(shown, /their own/);
    const { stdout } = ok(await lab.stack.preview());
    assert.match(stdout, /packages, files|files, packages|packages.*files/s);
    assert.match(stdout, /users\[0\]\.authorizedKeys/);
    const from = ran().length;
    const put = ok(await lab.stack.up());
    assert.deepEqual(counts(put), { same: 5, update: 1 });
    assert.match(put.stdout, /\/etc\/motd held something else than this resource had written; it is written again/);
    assert.equal(inside().files["/etc/motd"], "set up by Pulumi\n");
    assert.equal(inside().files["/home/deploy/.ssh/authorized_keys"], `${key}\n`);
    assert.deepEqual([...(inside().packages ?? [])].sort(), ["docker.io", "nginx"]);
    assert.equal(inside().attributes?.["/etc/app/app.env"]?.mode, "600");
    assert.ok(
      !ran(from).some((one) => /tune-it|docker compose --project/.test(one)),
      "neither script nor project again",
    );
  });

  it("runs again what has changed in the program, and nothing else", async () => {
    lab.describe([
      ...below,
      config({ scripts: [{ name: "tune", run: "tune-it --more" }], packages: ["docker.io", "nginx", "htop"] }),
    ]);
    const from = ran().length;
    assert.deepEqual(counts(ok(await lab.stack.up())), { same: 5, update: 1 });
    const commands = ran(from);
    assert.ok(commands.some((one) => one.includes("tune-it --more")));
    assert.ok(commands.some((one) => /apt-get install .*-- htop$/.test(one)));
    assert.ok(!commands.some((one) => /docker compose .*up|install -D/.test(one)));
  });

  it("goes with its own files, when the program no longer has it, and leaves the rest and the guest", async () => {
    const kept = guest();
    // It stays: what is left in it can be looked at.
    lab.describe(below);
    ok(await lab.stack.up());
    const { files, packages } = kept.running?.agent ?? assert.fail("the guest does not run");
    assert.deepEqual(
      Object.keys(files).filter((path) => /^\/etc\/(?:app|motd|pulumi)|^\/var\/lib\/pulumi/.test(path)),
      [],
    );
    assert.equal(
      kept.running?.agent?.accounts?.users.find(({ name }) => name === "deploy"),
      undefined,
    );
    assert.deepEqual([...(packages ?? [])].sort(), ["docker.io", "htop", "nginx"]);
  });

  it("is recorded with all of 320 kB when a script of its creation fails, and is completed by the next up", async () => {
    // By the environment: an argument or a variable of Linux holds no more than 128 KiB, and the config goes in one.
    const parts = ["A", "B", "C", "D"].map((part) => ({
      ...{ variable: `PART_${part}`, path: `/etc/app/part-${part}` },
      text: Array.from({ length: 2000 }, (_, line) => `line ${line} of part ${part}, which is a long one`).join("\n"),
    }));
    for (const { variable, text } of parts) lab.stack.setEnvironment(variable, text);
    const large = parts.map(({ path, variable }) => ({ path, content: `$${variable}` }));
    scriptCommands(sim.world, [{ match: "tune-it", exitcode: 3, err: "no such thing\n" }]);
    // Without the account of before, whose home directory has stayed.
    lab.describe([...below, config({ files: large, compose: [], users: [] })]);
    assert.match(failed(await lab.stack.up()), /tune.*3|no such thing/s);
    const ofIt = async () =>
      (await lab.stack.export()).resources?.find(({ type }) => type.endsWith(":GuestConfig")) ??
      assert.fail("forgotten");
    const partial = await ofIt();
    assert.equal(partial.initErrors?.length, 1);
    assert.equal(partial.outputs?.["__phase"], "creating");
    assert.ok(JSON.stringify(partial.outputs).length > 320_000);
    const from = ran().length;
    scriptCommands(sim.world, []);
    assert.deepEqual(counts(ok(await lab.stack.up())), { same: 5, update: 1 });
    assert.ok(ran(from).some((one) => one.includes("tune-it")));
    for (const { path, text } of parts) assert.ok(inside().files[path] === text, path);
    assert.equal((await ofIt()).initErrors, undefined);
    assert.deepEqual(counts(ok(await lab.stack.up())), { same: 6 });
  });
});
