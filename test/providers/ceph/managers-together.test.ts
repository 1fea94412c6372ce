import assert from "node:assert/strict";
import { cephManagerProvider } from "../../../providers/ceph/ceph-manager.provider";
import { startSimulator, type World } from "../../../simulator";
import { cephNodes, CephMachines } from "../../support/ceph-lab";
import { cephOf } from "../../support/ceph-of";
import { pluginConfig, sshConfig } from "../../support/lab";
import { loneSession } from "../../support/lone-session";
import { silentReport } from "../../support/silent-report";

const urn = (node: string): string => `urn:pulumi:test::lab::pulumi-nodejs:dynamic/proxmox:CephManager::${node}`;

describe("managers of several nodes", () => {
  let world: World;

  before(async () => {
    world = await CephMachines.daemonsWorld();
    for (const { ceph } of Object.values(world.clusters)) if (ceph) ceph.mgr.standbys = [];
    const active = Object.values(world.clusters)[0]?.ceph?.mgr.active;
    for (const node of cephNodes) if (node !== active) delete world.nodes[node]?.ceph?.mgrs[node];
  });

  it("are made one after the other, and seen to run at the same time", async () => {
    const standbysAtThePost: string[][] = [];
    const sim = await startSimulator({
      seed: world,
      clock: "manual",
      // Pauses of the client take no time: that of the machines goes on with what they are asked.
      onRequest({ method, path }) {
        if (method === "POST" && path.includes("/ceph/mgr/"))
          standbysAtThePost.push([...cephOf(sim).cluster.mgr.standbys]);
        sim.clock.advance(100);
      },
    });
    try {
      const config: Record<string, unknown> = {
        ...pluginConfig(sim),
        ...sshConfig(sim),
        "proxmox:username": "root@pam",
        "proxmox:password": sim.password,
      };
      for (const key of ["proxmox:tokenId", "proxmox:tokenSecret"]) delete config[key];
      for (const [key, value] of Object.entries(config))
        if (value !== undefined && typeof value !== "string") config[key] = JSON.stringify(value);
      const provider = cephManagerProvider(loneSession(config, silentReport([])));
      const { active } = cephOf(sim).cluster.mgr;
      const others = cephNodes.filter((node) => node !== active);
      const made = await Promise.all(
        others.map((node) => provider.create({ node, __urn: urn(node), __stack: "a stack" })),
      );
      assert.deepEqual(
        made.map(({ outs }) => outs?.["state"]),
        ["standby", "standby"],
      );
      assert.deepEqual(standbysAtThePost, [[], []]);
    } finally {
      await sim.close();
    }
  });
});
