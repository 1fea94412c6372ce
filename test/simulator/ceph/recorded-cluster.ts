import { Simulation } from "../../../simulator/simulation.js";
import { cephOn, filesOf, type Ceph } from "../../../simulator/ceph/ceph.js";
import { settledCeph } from "../../../simulator/ceph/settle.js";
import { newOsd } from "../../../simulator/ceph/commands/osd-state.js";
import { setConf } from "../../../simulator/ceph/conf.js";
import { newCluster } from "../../../simulator/ceph/create-cluster.js";
import { grant, newKey } from "../../../simulator/ceph/keys.js";
import { newPool } from "../../../simulator/ceph/pools.js";
import { remap } from "../../../simulator/ceph/peering.js";
import { randomUuid } from "../../../simulator/random.js";
import { formCluster } from "../../../simulator/seeds/form-cluster.js";
import { emptyWorld, install } from "../../../simulator/seeds/standalone.js";
import type { World } from "../../../simulator/world/world.js";

const hosts = ["foxtrot", "golf", "hotel"] as const;
const GiB = 2 ** 30;

/** The machines on which the recordings of Ceph were made: packages, ceph.conf, nothing that runs. */
export function recordedWorld(names: readonly string[] = hosts): World {
  const world = emptyWorld();
  for (const [index, name] of names.entries()) {
    const { node } = install(world, {
      ...{ name, domain: "lab.test", address: `10.15.15.${index + 1}`, prefix: 24, gateway: "10.15.15.254" },
      ...{ password: "correct-password", ports: ["eno1"] },
    });
    Object.assign(cephOn(node), { version: "20.2.4", release: "tentacle" });
  }
  if (names.length > 1) formCluster(world, "lab", (name) => ({ "0": world.nodes[name]?.address ?? "" }));
  return world;
}

/** What the balancer had decided (recording 10, n 540): PG, the OSD that CRUSH chooses, the one that has it instead. */
export const upmapped: readonly (readonly [pg: string, from: number, to: number])[] = [
  ...([
    ["2.0", 7, 4],
    ["2.16", 1, 2],
    ["2.1b", 7, 5],
    ["2.1d", 10, 11],
    ["2.1e", 10, 11],
    ["2.2a", 7, 5],
  ] as const),
  ...([
    ["2.3c", 7, 5],
    ["2.4a", 10, 11],
    ["2.4a", 1, 2],
    ["2.5d", 7, 6],
    ["2.6a", 7, 6],
    ["3.3", 4, 7],
  ] as const),
  ...([
    ["3.11", 0, 2],
    ["3.18", 3, 2],
    ["3.28", 9, 8],
    ["3.30", 0, 2],
    ["3.34", 0, 2],
  ] as const),
];

/** A cluster of which the test says what happens to its daemons. */
export class RecordedCluster {
  readonly simulation: Simulation;

  constructor(readonly world = recordedWorld()) {
    this.simulation = new Simulation(world, { clock: "manual" });
    const files = filesOf(this.proxmox);
    files.directory = true;
    files.adminKey = newKey(world);
    files.conf = {};
    setConf(files.conf, "global", {
      ...{ auth_client_required: "cephx", auth_cluster_required: "cephx", auth_service_required: "cephx" },
      ...{ cluster_network: "10.15.15.0/24", fsid: randomUuid(world), mon_allow_pool_delete: "true" },
      ...{ ms_bind_ipv4: "true", ms_bind_ipv6: "false", osd_pool_default_min_size: "2", osd_pool_default_size: "3" },
      public_network: "10.15.15.0/24",
    });
    setConf(files.conf, "client", { keyring: "/etc/pve/priv/$cluster.$name.keyring" });
  }

  private get proxmox() {
    return this.simulation.clusterOf(this.simulation.node("foxtrot"));
  }

  get ceph(): Ceph {
    return settledCeph(this.simulation, this.simulation.node("foxtrot"))!;
  }

  wait(seconds: number): void {
    this.simulation.clock.advance(seconds * 1000);
  }

