import assert from "node:assert/strict";
import { clusterProvider } from "../../providers/cluster/cluster.provider";
import { clusterQdeviceProvider } from "../../providers/cluster/cluster-qdevice.provider";
import { packagesOf } from "../../simulator/packages/node-packages";
import { makeAuthority } from "../../simulator/qnetd/qnetd-programs";
import { nodeStore, storeIn } from "../../simulator/qnetd/store";
import { readableKeyPair, sshOf } from "../../simulator/ssh/host-key";
import { startSimulator, type Simulator, type World } from "../../simulator";
import { bareWorld, describedMatrix } from "./bare-nodes";
import { MatrixLab } from "./matrix-lab";

type Props = Record<string, unknown>;

export const qnetdAddress = "192.168.3.99";
/** Of the stack: it opens the nodes and the QNetd host. */
const qnetdKey = readableKeyPair("stack");

/** Gives a world a QNetd host that the stack's key opens, and the nodes what they need. */
export function withQnetd(world: World): void {
  world.qnetd = { name: "witness", address: qnetdAddress, state: "online", installed: true, running: true, tls: true };
  sshOf(world.qnetd).authorizedKeys.push(qnetdKey.public);
  makeAuthority(world.qnetd);
  for (const node of Object.values(world.nodes)) {
    packagesOf(node).installed["corosync-qdevice"] = "3.0.3-2";
    sshOf(node).authorizedKeys.push(qnetdKey.public);
  }
}

/** Config with the key for the QNetd host, beside the nodes' own SSH. */
export const keyConfig = (sim: Simulator): Props => ({
  "proxmox:sshPrivateKey": qnetdKey.private,
  "proxmox:sshFingerprints": sim.nodes.map(({ ssh }) => ssh.fingerprint),
  "proxmox:sshAddresses": Object.fromEntries(sim.nodes.map(({ name, ssh }) => [name, `127.0.0.1:${ssh.port}`])),
});

/** A cluster of some nodes beside a QNetd host. */
export class QdeviceLab extends MatrixLab {
  constructor(readonly names: readonly string[]) {
    super();
  }

  private made: World | undefined;

  override async start(change: (world: World) => void = () => undefined): Promise<void> {
    this.heard = () => undefined;
    this.told.length = 0;
    if (!this.made) {
      this.sim = await startSimulator({ seed: bareWorld() });
      await this.process().create(describedMatrix(...this.names));
      this.made = structuredClone(this.sim.simulation.save());
      await this.sim.close();
    }
    const seed = structuredClone(this.made);
    withQnetd(seed);
    change(seed);
    this.sim = await startSimulator({ seed, onRequest: () => this.heard() });
  }

  readonly keyConfig = (): Props => keyConfig(this.sim);

  qdevice(signal?: AbortSignal, more: Props = this.keyConfig()): ReturnType<typeof clusterQdeviceProvider> {
    return clusterQdeviceProvider(this.session(signal, more));
  }

  cluster(): ReturnType<typeof clusterProvider> {
    return clusterProvider(this.session(undefined, this.keyConfig()));
  }

  args = (more: Props = {}): Props => ({
    cluster: "Matrix",
    host: qnetdAddress,
    ssh: `127.0.0.1:${this.sim.qnetd?.ssh.port}`,
    sshFingerprint: this.sim.qnetd?.ssh.fingerprint,
    __urn: "urn:pulumi:test::lab::x::witness",
    __stack: "a stack",
    ...more,
  });

  create(more: Props = {}, signal?: AbortSignal) {
    return this.qdevice(signal).create(this.args(more));
  }

  async problems(more: Props = {}): Promise<string> {
    const answer = await this.qdevice().check({}, this.args(more));
    return (answer.failures ?? []).map(({ reason }) => reason).join("\n");
  }

  stores = () => this.names.map((name) => storeIn(sshOf(this.node(name)), nodeStore));

  /** The device is whole on every node. */
  isVoting(): void {
    assert.deepEqual(this.corosync().device, {
      ...{ model: "net", votes: 1 },
      net: { algorithm: "ffsplit", host: qnetdAddress, tls: "on" },
    });
    for (const name of this.names) {
      assert.deepEqual(this.node(name).qdevice, { running: true, enabled: true }, name);
      assert.equal(this.isQuorate(name), true, name);
    }
    const keys = this.stores().map((store) => store?.certificate?.key);
    assert.ok(keys[0] !== undefined && keys.every((key) => key === keys[0]));
  }

  /** Nothing is left of it on any node. */
  isAway(): void {
    assert.equal(this.corosync().device, undefined);
    for (const [at, name] of this.names.entries()) {
      assert.equal(this.stores()[at], undefined, name);
      assert.deepEqual(this.node(name).qdevice ?? {}, {}, name);
    }
  }

  /** Moments at which a node that had quorum has none, while the work goes on; and how that has failed. */
  async watched(work: () => Promise<unknown>): Promise<{ cut: string[]; failed: string | undefined }> {
    const had = this.names.filter((name) => this.isQuorate(name));
    const cut: string[] = [];
    const look = (what: string): void => {
      for (const name of had) if (!this.isQuorate(name)) cut.push(`${name} at ${what}`);
    };
    this.heard = () => look("a request");
    const { sshRecords } = this.sim.simulation;
    const push = sshRecords.push.bind(sshRecords);
    sshRecords.push = (...records) => {
      look(records.map(({ what }) => what).join());
      return push(...records);
    };
    const failed = await work().then(
      () => undefined,
      (error: Error) => error.message,
    );
    look("the end");
    this.heard = () => undefined;
    sshRecords.push = push;
    return { cut, failed };
  }

  node = (name: string) => this.sim.world.nodes[name]!;
  isQuorate = (name: string): boolean => this.sim.simulation.isQuorate(this.node(name));
}
