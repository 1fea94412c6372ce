import type { X509Certificate } from "node:crypto";
import type { Ssh } from "../../../pve";
import { changing } from "../../kernel/session/pve-session";
import type { Call } from "../../kernel/call/call";
import { certificateIn, certificateOf, isOf } from "./qnetd-certificates";
import { lookMs, QdeviceCommands } from "./qdevice-commands";

export const qnetdPackage = "corosync-qnetd";
export const qnetdUnit = "corosync-qnetd";
const store = "/etc/corosync/qnetd/nssdb";
const authorityFile = `${store}/qnetd-cacert.crt`;
const program = "corosync-qnetd-certutil";

/** The QNetd host, over SSH. The cluster's name was checked by the model. */
export class QnetdHost extends QdeviceCommands {
  constructor(ssh: Ssh, call: Call, name: string) {
    super(ssh, call, name, lookMs);
  }

  /** The authority that signs what clusters sign in with; undefined before it was made. */
  async authority(): Promise<{ readonly text: string; readonly certificate: X509Certificate } | undefined> {
    if (!(await this.is("-e", `${store}/cert9.db`))) return undefined;
    const certificate = certificateIn((await this.read(authorityFile)) ?? "");
    if (!certificate)
      throw new Error(
        `${this.node} has ${store} without ${authorityFile}: it is not finished. Nothing was changed there; look at it, and remove it if no cluster uses it`,
      );
    return { text: certificate.toString(), certificate };
  }

  /** Clusters of this name that are connected: the numbers of their nodes. */
  async connected(cluster: string): Promise<readonly number[] | undefined> {
    const { stdout } = await this.succeed(["corosync-qnetd-tool", "-l", "-c", cluster]);
    if (!new RegExp(`^Cluster "${cluster}":$`, "m").test(stdout)) return undefined;
    return [...stdout.matchAll(/^ +Node ID (\d+):$/gm)].map(([, id]) => Number(id));
  }

  /** Whether its daemon, which runs, takes connections with TLS: it does unless it was told `-s off`. */
  async hasTls(): Promise<boolean> {
    const { stdout } = await this.succeed(["corosync-qnetd-tool", "-s"]);
    const [, tls] = /^TLS:\s*(Supported|Unsupported)\b/m.exec(stdout) ?? [];
    if (tls === undefined) throw new Error(`corosync-qnetd-tool -s on ${this.node} does not tell whether there is TLS`);
    return tls === "Supported";
  }

  hasSigned(cluster: string): Promise<boolean> {
    return this.is("-e", signedFor(cluster));
  }

  /** Without it the daemon does not start; it is started for the first time, and one that runs is left alone. */
  async makeAuthority(): Promise<void> {
    await changing(this.call, async () => {
      if (await this.isActive(qnetdUnit))
        throw new Error(`${qnetdUnit} runs on ${this.node} without ${store}; nothing was changed there`);
      await this.succeed([program, "-i"]);
      await this.systemctl("start", qnetdUnit);
    });
    if (!(await this.hasTls()))
      throw new Error(
        `${qnetdUnit} on ${this.node} runs without TLS, now that it was started: take -s off out of its options. No node was changed`,
      );
  }

  async sign(cluster: string, request: Buffer, authority: X509Certificate): Promise<Buffer> {
    const file = `/run/pulumi-proxmox-cluster-qdevice-${cluster}.crq`;
    const before = await this.bytes(signedFor(cluster));
    await changing(this.call, () =>
      this.withFile(file, request, () => this.succeed([program, "-s", "-c", file, "-n", cluster])),
    );
    const content = await this.bytes(signedFor(cluster));
    const certificate = content && certificateOf(content);
    // The program ends well whatever its steps came to, and leaves an earlier file where it is.
    if (!content || before?.equals(content) || !certificate || !isOf(certificate, cluster, authority))
      throw new Error(`${this.node} has signed no certificate for ${cluster}; look at ${store} there`);
    return content;
  }
}

const signedFor = (cluster: string): string => `${store}/cluster-${cluster}.crt`;
