import type { CephConf } from "../world/ceph.js";

/** Sections as Proxmox's ceph.conf has them: the general ones first, then by kind and name. */
const kinds = ["global", "client", "mds", "mon", "osd", "mgr"];

function order(section: string): string {
  const [kind = "", name] = section.split(/\.(.*)/s);
  const at = kinds.indexOf(kind);
  return `${at < 0 ? kinds.length : at}${name === undefined ? "0" : `1${name}`}${section}`;
}

/** `/etc/pve/ceph.conf` (section 8 of the API mapping beside the recordings). */
export function confText(conf: CephConf): string {
  return Object.entries(conf)
    .sort(([a], [b]) => (order(a) < order(b) ? -1 : 1))
    .map(([section, keys]) => {
      const lines = Object.entries(keys)
        .sort(([a], [b]) => (a < b ? -1 : 1))
        .map(([key, value]) => `\t${key} = ${value}\n`);
      return `[${section}]\n${lines.join("")}\n`;
    })
    .join("");
}

export function setConf(conf: CephConf, section: string, values: Readonly<Record<string, string>>): void {
  conf[section] = { ...conf[section], ...values };
}
