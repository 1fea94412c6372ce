/** Lines of a file of keys that are another one without the node: what stays is left exactly as it is. */
interface Traces {
  readonly text: string;
  readonly removed: number;
}

/** Without the keys that root of those nodes signs in with, as each node writes its own: the last word is `root@name`. */
export function withoutKeysOf(text: string, nodes: readonly string[]): Traces {
  const owners = new Set(nodes.map((name) => `root@${name}`));
  return without(text, (line) => {
    const words = line.trim().split(/\s+/);
    return words.length >= 3 && !line.startsWith("#") && owners.has(words.at(-1) ?? "");
  });
}

/** Without the host keys of a node under its name and addresses. A line that names another host as well stays. */
export function withoutHostKeysOf(text: string, names: readonly string[]): Traces {
  const gone = new Set(names.map((name) => name.toLowerCase()));
  return without(text, (line) => {
    const [hosts = "", , key] = line.trim().split(/\s+/);
    if (key === undefined || /^[#@|]/.test(hosts)) return false;
    return hosts.split(",").every((host) => gone.has(host.toLowerCase().replace(/^\[(.*)\](?::\d+)?$/, "$1")));
  });
}

function without(text: string, isGone: (line: string) => boolean): Traces {
  const lines = text.split("\n");
  const kept = lines.filter((line) => !isGone(line));
  return { text: kept.join("\n"), removed: lines.length - kept.length };
}
