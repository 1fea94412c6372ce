// Written by `npm run arguments` from the models of this folder; not to be changed by hand.
import type * as pulumi from "@pulumi/pulumi";

/** Arguments of a AptRepository. */
export interface AptRepositoryArgs {
  /**
   * Name of the node. A change replaces.
   *
   * - Change: replace, it is made anew
   */
  node: pulumi.Input<string>;
  /**
   * Proxmox's name for the repository: `enterprise`, `no-subscription`, `test`, or of Ceph, as
   * `ceph-squid-no-subscription`. `ceph-enterprise` stands for Ceph's enterprise repositories of all releases, and
   * can only be switched off.
   *
   * - Change: replace, it is made anew
   * - Proxmox: `handle`
   */
  handle: pulumi.Input<string>;
  /**
   * Whether packages come from it. With `false` the repository is switched off where it is on, and not added where
   * it is not.
   *
   * - Default: `true`
   * - Change: live
   * - Proxmox: `enabled`
   */
  enabled?: pulumi.Input<boolean> | undefined;
  /**
   * Longest time of each operation.
   *
   * - Default: not set
   * - Change: none, nothing happens to what is there
   */
  timeouts?: pulumi.Input<AptRepositoryTimeoutsArgs> | undefined;
}

/** Part of the arguments of a AptRepository. */
export interface AptRepositoryTimeoutsArgs {
  /**
   * Longest time for a creation.
   *
   * - Default: `"2m"`
   * - Change: none, nothing happens to what is there
   */
  create?: pulumi.Input<string> | undefined;
  /**
   * Longest time for an update.
   *
   * - Default: `"2m"`
   * - Change: none, nothing happens to what is there
   */
  update?: pulumi.Input<string> | undefined;
  /**
   * Longest time for a deletion.
   *
   * - Default: `"2m"`
   * - Change: none, nothing happens to what is there
   */
  delete?: pulumi.Input<string> | undefined;
  /**
   * Longest time for a refresh.
   *
   * - Default: `"2m"`
   * - Change: none, nothing happens to what is there
   */
  read?: pulumi.Input<string> | undefined;
}

/** Arguments of a AptUpgrade. */
export interface AptUpgradeArgs {
  /**
   * Name of the node. A change replaces.
   *
   * - Change: replace, it is made anew
   */
  node: pulumi.Input<string>;
  /**
   * Packages that are upgraded, by their names; those of them that are not installed are left out.
   *
   * - Default: all that the node has, with what they newly need (`apt-get dist-upgrade`)
   * - Change: upgrade of the packages, and with `reboot` a reboot of the node where one is needed
   */
  packages?: pulumi.Input<pulumi.Input<string>[]> | undefined;
  /**
   * Texts of your own, such as a date or a version: another one of them means another upgrade.
   *
   * - Default: not set
   * - Change: upgrade of the packages, and with `reboot` a reboot of the node where one is needed
   */
  triggers?: pulumi.Input<pulumi.Input<string>[]> | undefined;
  /**
   * Count packages that can be upgraded as a difference: `pulumi up --refresh` then upgrades them. They are looked
   * for in the package lists as the node has them. Without it an `up` that changes nothing upgrades nothing.
   *
   * - Default: `false`
   * - Change: upgrade of the packages, and with `reboot` a reboot of the node where one is needed
   */
  keepUpToDate?: pulumi.Input<boolean> | undefined;
  /**
   * Packages that may go where the upgrade needs it. Any other one that would go is an error at preview. The
   * running and the newest kernel and Proxmox VE itself are never removed.
   *
   * - Default: not set
   * - Change: live
   */
  allowRemove?: pulumi.Input<pulumi.Input<string>[]> | undefined;
  /**
   * Reboot the node after an upgrade that needs it (another kernel than the running one is to be booted), and wait
   * until it is back. Nodes are rebooted one at a time.
   *
   * - Default: `false`
   * - Change: reboot of the node, where one is needed
   */
  reboot?: pulumi.Input<boolean> | undefined;
  /**
   * Allow that reboot although guests run on the node: they are shut down, and those with `onBoot` are started
   * again by the node. Without it guests that run there are an error.
   *
   * - Default: `false`
   * - Change: live
   */
  shutdownGuests?: pulumi.Input<boolean> | undefined;
  /**
   * Longest time of each operation.
   *
   * - Default: not set
   * - Change: none, nothing happens to what is there
   */
  timeouts?: pulumi.Input<AptUpgradeTimeoutsArgs> | undefined;
}

