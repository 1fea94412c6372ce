/** What an interface's stanza says, by the names that the API uses. */
export type Iface = Record<string, IfaceValue>;

export type IfaceValue = string | number | null | (string | null)[];

/** The parsed /etc/network/interfaces. */
export interface Interfaces {
  ifaces: Record<string, Iface>;
  /** Lines that belong to no interface (`source …`), with their place among the interfaces. */
  options: { priority: number; line: string }[];
}

/** Ports of the machine, as the kernel names them. */
export interface Port {
  name: string;
  /** On a bus of its own, so that Proxmox shows it as existing even when no stanza names it. */
  physical?: boolean;
}

/** Names that Proxmox takes for network cards (PVE/Network/Interfaces.pm). */
export const portName = /^(?:eth\d+|en[^:.]+|ib[^:.]+|(?:nic|if)\d+)$/;

/** A key's text, if it has one that Perl would call true. */
export function textOf(iface: Iface | undefined, key: string): string | undefined {
  const value = iface?.[key];
  if (value === undefined || value === null || Array.isArray(value)) return undefined;
  const text = String(value);
  return text === "" || text === "0" ? undefined : text;
}

/** Words of a key such as `bridge_ports`, which Proxmox separates by white space only when it looks for them. */
export function wordsOf(iface: Iface | undefined, key: string): string[] {
  return (textOf(iface, key) ?? "").split(/\s+/).filter((word) => word !== "");
}
