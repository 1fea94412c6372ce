import { isProxmoxError, wire, type Connection, type Ssh } from "../../../pve";
import { suggestion } from "../state/problems";

/** A Proxmox that is asked: a cluster, or a node that is no member of one. */
export interface Opened {
  readonly connection: Connection;
  /** Undefined when SSH is not configured. */
  readonly ssh: Ssh | undefined;
  /** Who signs in there: a user, or a token's id. */
  readonly user: string;
}

interface PlacesParts {
  /** The cluster of the config. */
  cluster(): Promise<Opened>;
  /** Names in `proxmox:nodes`. */
  configured(): readonly string[];
  /** Opens a node of `proxmox:nodes` by itself; `pin`: with another certificate than the config has for it. */
  open(name: string, pin?: string): Promise<Opened>;
  /** Its own SSH alone, while the cluster has it. */
  ssh(name: string, cluster: Opened): Promise<Ssh | undefined>;
}

/** A node's name leads to the Proxmox that has it. Nobody else knows addresses. */
export class Places {
  private readonly alone = new Map<string, Promise<Opened>>();
  private readonly ssh = new Map<string, Promise<Ssh | undefined>>();

  constructor(private readonly parts: PlacesParts) {}

  /**
   * The cluster while the node is a member of it, as the cluster says; else the node itself, with what the config has
   * for it. Whether it is the node of that name is looked at before anything else.
   */
  async node(name: string): Promise<Opened> {
    const cluster = await this.parts.cluster();
    const own = this.parts.configured().includes(name);
    if (await isMember(cluster, name)) return own ? { ...cluster, ssh: await this.sshOf(name, cluster) } : cluster;
    if (!own) throw new Error(await this.unknown(cluster, name));
    const opened = await this.opened(name);
    const other = await this.otherCluster(opened, name);
    if (other === undefined) return opened;
    // It may have joined since the list of nodes was read.
    await cluster.connection.snapshot.refresh();
    if (await isMember(cluster, name)) return { ...cluster, ssh: opened.ssh };
    throw new Error(
      `node ${name} is a member of cluster ${other}, and proxmox:endpoints lead to another Proxmox; set proxmox:endpoints to addresses of that cluster, or take the node out of it`,
    );
  }

  /**
   * A node at its own endpoint, whoever it is with: for what leads into the cluster. `pin`: the certificate that it has
   * got there, as a member tells that is trusted.
   */
  async own(name: string, pin?: string): Promise<Opened> {
    if (!this.parts.configured().includes(name))
      throw new Error(
        `nothing says how node ${name} is reached by itself; add it to proxmox:nodes, with its endpoint and its root's password`,
      );
    return this.opened(name, pin);
  }

  private opened(name: string, pin?: string): Promise<Opened> {
    return once(this.alone, pin === undefined ? name : `${name} ${pin}`, () => this.parts.open(name, pin));
  }

  /** Of the rest of its entry nothing is read: it is how the node was reached before it joined. */
  private sshOf(name: string, cluster: Opened): Promise<Ssh | undefined> {
    return once(this.ssh, name, () => this.parts.ssh(name, cluster));
  }

  /** Throws when another node answers there; returns the name of the cluster that the node is in. */
  private async otherCluster({ connection }: Opened, name: string): Promise<string | undefined> {
    const rows = await connection.api.cluster.status.$get();
    const local = rows.find((row) => row.type === "node" && wire.boolean(row["local"]));
    const answered = wire.string(local?.["name"]);
    if (answered !== name)
      throw new Error(
        `config proxmox:nodes.${name}.endpoint: the node that answers there is ${answered ?? "none"}, not ${name}; nothing was done. Set its own address`,
      );
    return wire.string(rows.find(({ type }) => type === "cluster")?.["name"]);
  }

  private async unknown({ connection }: Opened, name: string): Promise<string> {
    const members = (await connection.snapshot.nodes()).map(({ node }) => node);
    const known = [...new Set([...members, ...this.parts.configured()])];
    return `there is no node ${name}; there are ${known.join(", ")} (a node that has not joined yet needs an entry in proxmox:nodes)${suggestion(name, known)}`;
  }
}

/** One connection for each; a secret or an answer that could not be had is asked for again by the next one. */
function once<T>(found: Map<string, Promise<T>>, name: string, open: () => Promise<T>): Promise<T> {
  const opening = found.get(name) ?? open();
  if (found.has(name)) return opening;
  found.set(name, opening);
  opening.catch(() => found.delete(name));
  return opening;
}

const isMember = async ({ connection }: Opened, name: string): Promise<boolean> =>
  (await connection.snapshot.nodes()).some(({ node }) => node === name);

/** What is wrong with the config of a node, and no up would survive. */
export const isMistake = (error: unknown): boolean => isProxmoxError(error, "unauthenticated", "untrusted");
