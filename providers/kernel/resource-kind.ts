import type { z } from "zod";
import type { Call, Operation } from "./call/call";
import type { OnNode } from "./on-node";
import type { Change, Effects, OwnEffect } from "./state/changes";
import type { Problem } from "./state/problems";
import type { Renamed } from "./state/renamed";

type Props = Record<string, unknown>;

/** The pure half of a resource: its fields, what a change of each does, and how live values compare with wanted ones. */
export interface Model {
  readonly schema: z.ZodType;
  readonly effects: Effects;
  /** What changes may do beside what they may do to any object; the gravest first. */
  readonly ownEffects?: readonly OwnEffect[];
  /** Paths of the fields that may hold secrets: `sensitivePaths(schema)`. */
  readonly sensitive: readonly string[];
  /** Fields that earlier releases called otherwise: programs and states may still do. */
  readonly renamed?: Renamed;
  /** Lists that are managed whole: what the program leaves out in an item means something, and its drift shows. */
  readonly whole?: readonly string[];
  /** Fills in defaults that are known without Proxmox; they become inputs. */
  defaults?(inputs: Props, urn: string): Props;
  /**
   * Adds what is computed from all other inputs, the hashes of references among them, and from what was there before.
   * `key`: the stack's, which a preview may not know.
   */
  derive?(inputs: Props, was: Props | undefined, key: string | undefined): Props;
  /** What cannot be done to an object that exists: told while nothing has been done yet. */
  transition?(inputs: Props, was: Props): Problem[];
  /** Does the live value mean the same as the wanted one? Identity when left out. */
  same?(path: string, wanted: unknown, live: unknown): boolean;
}

/** What a look at the live object found: the inputs that describe it as it is, and what only Proxmox knows. */
export interface Live<I, O> {
  readonly inputs: Partial<I>;
  readonly outputs: O;
}

/** The inputs before and after a change, as far as they are known. */
export interface Between<I> {
  readonly was: Partial<I>;
  readonly wanted: Partial<I>;
}

/** The lifecycle of one kind of resource over Proxmox; `define` adds all that is alike for every kind. */
export interface Definition<I extends object, O extends object> {
  readonly kind: string;
  readonly model: Model;
  /** Keys of the outputs; beside the managed inputs they are all that the state holds. */
  readonly outputs: readonly (keyof O & string)[];
  readonly timeouts: Record<Operation, string>;
  /** Inputs that are looked up elsewhere; what it returns takes the place of what was written. */
  resolve?(
    call: Call,
    inputs: Partial<I>,
    was: Partial<I> | undefined,
    preview: boolean,
    /** Names of the inputs that were written, sound or not. */
    written: ReadonlySet<string>,
  ): Promise<{ readonly inputs: Props; readonly problems: readonly Problem[] }>;
  /** Checks against the cluster, for the fields that are known and sound. */
  inspect?(call: Call, inputs: Partial<I>, was: Partial<I> | undefined): Promise<Problem[]>;
  /** What a change really does to the object as it is now (a stopped guest needs no reboot). */
  refine?(call: Call, changes: Change[], at: O, between: Between<I>): Promise<Change[]>;
  /** The object of which only the old inputs are known, as a check knows them; undefined when it cannot be told. */
  find?(call: Call, was: Partial<I>): Promise<O | undefined>;
  /** For what is on one node and nowhere else: when that one has certainly left the cluster, a deletion has nothing to do. */
  readonly onNode?: OnNode<I, O>;
  /** What an update has to do though nothing was changed, for the row: its time has come, or the state is not fit. */
  due?(call: Call, at: O, wanted: Partial<I>): Promise<string | undefined>;
  /** Two of them cannot be there at once: with these changes the old one goes before the new one is made. */
  oldGoesFirst?(changes: readonly Change[]): boolean;
  /** The live object behind this state, or undefined when it is certainly gone. */
  observe(call: Call, at: O, wanted: Partial<I>): Promise<Live<I, O> | undefined>;
  /** Certificate of its cluster's authority, for what knows it by itself: states of earlier releases tell nothing else. */
  authority?(at: O): string | undefined;
  /** The object that `Kind.get` names by this id; throws when there is not exactly one. Only read, never changed. */
  lookup?(call: Call, id: string): Promise<{ id: string; outputs: Partial<O> }>;
  /**
   * Makes the object, or takes over what an earlier run of the same resource has made. Calls `made` as soon as there
   * is something that must not be forgotten.
   */
  ensure(call: Call, inputs: I, made: (id: string, at: O) => void): Promise<{ id: string; at: O }>;
  /** Brings the object to the inputs, one aspect at a time, and only where it differs; `was`: what was managed before. */
  sync?(call: Call, at: O, inputs: I, was: Partial<I>, creating: boolean): Promise<O>;
  remove(call: Call, at: O, settings: Partial<I>): Promise<void>;
}
