import type { Need } from "./need";
import { needOf, type PathValues } from "./permissions";

/** A request that a kind of resource may send, by its endpoint in the contract. */
export interface ApiCall {
  readonly endpoint: string;
  /** What its condition asks for; and what its code asks for besides, which no contract tells. */
  readonly need: Need;
  /** What more is shown with it, and what goes without it too. */
  readonly shows?: Need;
}

/** Calls of one kind of resource with certain arguments, by what is done to it. */
export interface Calls {
  /** In every preview, refresh and update. */
  readonly look: readonly ApiCall[];
  readonly make: readonly ApiCall[];
  /** With a change of these arguments. */
  change(fields: readonly string[]): readonly ApiCall[];
  readonly remove: readonly ApiCall[];
}

/** Arguments as a program writes them; what is not known yet is left out, and what is named by the resource is filled in. */
export type Args = Readonly<Record<string, unknown>>;

export type KindCalls = (args: Args, name: string | undefined) => Calls;

/**
 * `also`: what Proxmox's code asks for beside the condition of the contract, which is read when somebody asks for the need:
 * most commands never do.
 */
export function call(endpoint: string, params: PathValues = {}, ...also: readonly Need[]): ApiCall {
  let need: Need | undefined;
  return {
    endpoint,
    get need() {
      return (need ??= { all: [needOf(endpoint, params), ...also] });
    },
  };
}

export const text = (value: unknown): string | undefined =>
  typeof value === "string" ? value : typeof value === "number" ? String(value) : undefined;

/** Lists of what is within an argument. */
export const objects = (value: unknown): readonly Args[] =>
  Array.isArray(value) ? value.filter((one): one is Args => typeof one === "object" && one !== null) : [];

export const object = (value: unknown): Args =>
  typeof value === "object" && value !== null && !Array.isArray(value) ? (value as Args) : {};

/** Calls that are the same for everything that is done. */
export const nothing: Calls = { look: [], make: [], change: () => [], remove: [] };
