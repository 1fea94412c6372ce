import { stopVm, startVm } from "../qemu/power.js";
import { migrateVm } from "../qemu/migrate.js";
import type { VmContext } from "../qemu/context.js";
import { WorldDisks } from "../qemu/world-disks.js";
import { isOnline, memberNames } from "../resources.js";
import { Rights } from "../rights.js";
import type { Simulation } from "../simulation.js";
import type { Worker } from "../tasks.js";
import type { Ha, HaResource, HaService } from "../world/ha.js";
import type { Cluster, NodeState } from "../world/world.js";
import { compiled, selectNode, usedNodes, type Placing } from "./node-choice.js";

/** Milliseconds of a round of the cluster resource manager. */
const ROUND = 10_000;
/** Rounds without a service after which a local resource manager gives up its watchdog (`$max_active_idle_rounds`). */
const IDLE_ROUNDS = 10;
/** With the immediate clock nothing waits: a round that changes nothing ends it, and so do this many. */
const ROUNDS_AT_ONCE = 60;

type Manager = NonNullable<Ha["manager"]>;

/** What of a resource Proxmox fills in (`read_and_check_resources_config` in PVE/HA/Config.pm). */
const wanted = (resource: HaResource) => ({
  state: resource["state"] === undefined || resource["state"] === "enabled" ? "started" : resource["state"],
  failback: resource["failback"] !== "0",
  maxRestart: Number(resource["max_restart"] ?? 1),
  maxRelocate: Number(resource["max_relocate"] ?? 1),
});

/** Does it count as a service that runs on its node (`count_active_services` in PVE/HA/Tools.pm)? */
const isActive = ({ state }: HaService): boolean => !["stopped", "freeze", "error", "request_start"].includes(state);

/**
 * The cluster resource manager and the local ones of all clusters. They work in rounds: PVE/HA/Manager.pm decides, the
 * node's PVE/HA/LRM.pm does it. Not simulated: fencing and what follows, maintenance, disarming, loads by use.
 */
export class HaStack {
  private readonly due = new Set<string>();

  constructor(private readonly simulation: Simulation) {}

  /** Something was written, or a guest changed: a round comes, and others as long as there is something to do. */
  wake(id: string): void {
    const cluster = this.simulation.world.clusters[id];
    if (!cluster?.ha || this.due.has(id) || !hasWork(cluster.ha)) return;
    const { clock } = this.simulation;
    this.due.add(id);
    clock.schedule(clock.mode === "immediate" ? 0 : ROUND, () => {
      this.due.delete(id);
      this.simulation.faults.taskScope("ha-manager")(() => this.round(cluster));
      if (clock.mode !== "immediate") this.wake(id);
    });
  }

  /** With the immediate clock: all rounds until nothing changes any more. */
  settle(id: string): void {
    const { clock, tasks, world } = this.simulation;
    const cluster = world.clusters[id];
    for (let left = ROUNDS_AT_ONCE; cluster?.ha && left > 0; left--) {
      this.wake(id);
      if (!this.due.has(id)) return;
      const before = JSON.stringify(cluster.ha, withoutTime);
      while (this.due.has(id) && clock.runNext());
      tasks.settle();
      if (JSON.stringify(cluster.ha, withoutTime) === before) return;
    }
  }

  private round(cluster: Cluster): void {
    const ha = cluster.ha;
    const quorate = Object.values(this.simulation.world.nodes).filter(
      (node) =>
        this.simulation.clusterOf(node) === cluster && node.state === "online" && this.simulation.isQuorate(node),
    );
    const [first] = quorate;
    if (!ha || !first) return;
    const { manager, online } = this.nodes(ha, quorate, first);
    this.services(cluster, ha, manager);
    const round = new Round(cluster, ha, manager, online);
    round.take(ha.commands.splice(0));
    round.decide();
    for (const node of quorate) this.local(cluster, ha, manager, node);
  }

  /** Who is master, and which nodes it sees. */
  private nodes(ha: Ha, quorate: readonly NodeState[], first: NodeState): { manager: Manager; online: string[] } {
    const manager = (ha.manager ??= { master: first.name, timestamp: 0, nodes: {}, services: {} });
    const master = quorate.find(({ name }) => name === manager.master) ?? first;
    manager.master = master.name;
    manager.timestamp = this.simulation.clock.seconds();
    const members = memberNames(this.simulation, master);
    const online = members.filter((name) => isOnline(this.simulation, name, master));
    for (const name of online) manager.nodes[name] = "online";
    for (const name of Object.keys(manager.nodes))
      if (!online.includes(name)) manager.nodes[name] = members.includes(name) ? "unknown" : "gone";
    return { manager, online };
  }