  addMon(name: string, node = name): void {
    const { clock } = this.simulation;
    const { conf, adminKey = "" } = filesOf(this.proxmox);
    const first = this.proxmox.ceph === undefined;
    this.proxmox.ceph ??= newCluster(this.world, conf!["global"]!["fsid"]!, adminKey, clock.now());
    // Proxmox makes this one with the first monitor
    if (first) grant(this.proxmox.ceph, this.world, "client.crash", { mgr: "profile crash", mon: "profile crash" });
    const address = this.world.nodes[node]?.address ?? "10.15.15.4";
    const joining = first ? {} : { joining: true };
    this.proxmox.ceph.monmap.mons.push({ name, node, address, added: clock.now(), ...joining });
    const hostsSoFar = conf!["global"]!["mon_host"];
    setConf(conf!, "global", { mon_host: hostsSoFar === undefined ? address : `${hostsSoFar} ${address}` });
    setConf(conf!, `mon.${name}`, { public_addr: address });
    cephOn(this.simulation.node(node)).mons[name] = { running: true, enabled: true, since: clock.now() };
    void this.ceph;
  }

  addMgr(name: string): void {
    const caps = { mds: "allow *", mon: "allow profile mgr", osd: "allow *" };
    grant(this.ceph.cluster, this.world, `mgr.${name}`, caps);
    cephOn(this.simulation.node(name)).mgrs[name] = {
      running: true,
      enabled: true,
      since: this.simulation.clock.now(),
    };
    void this.ceph;
  }

  addMds(name: string): void {
    cephOn(this.simulation.node(name)).mdss[name] = {
      running: true,
      enabled: true,
      since: this.simulation.clock.now(),
    };
    void this.ceph;
  }

  /** An OSD of 8 GiB in a file. */
  addOsd(node: string, id?: number): void {
    const { ceph } = this;
    const uuid = randomUuid(this.world);
    const deviceClass = "nvme";
    const answer = newOsd(ceph, { uuid, node, size: 8 * GiB, deviceClass, ...(id === undefined ? {} : { id }) });
    this.startOsd((answer.json as { osdid: number }).osdid, node);
  }

  /** One that has its id already. */
  startOsd(id: number, node: string): void {
    const { cluster } = this.ceph;
    const osd = cluster.osdmap.osds[id]!;
    Object.assign(osd, { node, size: 8 * GiB });
    const caps = { mgr: "allow profile osd", mon: "allow profile osd", osd: "allow *" };
    grant(cluster, this.world, `osd.${id}`, caps);
    cluster.osdmap.crush.classes[id] ??= "nvme";
    cephOn(this.simulation.node(node)).osds[id] = { running: true, enabled: true, since: this.simulation.clock.now() };
    void this.ceph;
  }

  /** Starts or ends a process: `mon.golf`, `osd.3`. */
  daemon(name: string, running: boolean, died = false): void {
    const [kind = "", id = ""] = name.split(".");
    const found = this.ceph.daemon(`${kind}s` as "mons", id);
    if (!found) throw new Error(`no daemon ${name}`);
    Object.assign(found.daemon, { running, since: this.simulation.clock.now(), ...(died ? { withNode: true } : {}) });
    if (died) found.daemon.enabled = false;
    void this.ceph;
  }

  balance(): void {
    for (const [pg, from, to] of upmapped) (this.ceph.cluster.osdmap.upmaps[pg] ??= []).push([from, to]);
    remap(this.ceph.cluster, this.simulation.clock.now());
  }

  /** What recording 10 ends with. */
  complete(): this {
    for (const name of hosts) {
      this.addMon(name);
      this.wait(10);
    }
    this.ceph.cluster.config.push({
      section: "mon",
      mask: "",
      name: "auth_allow_insecure_global_id_reclaim",
      value: "false",
    });
    for (const name of hosts) {
      this.addMgr(name);
      this.wait(15);
      void this.ceph;
    }
    for (let id = 0; id < 12; id++) this.addOsd(hosts[Math.floor(id / 4)]!);
    this.wait(10);
    for (const [name, pgNum] of [
      ["vm_ssd", 128],
      ["vm_containers", 64],
    ] as const) {
      void this.ceph;
      const pool = newPool(this.ceph, { name, pgNum });
      Object.assign(pool, { autoscale: "warn", options: { pg_num_min: pgNum }, applications: { rbd: {} } });
    }
    this.wait(20);
    this.balance();
    for (let second = 0; second < 80; second++) {
      this.wait(1);
      void this.ceph;
    }
    return this;
  }
}
