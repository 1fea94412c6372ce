import { isIPv4 } from "node:net";

/** A service that waits for others: its port, and the address that it listens at (`0.0.0.0` and `::` are all of them). */
export interface ListeningService {
  /** What it speaks. */
  readonly protocol: "tcp" | "udp";
  /** Address that it listens at, IPv4 or IPv6: one of the guest's own, or all of them. */
  readonly address: string;
  /** Port, 1 to 65535. */
  readonly port: number;
}

/** What is known of a guest of which rules are wanted. */
export interface SuggestedFor {
  /** Its tags, as a list or as Proxmox keeps them: `web;production`. */
  readonly tags?: string | readonly string[];
  /** What listens in it: `listeningServices` reads that from the files of the guest. */
  readonly services?: readonly ListeningService[];
  /** From where it is let in: an address, a network, an alias, `+set`. Everywhere unless set. */
  readonly source?: string;
}

/** A rule as `FirewallRules` and `FirewallGroup` take it. */
export interface SuggestedRule {
  /** What comes into the guest. */
  readonly direction: "in";
  /** It is let in. */
  readonly action: "ACCEPT";
  /** Macro of Proxmox that stands for the service, such as `HTTPS`; else `protocol` and `destinationPort` name it. */
  readonly macro?: string;
  /** `tcp` or `udp`, where there is no macro. */
  readonly protocol?: string;
  /** Port of the guest, where there is no macro. */
  readonly destinationPort?: string;
  /** From where: an address, a network, an alias, `+set`. Everywhere unless it is set. */
  readonly source?: string;
  /** Why it is proposed. */
  readonly comment: string;
}

/** Macros of Proxmox that one service stands for, by protocol and port. */
const macros: Readonly<Record<string, string>> = {
  "tcp 21": "FTP",
  "tcp 22": "SSH",
  "tcp 25": "SMTP",
  "tcp 53": "DNS",
  "udp 53": "DNS",
  "tcp 80": "HTTP",
  "tcp 110": "POP3",
  "udp 123": "NTP",
  "tcp 143": "IMAP",
  "tcp 389": "LDAP",
  "tcp 443": "HTTPS",
  "tcp 465": "SMTPS",
  "tcp 587": "Submission",
  "tcp 636": "LDAPS",
  "tcp 873": "Rsync",
  "tcp 993": "IMAPS",
  "tcp 995": "POP3S",
  "udp 1194": "OpenVPN",
  "tcp 1433": "MSSQL",
  "tcp 3306": "MySQL",
  "tcp 3389": "RDP",
  "tcp 5432": "PostgreSQL",
  "tcp 8080": "Webcache",
};

/** Macros that a tag of their name asks for beside those; no tag opens more than it says. */
const ofTags: readonly string[] = [...new Set(Object.values(macros)), "Mail", "Ping", "Web"];

/** Ports that a macro of tags opens: what listens there needs no rule of its own. */
const opens: Readonly<Record<string, readonly string[]>> = {
  Mail: ["tcp 25", "tcp 465", "tcp 587"],
  Web: ["tcp 80", "tcp 443"],
};

/** Both are asked of the node or the network by a guest, and nobody from outside needs them. */
const ofClients = new Set(["udp 68", "udp 546", "udp 5353"]);

const keyOf = ({ protocol, port }: ListeningService): string => `${protocol} ${port}`;

/**
 * Rules for a guest, to be looked at by somebody: they let in what its tags name (`web`, `ssh`, `postgresql`: macros of Proxmox)
 * and what listens in it at an address that others reach. Nothing is let in that neither says.
 *
 * @example
 * new FirewallRules("web-1", { place: { guest: vm.vmid }, rules: suggestRules({ tags: "web", source: "+dc/office" }) });
 */