  private services({ guests }: Cluster, ha: Ha, { services }: Manager): void {
    for (const sid of Object.keys(ha.resources).sort()) {
      const resource = ha.resources[sid] ?? {};
      const guest = guests[sid.split(":")[1] ?? ""];
      if (services[sid] || !guest || wanted(resource).state === "ignored") continue;
      // Taken to run, so that a running one is not moved when it is added.
      services[sid] = {
        state: wanted(resource).state === "started" ? "request_start" : "request_stop",
        node: guest.node,
      };
    }
    for (const sid of Object.keys(services)) {
      const resource = ha.resources[sid];
      if (!resource || wanted(resource).state === "ignored") delete services[sid];
    }
  }

  /** The local resource manager of a node: it does what the states of its services ask for. */
  private local(cluster: Cluster, ha: Ha, { services }: Manager, node: NodeState): void {
    const own = Object.entries(services).filter(([, service]) => service.node === node.name);
    const active = Object.values(services).some(
      (service) => isActive(service) && (service.node === node.name || service.target === node.name),
    );
    const idle = ha.active[node.name];
    if (active) ha.active[node.name] = 0;
    else if (idle !== undefined && idle >= IDLE_ROUNDS) delete ha.active[node.name];
    else if (idle !== undefined) ha.active[node.name] = idle + 1;
    if (ha.active[node.name] === undefined) return;
    for (const [sid, service] of own) this.command(cluster, ha, node, sid, service);
  }

  private command(cluster: Cluster, ha: Ha, node: NodeState, sid: string, service: HaService): void {
    if (service.state === "request_start" || service.state === "error") return;
    if (service.result !== undefined && service.state !== "stopped") return;
    const guest = cluster.guests[sid.split(":")[1] ?? ""];
    const { state, task: begun } = service;
    const end = (result: NonNullable<HaService["result"]>): void => void (service.result = result);
    /** Its own process waits for the task that it forks, and then looks for itself. */
    const run = (type: string, worker: Worker, isDone: () => boolean): void => {
      if (begun === undefined) {
        service.task = this.simulation.startTask(node, type, String(guest?.vmid), "root@pam", worker);
        return;
      }
      if (this.simulation.tasks.isActive(begun)) return;
      delete service.task;
      if (isDone()) return end("success");
      const tries = service.tries ?? 0;
      if (state !== "started" || tries >= wanted(ha.resources[sid] ?? {}).maxRestart) return end("error");
      service.tries = tries + 1;
    };
    if (begun === undefined && guest?.node !== node.name) return end("wrong-node");
    if (!guest || guest.type === "lxc") return end("success");
    const context = this.contextOn(node, cluster);
    if (state === "started") {
      if (guest.running && begun === undefined) return end("success");
      return run(
        "qmstart",
        (task) => startVm(context, guest.vmid, task),
        () => guest.running !== undefined,
      );
    }
    if (state === "request_stop" || state === "stopped") {
      if (!guest.running && begun === undefined) return end("success");
      const { timeout = 60 } = service;
      const stopped = () => guest.running === undefined;
      const how = timeout === 0 ? { force: true } : { shutdown: true, force: true, timeout };
      return run(timeout === 0 ? "qmstop" : "qmshutdown", (task) => stopVm(context, guest.vmid, task, how), stopped);
    }
    if (state !== "migrate" && state !== "relocate") return;
    const target = service.target ?? "";
    run(
      "qmigrate",
      function* (task) {
        if (state === "relocate" && guest.running)
          yield* stopVm(context, guest.vmid, task, { shutdown: true, force: true, timeout: 60 });
        const online = guest.running !== undefined;
        const storageFor = (storage: string): string => storage;
        yield* migrateVm(context, { vmid: guest.vmid, target, online, withLocalDisks: true, storageFor }, task);
      },
      () => guest.node === target,
    );
  }

  private contextOn(node: NodeState, cluster: Cluster): VmContext {
    const { world, clock, tasks } = this.simulation;
    const disks = new WorldDisks(world, cluster, node.name, () => clock.seconds());
    const rights = new Rights(cluster, "root@pam");
    return { world, cluster, node, clock, tasks, rights, disks, isQuorate: () => this.simulation.isQuorate(node) };
  }
}

const withoutTime = (key: string, value: unknown): unknown => (key === "timestamp" ? undefined : value);

const hasWork = ({ resources, commands, manager, active }: Ha): boolean =>
  Object.keys(resources).length > 0 ||
  commands.length > 0 ||
  Object.keys(manager?.services ?? {}).length > 0 ||
  Object.keys(active).length > 0;

/** One round of the cluster resource manager (`manage` in PVE/HA/Manager.pm). */
class Round {
  private readonly placing: Placing;

