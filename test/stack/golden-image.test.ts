import assert from "node:assert/strict";
import { createHash } from "node:crypto";
import fs from "node:fs";
import path from "node:path";
import { shellQuote } from "../../pve";
import type { ScriptedCommand } from "../../simulator/world/storage";
import { startSimulator, type Simulator } from "../../simulator";
import { eventually } from "../support/eventually";
import { DescribedStack, vm, type Described } from "../support/described";
import { guestsOf, image, labWorld } from "../support/lab";
import { counts, failed, ok } from "../support/results";
import { removeTornSidecar } from "../support/torn-state";
import { scriptCommands } from "../support/scripted-commands";
import { secretValue } from "../support/secret-values";

describe("a golden image, with the real engine", function () {
  let sim: Simulator;
  let lab: DescribedStack;
  const password = secretValue("the registry's password");

  const golden = (run: string, more: Record<string, unknown> = {}): Described => ({
    kind: "GoldenImage",
    name: "web",
    args: {
      node: "pve1",
      image: { url: image.url, checksum: image.checksum, storage: "local" },
      disk: { storage: "local-lvm", sizeGiB: 4 },
      memoryMiB: 512,
      networks: [{ bridge: "vmbr0" }],
      cloudInit: { user: "admin" },
      provision: [{ run, environment: { PASSWORD: { secretRef: "REGISTRY_PASSWORD" } } }],
      keep: 0,
      ...more,
    },
  });
  const clone = (name: string): Described => ({
    ...vm(name),
    args: { ...vm(name).args, source: { clone: { template: "@web.vmid", full: false } } },
  });

  before(async () => {
    sim = await startSimulator({ seed: labWorld() });
    lab = await DescribedStack.create(sim, [golden("get nginx")], {}, { REGISTRY_PASSWORD: password });
  });
  after(async () => {
    await lab.stack.close();
    await sim.close();
  });

  const guests = () => Object.values(guestsOf(sim));
  const named = (name: string) => guests().filter(({ config }) => config["name"] === name);
  const templates = () => guests().filter(({ config }) => config["template"] === "1");
  const changing = (from: number) => sim.requests.slice(from).filter(({ method }) => method !== "GET");
  const script = (...commands: ScriptedCommand[]) => scriptCommands(sim.world, commands);

  it("is left by a kill in the middle of provisioning, and built anew by the next up", async () => {
    script({ match: "get nginx", hangs: true });
    Object.assign(sim.world.web[image.url]?.os ?? {}, { commands: [{ match: "get nginx", hangs: true }] });
    const up = lab.stack.start("up", "--yes", "--skip-preview");
    await eventually("the command", () =>
      guests().some(({ commands }) => commands?.some((text) => text.includes("get nginx"))),
    );
    const [unfinished] = guests();
    assert.match(unfinished?.config["description"] ?? "", /content=[0-9a-f]{32} provisioning -->\n.* unfinished -->/);
    const plugin = await lab.stack.waitForProcess("plugin");
    process.kill(plugin.pid, "SIGKILL");
    up.signal("SIGKILL");
    await up.done;
    script();
    Object.assign(sim.world.web[image.url]?.os ?? {}, { commands: [] });
    removeTornSidecar(path.join(lab.stack.folder, "state"), "described", lab.stack.name);
    ok(await lab.stack.cancel());
    const result = ok(await lab.stack.up());
    assert.match(result.stdout, /removing VM 2000, which an interrupted build has left/);
    assert.equal(guests().length, 1);
    assert.equal(named("web")[0]?.config["template"], "1");
    assert.notEqual(named("web")[0]?.config["smbios1"], unfinished?.config["smbios1"]);
  });

  it("is not built again while its content is the same, and never shows a secret", async () => {
    const from = sim.requests.length;
    const { same: _, ...others } = counts(ok(await lab.stack.up()));
    assert.deepEqual(others, {});
    assert.deepEqual(
      changing(from).filter(({ path }) => !path.endsWith("/access/ticket")),
      [],
    );
    const build = named("web")[0]?.commands?.join("\n") ?? "";
    assert.ok(build.includes(`export PASSWORD=${shellQuote(password)}\n`), "the guest got the value");
    assert.ok(!JSON.stringify(await lab.stack.export()).includes(password), "the state has it not");
    assert.doesNotMatch(named("web")[0]?.config["description"] ?? "", /unfinished/);
  });

  it("shows no change in a preview while its content is the same", async () => {
    const { same: _, ...others } = counts(ok(await lab.stack.preview()));
    assert.deepEqual(others, {});
  });

  it("is the same in a stack and on a cluster of a release before keyed contents", async () => {
    const [made] = named("web");
    assert.ok(made);
    const volumeId = (await lab.stack.export()).resources?.find(({ type }) => type.endsWith(":CloudImage"))?.outputs?.[
      "volumeId"
    ] as string;
    const wanted =
      `{"agent":true,"cloudInit":{"user":"admin"},"disk":{"sizeGiB":4,"storage":"local-lvm"},"image":"${volumeId}",` +
      '"memoryMiB":512,"networks":[{"bridge":"vmbr0"}],"node":"pve1",' +
      '"provision":[{"environment":{"PASSWORD":{"secretRef":"REGISTRY_PASSWORD"}},"run":"get nginx"}]}';
    const old = createHash("sha256").update(wanted).digest("hex").slice(0, 24);
    const [, keyed = ""] = / content=([0-9a-f]{32}) -->/.exec(made.config["description"] ?? "") ?? [];
    assert.notEqual(keyed, "");
    made.config["description"] = made.config["description"]?.replace(keyed, old) ?? "";
    const state = path.join(lab.stack.folder, "old-state.json");
    const deployment = JSON.stringify(await lab.stack.export()).replaceAll(keyed, old);
    fs.writeFileSync(state, `{ "version": 3, "deployment": ${deployment} }`, { mode: 0o600 });
    ok(await lab.stack.command("stack", "import", "--file", state));
    const from = sim.requests.length;
    for (const result of [await lab.stack.preview(), await lab.stack.refresh(), await lab.stack.up()]) {
      const { same: _, ...others } = counts(ok(result));
      assert.deepEqual(others, {}, result.stdout);
    }
    assert.deepEqual(
      changing(from).filter(({ path }) => !path.endsWith("/access/ticket")),
      [],
    );
    assert.match(JSON.stringify(await lab.stack.export()), new RegExp(`"content":"${old}"`));
  });

  it("gets a new version by a changed step, while a linked clone of the old one lives on", async () => {
    lab.describe([golden("get nginx"), clone("front")]);
    ok(await lab.stack.up());
    const [old] = named("web");
    const front = { ...named("front")[0]?.config };
    lab.describe([golden("get apache"), clone("front")]);
    const preview = ok(await lab.stack.preview());
    assert.match(preview.stdout, /rebuild: .*provision\[0\]\.run/);
    const { same: _, ...changed } = counts(ok(await lab.stack.up()));
    assert.deepEqual(changed, { update: 1 });
    assert.equal(named("web").length, 1);
    assert.notEqual(named("web")[0]?.vmid, old?.vmid);
    assert.match(guests().find(({ vmid }) => vmid === old?.vmid)?.config["name"] ?? "", /^web-[0-9a-f]{8}$/);
    assert.deepEqual(named("front")[0]?.config, front);
    const { same: __, ...others } = counts(ok(await lab.stack.up()));
    assert.deepEqual(others, {});
  });

  it("says what failed, and keeps the version that there is", async () => {
    const before = templates().map(({ vmid }) => vmid);
    script({ match: "get broken", exitcode: 100, err: `E: Unable to locate package; ${password}\n` });
    lab.describe([golden("get broken"), clone("front")]);
    const text = failed(await lab.stack.up());
    assert.match(text, /provision\[0\] \(get broken\) failed with exit code 100; its last output:/);
    assert.match(text, /E: Unable to locate package/);
    assert.ok(!text.includes(password));
    assert.deepEqual(
      templates().map(({ vmid }) => vmid),
      before,
    );
    assert.equal(guests().length, 3);
    script();
  });

  it("loses old versions once their last clone is gone, and everything with the stack", async () => {
    lab.describe([golden("get apache")]);
    ok(await lab.stack.up());
    lab.describe([golden("get caddy")]);
    ok(await lab.stack.up());
    assert.deepEqual(
      guests().map(({ config }) => config["name"]),
      ["web"],
    );
    ok(await lab.stack.destroy());
    assert.deepEqual(guests(), []);
  });
});