export function suggestRules({ tags = [], services = [], source }: SuggestedFor): SuggestedRule[] {
  const words = (typeof tags === "string" ? tags.split(/[;, ]+/) : tags).map((tag) => tag.toLowerCase());
  const named = ofTags.filter((macro) => words.includes(macro.toLowerCase()));
  const open = new Set(named.flatMap((macro) => opens[macro] ?? [...keysOf(macro)]));
  const heard = services
    .filter((one) => isReached(one.address) && !ofClients.has(keyOf(one)) && !open.has(keyOf(one)))
    .sort((a, b) => a.port - b.port || a.protocol.localeCompare(b.protocol));
  const keys = [...new Set(heard.map(keyOf))];
  const found = [...new Set(keys.flatMap((key) => macros[key] ?? []))];
  const others = keys.filter((key) => macros[key] === undefined);
  const rule = (
    what: Pick<SuggestedRule, "macro" | "protocol" | "destinationPort">,
    comment: string,
  ): SuggestedRule => ({
    ...{ direction: "in", action: "ACCEPT", ...what, ...(source === undefined ? {} : { source }), comment },
  });
  return [
    ...named.map((macro) => rule({ macro }, `by its tag ${macro.toLowerCase()}`)),
    ...found.map((macro) => rule({ macro }, "listens in the guest")),
    ...others.map((key) => {
      const [protocol = "", destinationPort = ""] = key.split(" ");
      return rule({ protocol, destinationPort }, "listens in the guest");
    }),
  ];
}

const keysOf = (macro: string): string[] => Object.keys(macros).filter((key) => macros[key] === macro);

/** Is it none of the guest's own alone? */
const isReached = (address: string): boolean =>
  isIPv4(address) ? !address.startsWith("127.") : !/^(?:::1|::ffff:127\..*|fe80:.*)$/.test(address);

/**
 * What listens in a guest, by its files `/proc/net/tcp`, `tcp6`, `udp` and `udp6` (proc_net_tcp of the kernel's documentation).
 * A guest may write whatever it likes into what it shows: only lines of the kernel's own form count.
 */
export function listeningServices(files: Readonly<Partial<Record<ListeningFile, string>>>): ListeningService[] {
  const found: ListeningService[] = [];
  for (const file of listeningFiles) {
    const protocol = file.startsWith("tcp") ? "tcp" : "udp";
    // A socket of TCP that waits, and one of UDP that is bound.
    const state = protocol === "tcp" ? "0A" : "07";
    for (const line of (files[file] ?? "").split("\n", 10_000)) {
      const [, hex = "", port = "", remote = "", is] = row.exec(line) ?? [];
      if (is !== state || !/^0+$/.test(remote) || hex.length !== (file.endsWith("6") ? 32 : 8)) continue;
      if (Number.parseInt(port, 16) > 0)
        found.push({ protocol, address: addressOf(hex), port: Number.parseInt(port, 16) });
    }
  }
  return found;
}

/** Files below `/proc/net` of a guest. */
export const listeningFiles = ["tcp", "tcp6", "udp", "udp6"] as const;
type ListeningFile = (typeof listeningFiles)[number];

const row = /^ *\d+: ([0-9A-F]{8}|[0-9A-F]{32}):([0-9A-F]{4}) ([0-9A-F]{8}|[0-9A-F]{32}):0000 ([0-9A-F]{2}) /;

/** The kernel shows words of four bytes as numbers, which of the usual processors have the last byte first. */
function addressOf(hex: string): string {
  const bytes = (hex.match(/.{8}/g) ?? []).flatMap((word) =>
    (word.match(/../g) ?? []).reverse().map((byte) => Number.parseInt(byte, 16)),
  );
  if (bytes.length === 4) return bytes.join(".");
  if (bytes.slice(0, 10).every((byte) => byte === 0) && bytes[10] === 255 && bytes[11] === 255)
    return `::ffff:${bytes.slice(12).join(".")}`;
  if (bytes.every((byte) => byte === 0)) return "::";
  if (bytes.slice(0, 15).every((byte) => byte === 0)) return `::${bytes[15]?.toString(16) ?? ""}`;
  const words = Array.from({ length: 8 }, (_, at) => ((bytes[2 * at] ?? 0) << 8) | (bytes[2 * at + 1] ?? 0));
  return words.map((word) => word.toString(16)).join(":");
}
