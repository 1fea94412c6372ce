/** One line of a block: an address and its names, the whole one first. */
export interface HostsEntry {
  readonly address: string;
  readonly names: readonly string[];
}

/** Whose a block is: its name on the node, and the mark of the resource that has made it. */
interface BlockOwner {
  readonly name: string;
  readonly mark: string;
}

const words = "pulumi-proxmox-cluster";
const begin = ({ name, mark }: BlockOwner): string => `# BEGIN ${words} ${name} ${mark}`;
const end = ({ name }: { readonly name: string }): string => `# END ${words} ${name}`;

/** A block as it stands in the file. */
interface Block {
  readonly mark: string;
  /** Index of its first line, and of the line behind its last. */
  readonly from: number;
  readonly to: number;
  readonly entries: readonly HostsEntry[];
}

/** Lines with their line ends, so that what is not touched stays byte for byte. */
const linesOf = (text: string): string[] => text.match(/[^\n]*\n|[^\n]+$/g) ?? [];
const bare = (line: string): string => line.replace(/\r?\n$/, "");

/** The address and the names of a line; undefined for comments and empty ones. */
function entryOf(line: string): HostsEntry | undefined {
  const [address = "", ...names] = bare(line).replace(/#.*/, "").trim().split(/\s+/);
  return address === "" ? undefined : { address, names };
}

/** The block of that name. A beginning without its end is nobody's: what follows may be anything. */
export function blockIn(text: string, name: string): Block | "broken" | undefined {
  const lines = linesOf(text);
  const starts = lines.flatMap((line, at) => {
    const [, found, mark] = /^# BEGIN pulumi-proxmox-cluster (\S+) (\S+)\s*$/.exec(line) ?? [];
    return found === name && mark !== undefined ? [{ at, mark }] : [];
  });
  const ends = lines.flatMap((line, at) => (bare(line).trimEnd() === end({ name }) ? [at] : []));
  const [start] = starts;
  const [stop] = ends;
  if (start === undefined && stop === undefined) return undefined;
  if (start === undefined || stop === undefined || starts.length + ends.length > 2 || stop < start.at) return "broken";
  const inside = lines.slice(start.at + 1, stop);
  if (inside.some((line) => /^# (?:BEGIN|END) pulumi-proxmox-cluster /.test(line))) return "broken";
  const entries = inside.flatMap((line) => entryOf(line) ?? []);
  return { mark: start.mark, from: start.at, to: stop + 1, entries };
}

const printed = (owner: BlockOwner, entries: readonly HostsEntry[]): string =>
  [begin(owner), ...entries.map(({ address, names }) => [address, ...names].join(" ")), end(owner)]
    .map((line) => `${line}\n`)
    .join("");

/** The file with this block, in its place or at the end; every other line as it was. */
export function withBlock(text: string, owner: BlockOwner, entries: readonly HostsEntry[]): string {
  const lines = linesOf(text);
  const block = blockIn(text, owner.name);
  if (block === "broken") throw new Error(brokenBlock(owner.name));
  if (block) return [...lines.slice(0, block.from), printed(owner, entries), ...lines.slice(block.to)].join("");
  const before = text === "" || text.endsWith("\n") ? text : `${text}\n`;
  return before + printed(owner, entries);
}

/** The file without it. */
export function withoutBlock(text: string, name: string): string {
  const block = blockIn(text, name);
  if (block === "broken") throw new Error(brokenBlock(name));
  if (!block) return text;
  const lines = linesOf(text);
  return [...lines.slice(0, block.from), ...lines.slice(block.to)].join("");
}

export const brokenBlock = (name: string): string =>
  `/etc/hosts has a block "${name}" whose beginning and end do not belong together; somebody has changed its marks. ` +
  "Repair or remove the lines by hand";

/** Of a line outside of the block: what it says of names that the block has, too. */
export interface Other {
  /** Number of the line, from 1. */
  readonly line: number;
  readonly address: string;
  /** Names that are in the block with another address of the same family. */
  readonly names: readonly string[];
  /** Debian's line for the machine's own name, which hides its address from the cluster. */
  readonly own: boolean;
}

const family = (address: string): string => (address.includes(":") ? "IPv6" : "IPv4");

/** Lines of others that say something else of names in these entries. */
export function contradictions(text: string, name: string, entries: readonly HostsEntry[]): Other[] {
  const block = blockIn(text, name);
  const said = new Map<string, Set<string>>();
  for (const { address, names } of entries)
    for (const one of names) {
      const key = `${family(address)} ${one.toLowerCase()}`;
      said.set(key, (said.get(key) ?? new Set()).add(canonical(address)));
    }
  return linesOf(text).flatMap((line, at) => {
    if (block && block !== "broken" && at >= block.from && at < block.to) return [];
    const entry = entryOf(line);
    if (!entry) return [];
    const names = entry.names.filter((one) => {
      const addresses = said.get(`${family(entry.address)} ${one.toLowerCase()}`);
      return addresses !== undefined && !addresses.has(canonical(entry.address));
    });
    return names.length === 0
      ? []
      : [{ line: at + 1, address: entry.address, names, own: entry.address === "127.0.1.1" }];
  });
}

/** IPv6 addresses are one however they are spelt; what is none stays as it is. */
function canonical(address: string): string {
  if (!address.includes(":")) return address;
  try {
    return new URL(`http://[${address}]/`).hostname;
  } catch (error) {
    if (!(error instanceof TypeError)) throw error;
    return address.toLowerCase();
  }
}

/** The file without these names on those lines; a line of which no name is left goes. */
export function withoutNames(text: string, others: readonly Other[]): string {
  return linesOf(text)
    .flatMap((line, at) => {
      const other = others.find((one) => one.line === at + 1);
      if (!other) return [line];
      const gone = new Set(other.names);
      const [, space = "", address = "", rest = "", tail = ""] = /^(\s*)(\S+)([^#\r\n]*)(.*\n?)$/s.exec(line) ?? [];
      const kept = rest.split(/(?=\s)/).filter((word) => word.trim() === "" || !gone.has(word.trim()));
      return kept.some((word) => word.trim() !== "") ? [space + address + kept.join("") + tail] : [];
    })
    .join("");
}

/** Lines that Proxmox's API refuses, or is not known to keep: with one of them in it the file cannot be written. */
export function unwritable(text: string, isAddress: (text: string) => boolean): { line: number; why: string }[] {
  return linesOf(text).flatMap((whole, at) => {
    const line = bare(whole);
    // eslint-disable-next-line no-control-regex -- everything beyond ASCII is what is looked for
    if (/[^\x00-\x7f]/.test(line)) return [{ line: at + 1, why: "has characters that are not ASCII" }];
    if (/^\s*(?:#|$)/.test(line)) return [];
    const [address = "", ...names] = line.split(/\s+/);
    if (!isAddress(address)) return [{ line: at + 1, why: address === "" ? "begins with a space" : "has no address" }];
    const wrong = names.find((name) => !/^[.\-a-zA-Z0-9]*$/.test(name));
    if (wrong?.startsWith("#")) return [{ line: at + 1, why: "has a comment behind its names" }];
    return wrong === undefined ? [] : [{ line: at + 1, why: `has the name ${wrong}` }];
  });
}

export const sameEntries = (one: readonly HostsEntry[], other: readonly HostsEntry[]): boolean =>
  plain(one) === plain(other);

const plain = (entries: readonly HostsEntry[]): string =>
  entries.map(({ address, names }) => [canonical(address), ...names].join(" ").toLowerCase()).join("\n");
