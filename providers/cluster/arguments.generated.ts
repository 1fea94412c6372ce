// Written by `npm run arguments` from the models of this folder; not to be changed by hand.
import type * as pulumi from "@pulumi/pulumi";

/** Arguments of a Cluster. */
export interface ClusterArgs {
  /**
   * Name of the cluster; it cannot be changed.
   *
   * - Default: the resource's name
   * - Change: live
   * - Proxmox: `clustername`
   */
  name?: pulumi.Input<string> | undefined;
  /**
   * The nodes. The cluster is made on the first one, and the others join it one after the other, in this order. A
   * node that is added later joins then. One that is taken off the list leaves: it becomes a Proxmox of its own,
   * and what the cluster has of it goes, unless guests, Ceph's daemons, replication jobs, HA services or the
   * quorum keep it.
   *
   * - Change: live
   */
  nodes: pulumi.Input<pulumi.Input<ClusterNodeArgs>[]>;
  /**
   * Priorities of links by their numbers, 0 to 255: of those that work, corosync takes the one with the highest.
   * Those of a cluster that runs are changed over SSH.
   *
   * - Default: 0
   * - Change: live
   * - Proxmox: `priority` of `link0` … `link7`
   */
  linkPriorities?: pulumi.Input<Record<string, pulumi.Input<number>>> | undefined;
  /**
   * Says that two nodes are meant: when one of them is away, the other one cannot be changed. Not needed beside a
   * `ClusterQdevice` of the same program, which helps against that.
   *
   * - Default: `false`
   * - Change: live
   */
  twoNode?: pulumi.Input<boolean> | undefined;
  /**
   * Its name once more: then a deletion takes the cluster apart, over SSH. Each node becomes a Proxmox of its own
   * that keeps the users, storages, options and certificates of the cluster, and can join again. It is refused
   * while there are guests, HA services, replication jobs, Ceph's daemons or a QDevice, while a node is away, or
   * the program does not name a member. All nodes stand in `proxmox:nodes`. A replacement takes nothing apart.
   *
   * - Default: a deletion leaves the cluster running
   * - Change: live
   */
  destroyOnDelete?: pulumi.Input<string> | undefined;
  /**
   * Longest time of each operation.
   *
   * - Default: not set
   * - Change: live
   */
  timeouts?: pulumi.Input<ClusterTimeoutsArgs> | undefined;
}

/** Part of the arguments of a Cluster. */
export interface ClusterNodeArgs {
  /**
   * Name of the node.
   *
   * - Change: live
   * - Proxmox: the node's own name
   */
  name: pulumi.Input<string>;
  /**
   * Its addresses for corosync by the number of the link: `{ 0: "10.0.8.5", 1: "10.0.9.5" }`. All nodes have the
   * same links. Of a cluster that runs they are changed one after the other, over SSH: a new one comes before an
   * old one goes, and an address is changed while another link carries the cluster.
   *
   * - Default: link 0, with the address that its name leads to
   * - Change: live
   * - Proxmox: `link0` … `link7`
   */
  links?: pulumi.Input<Record<string, pulumi.Input<string>>> | undefined;
  /**
   * Votes that it has. Those of a member are changed over SSH.
   *
   * - Default: `1`
   * - Change: live
   * - Proxmox: `votes`
   */
  votes?: pulumi.Input<number> | undefined;
  /**
   * Its number for corosync. That of a member is not changed.
   *
   * - Default: the lowest that is free and that no other node of the program names
   * - Change: live
   * - Proxmox: `nodeid`
   */
  nodeId?: pulumi.Input<number> | undefined;
  /**
   * Replaces a machine of this name that is dead: the SHA-256 fingerprint of its certificate, as the output
   * `fingerprints` tells it. While the cluster knows the node by that one, and it is offline, what the cluster has
   * of it goes, as with a node that leaves, and then the machine that `proxmox:nodes` has under this name joins.
   * It may stay there afterwards.
   *
   * - Default: nothing is replaced
   * - Change: live
   */
  replaces?: pulumi.Input<string> | undefined;
}

