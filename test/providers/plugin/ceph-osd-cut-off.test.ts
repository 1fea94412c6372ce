import assert from "node:assert/strict";
import { CephMachines } from "../../support/ceph-lab";
import { eventually } from "../../support/eventually";
import type { CallFailure, Properties } from "../../support/plugin";

describe("OSDs whose creation was cut off", function () {
  let on: CephMachines;
  beforeEach(async () => {
    on = await CephMachines.withDaemons();
  });
  afterEach(() => on.close());

  const serial = "INVENTED62";
  const args = (more: Properties = {}): Properties => ({ node: "golf", serial, osdsPerDevice: 2, ...more });
  const inputs = (more: Properties = {}) => on.lab.inputs("CephOsd", "golf-2", args(more));
  const cutOff = (steps: number, more: Properties = {}): Promise<CallFailure> => {
    on.lab.sim.simulation.faults.add({ task: "cephcreateosd", count: 1, effect: { kind: "task-killed", steps } });
    return on.lab.plugin.create("CephOsd", inputs(more)).then(
      () => assert.fail("it was made"),
      (error: CallFailure) => error,
    );
  };
  const says = (part: RegExp) =>
    eventually(String(part), () => on.lab.plugin.engine.messages.some(({ message }) => part.test(message)));
  const purges = (): string[] =>
    on.lab.sim.simulation.sshRecords
      .map(({ what }) => what)
      .filter((what) => /purge-new|zap|lvremove|vgremove|pvremove/.test(what));

  it("say so in the preview of their creation, which touches nothing, and are made", async () => {
    await cutOff(7);
    const { erased } = on;
    on.writes();
    assert.deepEqual(await on.preview("CephOsd", "golf-2", args()), []);
    await says(
      /INVENTED62.*: a creation was cut off: osd\.0 \([0-9a-f-]{36}\) has never run; it is removed and made anew/,
    );
    assert.deepEqual([on.writes(), on.erased, purges()], [[], erased, []]);
    const { properties } = await on.lab.plugin.create("CephOsd", inputs());
    assert.deepEqual(properties["osdIds"], [0, 1]);
    assert.match(
      purges().join("\n"),
      /^[^\n]*flock --nonblock [^\n]* osd purge-new osd\.0 [^\n]*\n[^\n]*flock --nonblock [^\n]* sh -c [^\n]*cmp [^\n]*lvremove --yes [^\n]* sh ceph-[0-9a-f-]{36}\/osd-block-[0-9a-f-]{36}\n[^\n]*flock --nonblock [^\n]* sh -c [^\n]*vgremove [^\n]*pvremove [^\n]* sh ceph-[0-9a-f-]{36} \S+$/,
    );
  });

  it("say so in the preview where they are only started, which starts none yet", async () => {
    await cutOff(10, { osdsPerDevice: 1 });
    const { erased } = on;
    on.writes();
    assert.deepEqual(await on.preview("CephOsd", "golf-2", args({ osdsPerDevice: 1 })), []);
    await says(
      /a creation was cut off: osd\.0 \([0-9a-f-]{36}\) has its file system and was never started; it is started/,
    );
    assert.deepEqual([on.writes(), on.erased, purges()], [[], erased, []]);
    const otherwise = await on.preview("CephOsd", "golf-2", args({ osdsPerDevice: 1, encrypted: true }));
    assert.match(otherwise.join(), /the OSDs on the disk are other ones than described: osd\.0 is not encrypted/);
    assert.ok(!on.lab.sim.simulation.sshRecords.some(({ what }) => /lvm activate/.test(what)));
    const { properties } = await on.lab.plugin.create("CephOsd", inputs({ osdsPerDevice: 1 }));
    assert.deepEqual([properties["osdIds"], on.erased, purges()], [[0], erased, []]);
  });

  it("say so in the preview of an update, which touches nothing, and are made", async () => {
    on.disk("golf", serial).holds = { kind: "filesystem", type: "ext4", uuid: "1" };
    const wipe = { wipe: { serial } };
    const { partial } = await cutOff(7, wipe);
    assert.deepEqual(partial?.properties["osdIds"], []);
    const { erased } = on;
    on.writes();
    await on.lab.plugin.diff("CephOsd", partial.id, partial.properties, inputs(wipe));
    await says(/a creation was cut off: osd\.0 \([0-9a-f-]{36}\) has never run; it is removed and made anew/);
    assert.deepEqual([on.writes(), on.erased, purges()], [[], erased, []]);
    const { properties } = await on.lab.plugin.update("CephOsd", partial.id, partial.properties, inputs(wipe));
    assert.deepEqual(properties["osdIds"], [0, 1]);
    assert.equal(on.erased[serial]?.filter((by) => by === "wipedisk").length, 1);
  });

  it("are no longer in use for the disk that is to take another one's place", async () => {
    const made = await on.lab.create("CephOsd", "golf-1", args({ serial: "INVENTED61" }));
    // The old disk has given way, and the creation on the new one was cut off: the engine still has the old inputs.
    on.lab.sim.simulation.faults.add({ task: "cephcreateosd", count: 1, effect: { kind: "task-killed", steps: 7 } });
    await assert.rejects(on.lab.plugin.create("CephOsd", on.lab.inputs("CephOsd", "golf-1", args())));
    const problems = await on.preview("CephOsd", "golf-1", args(), made.inputs);
    assert.doesNotMatch(problems.join(), /holds OSDs|in use/);
  });

  it("are told of in the preview where nothing is done about them", async () => {
    await cutOff(5);
    const [file] = Object.keys(on.node("golf").ssh!.files).filter((name) => name.includes("/osds-"));
    const note = on.node("golf").ssh!.files[file!]!;
    const text = Buffer.from(note.content, "base64").toString().replace("::golf-2", "::other");
    note.content = Buffer.from(text).toString("base64");
    assert.match(
      (await on.preview("CephOsd", "golf-2", args())).join(),
      /a disk in use is never touched.*A creation was cut off there, and what stands there is not removed: the creation was begun by urn:.*::other/,
    );
  });
});
