import assert from "node:assert/strict";
import { clusterProvider } from "../../../providers/cluster/cluster.provider";
import { hostsEntriesProvider } from "../../../providers/host/hosts-entries.provider";
import { cephMonitorProvider } from "../../../providers/ceph/ceph-monitor.provider";
import { bareConfig, describedMatrix, matrixNodes } from "../../support/bare-nodes";
import { MatrixLab } from "../../support/matrix-lab";

const all = describedMatrix(...matrixNodes);
const two = describedMatrix("foxtrot", "hotel");

describe("what is on a node that has left its cluster", () => {
  const lab = new MatrixLab();
  afterEach(() => lab.sim.close());

  const block = {
    ...{ node: "golf", block: "matrix", entries: [{ address: "10.9.9.9", names: ["nine"] }] },
    ...{ __urn: "urn:pulumi:test::lab::x::hosts", __stack: "a stack" },
  };
  const hosts = () => lab.sim.world.nodes["golf"]!.network.hosts;
  /** The config of a run, without what it says of golf. */
  const withoutGolf = (): Record<string, unknown> => {
    const { golf: _, ...nodes } = bareConfig(lab.sim)["proxmox:nodes"] as Record<string, object>;
    return { "proxmox:nodes": nodes };
  };

  it("is given up with the node, and stays on its machine, which is told", async () => {
    await lab.start();
    const session = lab.session();
    const { id, outs } = await hostsEntriesProvider(session).create(block);
    assert.match(hosts(), /10\.9\.9\.9 nine/);
    await clusterProvider(session).update(lab.id, { ...all, ...lab.outs }, two);
    const before = [lab.sim.sshRecords.length, hosts()];
    await hostsEntriesProvider(session).delete(id, outs);
    assert.deepEqual([lab.sim.sshRecords.length, hosts()], before);
    const row =
      /golf is no member of Matrix any more: nothing was done there, and block "matrix" of its \/etc\/hosts stays on its machine/;
    assert.match(lab.told.join("\n"), row);
    // Another run, which does not know of golf: no member, and nothing says how it is reached by itself.
    lab.told.length = 0;
    await hostsEntriesProvider(lab.session(undefined, withoutGolf())).delete(id, outs);
    assert.match(lab.told.join("\n"), row);
    // Of a daemon of Ceph it has to be told that the others do not count on it any more.
    const monitor = { node: "golf", __inputs: ["node"], __v: outs["__v"] };
    await assert.rejects(
      cephMonitorProvider(lab.session(undefined, withoutGolf())).delete("golf", monitor),
      /ceph-mon\. Install Ceph on this node first/,
    );
    assert.equal(hosts(), before[1]);
    // One that knows how it is reached works there.
    await hostsEntriesProvider(lab.session()).delete(id, outs);
    assert.doesNotMatch(hosts(), /10\.9\.9\.9/);
  });

  it("is not, while the node is only away, or the cluster that says so has no quorum", async () => {
    await lab.start();
    const { id, outs } = await hostsEntriesProvider(lab.session()).create(block);
    lab.sim.world.nodes["golf"]!.state = "off";
    const fails = (more: Record<string, unknown>) =>
      assert.rejects(hostsEntriesProvider(lab.session(undefined, more)).delete(id, outs));
    await fails({});
    await fails(withoutGolf());
    lab.sim.world.nodes["golf"]!.state = "online";
    await lab.process().update(lab.id, { ...all, ...lab.outs }, two);
    lab.sim.world.nodes["hotel"]!.state = "off";
    await fails(withoutGolf());
    assert.doesNotMatch(lab.told.join("\n"), /no member of Matrix any more: nothing was done there, and block/);
  });
});
