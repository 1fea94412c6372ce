import assert from "node:assert/strict";
import type { ScriptedCommand } from "../../../simulator/world/storage";
import { Lab, image, labWorld } from "../../support/lab";
import type { Properties } from "../../support/plugin";

describe("golden images, through Pulumi's plugin", function () {
  this.timeout(60_000);
  let lab: Lab;
  let volume: string;
  /** Outcomes of commands in every guest; changed in place. */
  const commands: ScriptedCommand[] = [];

  before(async () => {
    const world = labWorld();
    Object.assign(world.web[image.url] ?? {}, { os: { agent: true, commands } });
    lab = await Lab.start({ seed: world }, { "proxmox:vmids": "2000-2999" });
    const { url, checksum } = image;
    const file = await lab.create("CloudImage", "debian", { url, checksum, node: "pve1", storage: "local" });
    volume = String(file.properties["volumeId"]);
  });
  after(() => lab.close());
  afterEach(() => script());

  const guests = () => Object.values(Object.values(lab.sim.world.clusters)[0]?.guests ?? {});
  const guest = (vmid: unknown) => guests().find((one) => one.vmid === vmid);
  /** The world has copies of what the seed was: all of them get the same outcomes. */
  const script = (...outcomes: ScriptedCommand[]) => {
    for (const os of systems(lab.sim.world)) os.commands = outcomes;
  };
  const golden = (more: Properties = {}): Properties => ({
    node: "pve1",
    image: volume,
    disk: { storage: "local-lvm", sizeGiB: 4 },
    cores: 2,
    memoryMiB: 1024,
    networks: [{ bridge: "vmbr0" }],
    provision: [{ run: "apt-get install -y nginx" }],
    ...more,
  });
  const names = () => guests().map(({ config }) => config["name"] ?? "");

  it("boots, provisions, generalises and converts, in this order, and records what it made", async () => {
    const large = "x".repeat(100_000);
    const { properties } = await lab.create(
      "GoldenTemplate",
      "base",
      golden({
        provision: [
          { file: { path: "/etc/large.conf", content: large, mode: "0600", owner: "root:adm" } },
          { run: "install-all\nsecond-line", environment: { GREETING: "it's me" } },
        ],
        verify: ["check-it"],
        description: "for all",
      }),
    );
    const made = guest(properties["vmid"]);
    assert.equal(made?.config["template"], "1");
    assert.equal(made?.config["name"], "base");
    assert.equal(made?.running, undefined);
    assert.match(made?.config["scsi0"] ?? "", /base-\d+-disk-\d+.*size=4G/);
    const ran = made?.commands ?? [];
    const place = (text: string) => ran.findIndex((one) => one.includes(text));
    const order = [
      "cloud-init status --wait",
      "/etc/large.conf",
      "install-all",
      "check-it",
      "cloud-init clean",
      "machine-id",
    ];
    assert.deepEqual(
      order.map(place).map((at, i, all) => at > (all[i - 1] ?? -1)),
      order.map(() => true),
      ran.join("\n---\n"),
    );
    assert.match(ran[place("/etc/large.conf")] ?? "", /^install -D -o root -g adm -m 0600 .* \/etc\/large\.conf/);
    assert.match(ran[place("install-all")] ?? "", /export GREETING='it'\\''s me'\ninstall-all\nsecond-line/);
    assert.ok(
      ran.every((one) => !/^[^\n]*it's me/.test(one)),
      "no variable stands in a command line",
    );
    assert.equal(properties["description"], "for all");
    assert.match(String(properties["content"]), /^[0-9a-f]{24}$/);
    await lab.plugin.delete("GoldenTemplate", "base", properties);
    assert.deepEqual(guests(), []);
  });

  it("builds nothing for the same content, a new version for any other, and keeps as many as it shall", async () => {
    const first = await lab.create("GoldenTemplate", "app", golden());
    const { inputs } = await lab.plugin.check(
      "GoldenTemplate",
      first.inputs,
      lab.inputs("GoldenTemplate", "app", golden({ tags: ["x"] })),
    );
    assert.equal(inputs["content"], first.properties["content"]);
    let state = first.properties;
    let wanted = first.inputs;
    const versions: unknown[] = [state["vmid"]];
    for (const run of ["two", "three", "four"]) {
      const args = golden({ provision: [{ run }], keep: 1 });
      const checked = await lab.plugin.check("GoldenTemplate", wanted, lab.inputs("GoldenTemplate", "app", args));
      assert.equal((await lab.plugin.diff("GoldenTemplate", first.id, state, checked.inputs)).changes, "some");
      wanted = checked.inputs;
      ({ properties: state } = await lab.plugin.update("GoldenTemplate", first.id, state, wanted));
      versions.unshift(state["vmid"]);
      assert.deepEqual(state["oldVersions"], [versions[1]]);
      assert.deepEqual((await lab.plugin.diff("GoldenTemplate", first.id, state, checked.inputs)).changes, "none");
    }
    assert.deepEqual(
      guests()
        .map(({ vmid }) => vmid)
        .sort(),
      versions.slice(0, 2).sort(),
    );
    assert.equal(guest(versions[0])?.config["name"], "app");
    assert.match(guest(versions[1])?.config["name"] ?? "", /^app-[0-9a-f]{8}$/);
    const read = await lab.plugin.read("GoldenTemplate", first.id, state);
    assert.deepEqual(read.properties, state);
    await lab.plugin.delete("GoldenTemplate", first.id, state);
    assert.deepEqual(guests(), []);
  });

  it("says what failed with the end of its output, and leaves nothing", async () => {
    script({
      match: "apt-get",
      exitcode: 100,
      out: `${"noise ".repeat(1000)}\n`,
      err: "E: Unable to locate package nginx\n",
    });
    await assert.rejects(lab.create("GoldenTemplate", "bad", golden()), (error: Error) => {
      assert.match(
        error.message,
        /provision\[0\] \(apt-get install -y nginx\) failed with exit code 100; its last output:\n/,
      );
      assert.match(error.message, /E: Unable to locate package nginx/);
      assert.ok(error.message.length < 3000);
      return true;
    });
    assert.deepEqual(names(), []);
  });

  it("leaves the VM of a failed build on request, and builds anew the next time", async () => {
    script({ match: "nginx -t", exitcode: 1 });
    const args = golden({ verify: ["nginx -t"], keepFailed: true });
    await assert.rejects(
      lab.create("GoldenTemplate", "kept", args),
      /verify\[0\] \(nginx -t\) failed with exit code 1, without output/,
    );
    const [left] = guests();
    assert.deepEqual([left?.config["name"], left?.config["template"]], ["kept-building", undefined]);
    script();
    const { properties } = await lab.create("GoldenTemplate", "kept", args);
    assert.deepEqual(names(), ["kept"]);
    assert.notEqual(guest(properties["vmid"])?.config["smbios1"], left?.config["smbios1"]);
    await lab.plugin.delete("GoldenTemplate", "kept", properties);
  });

  it("ends a step that takes too long", async () => {
    script({ match: "apt-get", hangs: true });
    const args = golden({ provision: [{ run: "apt-get update", timeout: "1s" }] });
    await assert.rejects(lab.create("GoldenTemplate", "slow", args), /Waited 1 s for provision\[0\] ends/);
    assert.deepEqual(names(), []);
  });

  it("refuses what cannot be provisioned before anything is made", async () => {
    const steps = [
      { run: "a", file: { path: "/x", content: "" } },
      { file: { path: "etc/x", source: "a", content: "b" } },
    ];
    const problems = await lab.problems("GoldenTemplate", golden({ agent: false, provision: steps, node: "pve7" }));
    assert.ok(
      problems.some((text) => text.startsWith("agent: the build works through the guest agent")),
      problems.join("\n"),
    );
    assert.ok(problems.some((text) => text.startsWith("provision[0]: does nothing or two things")));
    assert.ok(problems.some((text) => text.startsWith("provision[1].file.path: write an absolute path")));
    assert.ok(problems.some((text) => text.startsWith("provision[1].file: has no or two contents")));
    assert.ok(problems.some((text) => text.startsWith('node: there is no node "pve7"')));
  });
});

/** Every operating system in a world, wherever it lies. */
function* systems(value: unknown): Generator<{ commands?: ScriptedCommand[] }> {
  if (value === null || typeof value !== "object") return;
  for (const [key, inner] of Object.entries(value))
    if (key === "os" && inner !== null && typeof inner === "object") yield inner as { commands?: ScriptedCommand[] };
    else yield* systems(inner);
}