  constructor(
    private readonly cluster: Cluster,
    private readonly ha: Ha,
    private readonly manager: Manager,
    private readonly online: readonly string[],
  ) {
    const { services } = manager;
    const load = (node: string): number =>
      Object.values(services).filter((service) => usedNodes(service, online).includes(node)).length +
      Object.values(cluster.guests).filter(
        (guest) =>
          guest.running && guest.node === node && !services[`${guest.type === "lxc" ? "ct" : "vm"}:${guest.vmid}`],
      ).length;
    this.placing = { rules: compiled(ha.rules, Object.keys(manager.nodes)), services, online, load };
  }

  /** Lines of crm_commands (`update_crm_commands`). */
  take(commands: readonly string[]): void {
    for (const command of commands) {
      const [what = "", sid = "", argument = ""] = command.split(" ");
      const service = this.manager.services[sid];
      if (!service) continue;
      if (what === "stop") service.cmd = ["stop", argument];
      else if (this.online.includes(argument) && argument !== service.node) this.move(what, sid, argument);
    }
  }

  /** `queue_resource_motion`: those that stay together go along, and one that must be apart prevents it. */
  private move(what: string, sid: string, target: string): void {
    const { services } = this.manager;
    const { apart, together } = this.placing.rules;
    const isThere = (other: HaService): boolean =>
      other.node === target && (other.target === undefined || other.target === target);
    for (const other of apart.get(sid) ?? []) {
      const one = services[other];
      if (one && isThere(one)) return;
    }
    for (const one of [sid, ...(together.get(sid) ?? [])]) {
      const service = services[one];
      if (service && service.node !== target && service.target !== target) service.cmd = [what, target];
    }
  }

  decide(): void {
    const { services } = this.manager;
    for (let repeat = true; repeat;) {
      repeat = false;
      for (const sid of Object.keys(services).sort()) {
        const service = services[sid];
        if (!service) continue;
        const before = service.state;
        this.next(sid, service);
        if (services[sid]?.state !== before) repeat = true;
      }
    }
  }

  private change(sid: string, state: string, more: Partial<HaService> = {}): void {
    const { services } = this.manager;
    const { node = "", failedNodes } = services[sid] ?? {};
    services[sid] = { state, node, ...(failedNodes ? { failedNodes } : {}), ...more };
  }

  private next(sid: string, service: HaService): void {
    const resource = this.ha.resources[sid];
    const config = resource ? wanted(resource) : wanted({ state: "disabled" });
    const started = config.state === "started" ? "started" : "request_stop";
    switch (service.state) {
      case "request_start":
        return this.change(sid, "started");
      case "request_stop":
        if (service.result === "success") this.change(sid, "stopped");
        else if (service.result !== undefined) this.change(sid, "error");
        return;
      case "stopped":
        return this.stopped(sid, service, config.state);
      case "started":
        return this.started(sid, service, config);
      case "migrate":
      case "relocate":
        if (service.result === "success") this.change(sid, started, { node: service.target ?? service.node });
        else if (service.result === "wrong-node") this.change(sid, "error");
        else if (service.result === "error") this.change(sid, started);
        return;
      case "error":
        if (config.state !== "disabled") return;
        delete service.failedNodes;
        return this.change(sid, "stopped");
    }
  }

  private stopped(sid: string, service: HaService, state: string): void {
    const guest = this.cluster.guests[sid.split(":")[1] ?? ""];
    if (guest) service.node = guest.node;
    const [what = "", target = ""] = service.cmd ?? [];
    delete service.cmd;
    if ((what === "migrate" || what === "relocate") && this.online.includes(target) && service.node !== target)
      return this.change(sid, what, { target });
    if (state === "started") this.change(sid, "request_start");
  }

  private started(sid: string, service: HaService, config: ReturnType<typeof wanted>): void {
    // Fencing is not simulated: what is on a node that is away waits for it.
    if (!this.online.includes(service.node)) return;
    if (config.state === "disabled" || config.state === "stopped") return this.change(sid, "request_stop");
    if (service.cmd) {
      const [what = "", argument = ""] = service.cmd;
      delete service.cmd;
      if (what === "stop") {
        this.change(sid, "request_stop", { timeout: Number(argument) });
        this.ha.resources[sid] = { ...this.ha.resources[sid], state: "stopped" };
      } else if (this.online.includes(argument) && service.node !== argument)
        this.change(sid, what, { target: argument });
      return;
    }
    let preference: "none" | "try-next" = "none";
    if (service.result === "success") {
      delete service.failedNodes;
      service.running = true;
    } else if (service.result !== undefined) {
      delete service.running;
      service.failedNodes = [...(service.failedNodes ?? []), service.node];
      if (service.failedNodes.length > config.maxRelocate) return this.change(sid, "error");
      preference = "try-next";
    }
    const node = selectNode(sid, config.failback, preference, this.placing);
    if (node !== undefined && node !== service.node)
      return this.change(sid, sid.startsWith("vm:") ? "migrate" : "relocate", { target: node });
    // It is looked at again in each round, and started where it went down.
    if (service.result !== undefined) {
      delete service.result;
      delete service.tries;
    }
  }
}
