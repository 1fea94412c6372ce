import assert from "node:assert/strict";
import { createHash } from "node:crypto";
import type { AnyLab } from "../../support/lab";
import type { Properties } from "../../support/plugin";
import { goldenLab } from "./golden-lab";
import type { ProviderCalls } from "../../support/provider-here";

describe("golden images", function () {
  // One for each: what is recorded a moment after a test must not meet the next one's VM of the same VMID.
  const at = goldenLab("for each");
  const { guests, guest, script, golden, anotherRun } = at;
  let lab: AnyLab;
  beforeEach(() => {
    lab = at.lab();
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
    assert.match(String(properties["content"]), /^[0-9a-f]{32}$/);
    const get = async (id: string) => lab.plugin.read("GoldenTemplate", id, lab.inputs("GoldenTemplate", "seen", {}));
    const { vmid, uuid, node, content } = properties;
    for (const id of [String(vmid), `name:${String(properties["name"])}`]) {
      const seen = await get(id);
      const { vmid: atVmid, uuid: atUuid, node: atNode, content: ofContent } = seen.properties;
      assert.deepEqual([seen.id, atVmid, atUuid, atNode, ofContent], [String(vmid), vmid, uuid, node, content]);
    }
    const plain = guest(vmid)!;
    const { description } = plain.config;
    plain.config["description"] = "a template like any other";
    await assert.rejects(get(String(vmid)), /is no golden image; look it up with Template.get/);
    plain.config["description"] = description!;
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
    // What somebody keeps on it does not go with it.
    assert.ok(left);
    left.config["unused0"] = "local-lvm:vm-1-theirs";
    await assert.rejects(lab.create("GoldenTemplate", "kept", args), /parts that this program does not know.*theirs/);
    assert.equal(guests().length, 1);
    delete left.config["unused0"];
    const { properties } = await lab.create("GoldenTemplate", "kept", args);
    assert.deepEqual(names(), ["kept"]);
    assert.notEqual(guest(properties["vmid"])?.config["smbios1"], left?.config["smbios1"]);
    await lab.plugin.delete("GoldenTemplate", "kept", properties);
  });

  it("goes on with a build in which nothing was done in the guest yet", async () => {
    script({ match: "nginx -t", exitcode: 1 });
    const args = golden({ verify: ["nginx -t"], keepFailed: true });
    await assert.rejects(lab.create("GoldenTemplate", "early", args), /verify\[0\]/);
    const [left] = guests();
    assert.ok(left);
    // As it is when the run was killed while it waited for the guest agent.
    left.config["description"] = left.config["description"]?.replace(" provisioning", "") ?? "";
    script();
    const { properties } = await lab.create("GoldenTemplate", "early", args);
    assert.equal(properties["vmid"], left.vmid);
    assert.match(left.config["smbios1"] ?? "", new RegExp(String(properties["uuid"])));
    assert.deepEqual(names(), ["early"]);
    await lab.plugin.delete("GoldenTemplate", "early", properties);
  });

  it("goes on with the VM that it has made when an answer is lost on the way, and makes no second one", async () => {
    for (const [name, route] of Object.entries({
      made: "POST /nodes/{node}/qemu",
      awaited: "GET /nodes/{node}/tasks/{upid}/status",
      grown: "PUT /nodes/{node}/qemu/{vmid}/resize",
    })) {
      const { length } = lab.sim.requests;
      const count = name === "awaited" ? 8 : 1;
      lab.sim.simulation.faults.add({ route, count, effect: { kind: "reset", handled: true } });
      const { properties } = await lab.create("GoldenTemplate", name, golden());
      lab.sim.simulation.faults.clear();
      const creations = lab.sim.requests
        .slice(length)
        .filter(({ method, path }) => method === "POST" && /qemu$/.test(path));
      assert.deepEqual([creations.length, names().join()], [1, name]);
      await lab.plugin.delete("GoldenTemplate", name, properties);
    }
  });

  it("takes a version that was finished, but never recorded, as it is", async () => {
    const { properties } = await lab.create("GoldenTemplate", "lost", golden());
    const made = guest(properties["vmid"]);
    assert.ok(made);
    assert.match(made.config["description"] ?? "", / unfinished -->$/);
    // What was seen is what was changed.
    const writes = lab.sim.requests.filter(({ method, path }) => method !== "GET" && path.endsWith("/config"));
    assert.deepEqual(
      writes.filter(({ params }) => params["digest"] === undefined),
      [],
    );
    assert.ok(writes.some(({ params }) => params["name"] === "lost"));
    const ran = made.commands?.length;
    await anotherRun(async (plugin) => {
      const { inputs } = await plugin.check("GoldenTemplate", {}, lab.inputs("GoldenTemplate", "lost", golden()));
      const again = await plugin.create("GoldenTemplate", inputs);
      assert.deepEqual([again.properties["vmid"], again.properties["uuid"]], [properties["vmid"], properties["uuid"]]);
      assert.equal(made.commands?.length, ran);
    });
    await lab.plugin.delete("GoldenTemplate", "lost", properties);
    assert.deepEqual(guests(), []);
  });

  it("is built again for another value of a variable, and when its newest version was removed by hand", async () => {
    const args = (value: string) => golden({ provision: [{ run: "deploy", environment: { RELEASE: value } }] });
    const first = await lab.create("GoldenTemplate", "drift", args("1"));
    const checked = await lab.plugin.check(
      "GoldenTemplate",
      first.inputs,
      lab.inputs("GoldenTemplate", "drift", args("2")),
    );
    assert.equal(checked.inputs["content"], first.properties["content"], "the hash does not tell of values");
    const { properties } = await lab.plugin.update("GoldenTemplate", first.id, first.properties, checked.inputs);
    assert.notEqual(properties["vmid"], first.properties["vmid"]);
    assert.deepEqual(properties["oldVersions"], [first.properties["vmid"]]);
    const [cluster] = Object.values(lab.sim.world.clusters);
    delete cluster?.guests[String(properties["vmid"])];
    await anotherRun(async (plugin) => {
      const read = await plugin.read("GoldenTemplate", first.id, properties);
      assert.equal(read.properties["content"], "");
      const diff = await plugin.diff("GoldenTemplate", first.id, read.properties, checked.inputs);
      assert.equal(diff.changes, "some");
      const repaired = await plugin.update("GoldenTemplate", first.id, read.properties, checked.inputs);
      assert.equal(guest(repaired.properties["vmid"])?.config["name"], "drift");
      assert.deepEqual(repaired.properties["oldVersions"], [first.properties["vmid"]]);
      await plugin.delete("GoldenTemplate", first.id, repaired.properties);
    });
    assert.deepEqual(guests(), []);
  });

  it("begins with another golden image where layers are wanted, and is not deleted from under a linked clone", async () => {
    const base = await lab.create("GoldenTemplate", "base", golden());
    const { imageVolumeId: _, disk: __, ...rest } = golden({ provision: [{ run: "second layer" }], memoryMiB: 2048 });
    const layer = await lab.create("GoldenTemplate", "layer", { ...rest, template: base.properties["vmid"] });
    const made = guest(layer.properties["vmid"]);
    assert.deepEqual([made?.config["template"], made?.config["memory"]], ["1", "2048"]);
    assert.ok(made?.commands?.every((text) => !text.includes("apt-get")));
    const clone = await lab.create("Vm", "front", {
      source: { clone: { template: layer.properties["vmid"], full: false } },
      started: false,
    });
    await assert.rejects(
      lab.plugin.delete("GoldenTemplate", "layer", layer.properties),
      /linked clones need this image: version [0-9a-f]{8} \(\d+\) by front \(\d+\). Nothing was removed/,
    );
    await lab.plugin.delete("Vm", clone.id, clone.properties);
    await lab.plugin.delete("GoldenTemplate", "layer", layer.properties);
    await lab.plugin.delete("GoldenTemplate", "base", base.properties);
    assert.deepEqual(guests(), []);
  });

  it("takes a template with an old, unkeyed line for the same, and gives the next version a keyed one", async () => {
    const args = (more: Properties = {}) =>
      golden({ provision: [{ file: { path: "/etc/app.key", content: "hunter2" } }], ...more });
    const first = await lab.create("GoldenTemplate", "old", args());
    const keyed = String(first.properties["content"]);
    const made = guest(first.properties["vmid"]);
    assert.ok(made);
    assert.match(made.config["description"] ?? "", new RegExp(`content=${keyed} -->`));
    // As a release before the key has left it: in the notes, in the inputs and in the outputs.
    const line = createHash("sha256").update(oldContent(at.volume())).digest("hex").slice(0, 24);
    const aged = <T>(value: T): T => JSON.parse(JSON.stringify(value).replaceAll(keyed, line)) as T;
    made.config["description"] = aged(made.config["description"] ?? "");
    const [olds, state] = [aged(first.inputs), aged(first.properties)];
    const check = async (plugin: ProviderCalls, given: Properties, key: unknown) =>
      (
        await plugin.check("GoldenTemplate", olds, {
          ...lab.inputs("GoldenTemplate", "old", given),
          ...(key === undefined ? { __preview: true } : {}),
          __hashKey: key,
        })
      ).inputs;
    await anotherRun(async (plugin) => {
      const key = lab.inputs("GoldenTemplate", "old", {})["__hashKey"];
      for (const known of [key, undefined]) {
        const inputs = await check(plugin, args(), known);
        assert.equal((await plugin.diff("GoldenTemplate", first.id, state, inputs)).changes, "none");
      }
      assert.deepEqual((await plugin.read("GoldenTemplate", first.id, state)).properties, state);
      const ran = made.commands?.length;
      const tagged = await plugin.update(
        "GoldenTemplate",
        first.id,
        state,
        await check(plugin, args({ tags: ["x"] }), key),
      );
      assert.deepEqual([tagged.properties["vmid"], made.commands?.length], [made.vmid, ran]);
      assert.equal(tagged.properties["content"], line);
      const wanted = await check(plugin, args({ cores: 1 }), key);
      const next = await plugin.update("GoldenTemplate", first.id, tagged.properties, wanted);
      assert.deepEqual(next.properties["oldVersions"], [made.vmid]);
      assert.match(String(next.properties["content"]), /^[0-9a-f]{32}$/);
      const notes = guest(next.properties["vmid"])?.config["description"] ?? "";
      assert.match(notes, new RegExp(`content=${String(next.properties["content"])} -->`));
      await plugin.delete("GoldenTemplate", first.id, next.properties);
    });
    assert.deepEqual(guests(), []);
  });

  it("takes over what a release before the key had finished, but not recorded, and writes the keyed line", async () => {
    const args = golden({ provision: [{ file: { path: "/etc/app.key", content: "hunter2" } }] });
    const { properties } = await lab.create("GoldenTemplate", "old", args);
    const made = guest(properties["vmid"]);
    assert.ok(made);
    const line = createHash("sha256").update(oldContent(at.volume())).digest("hex").slice(0, 24);
    made.config["description"] = made.config["description"]?.replace(String(properties["content"]), line) ?? "";
    const ran = made.commands?.length;
    await anotherRun(async (plugin) => {
      const { inputs } = await plugin.check("GoldenTemplate", {}, lab.inputs("GoldenTemplate", "old", args));
      const again = await plugin.create("GoldenTemplate", inputs);
      assert.deepEqual([again.properties["vmid"], made.commands?.length], [made.vmid, ran]);
      assert.equal(again.properties["content"], properties["content"]);
      await plugin.delete("GoldenTemplate", again.id, again.properties);
    });
    assert.deepEqual(guests(), []);
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

/** What releases before the key have hashed for the image with one file, letter by letter. */
const oldContent = (image: string): string =>
  '{"agent":true,"cores":2,' +
  `"disk":{"sizeGiB":4,"storage":"local-lvm"},"image":"${image}","memoryMiB":1024,` +
  '"networks":[{"bridge":"vmbr0"}],"node":"pve1","provision":[{"file":{"content":"hunter2","path":"/etc/app.key"}}]}';
