import type { Args, Calls } from "./calls";
import { call } from "./calls";
import type { Need } from "./need";

/** Every program loads this file, and few ask. */
const load = <M>(path: string): M => require(path) as M;

/** What every process asks for first. */
const always = () => [
  call("GET /version"),
  call("GET /cluster/resources"),
  call("GET /nodes/{node}/certificates/info"),
  call("GET /access/permissions"),
  call("GET /nodes/{node}/tasks/{upid}/status"),
  call("GET /nodes/{node}/tasks/{upid}/log"),
];

/** Calls of one kind with these arguments. @throws Error for a kind that there is not */
export function callsOf(kind: string, args: Args, name?: string): Calls {
  const { kinds } = load<typeof import("./kinds")>("./kinds");
  const of = Object.hasOwn(kinds, kind) ? kinds[kind] : undefined;
  if (!of) throw new Error(`there is no kind of resources ${kind}`);
  return of(args, name);
}

/** Whole arguments are changed in whatever they say. */
const written = (args: Args): string[] => Object.keys(args).filter((key) => args[key] !== undefined);

/** Every need from the first preview to the end of `destroy`. */
export function lifeOf(kind: string, args: Args, name?: string): Need[] {
  return allCalls(kind, args, name).flatMap(({ need, shows }) => (shows ? [need, shows] : [need]));
}

/** Endpoints that a resource may call in its whole life. */
export const endpointsOf = (kind: string, args: Args, name?: string): ReadonlySet<string> =>
  new Set(allCalls(kind, args, name).map(({ endpoint }) => endpoint));

function allCalls(kind: string, args: Args, name?: string) {
  const { look, make, change, remove } = callsOf(kind, args, name);
  return [...always(), ...look, ...make, ...change(written(args)), ...remove];
}
