import { sshOf } from "../ssh/host-key.js";
import type { Files } from "../ssh/machine-files.js";
import type { Shell } from "../ssh/node-shell.js";
import { packagesOf } from "../packages/node-packages.js";
import type { LinuxAccounts } from "../world/linux-accounts.js";
import { accountsOf } from "./accounts.js";

/** A machine as programs that deal in its accounts see it: a node, or a guest. */
export interface AccountShell {
  readonly accounts: LinuxAccounts;
  readonly files: Pick<Files, "read" | "size" | "write" | "isDirectory" | "makeDirectory">;
  /** What its root has beside what every machine has. */
  readonly tree: { readonly files: Record<string, unknown>; directories?: string[] };
  readonly stdin: string;
  readonly hasSudo: boolean;
}

export const nodeAccounts = ({ node, files, stdin }: Shell): AccountShell => ({
  ...{ accounts: accountsOf(node), files, tree: sshOf(node), stdin },
  hasSudo: packagesOf(node).installed["sudo"] !== undefined,
});
