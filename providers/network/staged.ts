/** Which interfaces a staged change touches; `unknown`: lines of which that cannot be told. */
interface Touched {
  /** With the words that their changed lines begin with, spelt with `-`. */
  readonly names: ReadonlyMap<string, ReadonlySet<string>>;
  readonly unknown: boolean;
}

const auto = /^\s*(?:auto|allow-\S+)\s+(\S+)\s*$/;
const iface = /^\s*iface\s+(\S+)/;

/**
 * The stanzas of /etc/network/interfaces by interface, as sets of lines: how they are spelt and where they stand means
 * nothing. What belongs to none, such as `source` lines, is under the empty name.
 */
function stanzasOf(text: string): Map<string, string> {
  const lines = new Map<string, string[]>();
  let current = "";
  const add = (line: string): void => {
    const all = lines.get(current) ?? [];
    lines.set(current, [...all, line]);
  };
  for (const raw of text.split("\n")) {
    const line = raw.trim().replace(/\s+/g, " ");
    const name = (auto.exec(line) ?? iface.exec(line))?.[1];
    if (name !== undefined) current = name;
    else if (/^(?:source|source-directory|mapping|auto|allow-\S+) /.test(line)) current = "";
    // Comments at the top are Proxmox's own, which it writes anew; empty lines end nothing but what is read by people.
    if (line === "" || (current === "" && line.startsWith("#"))) continue;
    add(line.replace(/^\S+/, (key) => key.replaceAll("_", "-")));
  }
  return new Map([...lines].map(([name, all]) => [name, all.sort().join("\n")]));
}

/** By both files. */
export function touchedBetween(before: string, after: string): Touched {
  const [one, other] = [stanzasOf(before), stanzasOf(after)];
  const names = [...new Set([...one.keys(), ...other.keys()])].filter((name) => one.get(name) !== other.get(name));
  const words = (name: string): Set<string> => {
    const [old, next] = [one, other].map((all) => new Set((all.get(name) ?? "").split("\n")));
    const changed = [...(old ?? [])]
      .filter((line) => !next?.has(line))
      .concat([...(next ?? [])].filter((line) => !old?.has(line)));
    return new Set(changed.filter((line) => line !== "").map(wordOf));
  };
  const named = names.filter((name) => name !== "").map((name) => [name, words(name)] as const);
  return { names: new Map(named), unknown: names.includes("") };
}

/** What a line is about; comments are one thing. */
const wordOf = (line: string): string => {
  const text = line.trim();
  return text.startsWith("#") ? "#" : (/^\S+/.exec(text)?.[0] ?? "").replaceAll("_", "-");
};

/** By the difference that Proxmox shows: three lines around each change, which may not tell where it is. */
export function touchedIn(diff: string): Touched {
  const names = new Map<string, Set<string>>();
  let unknown = false;
  let current: string | undefined;
  for (const line of diff.split("\n")) {
    if (/^(?:---|\+\+\+) \//.test(line)) continue;
    if (line.startsWith("@@")) {
      current = undefined;
      continue;
    }
    const text = line.slice(1);
    const name = (auto.exec(text) ?? iface.exec(text))?.[1];
    if (name !== undefined) current = name;
    else if (/^(?:source|source-directory|mapping)\s/.test(text)) current = "";
    if (!/^[+-]/.test(line) || text.trim() === "") continue;
    // Proxmox's own words at the top of the file.
    if (current === undefined && text.startsWith("#")) continue;
    if (current === undefined || current === "") unknown = true;
    else names.set(current, (names.get(current) ?? new Set()).add(wordOf(text)));
  }
  return { names, unknown };
}
