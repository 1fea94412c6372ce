import { isProxmoxError, printable, type Connection } from "../../pve";
import { readView as readNetwork } from "../network/view";
import { differences, readView, shown, type SdnDifference, type SdnView } from "./sdn-view";

/** What is staged and not applied, as far as a reload of SDN takes it along: of SDN, of fabrics, of a node's interfaces. */
export type SdnChange = SdnDifference | { readonly fabric: string } | { readonly node: string; readonly diff: string };

/** All that is staged, by whomever; `silent`: of nodes that do not answer it is not told. */
export async function readPending(
  connection: Connection,
  online: readonly string[],
  silent: boolean,
): Promise<{ view: SdnView; changes: readonly SdnChange[] }> {
  const nodes = await Promise.all(
    online.map(async (node) => {
      try {
        const { changes } = await readNetwork(connection, node);
        return changes === undefined ? [] : [{ node, diff: changes }];
      } catch (error) {
        if (!silent || !isProxmoxError(error)) throw error;
        return [];
      }
    }),
  );
  const view = await readView(connection);
  const fabrics = view.fabrics.map((fabric) => ({ fabric }));
  return { view, changes: [...differences(view.running, view.config), ...fabrics, ...nodes.flat()] };
}

/** Changes for people. */
export const shownChanges = (changes: readonly SdnChange[]): string => changes.map(shownChange).join("\n");

function shownChange(change: SdnChange): string {
  if ("node" in change)
    return `interfaces of ${change.node}, which a reload of SDN would apply too:\n${printable(change.diff)}`;
  return printable("fabric" in change ? `${change.fabric}, which an apply of SDN would apply too` : shown(change));
}