/** Part of the arguments of a Cluster. */
export interface ClusterTimeoutsArgs {
  /**
   * Longest time for a creation.
   *
   * - Default: `"30m"`
   * - Change: live
   */
  create?: pulumi.Input<string> | undefined;
  /**
   * Longest time for an update.
   *
   * - Default: `"30m"`
   * - Change: live
   */
  update?: pulumi.Input<string> | undefined;
  /**
   * Longest time for a deletion.
   *
   * - Default: `"30m"`
   * - Change: live
   */
  delete?: pulumi.Input<string> | undefined;
  /**
   * Longest time for a refresh.
   *
   * - Default: `"2m"`
   * - Change: live
   */
  read?: pulumi.Input<string> | undefined;
}

/** Arguments of a ClusterQdevice. */
export interface ClusterQdeviceArgs {
  /**
   * Name of the cluster that gets the vote: the output `name` of its `Cluster`, which is then made first. A change
   * replaces.
   *
   * - Change: replace, it is made anew
   * - Proxmox: `totem.cluster_name`
   */
  cluster: pulumi.Input<string>;
  /**
   * IP address of the QNetd host, as the nodes reach it: a Debian outside the cluster, with the package
   * corosync-qnetd. A change replaces: the old device goes before the new one comes.
   *
   * - Change: replace, it is made anew
   * - Proxmox: `quorum.device.net.host`
   */
  host: pulumi.Input<string>;
  /**
   * How QNetd gives its vote. `ffsplit`: one vote for one half of an even number of nodes. `lms`, for an odd
   * number of three or more: as many votes as there are nodes, less one, for the nodes that still see QNetd. It is
   * dangerous: with QNetd away all nodes have to be there. A change replaces.
   *
   * - Default: `"ffsplit"`
   * - Change: replace, it is made anew
   * - Proxmox: `quorum.device.net.algorithm`
   */
  algorithm?: pulumi.Input<"ffsplit" | "lms"> | undefined;
  /**
   * Where the SSH server of the QNetd host is, `host` or `host:port`. Its root signs in with the key of the config
   * (`proxmox:sshPrivateKey`, or an agent), never with a password.
   *
   * - Default: `host`, port 22
   * - Change: live
   */
  ssh?: pulumi.Input<string> | undefined;
  /**
   * Fingerprint of the host key of the QNetd host, as `ssh-keygen -lf /etc/ssh/ssh_host_ed25519_key.pub` prints it
   * there.
   *
   * - Default: the host keys that the config trusts
   * - Change: live
   */
  sshFingerprint?: pulumi.Input<string> | undefined;
  /**
   * Longest time of each operation.
   *
   * - Default: not set
   * - Change: live
   */
  timeouts?: pulumi.Input<ClusterQdeviceTimeoutsArgs> | undefined;
}

/** Part of the arguments of a ClusterQdevice. */
export interface ClusterQdeviceTimeoutsArgs {
  /**
   * Longest time for a creation.
   *
   * - Default: `"15m"`
   * - Change: live
   */
  create?: pulumi.Input<string> | undefined;
  /**
   * Longest time for an update.
   *
   * - Default: `"15m"`
   * - Change: live
   */
  update?: pulumi.Input<string> | undefined;
  /**
   * Longest time for a deletion.
   *
   * - Default: `"15m"`
   * - Change: live
   */
  delete?: pulumi.Input<string> | undefined;
  /**
   * Longest time for a refresh.
   *
   * - Default: `"2m"`
   * - Change: live
   */
  read?: pulumi.Input<string> | undefined;
}

