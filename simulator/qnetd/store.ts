import { X509Certificate } from "node:crypto";
import type { NodeSsh } from "../world/node-ssh.js";

/** A database of NSS, as the JSON that is in the place of its file. */
export interface Store {
  /** The QNetd that is trusted, as PEM; of QNetd itself with its key. */
  authority?: { cert: string; key?: string; fingerprint: string };
  /** Keys for which somebody was asked to sign, the latest last. */
  keys: string[];
  /** `Cluster Cert`, with its key where that is there too. */
  certificate?: { cert: string; key?: string };
}

export const nodeStore = "/etc/corosync/qdevice/net/nssdb";
export const qnetdStore = "/etc/corosync/qnetd/nssdb";

export const base64 = (text: string): string => Buffer.from(text).toString("base64");

export const textAt = (ssh: NodeSsh, file: string): string | undefined => {
  const found = ssh.files[file];
  return found && Buffer.from(found.content, "base64").toString("utf8");
};

export function writeText(ssh: NodeSsh, file: string, text: string): void {
  ssh.files[file] = { content: base64(text), mode: 0o660 };
}

export function storeIn(ssh: NodeSsh, directory: string): Store | undefined {
  const text = textAt(ssh, `${directory}/cert9.db`);
  return text === undefined ? undefined : (JSON.parse(text) as Store);
}

export const keep = (ssh: NodeSsh, directory: string, store: Store): void =>
  writeText(ssh, `${directory}/cert9.db`, JSON.stringify(store));

export function makeDirectories(ssh: NodeSsh, directory: string): void {
  const parts = directory.split("/").slice(1);
  parts.forEach((_, at) => {
    const name = `/${parts.slice(0, at + 1).join("/")}`;
    if (!ssh.directories.includes(name)) ssh.directories.push(name);
  });
}

/** Whatever a file is, PEM with other words around it or DER. */
export function certificateFrom(content: string | undefined): X509Certificate | undefined {
  if (content === undefined) return undefined;
  const bytes = Buffer.from(content, "base64");
  const [pem] = /-----BEGIN CERTIFICATE-----[^-]*-----END CERTIFICATE-----/.exec(bytes.toString("latin1")) ?? [];
  try {
    return new X509Certificate(pem ?? bytes);
  } catch {
    return undefined;
  }
}
