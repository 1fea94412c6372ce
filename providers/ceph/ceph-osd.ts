import * as pulumi from "../kernel/program/sdk";
import { ProxmoxResource } from "../kernel/program/resource";
import type { CephOsdArgs } from "./arguments.generated";

/** One OSD as Ceph and the disk tell it. */
export interface OsdFacts {
  /** Its number, which goes to another OSD when it is removed. */
  readonly id: number;
  /** Its identity, in Ceph and on the disk. */
  readonly uuid: string;
  /** The host that it runs on, as its daemon tells; what it stands under in the CRUSH tree may have another name. */
  readonly host: string;
  /** Device class in CRUSH. */
  readonly deviceClass: string | undefined;
  /** Size of its volume in bytes. */
  readonly sizeBytes: number;
  /** Does it run? */
  readonly up: boolean;
  /** Is it given data? */
  readonly in: boolean;
}

/**
 * The OSDs of one disk. The disk is named by what stays, its serial number or its link in /dev/disk/by-id, and looked at
 * again directly before it is written. A disk in use is never touched: OSDs that are on it are taken over when they are
 * this cluster's and as described, and anything else is refused. `wipe` repeats the serial number of a disk that may be wiped,
 * once; what is mounted, boots, or belongs to LVM, ZFS, a guest or any Ceph is refused all the same.
 *
 * Deleting the resource sets the OSDs out, waits until they are safe to destroy and every PG is active and clean, stops
 * them and removes them with what is on the disk. It is refused before anything is touched where the data would have no
 * place to go, or not enough space. Disks of one host drain together, hosts go one after the other; what is on a disk that is
 * dead is not waited for. Another serial number does the same with the old disk, then makes the OSDs of the new one; with
 * `retainOnDelete`, from the `up` after the one that has recorded it, the old OSDs stay, and the new ones come beside them.
 *
 * It needs root@pam with its password, and SSH to the nodes.
 *
 * ```ts
 * new CephOsd("echo-1", { node: "echo", serial: "S7KGNJ0W", osdsPerDevice: 2, deviceClass: "nvme" });
 * ```
 */
export class CephOsd extends ProxmoxResource {
  /** Name of the node. */
  declare readonly node: pulumi.Output<string>;
  /** Serial number of the disk. */
  declare readonly diskSerial: pulumi.Output<string>;
  /** The Ceph cluster that they are OSDs of. */
  declare readonly fsid: pulumi.Output<string>;
  /** Ids of the OSDs on the disk. */
  declare readonly osdIds: pulumi.Output<number[]>;
  /** The OSDs on the disk. */
  declare readonly osds: pulumi.Output<OsdFacts[]>;

  /** The OSDs of a disk that is named by node and serial number (`echo/S7KGNJ0W`), only read and never changed. */
  static get(name: string, disk: pulumi.Input<string>, opts?: pulumi.CustomResourceOptions): CephOsd {
    return new CephOsd(name, {} as CephOsdArgs, { ...opts, id: pulumi.output(disk) });
  }

  constructor(name: string, args: CephOsdArgs, opts?: pulumi.CustomResourceOptions) {
    super(
      {
        ...{ kind: "CephOsd", outputs: ["node", "diskSerial", "fsid", "osdIds", "osds"] },
        ...{ oldGoesFirst: true, saysRetained: true },
      },
      name,
      args,
      opts,
    );
  }
}