/** Arguments of a DatacenterOptions. */
export interface DatacenterOptionsArgs {
  /**
   * Limits of what copies much.
   *
   * - Default: not set
   * - Change: live
   * - Proxmox: `bwlimit`
   */
  bandwidthLimits?: pulumi.Input<DatacenterOptionsBandwidthLimitsArgs> | undefined;
  /**
   * Text that is shown before the log-in.
   *
   * - Default: not set
   * - Change: live
   * - Proxmox: `consent-text`
   */
  consentText?: pulumi.Input<string> | undefined;
  /**
   * Viewer of consoles: `html5` (noVNC), `xtermjs` or `vv` (SPICE). `applet` is html5 today.
   *
   * - Default: not set
   * - Change: live
   * - Proxmox: `console`
   */
  console?: pulumi.Input<"applet" | "vv" | "html5" | "xtermjs"> | undefined;
  /**
   * Where HA resources run (cluster resource scheduling).
   *
   * - Default: not set
   * - Change: live
   * - Proxmox: `crs`
   */
  crs?: pulumi.Input<DatacenterOptionsCrsArgs> | undefined;
  /**
   * Notes, shown in the web interface; Markdown.
   *
   * - Default: not set
   * - Change: live
   * - Proxmox: `description`
   */
  description?: pulumi.Input<string> | undefined;
  /**
   * Sender of mails.
   *
   * - Default: root@ the node's name
   * - Change: live
   * - Proxmox: `email_from`
   */
  emailFrom?: pulumi.Input<string> | undefined;
  /**
   * How HA stops a node that does not answer. Others than `watchdog` are experiments of Proxmox's, which need
   * devices in /etc/pve/ha/fence.cfg.
   *
   * - Default: `"watchdog"`
   * - Change: live
   * - Proxmox: `fencing`
   */
  fencing?: pulumi.Input<"watchdog" | "hardware" | "both"> | undefined;
  /**
   * High availability.
   *
   * - Default: not set
   * - Change: live
   * - Proxmox: `ha`
   */
  ha?: pulumi.Input<DatacenterOptionsHaArgs> | undefined;
  /**
   * Proxy of downloads, such as `http://proxy.example.com:3128`. One that wants a password cannot be written:
   * everybody who may read the options would see it.
   *
   * - Default: not set
   * - Change: live
   * - Proxmox: `http_proxy`
   */
  httpProxy?: pulumi.Input<string> | undefined;
  /**
   * Keyboard of VNC consoles, such as `de` or `en-us`.
   *
   * - Default: not set
   * - Change: live
   * - Proxmox: `keyboard`
   */
  keyboard?: pulumi.Input<"de" | "de-ch" | "da" | "en-gb" | "en-us" | "es" | "fi" | "fr" | "fr-be" | "fr-ca" | "fr-ch" | "hu" | "is" | "it" | "ja" | "lt" | "mk" | "nl" | "no" | "pl" | "pt" | "pt-br" | "sv" | "sl" | "tr"> | undefined;
  /**
   * Language of the web interface, such as `de`.
   *
   * - Default: not set
   * - Change: live
   * - Proxmox: `language`
   */
  language?: pulumi.Input<"ar" | "ca" | "da" | "de" | "en" | "es" | "eu" | "fa" | "fr" | "hr" | "he" | "it" | "ja" | "ka" | "kr" | "nb" | "nl" | "nn" | "pl" | "pt_BR" | "ru" | "sl" | "sv" | "tr" | "ukr" | "zh_CN" | "zh_TW"> | undefined;
  /**
   * Beginning of the MAC addresses that guests get, such as `BC:24:11`. Guests that are there keep theirs.
   *
   * - Default: `"BC:24:11"`
   * - Change: live
   * - Proxmox: `mac_prefix`
   */
  macPrefix?: pulumi.Input<string> | undefined;
  /**
   * How many workers a node starts at once, for bulk actions and HA.
   *
   * - Default: `4`
   * - Change: live
   * - Proxmox: `max_workers`
   */
  maxWorkers?: pulumi.Input<number> | undefined;
  /**
   * Migrations between nodes.
   *
   * - Default: not set
   * - Change: live
   * - Proxmox: `migration`
   */
  migration?: pulumi.Input<DatacenterOptionsMigrationArgs> | undefined;
  /**
   * VMIDs that Proxmox suggests for new guests.
   *
   * - Default: not set
   * - Change: live
   * - Proxmox: `next-id`
   */
  nextId?: pulumi.Input<DatacenterOptionsNextIdArgs> | undefined;
  /**
   * Notifications as they were before targets and matchers.
   *
   * - Default: not set
   * - Change: live
   * - Proxmox: `notify`
   */
  notify?: pulumi.Input<DatacenterOptionsNotifyArgs> | undefined;
  /**
   * Tags that only those may set and take away who may change the options.
   *
   * - Default: not set
   * - Change: live
   * - Proxmox: `registered-tags`
   */
  registeredTags?: pulumi.Input<pulumi.Input<string>[]> | undefined;
  /**
   * Replication between nodes.
   *
   * - Default: not set
   * - Change: live
   * - Proxmox: `replication`
   */
  replication?: pulumi.Input<DatacenterOptionsReplicationArgs> | undefined;
  /**
   * Tags in the web interface.
   *
   * - Default: not set
   * - Change: live
   * - Proxmox: `tag-style`
   */
  tagStyle?: pulumi.Input<DatacenterOptionsTagStyleArgs> | undefined;
  /**
   * U2F, an old second factor.
   *
   * - Default: not set
   * - Change: live
   * - Proxmox: `u2f`
   */
  u2f?: pulumi.Input<DatacenterOptionsU2fArgs> | undefined;
  /**
   * Which tags users may set.
   *
   * - Default: not set
   * - Change: live
   * - Proxmox: `user-tag-access`
   */
  userTagAccess?: pulumi.Input<DatacenterOptionsUserTagAccessArgs> | undefined;
  /**
   * WebAuthn, a second factor.
   *
   * - Default: not set
   * - Change: live
   * - Proxmox: `webauthn`
   */
  webauthn?: pulumi.Input<DatacenterOptionsWebauthnArgs> | undefined;
  /**
   * Longest time of each operation.
   *
   * - Default: not set
   * - Change: live
   */
  timeouts?: pulumi.Input<DatacenterOptionsTimeoutsArgs> | undefined;
}

