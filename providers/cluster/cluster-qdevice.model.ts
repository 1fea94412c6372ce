import { z } from "zod";
import { isAddress } from "../../pve/format/address";
import { oneSpelling } from "../../pve/format/cidr";
import { timeoutsSchema } from "../kernel/call/timeouts.model";
import { effectsOf } from "../kernel/fields/effects";
import { fields, optional, required } from "../kernel/fields/field";
import { hostKeyFingerprint, sshAddress } from "../kernel/fields/ssh-host.model";
import type { Model } from "../kernel/resource-kind";

const clusterQdeviceSchema = fields({
  cluster: required(
    "Name of the cluster that gets the vote: the output `name` of its `Cluster`, which is then made first. A change replaces.",
    z.string().regex(/^[a-z](?:[a-z0-9-]{0,13}[a-z0-9])?$/i, "write the cluster's name"),
    { effect: "replace", proxmox: "`totem.cluster_name`" },
  ),
  host: required(
    "IP address of the QNetd host, as the nodes reach it: a Debian outside the cluster, with the package corosync-qnetd. " +
      "A change replaces: the old device goes before the new one comes.",
    z.string().refine(isAddress, "write an IPv4 or IPv6 address: a name would hang on a name server"),
    { effect: "replace", proxmox: "`quorum.device.net.host`" },
  ),
  algorithm: optional(
    "How QNetd gives its vote. `ffsplit`: one vote for one half of an even number of nodes. `lms`, for an odd number of three or more: as many votes as " +
      "there are nodes, less one, for the nodes that still see QNetd. It is dangerous: with QNetd away all nodes have to be there. A change replaces.",
    z.enum(["ffsplit", "lms"], "write ffsplit, or lms for an odd number of nodes"),
    { effect: "replace", proxmox: "`quorum.device.net.algorithm`", unset: "ffsplit" },
  ),
  ssh: optional(
    "Where the SSH server of the QNetd host is, `host` or `host:port`. Its root signs in with the key of the config (`proxmox:sshPrivateKey`, or an agent), never with a password.",
    sshAddress(),
    { effect: "live", default: "`host`, port 22" },
  ),
  sshFingerprint: optional(
    "Fingerprint of the host key of the QNetd host, as `ssh-keygen -lf /etc/ssh/ssh_host_ed25519_key.pub` prints it there.",
    hostKeyFingerprint(),
    { effect: "live", default: "the host keys that the config trusts" },
  ),
  timeouts: optional("Longest time of each operation.", timeoutsSchema, { effect: "live" }),
});

export type ClusterQdeviceInputs = z.infer<typeof clusterQdeviceSchema>;

export const clusterQdeviceModel: Model = {
  schema: clusterQdeviceSchema,
  effects: effectsOf(clusterQdeviceSchema),
  sensitive: [],
  same: (path, wanted, live) =>
    path === "host" && typeof wanted === "string" && typeof live === "string"
      ? oneSpelling(wanted) === oneSpelling(live)
      : Object.is(wanted, live),
};