/** Part of the arguments of a AptUpgrade. */
export interface AptUpgradeTimeoutsArgs {
  /**
   * Longest time for a creation.
   *
   * - Default: `"60m"`
   * - Change: none, nothing happens to what is there
   */
  create?: pulumi.Input<string> | undefined;
  /**
   * Longest time for an update.
   *
   * - Default: `"60m"`
   * - Change: none, nothing happens to what is there
   */
  update?: pulumi.Input<string> | undefined;
  /**
   * Longest time for a deletion.
   *
   * - Default: `"1m"`
   * - Change: none, nothing happens to what is there
   */
  delete?: pulumi.Input<string> | undefined;
  /**
   * Longest time for a refresh.
   *
   * - Default: `"5m"`
   * - Change: none, nothing happens to what is there
   */
  read?: pulumi.Input<string> | undefined;
}

/** Arguments of a Dns. */
export interface DnsArgs {
  /**
   * Name of the node. A change replaces: the node of before keeps its settings.
   *
   * - Change: replace, it is made anew
   * - Proxmox: `node` in the path
   */
  node: pulumi.Input<string>;
  /**
   * Addresses of the name servers, in the order in which they are asked.
   *
   * - Change: live
   * - Proxmox: `dns1`, `dns2`, `dns3`
   */
  servers: pulumi.Input<pulumi.Input<string>[]>;
  /**
   * Domain in which names without one are looked up.
   *
   * - Change: live
   * - Proxmox: `search`
   */
  searchDomain: pulumi.Input<string>;
  /**
   * Longest time of each operation.
   *
   * - Default: not set
   * - Change: live
   */
  timeouts?: pulumi.Input<DnsTimeoutsArgs> | undefined;
}

