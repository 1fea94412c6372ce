import * as pulumi from "../kernel/program/sdk";
import { ProxmoxResource } from "../kernel/program/resource";
import type { ClusterQdeviceArgs } from "./arguments.generated";

/**
 * A vote for a cluster from a machine outside of it (a QDevice of corosync): two nodes keep their quorum when one of them
 * dies. It is set up over SSH, as `pvecm qdevice setup` does it, and without any trust between the machines: QNetd signs a
 * certificate for the cluster, and the cluster's private key goes from one node to the others through this program's memory.
 *
 * The QNetd host is a Debian with the package corosync-qnetd, and no guest of this cluster; the nodes need
 * corosync-qdevice (`SystemPackage`). All that speaks against it is told in the preview, and looked at again: a member that is offline, a
 * missing package, an odd number of nodes, another QDevice, a cluster of the same name that QNetd has, port 5403 that is not
 * reached, clocks. One that is at this host already is taken over as it is. Until all nodes have their certificates, the cluster's
 * configuration stays; what does not vote on every node within a minute is taken back.
 *
 * Two nodes of a `Cluster` need no `twoNode` beside it. Nodes join and leave while there is no QDevice: take it out of the program,
 * change the nodes with the next `up`, then write it again. Deleting it takes the device and its certificates off the nodes, and is
 * refused while a member is offline. QNetd keeps the certificate that it has signed.
 *
 * ```ts
 * const lab = new Cluster("lab", { nodes: [{ name: "echo" }, { name: "foxtrot" }] });
 * const sshFingerprint = "SHA256:Jm9sR2Vn0cN4bq1fTz7Lw3xKp8yHd5uAe6iXoVtBgQk";
 * new ClusterQdevice("qnetd", { cluster: lab.name, host: "10.0.8.20", sshFingerprint });
 * ```
 */
export class ClusterQdevice extends ProxmoxResource {
  /** Name of the cluster. */
  declare readonly cluster: pulumi.Output<string>;
  /** Address of the QNetd host. */
  declare readonly host: pulumi.Output<string>;
  /** How it is on each node: `voting`, `connected` without a vote, `Connecting` and others as the daemon tells them, `stopped`, `offline`. */
  declare readonly states: pulumi.Output<Record<string, string>>;

  /** That of a cluster by its name, only read and never changed. */
  static get(name: string, cluster: pulumi.Input<string>, opts?: pulumi.CustomResourceOptions): ClusterQdevice {
    return new ClusterQdevice(name, {} as ClusterQdeviceArgs, { ...opts, id: pulumi.output(cluster) });
  }

  constructor(name: string, args: ClusterQdeviceArgs, opts?: pulumi.CustomResourceOptions) {
    super(
      { kind: "ClusterQdevice", outputs: ["cluster", "host", "states"], oldGoesFirst: true, beside: "kind:Cluster" },
      name,
      args,
      opts,
    );
  }
}
