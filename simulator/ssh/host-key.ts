import { createHash } from "node:crypto";
import type { NodeSsh } from "../world/node-ssh.js";

/** A node, or a machine outside. */
interface Machine {
  readonly name: string;
  ssh?: NodeSsh;
}

/** Loaded when the first key is made or the first connection comes: most worlds need none. */
export const ssh2 = (): typeof import("ssh2") => require("ssh2") as typeof import("ssh2");

/** The node's keys and files; a host key is made at the first use, as by the installer. */
export function sshOf(node: Machine): NodeSsh {
  if (!node.ssh) {
    const { private: key, public: shown } = readableKeyPair(`root@${node.name}`);
    node.ssh = { hostKey: { private: key, public: shown }, authorizedKeys: [], files: {}, directories: [] };
  }
  return node.ssh;
}

/** ssh2 1.17 writes about one key of 400 with a padding that it does not read itself. */
export function readableKeyPair(comment: string): { private: string; public: string } {
  const { generateKeyPairSync, parseKey } = ssh2().utils;
  for (;;) {
    const pair = generateKeyPairSync("ed25519", { comment });
    if (!(parseKey(pair.private) instanceof Error)) return pair;
  }
}

/** The host key's fingerprint as `ssh-keygen -l` prints it. */
export function hostKeyFingerprint(node: Machine): string {
  const key = Buffer.from(sshOf(node).hostKey.public.split(" ")[1] ?? "", "base64");
  return `SHA256:${createHash("sha256").update(key).digest("base64").replace(/=+$/, "")}`;
}