/** Part of the arguments of a Dns. */
export interface DnsTimeoutsArgs {
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
   * - Default: `"1m"`
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

/** Arguments of a HostsEntries. */
export interface HostsEntriesArgs {
  /**
   * Name of the node. A change replaces.
   *
   * - Change: replace, it is made anew
   * - Proxmox: `node` in the path
   */
  node: pulumi.Input<string>;
  /**
   * Name of the block in the file: it stands in the marks around it, once per node.
   *
   * - Default: the resource's name
   * - Change: replace, it is made anew
   */
  block?: pulumi.Input<string> | undefined;
  /**
   * Lines of the block, in their order.
   *
   * - Change: live
   */
  entries: pulumi.Input<pulumi.Input<HostsEntriesEntryArgs>[]>;
  /**
   * Take names of `entries` out of the lines of others that say something else of them. Without it such lines are
   * an error, except for `127.0.1.1`, which Debian writes for the machine's own name and which Proxmox cannot use.
   *
   * - Default: `false`
   * - Change: live
   */
  override?: pulumi.Input<boolean> | undefined;
  /**
   * Longest time of each operation.
   *
   * - Default: not set
   * - Change: none, nothing happens to what is there
   */
  timeouts?: pulumi.Input<HostsEntriesTimeoutsArgs> | undefined;
}

/** Part of the arguments of a HostsEntries. */
export interface HostsEntriesEntryArgs {
  /**
   * IPv4 or IPv6 address.
   *
   * - Change: live
   */
  address: pulumi.Input<string>;
  /**
   * Names of the address, the whole one first: `pve1.example.com`, `pve1`.
   *
   * - Change: live
   */
  names: pulumi.Input<pulumi.Input<string>[]>;
}

/** Part of the arguments of a HostsEntries. */
export interface HostsEntriesTimeoutsArgs {
  /**
   * Longest time for a creation.
   *
   * - Default: `"2m"`
   * - Change: none, nothing happens to what is there
   */
  create?: pulumi.Input<string> | undefined;
  /**
   * Longest time for an update.
   *
   * - Default: `"2m"`
   * - Change: none, nothing happens to what is there
   */
  update?: pulumi.Input<string> | undefined;
  /**
   * Longest time for a deletion.
   *
   * - Default: `"2m"`
   * - Change: none, nothing happens to what is there
   */
  delete?: pulumi.Input<string> | undefined;
  /**
   * Longest time for a refresh.
   *
   * - Default: `"2m"`
   * - Change: none, nothing happens to what is there
   */
  read?: pulumi.Input<string> | undefined;
}

/** Arguments of a LogRotation. */
export interface LogRotationArgs {
  /**
   * Name of the node. A change replaces.
   *
   * - Change: replace, it is made anew
   */
  node: pulumi.Input<string>;
  /**
   * Name of the file in /etc/logrotate.d. Of two files that name one log, the one whose name sorts first has it.
   *
   * - Default: the resource's name
   * - Change: replace, it is made anew
   */
  name?: pulumi.Input<string> | undefined;
  /**
   * Logs by their absolute paths; `*`, `?` and `[a-z]` stand for parts of names: `/var/log/app/*.log`. In their
   * order they mean the same. Those below system folders (`/etc`, `/usr`, `/var/lib` …) and Proxmox's own list of
   * tasks are refused.
   *
   * - Change: live
   */
  logs: pulumi.Input<pulumi.Input<string>[]>;
  /**
   * How often a log is rotated. Debian runs logrotate once a day: `hourly` needs a timer of your own.
   *
   * - Default: that of /etc/logrotate.conf (weekly)
   * - Change: live
   */
  frequency?: pulumi.Input<"hourly" | "daily" | "weekly" | "monthly" | "yearly"> | undefined;
  /**
   * How many rotated ones of a log are kept. Older ones are deleted by logrotate.
   *
   * - Default: that of /etc/logrotate.conf (4)
   * - Change: live
   */
  rotate?: pulumi.Input<number> | undefined;
  /**
   * Rotate at this size, whatever the time: bytes, or with `k`, `M`, `G`. Not beside `frequency`.
   *
   * - Default: the time decides
   * - Change: live
   */
  size?: pulumi.Input<string> | undefined;
  /**
   * Rotate when it is time, and not below this size.
   *
   * - Default: any size
   * - Change: live
   */
  minSize?: pulumi.Input<string> | undefined;
  /**
   * Rotate also before it is time, from this size on.
   *
   * - Default: any size
   * - Change: live
   */
  maxSize?: pulumi.Input<string> | undefined;
  /**
   * Days after which rotated ones are deleted, when the log is rotated.
   *
   * - Default: no age
   * - Change: live
   */
  maxAge?: pulumi.Input<number> | undefined;
  /**
   * Compress rotated ones, with gzip.
   *
   * - Default: that of /etc/logrotate.conf (no)
   * - Change: live
   */
  compress?: pulumi.Input<boolean> | undefined;
  /**
   * Compress one at the next rotation only, for a program that still writes into it.
   *
   * - Default: that of /etc/logrotate.conf (no)
   * - Change: live
   */
  delayCompress?: pulumi.Input<boolean> | undefined;
  /**
   * A log that is not there is no error.
   *
   * - Default: that of /etc/logrotate.conf (no): each run of logrotate ends with an error
   * - Change: live
   */
  missingOk?: pulumi.Input<boolean> | undefined;
  /**
   * Rotate an empty log too.
   *
   * - Default: that of /etc/logrotate.conf (yes)
   * - Change: live
   */
  ifEmpty?: pulumi.Input<boolean> | undefined;
  /**
   * Copy the log and empty it, for a program that goes on writing into the same file. What it writes in between is
   * lost.
   *
   * - Default: that of /etc/logrotate.conf (no)
   * - Change: live
   */
  copyTruncate?: pulumi.Input<boolean> | undefined;
  /**
   * Name rotated ones by the date, not by numbers.
   *
   * - Default: that of /etc/logrotate.conf (no)
   * - Change: live
   */
  dateExt?: pulumi.Input<boolean> | undefined;
  /**
   * The new, empty log in the place of the rotated one. Not beside `copyTruncate`.
   *
   * - Default: that of /etc/logrotate.conf (as the old one)
   * - Change: live
   */
  create?: pulumi.Input<LogRotationCreateArgs> | undefined;
  /**
   * Who rotates: needed where others than root may write in the log's folder, as in /var/log/ceph.
   *
   * - Default: root
   * - Change: live
   */
  su?: pulumi.Input<LogRotationSuArgs> | undefined;
  /**
   * Take over the file of this name, which must exist: what it says is replaced. Not one of a package, nor one
   * with scripts. Only read when the resource is created.
   *
   * - Default: `false`
   * - Change: none, nothing happens to what is there
   */
  adopt?: pulumi.Input<boolean> | undefined;
  /**
   * Longest time of each operation.
   *
   * - Default: not set
   * - Change: none, nothing happens to what is there
   */
  timeouts?: pulumi.Input<LogRotationTimeoutsArgs> | undefined;
}

/** Part of the arguments of a LogRotation. */
export interface LogRotationCreateArgs {
  /**
   * Mode of the new log, in octal digits: `0640`.
   *
   * - Change: live
   */
  mode: pulumi.Input<string>;
  /**
   * Whose it is.
   *
   * - Change: live
   */
  user: pulumi.Input<string>;
  /**
   * Its group.
   *
   * - Change: live
   */
  group: pulumi.Input<string>;
}

/** Part of the arguments of a LogRotation. */
export interface LogRotationSuArgs {
  /**
   * Account that rotates.
   *
   * - Change: live
   */
  user: pulumi.Input<string>;
  /**
   * Its group meanwhile.
   *
   * - Change: live
   */
  group: pulumi.Input<string>;
}

/** Part of the arguments of a LogRotation. */
export interface LogRotationTimeoutsArgs {
  /**
   * Longest time for a creation.
   *
   * - Default: `"3m"`
   * - Change: none, nothing happens to what is there
   */
  create?: pulumi.Input<string> | undefined;
  /**
   * Longest time for an update.
   *
   * - Default: `"3m"`
   * - Change: none, nothing happens to what is there
   */
  update?: pulumi.Input<string> | undefined;
  /**
   * Longest time for a deletion.
   *
   * - Default: `"3m"`
   * - Change: none, nothing happens to what is there
   */
  delete?: pulumi.Input<string> | undefined;
  /**
   * Longest time for a refresh.
   *
   * - Default: `"3m"`
   * - Change: none, nothing happens to what is there
   */
  read?: pulumi.Input<string> | undefined;
}

/** Arguments of a NodeOptions. */
export interface NodeOptionsArgs {
  /**
   * Name of the node. A change replaces: the node of before keeps its settings.
   *
   * - Change: replace, it is made anew
   * - Proxmox: `node` in the path
   */
  node: pulumi.Input<string>;
  /**
   * Notes of the node, in Markdown.
   *
   * - Default: not set
   * - Change: live
   * - Proxmox: `description`
   */
  description?: pulumi.Input<string> | undefined;
  /**
   * How the other nodes wake this one.
   *
   * - Default: not set
   * - Change: live
   * - Proxmox: `wakeonlan`
   */
  wakeOnLan?: pulumi.Input<NodeOptionsWakeOnLanArgs> | undefined;
  /**
   * Seconds from the boot of the node until the first guest with `onBoot` is started.
   *
   * - Default: `0`
   * - Change: live
   * - Proxmox: `startall-onboot-delay`
   */
  startAllOnBootDelay?: pulumi.Input<number> | undefined;
  /**
   * Percent of the node's memory in use from which on guests with ballooning give memory back.
   *
   * - Default: `80`
   * - Change: live
   * - Proxmox: `ballooning-target`
   */
  ballooningTarget?: pulumi.Input<number> | undefined;
  /**
   * Where the node stands; Proxmox VE 9.2 or newer.
   *
   * - Default: not set
   * - Change: live
   * - Proxmox: `location`
   */
  location?: pulumi.Input<NodeOptionsLocationArgs> | undefined;
  /**
   * Account and domains of the node's ACME certificate.
   *
   * - Default: not set
   * - Change: live
   * - Proxmox: `acme`
   */
  acme?: pulumi.Input<NodeOptionsAcmeArgs> | undefined;
  /**
   * Domains of the node's ACME certificate, each with its plugin, six at most.
   *
   * - Default: not set
   * - Change: live
   * - Proxmox: `acmedomain0` to `acmedomain5`
   */
  acmeDomains?: pulumi.Input<pulumi.Input<NodeOptionsAcmeDomainArgs>[]> | undefined;
  /**
   * Longest time of each operation.
   *
   * - Default: not set
   * - Change: live
   */
  timeouts?: pulumi.Input<NodeOptionsTimeoutsArgs> | undefined;
}

/** Part of the arguments of a NodeOptions. */
export interface NodeOptionsWakeOnLanArgs {
  /**
   * MAC address of the port that listens.
   *
   * - Change: live
   * - Proxmox: `mac`
   */
  macAddress: pulumi.Input<string>;
  /**
   * Network interface of the nodes that send, through which the packet goes.
   *
   * - Default: that of the default route
   * - Change: live
   * - Proxmox: `bind-interface`
   */
  bindInterface?: pulumi.Input<string> | undefined;
  /**
   * IPv4 address to which the packet is sent.
   *
   * - Default: `"255.255.255.255"`
   * - Change: live
   * - Proxmox: `broadcast-address`
   */
  broadcastAddress?: pulumi.Input<string> | undefined;
}

/** Part of the arguments of a NodeOptions. */
export interface NodeOptionsLocationArgs {
  /**
   * Degrees, north of the equator above 0.
   *
   * - Change: live
   * - Proxmox: `latitude`
   */
  latitude: pulumi.Input<number>;
  /**
   * Degrees, east of Greenwich above 0.
   *
   * - Change: live
   * - Proxmox: `longitude`
   */
  longitude: pulumi.Input<number>;
  /**
   * What the place is called.
   *
   * - Default: not set
   * - Change: live
   * - Proxmox: `name`
   */
  name?: pulumi.Input<string> | undefined;
}

/** Part of the arguments of a NodeOptions. */
export interface NodeOptionsAcmeArgs {
  /**
   * Name of the ACME account.
   *
   * - Default: `"default"`
   * - Change: live
   * - Proxmox: `account`
   */
  account?: pulumi.Input<string> | undefined;
  /**
   * Domains of the certificate that are confirmed by a web server on the node itself.
   *
   * - Default: not set
   * - Change: live
   * - Proxmox: `domains`
   */
  domains?: pulumi.Input<pulumi.Input<string>[]> | undefined;
}

/** Part of the arguments of a NodeOptions. */
export interface NodeOptionsAcmeDomainArgs {
  /**
   * Domain of the certificate.
   *
   * - Change: live
   * - Proxmox: `domain`
   */
  domain: pulumi.Input<string>;
  /**
   * Name of the ACME plugin that confirms it.
   *
   * - Default: `"standalone"`
   * - Change: live
   * - Proxmox: `plugin`
   */
  plugin?: pulumi.Input<string> | undefined;
  /**
   * Domain under which the confirmation stands instead.
   *
   * - Default: not set
   * - Change: live
   * - Proxmox: `alias`
   */
  alias?: pulumi.Input<string> | undefined;
}

/** Part of the arguments of a NodeOptions. */
export interface NodeOptionsTimeoutsArgs {
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
   * - Default: `"1m"`
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

/** Arguments of a Sysctl. */
export interface SysctlArgs {
  /**
   * Name of the node. A change replaces.
   *
   * - Change: replace, it is made anew
   */
  node: pulumi.Input<string>;
  /**
   * Name of the file in /etc/sysctl.d: of two files that set one parameter, the one whose name sorts later has its
   * way.
   *
   * - Default: `90-`, the resource's name and `.conf`
   * - Change: replace, it is made anew
   */
  fileName?: pulumi.Input<string> | undefined;
  /**
   * Kernel parameters by their names, such as `vm.swappiness`, with their values. Several numbers stand in one
   * text, with spaces between them.
   *
   * - Change: live
   */
  values: pulumi.Input<Record<string, pulumi.Input<number | string>>>;
  /**
   * Longest time of each operation.
   *
   * - Default: not set
   * - Change: none, nothing happens to what is there
   */
  timeouts?: pulumi.Input<SysctlTimeoutsArgs> | undefined;
}

/** Part of the arguments of a Sysctl. */
export interface SysctlTimeoutsArgs {
  /**
   * Longest time for a creation.
   *
   * - Default: `"3m"`
   * - Change: none, nothing happens to what is there
   */
  create?: pulumi.Input<string> | undefined;
  /**
   * Longest time for an update.
   *
   * - Default: `"3m"`
   * - Change: none, nothing happens to what is there
   */
  update?: pulumi.Input<string> | undefined;
  /**
   * Longest time for a deletion.
   *
   * - Default: `"3m"`
   * - Change: none, nothing happens to what is there
   */
  delete?: pulumi.Input<string> | undefined;
  /**
   * Longest time for a refresh.
   *
   * - Default: `"3m"`
   * - Change: none, nothing happens to what is there
   */
  read?: pulumi.Input<string> | undefined;
}

/** Arguments of a SystemPackage. */
export interface SystemPackageArgs {
  /**
   * Name of the node. A change replaces.
   *
   * - Change: replace, it is made anew
   */
  node: pulumi.Input<string>;
  /**
   * Packages that are to be there, by their names, such as `htop`; with a version behind an equals sign, as
   * `htop=3.4.1-5`, in this version. Without one any version will do: what is there is not upgraded. One that is
   * taken out stays installed.
   *
   * - Change: live
   */
  packages: pulumi.Input<pulumi.Input<string>[]>;
  /**
   * Remove the packages with the resource: those of them that it has installed itself.
   *
   * - Default: `false`
   * - Change: live
   */
  removeOnDelete?: pulumi.Input<boolean> | undefined;
  /**
   * Longest time of each operation.
   *
   * - Default: not set
   * - Change: none, nothing happens to what is there
   */
  timeouts?: pulumi.Input<SystemPackageTimeoutsArgs> | undefined;
}

/** Part of the arguments of a SystemPackage. */
export interface SystemPackageTimeoutsArgs {
  /**
   * Longest time for a creation.
   *
   * - Default: `"20m"`
   * - Change: none, nothing happens to what is there
   */
  create?: pulumi.Input<string> | undefined;
  /**
   * Longest time for an update.
   *
   * - Default: `"20m"`
   * - Change: none, nothing happens to what is there
   */
  update?: pulumi.Input<string> | undefined;
  /**
   * Longest time for a deletion.
   *
   * - Default: `"20m"`
   * - Change: none, nothing happens to what is there
   */
  delete?: pulumi.Input<string> | undefined;
  /**
   * Longest time for a refresh.
   *
   * - Default: `"5m"`
   * - Change: none, nothing happens to what is there
   */
  read?: pulumi.Input<string> | undefined;
}

/** Arguments of a TimeZone. */
export interface TimeZoneArgs {
  /**
   * Name of the node. A change replaces: the node of before keeps its settings.
   *
   * - Change: replace, it is made anew
   * - Proxmox: `node` in the path
   */
  node: pulumi.Input<string>;
  /**
   * Time zone by its name in the zone database, such as `Europe/Berlin`. Where the hardware clock runs in local
   * time, another zone may step the node's clock.
   *
   * - Change: live
   * - Proxmox: `timezone`
   */
  timeZone: pulumi.Input<string>;
  /**
   * Longest time of each operation.
   *
   * - Default: not set
   * - Change: live
   */
  timeouts?: pulumi.Input<TimeZoneTimeoutsArgs> | undefined;
}

/** Part of the arguments of a TimeZone. */
export interface TimeZoneTimeoutsArgs {
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
   * - Default: `"1m"`
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
