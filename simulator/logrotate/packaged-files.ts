import type { NodeState } from "../world/world.js";
import type { NodeFile } from "../world/node-ssh.js";

/** What a package brings for logrotate. */
interface PackagedFile {
  readonly brings: string;
  readonly text: string;
}

const block = (log: string, ...lines: readonly string[]): string =>
  `${log} {\n${lines.map((line) => `\t${line}\n`).join("")}}\n`;
const ofPackage = (brings: string, log: string, ...lines: readonly string[]): PackagedFile => ({
  brings,
  text: block(log, ...lines),
});
const monthly = ["monthly", "rotate 12", "compress", "missingok", "notifempty"];

/**
 * As far as it matters what Debian 13 and Proxmox VE 9 have: `debian/pve-manager.logrotate` of pve-manager and
 * `debian/pve-firewall.logrotate` of pve-firewall, which keep seven days, and those of logrotate, dpkg and apt themselves.
 */
const packaged: Readonly<Record<string, PackagedFile>> = {
  "/etc/logrotate.conf": {
    brings: "logrotate",
    text: "weekly\nrotate 4\ncreate\n#dateext\n#compress\ninclude /etc/logrotate.d\n",
  },
  "/etc/logrotate.d/alternatives": ofPackage("dpkg", "/var/log/alternatives.log", ...monthly),
  "/etc/logrotate.d/apt": {
    brings: "apt",
    text: `${block("/var/log/apt/term.log", ...monthly)}\n${block("/var/log/apt/history.log", ...monthly)}`,
  },
  "/etc/logrotate.d/btmp": ofPackage(
    "logrotate",
    "/var/log/btmp",
    ...["missingok", "monthly", "create 0660 root utmp", "rotate 1"],
  ),
  "/etc/logrotate.d/dpkg": ofPackage("dpkg", "/var/log/dpkg.log", ...monthly),
  "/etc/logrotate.d/pve": ofPackage(
    "pve-manager",
    "/var/log/pveproxy/access.log",
    ...["rotate 7", "daily", "missingok", "compress", "delaycompress", "notifempty", "create 640 www-data www-data"],
    ...["sharedscripts", "postrotate", "\t/bin/systemctl try-reload-or-restart pveproxy.service", "endscript"],
  ),
  "/etc/logrotate.d/pve-firewall": ofPackage(
    "pve-firewall",
    "/var/log/pve-firewall.log",
    ...[
      "rotate 7",
      "daily",
      "missingok",
      "notifempty",
      "delaycompress",
      "compress",
      "sharedscripts",
      "create 640 root adm",
    ],
    ...["postrotate", "\tinvoke-rc.d pvefw-logger restart 2>/dev/null >/dev/null || true", "endscript"],
  ),
  "/etc/logrotate.d/wtmp": ofPackage(
    "logrotate",
    "/var/log/wtmp",
    ...["missingok", "monthly", "create 0664 root utmp", "minsize 1M", "rotate 1"],
  ),
};

/** Logs that a node has, and its folders of them. */
export const logsOfNode: readonly string[] = [
  ...["/var/log/alternatives.log", "/var/log/apt/history.log", "/var/log/apt/term.log", "/var/log/btmp"],
  ...["/var/log/dpkg.log", "/var/log/pve-firewall.log", "/var/log/pveam.log", "/var/log/pveproxy/access.log"],
  ...["/var/log/pve/tasks/active", "/var/log/pve/tasks/index", "/var/log/wtmp"],
];
export const logFolders: readonly string[] = ["/var/log/ceph", "/var/log/pve"];
/** Folders in which a group other than root's may write (ceph-base makes it 3770 ceph:ceph). */
export const openFolders: readonly string[] = ["/var/log/ceph"];

/** The file as its package has brought it, unless somebody has removed it. */
export function packagedFile(node: NodeState, file: string): NodeFile | undefined {
  const found = Object.hasOwn(packaged, file) ? packaged[file] : undefined;
  if (!found || node.removedConffiles?.includes(file)) return undefined;
  return { content: Buffer.from(found.text).toString("base64"), mode: 0o644 };
}

/** dpkg does not bring back what somebody has removed. */
export function removePackagedFile(node: NodeState, file: string): void {
  if (Object.hasOwn(packaged, file)) node.removedConffiles = [...(node.removedConffiles ?? []), file];
}

export const packagedFiles = (): string[] => Object.keys(packaged);

/** Which package has brought a file, whether it is still there or not (`dpkg-query -S`). */
export const bringsFile = (file: string): string | undefined =>
  Object.hasOwn(packaged, file) ? packaged[file]?.brings : undefined;