/** Part of the arguments of a DatacenterOptions. */
export interface DatacenterOptionsBandwidthLimitsArgs {
  /**
   * Highest bandwidth of everything that has no limit of its own, in KiB/s; 0 is without limit.
   *
   * - Default: not set
   * - Change: live
   * - Proxmox: `default`
   */
  default?: pulumi.Input<number> | undefined;
  /**
   * Highest bandwidth of clones, in KiB/s; 0 is without limit.
   *
   * - Default: not set
   * - Change: live
   * - Proxmox: `clone`
   */
  clone?: pulumi.Input<number> | undefined;
  /**
   * Highest bandwidth of migrations, in KiB/s; 0 is without limit.
   *
   * - Default: not set
   * - Change: live
   * - Proxmox: `migration`
   */
  migration?: pulumi.Input<number> | undefined;
  /**
   * Highest bandwidth of disks that are moved, in KiB/s; 0 is without limit.
   *
   * - Default: not set
   * - Change: live
   * - Proxmox: `move`
   */
  move?: pulumi.Input<number> | undefined;
  /**
   * Highest bandwidth of restores, in KiB/s; 0 is without limit.
   *
   * - Default: not set
   * - Change: live
   * - Proxmox: `restore`
   */
  restore?: pulumi.Input<number> | undefined;
}

/** Part of the arguments of a DatacenterOptions. */
export interface DatacenterOptionsCrsArgs {
  /**
   * How the node for an HA resource is chosen: `basic` (by their number), `static` (by configured CPU and memory)
   * or `dynamic` (by use).
   *
   * - Default: `"basic"`
   * - Change: live
   * - Proxmox: `ha`
   */
  ha?: pulumi.Input<"basic" | "static" | "dynamic"> | undefined;
  /**
   * Choose the node anew when a resource is started.
   *
   * - Default: `false`
   * - Change: live
   * - Proxmox: `ha-rebalance-on-start`
   */
  rebalanceOnStart?: pulumi.Input<boolean> | undefined;
  /**
   * Move HA resources by itself while nodes are loaded unevenly.
   *
   * - Default: `false`
   * - Change: live
   * - Proxmox: `ha-auto-rebalance`
   */
  autoRebalance?: pulumi.Input<boolean> | undefined;
  /**
   * Rounds of the HA manager that the imbalance must last.
   *
   * - Default: `3`
   * - Change: live
   * - Proxmox: `ha-auto-rebalance-hold-duration`
   */
  autoRebalanceHoldDuration?: pulumi.Input<number> | undefined;
  /**
   * Least improvement that is worth a move.
   *
   * - Default: `0.1`
   * - Change: live
   * - Proxmox: `ha-auto-rebalance-margin`
   */
  autoRebalanceMargin?: pulumi.Input<number> | undefined;
  /**
   * How the best move is found.
   *
   * - Default: `"bruteforce"`
   * - Change: live
   * - Proxmox: `ha-auto-rebalance-method`
   */
  autoRebalanceMethod?: pulumi.Input<"bruteforce" | "topsis"> | undefined;
  /**
   * Imbalance from which on resources are moved.
   *
   * - Default: `0.3`
   * - Change: live
   * - Proxmox: `ha-auto-rebalance-threshold`
   */
  autoRebalanceThreshold?: pulumi.Input<number> | undefined;
}

