import { wire } from "../../../pve";
import type { Pve } from "../../kernel/session/pve-session";
import { CEPH_ENTERPRISE, enterpriseHandle, repositoriesIn, type AptEntry } from "./repositories";

/** What of a process is remembered: of the session, or of an operation in it. */
interface Remembering {
  memory<T>(key: string, make: () => T): T;
}

const makeGoingOff = () => new Set<string>();
const goingOff = (process: Remembering): Set<string> =>
  process.memory("host: repositories that the program switches off", makeGoingOff);

/** A resource of the program was checked that switches this repository off: nobody needs to be told of it. */
export function goesOff(process: Remembering, node: string, handle: string): void {
  goingOff(process).add(`${node}/${handle}`);
}

const isGoingOff = (process: Remembering, node: string, handle: string): boolean =>
  [handle, ...(handle.startsWith("ceph-") ? [CEPH_ENTERPRISE] : [])].some((one) =>
    goingOff(process).has(`${node}/${one}`),
  );

/** The status of the subscription, as Proxmox calls it; undefined where it is active. */
export async function lackingSubscription(pve: Pve, node: string): Promise<string | undefined> {
  const status = wire.string(wire.object(await pve.api.nodes.$(node).subscription.$get())["status"]);
  return status === "active" ? undefined : (status ?? "unknown");
}

const enabledOn = async (pve: Pve, node: string): Promise<AptEntry[]> =>
  repositoriesIn(await pve.api.nodes.$(node).apt.repositories.$get()).entries.filter(({ enabled }) => enabled);

/** What is to be written to switch these enterprise repositories off. */
function toSwitchOff(handles: readonly string[]): string {
  const keys = [...new Set(handles.map((one) => (one.startsWith("ceph-") ? CEPH_ENTERPRISE : one)))];
  const record = keys.map((key) => `${/^\w+$/.test(key) ? key : `"${key}"`}: false`).join(", ");
  const resources = keys.map((key) => `handle: "${key}"`).join(" and with ");
  return `write repositories: { ${record} } for the host, or an AptRepository with ${resources} and enabled: false`;
}

/**
 * What is to be said, before the lists of a node are refreshed, of enterprise repositories that are on although the node has no
 * active subscription, and that no resource checked so far switches off. Undefined where there are none.
 */
export async function closedRepositories(pve: Pve, node: string): Promise<string | undefined> {
  const on = new Set((await enabledOn(pve, node)).flatMap((entry) => enterpriseHandle(entry) ?? []));
  const handles = [...on].filter((handle) => !isGoingOff(pve, node, handle)).sort();
  const status = handles.length === 0 ? undefined : await lackingSubscription(pve, node);
  if (status === undefined) return undefined;
  const [what, closed] = handles.length === 1 ? ["repository", "is on and lets"] : ["repositories", "are on and let"];
  return (
    `node ${node} has no active subscription (${status}), and ${what} ${handles.join(" and ")} ${closed} nobody in without one: ` +
    `refreshing the package lists will fail. To do without a subscription, ${toSwitchOff(handles)}`
  );
}

/** Which of its repositories apt complains of in what it has printed, and what to write; undefined where it names none. */
export async function refusedRepositories(pve: Pve, node: string, printed: string): Promise<string | undefined> {
  const complaints = printed.split("\n").filter((line) => /^\s*(?:Err|E|Error):/.test(line));
  const refused = (await enabledOn(pve, node)).filter(({ uris }) =>
    uris.some((uri) => complaints.some((line) => line.includes(uri.replace(/\/$/, "")))),
  );
  if (refused.length === 0) return undefined;
  const named = refused.map((entry) => `${enterpriseHandle(entry) ?? entry.uris.join(" ")} (${entry.path})`);
  const handles = [...new Set(refused.flatMap((entry) => enterpriseHandle(entry) ?? []))];
  const status = handles.length === 0 ? undefined : await lackingSubscription(pve, node);
  return (
    `It failed at ${named.join(" and ")}` +
    (status === undefined
      ? "; look at that file, and whether the node reaches it"
      : `, and the node has no active subscription (${status}). To do without one, ${toSwitchOff(handles)}`)
  );
}
