import { touchesPath, pathOf } from "./path";
import type { Held } from "./network-round";
import { differing } from "./row";
import { touchedIn } from "./staged";

/** What a change on the way to a node needs, in words. */
export const withoutSsh = (node: string, reason: string): string =>
  `${reason}: a mistake would cut ${node} off, and without SSH nothing puts the old network back. Set ` +
  `proxmox:sshPrivateKey and proxmox:sshFingerprints (or nodes.${node}.sshFingerprint), or unguarded: true`;

/** Why what is staged may not be applied without a way back: by what is there now, whatever a preview has seen. */
export function unguardedReason(held: Held, addresses: ReadonlySet<string>): string | undefined {
  const { staged, view, after } = held;
  const parts = new Map(staged.map(({ name, unguarded }) => [name, unguarded]));
  const some = staged.some(({ unguarded }) => unguarded);
  // What follows at a port from a change of what joins it has no part of its own.
  const allowed = (name: string): boolean => parts.get(name) ?? some;
  const isKnown = view.changes === undefined;
  const way = pathOf(after.rows, addresses);
  const names = isKnown
    ? new Set(
        [...view.rows.keys(), ...after.rows.keys()].filter(
          (name) => differing(view.rows.get(name), after.rows.get(name)).length > 0,
        ),
      )
    : new Set(touchedIn(after.changes ?? "").names.keys());
  for (const name of names) {
    if (allowed(name)) continue;
    // What an earlier run has staged cannot be compared with what was there.
    if (!isKnown && way.has(name)) return `${name}: it is on the way by which the node is reached`;
    const reason = touchesPath(view.rows, after.rows, name, addresses);
    if (reason !== undefined) return `${name}: ${reason}`;
  }
  return undefined;
}