/** Part of the arguments of a DatacenterOptions. */
export interface DatacenterOptionsHaArgs {
  /**
   * What becomes of HA resources when their node is shut down: `freeze`, `failover`, `conditional` or `migrate`.
   *
   * - Default: `"conditional"`
   * - Change: live
   * - Proxmox: `shutdown_policy`
   */
  shutdownPolicy?: pulumi.Input<"freeze" | "failover" | "conditional" | "migrate"> | undefined;
}

/** Part of the arguments of a DatacenterOptions. */
export interface DatacenterOptionsMigrationArgs {
  /**
   * Through SSH, or without encryption: migration is faster then, and readable for everybody on the network.
   *
   * - Default: `"secure"`
   * - Change: live
   * - Proxmox: `type`
   */
  type?: pulumi.Input<"secure" | "insecure"> | undefined;
  /**
   * Network that it takes, such as `10.0.5.0/24`; each node has one address in it.
   *
   * - Default: not set
   * - Change: live
   * - Proxmox: `network`
   */
  network?: pulumi.Input<string> | undefined;
}

/** Part of the arguments of a DatacenterOptions. */
export interface DatacenterOptionsNextIdArgs {
  /**
   * First VMID that is suggested.
   *
   * - Default: `100`
   * - Change: live
   * - Proxmox: `lower`
   */
  lower?: pulumi.Input<number> | undefined;
  /**
   * VMID before which the suggestions end.
   *
   * - Default: `1000000`
   * - Change: live
   * - Proxmox: `upper`
   */
  upper?: pulumi.Input<number> | undefined;
}

/** Part of the arguments of a DatacenterOptions. */
export interface DatacenterOptionsNotifyArgs {
  /**
   * Whether pending updates are told: `auto` does so where there is a subscription.
   *
   * - Default: `"auto"`
   * - Change: live
   * - Proxmox: `package-updates`
   */
  packageUpdates?: pulumi.Input<"auto" | "always" | "never"> | undefined;
  /**
   * Whether fenced nodes are told.
   *
   * - Default: not set
   * - Change: live
   * - Proxmox: `fencing`
   */
  fencing?: pulumi.Input<"always" | "never"> | undefined;
  /**
   * Whether failed replications are told.
   *
   * - Default: not set
   * - Change: live
   * - Proxmox: `replication`
   */
  replication?: pulumi.Input<"always" | "never"> | undefined;
  /**
   * Notification target of pending updates.
   *
   * - Default: not set
   * - Change: live
   * - Proxmox: `target-package-updates`
   */
  targetPackageUpdates?: pulumi.Input<string> | undefined;
  /**
   * Notification target of fenced nodes.
   *
   * - Default: not set
   * - Change: live
   * - Proxmox: `target-fencing`
   */
  targetFencing?: pulumi.Input<string> | undefined;
  /**
   * Notification target of failed replications.
   *
   * - Default: not set
   * - Change: live
   * - Proxmox: `target-replication`
   */
  targetReplication?: pulumi.Input<string> | undefined;
}

/** Part of the arguments of a DatacenterOptions. */
export interface DatacenterOptionsReplicationArgs {
  /**
   * Through SSH, or without encryption: replication is faster then, and readable for everybody on the network.
   *
   * - Default: `"secure"`
   * - Change: live
   * - Proxmox: `type`
   */
  type?: pulumi.Input<"secure" | "insecure"> | undefined;
  /**
   * Network that it takes, such as `10.0.5.0/24`; each node has one address in it.
   *
   * - Default: not set
   * - Change: live
   * - Proxmox: `network`
   */
  network?: pulumi.Input<string> | undefined;
}

