import assert from "node:assert/strict";
import { bucketNamed } from "../../../simulator/ceph/crush";
import { CephMachines } from "../../support/ceph-lab";
import type { Properties } from "../../support/plugin";

const nodes = [5, 6, 7].map((host, at) => ({
  name: ["foxtrot", "golf", "hotel"][at]!,
  links: { 0: `192.168.8.${host}` },
}));
const without = (gone: string): Properties => ({
  name: "Matrix",
  nodes: nodes.filter(({ name }) => name !== gone),
  twoNode: true,
});

describe("a node with daemons of Ceph that leaves its cluster", function () {
  let on: CephMachines;
  beforeEach(async () => {
    on = await CephMachines.withDaemons();
  });
  afterEach(() => on.close());

  const kept = async (gone: string): Promise<string[]> => {
    const was = on.lab.inputs("Cluster", "c", { name: "Matrix", nodes });
    const problems = await on.preview("Cluster", "c", without(gone), was);
    return problems.filter((problem) => /Ceph/.test(problem)).map((problem) => problem.replace(/^.*?stays: /s, ""));
  };

  it("stays for its monitor, manager, metadata server and OSDs, and those of others keep nobody", async () => {
    const made = await on.call("POST", "/nodes/golf/ceph/mds/golf", {});
    assert.match(String(made.json?.data), /^UPID/);
    await on.lab.create("CephOsd", "golf-1", { node: "golf", serial: "INVENTED61", osdsPerDevice: 2 });
    const daemons = ["it has a Ceph monitor: remove it", "it has a Ceph manager: remove it"];
    const all = [
      ...daemons,
      "it has a Ceph metadata server: remove it",
      "it has Ceph OSDs (osd.0, osd.1): remove them",
    ];
    assert.deepEqual(await kept("golf"), all);
    assert.deepEqual(await kept("hotel"), daemons);

    // A place in the CRUSH map is a name that anybody may change: the daemons tell on which machine they run.
    bucketNamed(on.ceph.cluster.osdmap.crush, "golf")!.name = "shelf";
    assert.deepEqual(await kept("golf"), all);

    // The node that answers has no Ceph, and the others have.
    const { ceph } = on.node("foxtrot");
    delete ceph!.version;
    assert.deepEqual(await kept("golf"), [
      "Ceph is configured (/etc/pve/ceph.conf), and not installed on foxtrot, which cannot tell what of it is on golf: set proxmox:endpoints to a node with Ceph",
    ]);
  });
});
