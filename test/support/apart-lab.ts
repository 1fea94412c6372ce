import assert from "node:assert/strict";
import type { Simulator } from "../../simulator";
import { bareConfig, describedMatrix, matrixNodes } from "./bare-nodes";
import { MatrixLab } from "./matrix-lab";

type Props = Record<string, unknown>;

/** The cluster of three nodes, which a deletion takes apart. */
export class ApartLab extends MatrixLab {
  readonly wanted: Props = { ...describedMatrix(...matrixNodes), destroyOnDelete: "Matrix" };

  constructor() {
    super({ destroyOnDelete: "Matrix" });
  }

  /** As a new process that knows the state alone. */
  destroy(signal?: AbortSignal, outs: Props = this.outs, more: Props = {}): Promise<void> {
    return this.process(signal, more).delete(this.id, { ...this.wanted, ...outs });
  }

  /** What a refresh makes of the state; undefined: it is gone. */
  async refresh(more: Props = {}): Promise<Props | undefined> {
    const { id, props } = await this.process(undefined, more).read(this.id, { ...this.wanted, ...this.outs });
    return id === "" ? undefined : props;
  }

  node = (name: string): Simulator["world"]["nodes"][string] => this.sim.world.nodes[name]!;

  mark = (name: string): string | undefined => this.of(name).plainFiles?.["pulumi-proxmox-cluster.owner"];

  /** The config of the nodes with the certificates that they had before they joined. */
  nodesAsBefore(): Props {
    const nodes = bareConfig(this.sim)["proxmox:nodes"] as Record<string, object>;
    const old = (at: number): string => Array.from({ length: 32 }, () => `0${at}`).join(":");
    return {
      "proxmox:nodes": Object.fromEntries(
        Object.entries(nodes).map(([name, one], at) => [name, { ...one, fingerprint: old(at + 1) }]),
      ),
    };
  }

  /** Each by itself, with its own copy of what the cluster had, and nothing left of how it came to that. */
  assertApart(what: string): void {
    const keys = new Set(matrixNodes.map((name) => this.node(name).cluster));
    assert.equal(keys.size, matrixNodes.length, `${what}: file systems of their own`);
    for (const name of matrixNodes) {
      assert.equal(this.of(name).corosync, undefined, `${what}: ${name}`);
      assert.equal(this.node(name).clusterService, undefined, `${what}: ${name}`);
      assert.equal(this.node(name).filesAway, undefined, `${what}: ${name}`);
      assert.equal(this.sim.simulation.isQuorate(this.node(name)), true, `${what}: ${name}`);
      assert.deepEqual(this.of(name).plainFiles ?? {}, {}, `${what}: the mark of ${name}`);
      assert.deepEqual(this.of(name).leftNodes, [], `${what}: directories on ${name}`);
      const others = matrixNodes.filter((one) => one !== name);
      for (const other of others)
        assert.doesNotMatch(this.of(name).keyFiles?.authorized ?? "", new RegExp(`root@${other}\\b`), what);
    }
  }

  /** All that a deletion could have changed of the world, without what a look leaves (logs, and files made at the first use). */
  essence(): unknown {
    const { nodes, clusters, shared } = structuredClone(this.sim.simulation.save());
    return {
      shared,
      clusters: Object.entries(clusters).map(([key, one]) => [
        key,
        { ...one, log: [], authority: undefined, cephFiles: undefined },
      ]),
      nodes: Object.entries(nodes).map(([name, { cluster, volumes, network, state, clusterService, timers }]) => [
        name,
        { cluster, volumes, network, state, clusterService, timers },
      ]),
    };
  }

  /** One cluster, as it was. */
  assertWhole(what: string): void {
    for (const name of matrixNodes) {
      assert.equal(this.node(name).cluster, this.node("foxtrot").cluster, `${what}: ${name}`);
      assert.equal(this.node(name).clusterService, undefined, `${what}: ${name}`);
    }
    assert.deepEqual(Object.keys(this.corosync().nodes), matrixNodes, what);
    assert.match(this.mark("foxtrot") ?? "", /"phase":"whole"/, what);
  }
}
