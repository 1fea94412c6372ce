/** A link that corosync sees connected: its number, and the addresses of both ends. */
interface ConnectedLink {
  readonly number: string;
  readonly from: string;
  readonly to: string;
}

/** Links that corosync on a node sees connected, by the node id of the other end. */
export type Connected = ReadonlyMap<number, readonly ConnectedLink[]>;

/** What `corosync-cfgtool -n` prints. Only lines of a known form are read. */
export function connectedIn(text: string): Connected {
  const found = new Map<number, ConnectedLink[]>();
  let other: ConnectedLink[] = [];
  for (const line of text.split("\n")) {
    const [, id] = /^nodeid: +(\d+) reachable\b/.exec(line) ?? [];
    if (id !== undefined) found.set(Number(id), (other = []));
    const [, number = "", from = "", to = "", state] =
      /^ +LINK: (\d) (?:\w+ )?\((\S*?)->(\S*?)\) (.*?)mtu: \d+$/.exec(line) ?? [];
    if (state !== undefined && /(?:^| )connected\b/.test(state)) other.push({ number, from, to });
  }
  return found;
}
