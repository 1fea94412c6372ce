import { isProxmoxError, wire, type Connection } from "../../pve";
import { awaitReloads, lacksOf, longestMs, membersOf, reloadsOf, withoutService } from "./sdn-nodes";
import { shownChanges, type SdnChange } from "./sdn-pending";
import { readView, type SdnView } from "./sdn-view";
import type { SdnLock } from "./sdn-lock";

/** What came of an apply: for each node that lacks something, what. */
export interface Applied {
  readonly view: SdnView;
  readonly failures: ReadonlyMap<string, readonly string[]>;
  /** Members that were not there; they take it over when they are back. */
  readonly offline: readonly string[];
}

/** What is read before an apply, by which it is judged. */
export interface BeforeApply {
  readonly online: readonly string[];
  readonly offline: readonly string[];
  /** What each node lacked already. */
  readonly earlier: Awaited<ReturnType<typeof lacks>>;
  readonly reloads: Awaited<ReturnType<typeof reloadsOf>>;
}

/** What a change has to do with. */
interface Touched {
  readonly zones: ReadonlySet<string>;
  readonly controllers: ReadonlySet<string>;
}

interface Applying {
  readonly connection: Connection;
  readonly held: { readonly lock: Pick<SdnLock, "releasing"> } & Touched;
  readonly before: BeforeApply;
  /** Is something of this change staged now, and what of others? */
  readonly staged: () => Promise<{ readonly ours: boolean; readonly strange: readonly SdnChange[] }>;
  /** Was something staged when it was looked at last? Without, an apply cannot be seen to have been carried out. */
  readonly wasStaged: boolean;
  readonly signal: AbortSignal;
  readonly progress: (text: string) => void;
}

/** `after`: nodes of an apply before this one, any of which may have been cut off by it. */
export async function beforeApply(connection: Connection, view: SdnView, after?: BeforeApply): Promise<BeforeApply> {
  const { online, offline } = after ?? (await membersOf(connection));
  const silent = after !== undefined;
  const earlier = await lacks(connection, online, view, silent);
  return { online, offline, earlier, reloads: await reloadsOf(connection, online, silent) };
}

/** What a node lacks that does not answer. */
const unanswered = "an answer";

/**
 * Applies what is staged, and looks at each node for what it then has. The task of the apply ends well whatever becomes
 * of the nodes; so does the reload of a node whose bridge does not come up. From the apply on, what goes wrong on a node
 * is what the node lacks: it is no reason not to look at the others.
 */
export async function apply(applying: Applying): Promise<Applied> {
  const { connection, held, signal, progress } = applying;
  const { online, offline, earlier, reloads } = applying.before;
  const upid = await begin(applying);
  progress(`reloading the networks of ${online.join(", ")}`);
  if (upid !== undefined) await ended(connection, upid, signal, progress);
  const late = await awaitReloads(connection, reloads, signal);
  const view = await viewAfter(connection, signal);
  const now = await lacks(connection, online, view, true);
  const failures = new Map<string, string[]>();
  for (const node of online) {
    const before = earlier.get(node);
    const found = [...(now.get(node) ?? [])].filter(
      ([what, why]) => what === unanswered || before?.get(what) !== why || isOf(what, held, view),
    );
    const texts = found.map(([what, why]) => `${what} (${why})`);
    const slow = late.get(node);
    if (slow !== undefined && !now.get(node)?.has(unanswered)) texts.push(slow);
    if (texts.length > 0) failures.set(node, texts);
  }
  return { view, failures, offline };
}

/**
 * Begins it, and returns its task; undefined when the answer was lost and it was carried out. It is sent again only when
 * it was not, and takes along nothing of others.
 */
async function begin({ connection, held, staged, wasStaged }: Applying): Promise<string | undefined> {
  const send = (): Promise<string> =>
    held.lock.releasing(async (token) => {
      const { data } = await connection.transport.request(
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
    const { ours, strange } = await staged();
    // It is carried out as a whole: what is staged now was staged by somebody else after it.
    if (wasStaged && !ours) return undefined;
    if (strange.length === 0) return send();
    throw new Error(
      "the answer to the apply was lost, and it was not sent again, for something else is staged by now:\n" +
        shownChanges(strange),
      { cause: error },
    );
  }
}

/** Waits for the task of the apply; however it ends, and whether that can be seen, the nodes tell what came of it. */
async function ended(
  connection: Connection,
  upid: string,
  signal: AbortSignal,
  progress: (text: string) => void,
): Promise<void> {
  try {
    await connection.tasks.wait(upid, { what: "applying the SDN", signal, timeoutMs: longestMs });
  } catch (error) {
    if (signal.aborted || !isProxmoxError(error)) throw error;
    progress(`looking at the nodes, for the apply did not end well: ${error.message}`);
  }
}

/** After an apply has been sent: the node that is spoken to reloads its networks too, and may be away for a moment. */
export async function viewAfter(connection: Connection, signal: AbortSignal): Promise<SdnView> {
  const until = connection.clock.now() + longestMs;
  for (;;) {
    try {
      return await readView(connection);
    } catch (error) {
      if (!isProxmoxError(error, "unavailable") || connection.clock.now() >= until) throw error;
    }
    await connection.clock.sleep(1_000, signal);
  }
}

/** What each node lacks; `silent`: one that does not answer lacks that. */
async function lacks(connection: Connection, nodes: readonly string[], view: SdnView, silent: boolean) {
  const found = await Promise.all(
    nodes.map(async (node) => {
      try {
        const own = [...(await lacksOf(connection, node, view)), ...(await withoutService(connection, node, view))];
        return [node, new Map(own)] as const;
      } catch (error) {
        if (!silent || !isProxmoxError(error) || error.kind === "aborted") throw error;
        return [node, new Map([[unanswered, error.message]])] as const;
      }
    }),
  );
  return new Map(found);
}

/** Does the thing belong to a zone, or is it a controller, that this change has to do with? */
function isOf(what: string, { zones, controllers }: Touched, { running }: SdnView): boolean {
  const [noun, name = ""] = what.split(" ");
  if (noun === "controller") return controllers.has(name);
  return zones.has(noun === "zone" ? name : (running.vnets.get(name)?.["zone"] ?? ""));
}

/** For messages: "pve2 lacks vnet web (error web); pve3 lacks …". */
export const lacking = (failures: ReadonlyMap<string, readonly string[]>): string =>
  [...failures].map(([node, texts]) => `${node} lacks ${texts.join(", ")}`).join("; ");
