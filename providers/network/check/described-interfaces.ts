import type { Pve } from "../../kernel/session/pve-session";
import type { InterfaceRow } from "../row";

/** An interface that a resource of this run describes, as it will be. */
export interface DescribedInterface {
  readonly urn: string;
  /** The resource that describes it. */
  readonly resource: string;
  readonly node: string;
  readonly name: string;
  readonly row: InterfaceRow;
  readonly nodeLocal: boolean;
  /** What it is called now, where that is something else. */
  readonly oldName?: string | undefined;
  /** Not all of it is known yet: it is in nobody's way. */
  readonly uncertain?: boolean;
}

const makeDeclared = () => new Map<string, DescribedInterface>();

/** All of them, by their resources. */
export const declared = (pve: Pve): Map<string, DescribedInterface> =>
  pve.memory("network: what resources describe", makeDeclared);

const makeTold = () => new Map<string, readonly string[]>();

/** Names of the other interfaces of the same node in the program, by the resource whose check was told them. */
export const besideByUrn = (pve: Pve): Map<string, readonly string[]> =>
  pve.memory("network: what the program has beside", makeTold);
