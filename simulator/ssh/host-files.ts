import { accountsOf, groupText, passwdText } from "../linux/accounts.js";
import { revertInterfaces } from "../network/node-network.js";
import type { NodeFile } from "../world/node-ssh.js";
import type { NodeState } from "../world/world.js";
import { FileError } from "./file-error.js";

/** Nobody here writes them but the programs that are made for it. */
const byPrograms = (): never => {
  throw new FileError("denied", "Permission denied");
};

/** Files that the world knows by their meaning: who writes them changes what the API tells. */
const texts: Readonly<
  Record<string, { read(node: NodeState): string | undefined; write(node: NodeState, text: string, now: number): void }>
> = {
  "/etc/network/interfaces": {
    read: ({ network }) => network.interfaces,
    // the kernel learns of it with `ifreload -a` only
    write({ network }, text, now) {
      network.running ??= network.interfaces;
      network.interfaces = text;
      network.appliedAt = now;
    },
  },
  "/etc/network/interfaces.new": {
    read: ({ network }) => network.pending,
    write({ network }, text, now) {
      network.pending = text;
      network.stagedAt = now;
    },
  },
  "/etc/passwd": { read: (node) => passwdText(accountsOf(node)), write: byPrograms },
  "/etc/group": { read: (node) => groupText(accountsOf(node)), write: byPrograms },
  // While it is there proxmox-firewall does nothing (FORCE_NFT_DISABLE_FLAG_FILE in PVE/Firewall/Helpers.pm).
  "/run/proxmox-nftables-firewall-force-disable": {
    read: ({ nftablesAllowed }) => (nftablesAllowed ? undefined : ""),
    write: byPrograms,
  },
  "/etc/hosts": {
    read: ({ network }) => network.hosts,
    write({ network }, text) {
      network.hosts = text;
    },
  },
};

export function isHostFile(file: string): boolean {
  return Object.hasOwn(texts, file);
}

export function hostFile(node: NodeState, file: string): NodeFile | undefined {
  const text = Object.hasOwn(texts, file) ? texts[file]?.read(node) : undefined;
  return text === undefined ? undefined : { content: Buffer.from(text).toString("base64"), mode: 0o644 };
}

export function writeHostFile(node: NodeState, file: string, { content }: NodeFile, now: number): void {
  texts[file]?.write(node, Buffer.from(content, "base64").toString("utf8"), now);
}

/** Without a file there is nothing staged; the others are as good as empty. */
export function removeHostFile(node: NodeState, file: string): void {
  if (file === "/etc/network/interfaces.new") revertInterfaces(node.network);
  else writeHostFile(node, file, { content: "", mode: 0o644 }, 0);
}
