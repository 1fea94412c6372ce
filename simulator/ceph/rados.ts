import type { Call, Handler, Json, Routes } from "../call.js";
import { die, PveError } from "../errors.js";
import type { TaskRun, Worker } from "../tasks.js";
import type { Steps } from "../worker.js";
import type { NodeState } from "../world/world.js";
import type { Simulation } from "../simulation.js";
import { filesOf, type Ceph } from "./ceph.js";
import { settledCeph } from "./settle.js";
import { command } from "./commands/index.js";
import type { Args } from "./commands/command.js";
import { isLost } from "./monitor-quorum.js";

/** How long Proxmox waits for Ceph, and how long workers that change things do (PVE/RADOS.pm). */
export const shortTimeout = 5;
export const longTimeout = 60;

/** An answer that did not come in time. */
export class Hang extends Error {
  constructor(
    message: string,
    readonly seconds: number,
  ) {
    super(message);
  }
}

/** `check_ceph_installed` (PVE/Ceph/Tools.pm). */
export function checkInstalled(node: NodeState, binary = "/usr/bin/ceph-mon"): void {
  if (node.ceph?.version === undefined) throw die(`binary not installed: ${binary}`);
}

/** `check_ceph_inited`. */
export function checkInited(call: Call): void {
  checkInstalled(call.node);
  const { conf, directory } = filesOf(call.cluster);
  const missing = [...(conf ? [] : ["/etc/pve/ceph.conf"]), ...(directory ? [] : ["/etc/pve/ceph"])];
  if (missing.length > 0)
    throw die(`pveceph configuration not initialized - ${missing.map((file) => `missing '${file}'`).join(", ")}`);
}

/** `check_ceph_configured`. */
export function checkConfigured(call: Call): void {
  checkInited(call);
  if (filesOf(call.cluster).adminKey === undefined)
    throw die("ceph not fully configured - missing '/etc/pve/priv/ceph.client.admin.keyring'");
}

/** A connection as PVE::RADOS has it. */
export class Rados {
  private constructor(
    readonly ceph: Ceph,
    private readonly timeout: number,
  ) {}

  static connect(simulation: Simulation, node: NodeState, timeout = shortTimeout): Rados {
    const { conf } = filesOf(simulation.clusterOf(node));
    if (conf?.["global"]?.["mon_host"] === undefined) throw die("rados_connect failed - No such file or directory");
    const ceph = settledCeph(simulation, node);
    if (!ceph || isLost(ceph)) throw new Hang("got timeout", timeout);
    return new Rados(ceph, timeout);
  }

  /** A command whose answer is wanted as JSON; an empty one is null. */
  json<T = Json>(prefix: string, args: Args = {}): T {
    return (this.ask(prefix, { ...args, format: "json" }).json ?? null) as T;
  }

  /** The same as text. */
  plain(prefix: string, args: Args = {}): string {
    return this.ask(prefix, { ...args, format: "plain" }).plain ?? "";
  }

  /** Return code and status text, without dying. */
  result(prefix: string, args: Args = {}): { rc: number; status: string } {
    const answer = this.answer(prefix, { ...args, format: "plain" });
    return { rc: answer.rc, status: answer.status ?? "" };
  }

  private answer(prefix: string, args: Args) {
    const answer = command(this.ceph, prefix, args);
    if (answer.hangs) throw new Hang(`error with '${prefix}': got timeout`, this.timeout);
    if (answer.unbuilt) throw new PveError(501, `'ceph ${prefix}' is not built in the simulator`);
    return answer;
  }

  private ask(prefix: string, args: Args) {
    const answer = this.answer(prefix, args);
    if (answer.rc < 0) throw die(`error with '${prefix}': mon_cmd failed - ${answer.status ?? ""}`);
    return answer;
  }
}

export const connect = (call: Call, timeout = shortTimeout): Rados =>
  Rados.connect(call.simulation, call.node, timeout);

/** Handlers that wait for Ceph as long as Proxmox does. */
export function patient(routes: Routes): Routes {
  const wait =
    (handler: Handler): Handler =>
    async (call) => {
      try {
        return await handler(call);
      } catch (error) {
        if (!(error instanceof Hang)) throw error;
        await call.clock.sleep(error.seconds * 1000);
        throw die(error.message);
      }
    };
  return Object.fromEntries(Object.entries(routes).map(([key, handler]) => [key, wait(handler)]));
}

/** A worker that waits for Ceph. */
export function waiting(body: (task: TaskRun) => Steps): Worker {
  return function* (task) {
    try {
      yield* body(task);
    } catch (error) {
      if (!(error instanceof Hang)) throw error;
      yield error.seconds * 1000;
      throw die(error.message);
    }
  };
}
