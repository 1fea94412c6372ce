import { isProxmoxError, wire, type Connection } from "../../pve";
import { awaitReloads, lacksOf, membersOf, reloadsOf, withoutDnsmasq } from "./sdn-nodes";
import { readView, type SdnView } from "./sdn-view";
import type { SdnLock } from "./sdn-lock";

/** What came of an apply: for each node that lacks something, what. */
export interface Applied {
  readonly view: SdnView;
  readonly failures: ReadonlyMap<string, readonly string[]>;
  /** Members that were not there; they take it over when they are back. */
  readonly offline: readonly string[];
}

interface Applying {
  readonly connection: Connection;
  readonly held: { readonly lock: Pick<SdnLock, "releasing">; readonly zones: ReadonlySet<string> };
  readonly signal: AbortSignal;
  readonly progress: (text: string) => void;
}

/**
 * Applies what is staged, and looks at each node for what it then has. The task of the apply ends well whatever becomes
 * of the nodes; so does the reload of a node whose bridge does not come up.
 */
export async function apply({ connection, held, signal, progress }: Applying): Promise<Applied> {
  const { online, offline } = await membersOf(connection);
  const earlier = await lacks(connection, online, await readView(connection));
  const reloads = await reloadsOf(connection, online);
  const upid = await begin(connection, held.lock);
  progress(`reloading the networks of ${online.join(", ")}`);
  await connection.tasks.wait(upid, { what: "applying the SDN", signal, timeoutMs: 120_000 });
  const late = await awaitReloads(connection, reloads, signal);
  const view = await readView(connection);
  const now = await lacks(connection, online, view);
  const failures = new Map<string, string[]>();
  for (const node of online) {
    const before = earlier.get(node);
    const found = [...(now.get(node) ?? [])].filter(
      ([what, why]) => before?.get(what) !== why || isOf(what, held.zones, view),
    );
    const texts = found.map(([what, why]) => `${what} (${why})`);
    const slow = late.get(node);
    if (slow !== undefined) texts.push(slow);
    if (texts.length > 0) failures.set(node, texts);
  }
  return { view, failures, offline };
}

/** The answer may be lost: an apply more does no harm. */
async function begin({ transport }: Connection, lock: Pick<SdnLock, "releasing">): Promise<string> {
  const send = (): Promise<string> =>
    lock.releasing(async (token) => {
      const { data } = await transport.request(
        "PUT",
        "/cluster/sdn",
        token === undefined ? {} : { "lock-token": token },
      );
      return wire.string(data) ?? "";
    });
  try {
    return await send();
  } catch (error) {
    if (!isProxmoxError(error, "unavailable")) throw error;
    return send();
  }
}

/** What each node lacks; one that does not tell lacks everything. */
async function lacks(connection: Connection, nodes: readonly string[], view: SdnView) {
  const zones = [...view.running.zones].filter(([, zone]) => zone["dhcp"] !== undefined);
  const served = nodes.filter((node) => zones.some(([, zone]) => zone["nodes"]?.split(",").includes(node) ?? true));
  const unserved = new Set(served.length === 0 ? [] : await withoutDnsmasq(connection, served));
  const found = await Promise.all(
    nodes.map(async (node) => {
      const own = new Map(await lacksOf(connection, node, view));
      if (unserved.has(node))
        for (const [name, zone] of zones)
          if (zone["nodes"]?.split(",").includes(node) ?? true)
            own.set(`zone ${name}`, "no DHCP: the package dnsmasq is not installed");
      return [node, own] as const;
    }),
  );
  return new Map(found);
}

/** Does the thing belong to a zone that this change has to do with? */
function isOf(what: string, zones: ReadonlySet<string>, { running }: SdnView): boolean {
  const [noun, name = ""] = what.split(" ");
  return zones.has(noun === "zone" ? name : (running.vnets.get(name)?.["zone"] ?? ""));
}

/** For messages: "pve2 lacks vnet web (error web); pve3 lacks …". */
export const lacking = (failures: ReadonlyMap<string, readonly string[]>): string =>
  [...failures].map(([node, texts]) => `${node} lacks ${texts.join(", ")}`).join("; ");
