import type { Call } from "./call/call";
import { departedNodes } from "./session/departed-nodes";
import type { Session } from "./session/session";

/** A resource that is on one node and nowhere else. */
export interface OnNode<I, O> {
  /** Undefined for one that is on no node at all. */
  node(at: O): string | undefined;
  /** What stays on the machine, for the row. */
  what(at: O, settings: Partial<I>): string;
  /** Why it is not gone with the node, as the cluster still tells. */
  elsewhere?(call: Call, local: string, at: O): Promise<string | undefined>;
}

/**
 * Removes it, or ends well where its node has certainly left the cluster. A node that this run has taken out is not touched
 * any more; any other one is looked for first, for it may be away alone, which fails as it did.
 */
export async function removedWithNode<I, O>(
  session: Session,
  onNode: OnNode<I, O> | undefined,
  call: Call,
  { at, settings }: { readonly at: O; readonly settings: Partial<I> },
  remove: (at: O) => Promise<void>,
): Promise<void> {
  const node = onNode?.node(at);
  const left = async (): Promise<boolean> =>
    onNode !== undefined && node !== undefined && hasLeft(session, onNode, call, { node, at, settings });
  if (node !== undefined && departedNodes(session).has(node) && (await left())) return;
  try {
    await remove(at);
  } catch (error) {
    if (call.signal.aborted || !(await left())) throw error;
  }
}

async function hasLeft<I, O>(
  session: Session,
  onNode: OnNode<I, O>,
  call: Call,
  { node, at, settings }: { readonly node: string; readonly at: O; readonly settings: Partial<I> },
): Promise<boolean> {
  const without = await session.hasLeft(call, node);
  if (!without) return false;
  const still = await onNode.elsewhere?.(call, without.local, at);
  if (still !== undefined) throw new Error(`${node} is no member of ${without.cluster} any more, but ${still}`);
  call.report.result(
    `${node} is no member of ${without.cluster} any more: nothing was done there, and ${onNode.what(at, settings)} stays on its machine`,
  );
  return true;
}
