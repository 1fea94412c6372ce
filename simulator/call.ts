import { splitList } from "./formats/list.js";
import { die } from "./errors.js";
import { digestOf } from "./random.js";
import type { Rights } from "./rights.js";
import type { Simulation } from "./simulation.js";
import type { Worker } from "./tasks.js";
import type { Cluster, NodeState, World } from "./world/world.js";

export type Method = "GET" | "POST" | "PUT" | "DELETE";
export type Json = null | boolean | number | string | readonly Json[] | { readonly [key: string]: Json | undefined };

/** A reply with more than `data`: `new Reply(list, { total: 3 })`. */
export class Reply {
  constructor(
    readonly data: Json,
    /** Keys beside `data`. */
    readonly beside: Readonly<Record<string, Json>> = {},
    /** Sent as it is instead of JSON. */
    readonly text?: string,
  ) {}
}

/** An uploaded file. */
export interface Upload {
  readonly filename: string;
  readonly content: Buffer;
}

/** One API call that passed authentication, permissions and verification, on the node that handles it. */
export class Call {
  readonly world: World;
  readonly cluster: Cluster;

  constructor(
    readonly simulation: Simulation,
    /** The node that handles the call. */
    readonly node: NodeState,
    /** `user@realm` or `user@realm!token`. */
    readonly user: string,
    readonly rights: Rights,
    /** Scalar parameters as text, as they were sent, with those from the path. No defaults. */
    readonly params: Readonly<Record<string, string>>,
    /** Parameters of type `array`. */
    readonly arrays: Readonly<Record<string, readonly string[]>>,
    readonly upload?: Upload,
  ) {
    this.world = simulation.world;
    this.cluster = simulation.clusterOf(node);
  }

  get clock(): Simulation["clock"] {
    return this.simulation.clock;
  }

  get tasks(): Simulation["tasks"] {
    return this.simulation.tasks;
  }

  has(name: string): boolean {
    return this.params[name] !== undefined;
  }

  /** A parameter that the contract requires, or that the caller knows to be there. */
  text(name: string): string {
    const value = this.params[name];
    if (value === undefined) throw die(`internal error: no parameter '${name}'`);
    return value;
  }

  /** An integer parameter, or the default. */
  int(name: string, fallback: number): number;
  int(name: string): number | undefined;
  int(name: string, fallback?: number): number | undefined {
    const value = this.params[name];
    return value === undefined ? fallback : Number(value);
  }

  /** A boolean parameter, or the default. */
  flag(name: string, fallback = false): boolean {
    const value = this.params[name];
    return value === undefined ? fallback : value === "1";
  }

  /** A `*-list` parameter, or an empty list. */
  list(name: string): string[] {
    return splitList(this.params[name] ?? "");
  }

  /** Starts a worker on the handling node, as the caller; returns the UPID, which is the reply. */
  task(type: string, id: string, worker: Worker): string {
    return this.simulation.startTask(this.node, type, id, this.user, worker);
  }

  /** Compares the `digest` parameter with the current content (assert_if_modified in PVE/Tools.pm). */
  checkDigest(current: unknown): void {
    const sent = this.params["digest"];
    if (sent === undefined || sent === "") return;
    if (sent !== digestOf(current))
      throw die("detected modified configuration - file changed by other user? Try again.");
  }
}

/** What an endpoint does: reads or changes the world, returns the reply's data, throws with `errors.ts`. */
export type Handler = (call: Call) => Json | Reply | void | Promise<Json | Reply | void>;

/** The endpoints of one area: `"GET /pools": (call) => ...`, with the templates of the contract. */
export type Routes = Readonly<Record<`${Method} /${string}`, Handler>>;
