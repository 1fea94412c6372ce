import { X509Certificate } from "node:crypto";
import { z } from "zod";
import type { Ssh } from "../../../pve";
import { SshCommands } from "../../checks/ssh-commands";
import type { Call } from "../../kernel/call/call";
import { changing } from "../../kernel/session/pve-session";

/**
 * Says in the cluster's own files which resource takes the cluster apart when it is deleted. Written by the `up` that sets
 * `destroyOnDelete`; each node keeps its copy when it is on its own, which is how the next run knows it.
 */
export interface ClusterMark {
  /** The owner's mark of the resource; see kernel/identity/mark.ts. */
  readonly owner: string;
  /** The resource, for words alone. */
  readonly resource: string;
  readonly cluster: string;
  /** SHA-256 of the certificate of the cluster's authority. */
  readonly authority: string;
  /** SHA-256 of corosync's key. */
  readonly key: string;
  /** Made anew with each resource: one that has taken this one's place has another, and the same owner. */
  readonly note: string;
  /** `apart`: somebody has begun to take it apart. */
  readonly phase: "whole" | "apart";
}

export const markFile = "/etc/pve/pulumi-proxmox-cluster.owner";
const copy = "/run/pulumi-proxmox-cluster-owner";
const lookMs = 30_000;
/** A mark has one line of some hundred characters. */
const longest = 4_096;

const markSchema = z.strictObject({
  owner: z.string().regex(/^[0-9a-f]{24}$/),
  resource: z.string().max(1_000),
  cluster: z.string().regex(/^[a-z](?:[a-z0-9-]{0,13}[a-z0-9])?$/i),
  authority: z.string().regex(/^(?:[0-9A-F]{2}:){31}[0-9A-F]{2}$/),
  key: z.string().regex(/^[0-9a-f]{64}$/),
  note: z.string().regex(/^[0-9a-f]{16}$/),
  phase: z.enum(["whole", "apart"]),
});

/** `broken`: there is a file that is no mark. */
function readMark(text: string | undefined): ClusterMark | "broken" | undefined {
  if (text === undefined) return undefined;
  try {
    const found = markSchema.safeParse(JSON.parse(text));
    return found.success ? found.data : "broken";
  } catch (error) {
    if (error instanceof SyntaxError) return "broken";
    throw error;
  }
}

/** What a node's copy of the cluster's files, and corosync's own files, say of who it is. */
export interface NodeIdentity {
  readonly mark: ClusterMark | "broken" | undefined;
  /** SHA-256 of the certificate of its authority; undefined where it has none. */
  readonly authority: string | undefined;
  /** SHA-256 of corosync's key; undefined without one. */
  readonly key: string | undefined;
  /** corosync.conf in its copy of the cluster's files. */
  readonly isMember: boolean;
}

/** The mark on one node. Written beside its place and moved there, so that nobody ever reads half of it. */
export class MarkOnNode extends SshCommands {
  constructor(ssh: Ssh, call: Call, node: string) {
    super(ssh, call, node, lookMs);
  }

  async mark(): Promise<ClusterMark | "broken" | undefined> {
    const text = await this.ssh.readFile(this.node, markFile, { ...this.bounds(), limit: longest });
    return readMark(text?.toString("utf8"));
  }

  async identity(): Promise<NodeIdentity> {
    const pem = await this.ssh.readFile(this.node, "/etc/pve/pve-root-ca.pem", this.bounds());
    return {
      mark: await this.mark(),
      authority: pem && new X509Certificate(pem).fingerprint256,
      key: await this.keyDigest(),
      isMember: await this.is("-e", "/etc/pve/corosync.conf"),
    };
  }

  /** The key itself stays on the node. */
  private async keyDigest(): Promise<string | undefined> {
    const file = "/etc/corosync/authkey";
    if (!(await this.is("-e", file))) return undefined;
    const { code, stdout, stderr } = await this.query(["sha256sum", "--", file]);
    const digest = /^([0-9a-f]{64}) /.exec(stdout)?.[1];
    if (code !== 0 || digest === undefined) throw this.failure(`sha256sum ${file}`, code, stderr);
    return digest;
  }

  async write(mark: ClusterMark): Promise<void> {
    await changing(this.call, async () => {
      await this.ssh.writeFile(this.node, copy, `${JSON.stringify(mark)}\n`, this.bounds());
      // Into /etc/pve by cp: its file system knows no modes and owners to set.
      await this.inFiles(`cp -- ${copy} ${markFile}.new && mv -- ${markFile}.new ${markFile}`);
      await this.ssh.removeFile(this.node, copy, this.bounds());
    });
  }

  /** Gone afterwards, which also proves that the node may write its files. */
  async remove(): Promise<void> {
    await changing(this.call, () => this.inFiles(`rm -f -- ${markFile} ${markFile}.new`));
    if (await this.is("-e", markFile)) throw new Error(`${markFile} of ${this.node} was not removed`);
  }

  /** Where pmxcfs does not run, /etc/pve is a directory as any other: what is done there is hidden as soon as it does. */
  private async inFiles(command: string): Promise<void> {
    await this.ssh.run(this.node, ["sh", "-c", `mountpoint -q /etc/pve && ${command}`], this.bounds());
  }
}