/** Part of the arguments of a DatacenterOptions. */
export interface DatacenterOptionsTagStyleArgs {
  /**
   * Form in the web interface.
   *
   * - Default: `"circle"`
   * - Change: live
   * - Proxmox: `shape`
   */
  shape?: pulumi.Input<"full" | "circle" | "dense" | "none"> | undefined;
  /**
   * Order in the web interface.
   *
   * - Default: `"alphabetical"`
   * - Change: live
   * - Proxmox: `ordering`
   */
  ordering?: pulumi.Input<"config" | "alphabetical"> | undefined;
  /**
   * Whether tags that differ by capital letters alone are different ones.
   *
   * - Default: `false`
   * - Change: live
   * - Proxmox: `case-sensitive`
   */
  caseSensitive?: pulumi.Input<boolean> | undefined;
  /**
   * Colours of tags, each `tag:RRGGBB`, or `tag:RRGGBB:RRGGBB` with the colour of the text behind it.
   *
   * - Default: not set
   * - Change: live
   * - Proxmox: `color-map`
   */
  colorMap?: pulumi.Input<pulumi.Input<string>[]> | undefined;
}

/** Part of the arguments of a DatacenterOptions. */
export interface DatacenterOptionsU2fArgs {
  /**
   * Id of the application: an address such as `https://pve.example.com`.
   *
   * - Default: not set
   * - Change: live
   * - Proxmox: `appid`
   */
  appId?: pulumi.Input<string> | undefined;
  /**
   * Origin, where it is not the one of the request.
   *
   * - Default: not set
   * - Change: live
   * - Proxmox: `origin`
   */
  origin?: pulumi.Input<string> | undefined;
}

/** Part of the arguments of a DatacenterOptions. */
export interface DatacenterOptionsUserTagAccessArgs {
  /**
   * Tags that users may set on their guests: `none`, those of the `list`, those `existing` too, or `free`.
   *
   * - Default: `"free"`
   * - Change: live
   * - Proxmox: `user-allow`
   */
  userAllow?: pulumi.Input<"none" | "list" | "existing" | "free"> | undefined;
  /**
   * The tags of `list`.
   *
   * - Default: not set
   * - Change: live
   * - Proxmox: `user-allow-list`
   */
  userAllowList?: pulumi.Input<pulumi.Input<string>[]> | undefined;
}

/** Part of the arguments of a DatacenterOptions. */
export interface DatacenterOptionsWebauthnArgs {
  /**
   * Id of the relying party: the domain, without port.
   *
   * - Default: not set
   * - Change: live
   * - Proxmox: `id`
   */
  id?: pulumi.Input<string> | undefined;
  /**
   * Origin: `https://` and the domain, with the port.
   *
   * - Default: not set
   * - Change: live
   * - Proxmox: `origin`
   */
  origin?: pulumi.Input<string> | undefined;
  /**
   * Name of the relying party; any text.
   *
   * - Default: not set
   * - Change: live
   * - Proxmox: `rp`
   */
  rp?: pulumi.Input<string> | undefined;
  /**
   * Whether the id's subdomains are good too.
   *
   * - Default: `true`
   * - Change: live
   * - Proxmox: `allow-subdomains`
   */
  allowSubdomains?: pulumi.Input<boolean> | undefined;
}

/** Part of the arguments of a DatacenterOptions. */
export interface DatacenterOptionsTimeoutsArgs {
  /**
   * Longest time for a creation.
   *
   * - Default: `"2m"`
   * - Change: live
   */
  create?: pulumi.Input<string> | undefined;
  /**
   * Longest time for an update.
   *
   * - Default: `"2m"`
   * - Change: live
   */
  update?: pulumi.Input<string> | undefined;
  /**
   * Longest time for a deletion.
   *
   * - Default: `"2m"`
   * - Change: live
   */
  delete?: pulumi.Input<string> | undefined;
  /**
   * Longest time for a refresh.
   *
   * - Default: `"2m"`
   * - Change: live
   */
  read?: pulumi.Input<string> | undefined;
}
