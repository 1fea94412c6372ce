import assert from "node:assert/strict";
import { ApartLab } from "../../support/apart-lab";
import { matrixNodes } from "../../support/bare-nodes";

const markName = "pulumi-proxmox-cluster.owner";
const guest = (vmid: number, node: string) => ({
  ...{ vmid, node, type: "qemu" as const, config: {}, pending: {}, pendingDelete: {}, snapshots: {} },
});

describe("taking a cluster apart, beside what is seen late or wrongly", () => {
  const lab = new ApartLab();
  const { wanted } = lab;
  afterEach(() => lab.sim.close());

  const apart = (): string[] => matrixNodes.filter((name) => lab.of(name).corosync === undefined);
  /** Does something once, at the first record of SSH like this. */
  const onceAt = (record: RegExp, act: () => void): void => {
    const { sshRecords } = lab.sim.simulation;
    const push = sshRecords.push.bind(sshRecords);
    let done = false;
    sshRecords.push = (...records) => {
      const length = push(...records);
      if (!done && records.some(({ what, node }) => record.test(`${node}: ${what}`))) {
        done = true;
        act();
      }
      return length;
    };
  };

  for (const offset of [10, -40])
    it(`sees a HA manager that holds its watchdog also where its clock is ${offset} seconds from that of the others`, async () => {
      await lab.start((world) => {
        world.nodes["golf"]!.clockOffset = offset;
        world.clusters[world.nodes["foxtrot"]!.cluster]!.haActive = ["golf"];
      });
      await assert.rejects(lab.destroy(), /golf: its HA manager is not idle/);
      assert.deepEqual(apart(), []);
    });

  it("refuses where guests are left of a node that is no member any more: each copy would have them", async () => {
    await lab.start((world) => {
      const cluster = world.clusters[world.nodes["foxtrot"]!.cluster]!;
      cluster.guests["300"] = guest(300, "india");
      cluster.leftNodes = ["india"];
    });
    await assert.rejects(lab.destroy(), /india, which is no member.*qemu\/300/);
    assert.deepEqual(apart(), []);
  });

  it("refuses where a HA service is left of a guest that is on no member", async () => {
    await lab.start((world) => {
      world.clusters[world.nodes["foxtrot"]!.cluster]!.haServices = { "vm:300": { node: undefined, state: "started" } };
    });
    await assert.rejects(lab.destroy(), /Matrix: it has HA services of guests that are on no member \(vm:300\)/);
    assert.deepEqual(apart(), []);
  });

  it("separates no node whose own copy has a guest that was made after the last look", async () => {
    await lab.start();
    onceAt(/^hotel: write .*apart\.begun\.new/, () => {
      lab.of("foxtrot").guests["100"] = guest(100, "golf");
    });
    await assert.rejects(lab.destroy(), /separating hotel.*nodes\/golf\/qemu-server\/100\.conf/);
    assert.deepEqual(apart(), []);
    assert.equal(lab.node("hotel").filesAway, undefined);
    const having = new Set(matrixNodes.map((name) => lab.node(name).cluster));
    assert.equal(having.size, 1, "one file system, and one config of the guest");
    delete lab.of("foxtrot").guests["100"];
    await lab.destroy();
    lab.assertApart("without the guest");
  });

  it("separates no node whose own copy carries another note by then", async () => {
    await lab.start();
    onceAt(/^hotel: write .*apart\.begun\.new/, () => {
      const files = lab.of("foxtrot").plainFiles!;
      files[markName] = files[markName]!.replace(/"note":"[0-9a-f]+"/, `"note":"${"0".repeat(16)}"`);
    });
    await assert.rejects(lab.destroy(), /separating hotel/);
    assert.deepEqual(apart(), []);
  });

  it("removes no directory and no key of a member of the cluster that somebody has made of the nodes meanwhile", async () => {
    await lab.start();
    onceAt(/^golf: .*rm -r -- \/etc\/pve\/nodes\/hotel/, () => {
      lab.of("hotel").corosync = { ...structuredClone(formed), name: "Newer" };
      lab.node("golf").cluster = lab.node("hotel").cluster;
      lab.of("hotel").leftNodes = [];
    });
    const formed = structuredClone(lab.corosync());
    await assert.rejects(lab.destroy(), /nothing was removed from the files of hotel/);
    const removed = lab.sim.simulation.sshRecords.filter(
      ({ node, what, code }) => node === "hotel" && code === 0 && /rm -r -- \/etc\/pve\/nodes/.test(what),
    );
    assert.deepEqual(removed, []);
    assert.match(lab.mark("hotel") ?? "", /"phase":"apart"/);
  });

  it("tells a new resource how to go on where the state of a half finished deletion is lost", async () => {
    await lab.start();
    const killed = new AbortController();
    lab.heard = () => {
      if (apart().length === 3) killed.abort(new Error("killed"));
    };
    await assert.rejects(lab.destroy(killed.signal));
    lab.heard = () => undefined;
    const pins = { "proxmox:fingerprints": [lab.sim.nodes[0]!.fingerprint] };
    const says = /half taken apart.*the state does not have.*remove \/etc\/pve\/pulumi-proxmox-cluster\.owner/s;
    const { failures } = await lab.process(undefined, pins).check({}, { ...wanted });
    assert.match(failures?.map(({ reason }) => reason).join("\n") ?? "", says);
    await assert.rejects(lab.process(undefined, pins).create({ ...wanted }), says);
  });
});
