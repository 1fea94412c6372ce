import assert from "node:assert/strict";
import { readFileSync } from "node:fs";
import path from "node:path";
import { lostObjects } from "../../../simulator/ceph/objects.js";
import { CephMachines } from "../../support/ceph-lab";
import { InfisicalStub } from "../../support/infisical";
import { withoutCluster } from "../../support/learnt-cluster";
import type { Properties } from "../../support/plugin";

interface Written {
  readonly kind: string;
  readonly name: string;
  readonly id: string;
  readonly inputs: Properties;
  readonly state: Properties;
}

/** Resources as the code of that day has written them, in the order in which they were made. */
const writtenIn = (name: string) =>
  JSON.parse(readFileSync(path.resolve(`test/fixtures/states/${name}.json`), "utf8")) as readonly Written[];

/** One of each kind of Ceph; and a client whose keyring stands in Infisical instead. */
const stored = writtenIn("2026-11-29-ceph-stored");
const written = [...writtenIn("2026-11-29-ceph"), ...stored];
const project = String((stored[0]?.state["reference"] as Properties)["projectId"]);

/** What is drawn or counted anew for each object, and so is that of the object which is there now. */
const drawn: Readonly<Record<string, readonly string[]>> = {
  CephClient: ["fsid", "key", "keyring", "__secretId", "__storedInstance", "__storedHash", "__storedKey"],
  CephConfig: ["fsid"],
  CephCrushRule: ["fsid"],
  CephErasureProfile: ["fsid"],
  CephFs: ["fsid"],
  CephManagerModule: ["fsid"],
  CephMonitor: ["fsid"],
  CephOptions: ["fsid"],
  CephOsd: ["fsid", "osds"],
  CephPool: ["fsid"],
};
/** Kinds whose deletion changes nothing on the nodes. */
const stays = ["CephInstall", "CephConfig"];

describe("a state of Ceph, that earlier code has written", function () {
  let on: CephMachines;
  let stub: InfisicalStub;
  const made: { kind: string; id: string; state: Properties }[] = [];
  before(async () => {
    // three hosts with an OSD disk each, and a disk that is to be wiped
    stub = await InfisicalStub.start({ projects: { [project]: { prod: { "/": {} } } } });
    const world = await CephMachines.daemonsWorld();
    on = await CephMachines.start(stub.config(project), stub.credentials, world);
    await on.osds();
    on.disk("golf", "INVENTED62").holds = { kind: "filesystem", type: "ext4", uuid: "1" };
  });
  after(async () => {
    await on.close();
    await stub.close();
  });

  const lookedAt = (from: number, ssh: number): void => {
    assert.deepEqual(
      on.lab.sim.requests.slice(from).filter(({ method }) => method !== "GET"),
      [],
    );
    const looks =
      / (?:\/usr\/bin\/ceph-mon --version|ceph-volume lvm list|readlink|lsblk|find|dump|ls|get|tree|status|metadata|versions)\b/;
    assert.deepEqual(
      on.lab.sim.sshRecords.slice(ssh).filter(({ what }) => !looks.test(what)),
      [],
    );
  };

  for (const { kind, name, id, inputs, state } of written)
    it(`is read without a difference, and nothing is done for it: ${kind}`, async () => {
      const { __stack, __urn } = on.lab.inputs(kind, name, {});
      const own = { ...inputs, __stack, __urn };
      const { inputs: checked, failures } = await on.lab.plugin.check(kind, {}, own);
      assert.deepEqual(failures, []);
      const there = await on.lab.plugin.create(kind, checked);
      const now = there.properties;
      // Ceph itself is known by the number that it was made with.
      assert.equal(there.id, kind === "CephConfig" ? now["fsid"] : id);
      const old: Properties = {
        ...state,
        ...Object.fromEntries((drawn[kind] ?? []).filter((key) => key in state).map((key) => [key, now[key]])),
        ...(state["__stack"] === undefined ? {} : { __stack }),
        ...(state["__urn"] === undefined ? {} : { __urn }),
      };
      assert.deepEqual(Object.keys(old).sort(), Object.keys(state).sort());
      made.push({ kind, id: there.id, state: old });
      const [from, ssh] = [on.lab.sim.requests.length, on.lab.sim.sshRecords.length];
      const again = await on.lab.plugin.check(kind, own, own);
      assert.deepEqual(again.failures, []);
      assert.equal((await on.lab.plugin.diff(kind, there.id, old, again.inputs)).changes, "none");
      const read = withoutCluster(kind, (await on.lab.plugin.read(kind, there.id, old)).properties, on.lab.sim);
      assert.deepEqual(read, old);
      lookedAt(from, ssh);
    });

  it("deletes what it tells of, and nothing else", async () => {
    const before = structuredClone(on.erased);
    for (const { kind, id, state } of made.reverse()) {
      await on.lab.plugin.delete(kind, id, state);
      if (stays.includes(kind)) continue;
      const { id: left, properties } = await on.lab.plugin.read(kind, id, state);
      // That a line has wiped the disk is known as long as the engine asks; and options are always there.
      if (kind === "CephOsd") assert.deepEqual(properties["osds"], []);
      else if (kind === "CephOptions")
        assert.ok(!on.ceph.cluster.config.some(({ name }) => name === "osd_memory_target"));
      else assert.equal(left, "", kind);
    }
    const { monmap, mgr, osdmap } = on.ceph.cluster;
    assert.deepEqual(monmap.mons.map(({ name }) => name).sort(), ["foxtrot", "golf"]);
    assert.deepEqual([mgr.active, ...mgr.standbys].sort(), ["foxtrot", "golf"]);
    assert.deepEqual([Object.keys(osdmap.osds).length, lostObjects(on.ceph.cluster)], [6, 0]);
    assert.deepEqual(Object.values(stub.projects[project]?.["prod"] ?? {}), [{}, {}]);
    const { INVENTED62: _, ...others } = on.erased;
    const { INVENTED62: __, ...rest } = before;
    assert.deepEqual(others, rest);
  });
});
