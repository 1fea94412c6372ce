import type { CommitPart } from "../kernel/commit/commit";
import type { Demand } from "./guard/probe";
import type { InterfaceRow, Rows } from "./row";
import type { NodeView } from "./view";

/** A staged change of one interface. */
export interface StagedChange {
  /** Empty: lines that belong to no interface, or of which that cannot be told. */
  readonly name: string;
  /** As it was; undefined: not there; null: it cannot be told. */
  readonly before: InterfaceRow | undefined | null;
  readonly after: InterfaceRow | undefined;
  readonly rows: Rows;
  readonly diff: string;
  /** Words that its changed lines begin with, where only the files tell what has changed. */
  readonly words?: ReadonlySet<string> | undefined;
}

/** What a part says of the way in which its change is to be made. */
export interface Staged {
  readonly name: string;
  readonly demand?: Demand | undefined;
  readonly unguarded: boolean;
  readonly restoreMs: number;
  /** The owner's mark of an interface that is made. */
  readonly made?: { readonly name: string; readonly mark: string } | undefined;
}

/** What a round holds. */
export interface Held {
  /** The networks as they were when it began. */
  view: NodeView;
  /** Interfaces that an interrupted run has made, by their owners' marks. */
  readonly made: Readonly<Record<string, string>>;
  readonly staged: Staged[];
  /** Staging has begun: what turns up from now on is compared with what was there. */
  begun: boolean;
  /** The networks as they will be. */
  after: NodeView;
  diff: string;
  /** Why the node cannot be reached by SSH, where it should. */
  readonly noSsh?: Error | undefined;
}

export type NetworkPart = CommitPart<StagedChange, Held>;
