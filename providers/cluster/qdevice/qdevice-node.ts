import type { X509Certificate } from "node:crypto";
import type { Ssh } from "../../../pve";
import { changing } from "../../kernel/session/pve-session";
import type { Call } from "../../kernel/call/call";
import { certificateIn, isOf } from "./qnetd-certificates";
import { lookMs, QdeviceCommands } from "./qdevice-commands";

export const nodePackage = "corosync-qdevice";
export const qnetdPort = 5403;
const unit = "corosync-qdevice";
export const nodeStore = "/etc/corosync/qdevice/net/nssdb";
const program = "corosync-qdevice-net-certutil";
const [authorityName, clusterName] = ["QNet CA", "Cluster Cert"];

/** The certificates of a node for QNetd. */
export type Store =
  | { readonly kind: "none" }
  /** There is a store, and what is in it is not what was looked for. */
  | { readonly kind: "strange"; readonly why: string }
  /** It trusts that QNetd, and has no certificate of its own yet. */
  | { readonly kind: "trusting" }
  | { readonly kind: "ready" };

/** How the daemon is on a node: `voting`, `connected`, `stopped`, or what it says of itself. */
interface DeviceState {
  readonly state: string;
  readonly host: string | undefined;
}

/** One member, over SSH, as far as a QDevice is concerned. */
export class QdeviceNode extends QdeviceCommands {
  constructor(ssh: Ssh, call: Call, node: string) {
    super(ssh, call, node, lookMs);
  }

  /** Does QNetd's port take connections from here? */
  async reaches(host: string): Promise<boolean> {
    // Nothing else that every node has opens a connection and says nothing.
    const argv = ["bash", "-c", ': <"/dev/tcp/$0/$1"', host, String(qnetdPort)];
    const { code } = await this.query(["timeout", "-k", "1", "5", ...argv]);
    return code === 0;
  }

  hasStore(): Promise<boolean> {
    return this.is("-e", `${nodeStore}/cert9.db`);
  }

  /** `authority`: undefined where QNetd has none yet. */
  async store(cluster: string, authority: X509Certificate | undefined): Promise<Store> {
    if (!(await this.hasStore())) return { kind: "none" };
    const listed = await this.listed();
    const strange = (why: string): Store => ({ kind: "strange", why });
    if (!listed.has(authorityName)) return strange("is not finished: it trusts no QNetd");
    const own = await this.certificate(authorityName);
    if (!authority || own?.fingerprint256 !== authority.fingerprint256) return strange("trusts another QNetd");
    if (!listed.has(clusterName)) return { kind: "trusting" };
    const certificate = await this.certificate(clusterName);
    if (!certificate || !isOf(certificate, cluster, authority)) return strange("has a certificate of another cluster");
    // `u`: its private key is there.
    if (!/^u/.test(listed.get(clusterName) ?? "")) return strange("has a certificate without its key");
    return { kind: "ready" };
  }

  /** Of the QNetd that it trusts. */
  async authorityFingerprint(): Promise<string | undefined> {
    if (!(await this.hasStore())) return undefined;
    return (await this.listed()).has(authorityName)
      ? (await this.certificate(authorityName))?.fingerprint256
      : undefined;
  }

  /** Makes the store, which trusts that QNetd. */
  async trust(authority: string): Promise<void> {
    const file = temporary("crt");
    await changing(this.call, () => this.withFile(file, authority, () => this.succeed([program, "-i", "-c", file])));
  }

  /** A key, and what QNetd is asked to sign. */
  async request(cluster: string): Promise<Buffer> {
    await changing(this.call, () => this.succeed([program, "-r", "-n", cluster]));
    return this.made(`${nodeStore}/qdevice-net-node.crq`);
  }

  async takeSigned(certificate: Buffer): Promise<void> {
    const file = temporary("crt");
    await changing(this.call, () => this.withFile(file, certificate, () => this.succeed([program, "-M", "-c", file])));
  }

  /** The certificate with its private key: it stays in memory, and is told to nobody but the other nodes. */
  async exported(): Promise<Buffer> {
    const file = temporary("p12");
    // No password, as corosync's own program does it: the file is root's alone, in memory, and goes at once.
    const argv = ["pk12util", "-d", nodeStore, "-o", file, "-W", "", "-n", clusterName];
    // Made before, for root alone: what the program writes into it nobody else ever reads.
    return changing(this.call, () =>
      this.withFile(file, "", async () => {
        await this.succeed(argv);
        return this.made(file);
      }),
    );
  }

  async take(exported: Buffer): Promise<void> {
    const file = temporary("p12");
    await changing(this.call, () => this.withFile(file, exported, () => this.succeed([program, "-m", "-c", file])));
  }

  isRunning(): Promise<boolean> {
    return this.isActive(unit);
  }

  /** Now, and at each boot. */
  async start(): Promise<void> {
    await changing(this.call, async () => {
      await this.systemctl("enable", unit);
      await this.systemctl("start", unit);
    });
  }

  async stop(): Promise<void> {
    await changing(this.call, async () => {
      await this.systemctl("stop", unit);
      await this.systemctl("disable", unit);
    });
  }

  /** What a run that was killed has left in memory. */
  async removeTemporary(): Promise<void> {
    for (const kind of ["crt", "p12"] as const) await this.ssh.removeFile(this.node, temporary(kind), this.bounds());
  }

  async removeStore(): Promise<void> {
    await changing(this.call, () => this.succeed(["rm", "-r", "--", nodeStore]));
  }

  async state(): Promise<DeviceState> {
    if (!(await this.isRunning())) return { state: "stopped", host: undefined };
    const { code, stdout, stderr } = await this.query(["corosync-qdevice-tool", "-s", "-v"]);
    // Between its start and its socket.
    if (code === 3) return { state: "starting", host: undefined };
    if (code !== 0) throw this.failure("corosync-qdevice-tool", code, stderr);
    const said = (key: string): string => new RegExp(`^${key}:[\\t ]*([\\x20-\\x7e]*)$`, "m").exec(stdout)?.[1] ?? "";
    const host = said("QNetd host").replace(/:\d+$/, "");
    if (said("State") !== "Connected") return { state: said("State") || "unknown", host };
    return { state: /^Yes \(cast vote\)$/.test(said("Poll timer running")) ? "voting" : "connected", host };
  }

  /** Certificates of the store with what they are trusted for. */
  private async listed(): Promise<ReadonlyMap<string, string>> {
    const { stdout } = await this.succeed(["certutil", "-L", "-d", nodeStore]);
    const rows = [...stdout.matchAll(/^(\S.*?)\s+([a-zA-Z]*,[a-zA-Z]*,[a-zA-Z]*)\s*$/gm)];
    return new Map(rows.map(([, name = "", trust = ""]) => [name, trust]));
  }

  private async certificate(name: string): Promise<X509Certificate | undefined> {
    const { stdout } = await this.succeed(["certutil", "-L", "-d", nodeStore, "-n", name, "-a"]);
    return certificateIn(stdout);
  }

  private async made(file: string): Promise<Buffer> {
    const content = await this.bytes(file);
    if (!content || content.length === 0) throw new Error(`${file} on ${this.node} was not made`);
    return content;
  }
}

/** Where nothing reaches a disk; of the same name each time, so that the next run removes what a killed one has left. */
const temporary = (kind: "crt" | "p12"): string => `/run/pulumi-proxmox-cluster-qdevice.${kind}`;
