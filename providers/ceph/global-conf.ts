/** What ceph.conf says of the cluster as a whole. */
export interface GlobalConf {
  readonly fsid: string | undefined;
  readonly publicNetwork: string | undefined;
  readonly clusterNetwork: string | undefined;
  readonly size: number | undefined;
  readonly minSize: number | undefined;
}

/** The keys of each section; Ceph tells `_`, `-` and blanks in a key not apart. */
export function sectionsOf(text: string): Map<string, Map<string, string>> {
  const sections = new Map<string, Map<string, string>>();
  let keys: Map<string, string> | undefined;
  for (const line of text.split("\n")) {
    const plain = line.replace(/[#;].*/, "").trim();
    const [, name] = /^\[\s*([^\]]+?)\s*\]$/.exec(plain) ?? [];
    if (name !== undefined) {
      keys = sections.get(name) ?? new Map<string, string>();
      sections.set(name, keys);
      continue;
    }
    const [, key, value = ""] = /^([^=]+?)\s*=\s*(.*)$/.exec(plain) ?? [];
    if (key !== undefined) keys?.set(key.replace(/[-\s]+/g, "_"), value.trim());
  }
  return sections;
}

/** What the section `global` says. */
export function globalOf(text: string): GlobalConf | undefined {
  const keys = sectionsOf(text).get("global");
  if (!keys) return undefined;
  const number = (key: string): number | undefined => {
    const value = keys.get(key);
    return value !== undefined && /^\d+$/.test(value) ? Number(value) : undefined;
  };
  return {
    fsid: keys.get("fsid"),
    publicNetwork: keys.get("public_network"),
    // What is not set apart is the same.
    clusterNetwork: keys.get("cluster_network") ?? keys.get("public_network"),
    size: number("osd_pool_default_size"),
    minSize: number("osd_pool_default_min_size"),
  };
}
