import type { ProxmoxErrorKind } from "./error-kind";

/** A daemon could not fork the worker of a task: nothing was begun, and the request may be sent again. */
export const NO_WORKER = /^got no worker upid - start worker failed\.?$/;

interface Row {
  readonly kind: ProxmoxErrorKind;
  /** Only answers with these statuses; 0 stands for the exit status of a task. Any when absent. */
  readonly status?: readonly number[];
  readonly text?: RegExp;
  /** Group 1 names what is missing: when the request's path does not name it, a parameter does: `invalid`. */
  readonly names?: "subject";
  readonly retryable?: true;
  readonly hint?: string;
  /** Where Proxmox says so: Perl file, or a recording of the real daemons. */
  readonly source: string;
}

/**
 * From status and text to kind; the first row that matches wins. Texts are matched without anchoring at the start:
 * wrappers put "create storage failed: " and the like before them.
 */
const TABLE: readonly Row[] = [
  // Quorum, before anything else: the same texts also contain words of other rows.
  {
    kind: "no-quorum",
    text: /error: no quorum!|cluster not ready - no quorum\?/,
    hint: "Bring more cluster nodes online, then run again.",
    source: "PVE/Cluster.pm cfs_lock, PVE/Cluster.pm check_cfs_quorum; conformance 22",
  },
  {
    kind: "no-quorum",
    text: /unable to open file '\/etc\/pve\/\S+' - Permission denied/,
    hint: "/etc/pve is read-only without quorum: bring more cluster nodes online, then run again.",
    source: "PVE/Tools.pm file_set_contents on a read-only pmxcfs; conformance 22",
  },
  // Locks.
  {
    kind: "locked",
    text: /can't lock file '[^']*' - got timeout|error: got lock request timeout|error: got lock timeout/,
    retryable: true,
    hint: "Another operation holds the lock; it is usually free again within seconds.",
    source: "PVE/Tools.pm lock_file_full, PVE/Cluster.pm cfs_lock; conformance 05",
  },
  {
    kind: "locked",
    text: /(?:VM|CT) is locked(?: \([^)]*\))?/,
    hint: "Another operation (backup, clone, migration, snapshot) is at work on the guest. If none is, unlock it with `qm unlock`.",
    source: "PVE/AbstractConfig.pm check_lock; conformance 05",
  },
  // Authentication.
  {
    kind: "unauthenticated",
    status: [401],
    hint: "Check user, realm and password, or the API token and its secret.",
    source: "PVE/HTTPServer.pm auth_handler, PVE/API2/AccessControl.pm create_ticket; conformance 01",
  },
  // Permissions.
  {
    kind: "invalid",
    status: [403],
    text: /\(pool '[^']*' does not exist\)/,
    source: "PVE/RPCEnvironment.pm check_pool_exist: whoever asks; conformance 10",
  },
  {
    kind: "denied",
    status: [403],
    text: /not available with API token/,
    hint: "Log in with a password instead of an API token.",
    source: "PVE/HTTPServer.pm rest_handler; conformance 09",
  },
  {
    kind: "denied",
    status: [403],
    text: /user != root@pam/,
    hint: "Only root@pam with its password may do this, no API token.",
    source: "PVE/RPCEnvironment.pm check_api2_permissions; conformance 09",
  },
  {
    kind: "denied",
    status: [403],
    hint: "Give the user or API token this privilege on this path.",
    source: "PVE/RPCEnvironment.pm check; recorded 14",
  },
  {
    kind: "denied",
    text: /403 Permission check failed/,
    hint: "Give the user or API token this privilege on this path.",
    source: "a permission exception inside a lock is stringified: PVE/Exception.pm; conformance 10",
  },
  {
    kind: "denied",
    text: /[oO]nly root (?:can|may)/,
    hint: "Only root@pam with its password may do this, no API token.",
    source: "PVE/API2/Qemu.pm check_vm_modify_config_perm, PVE/Storage.pm; conformance 02",
  },
  // A node that does not answer.
  {
    kind: "unavailable",
    status: [595, 596, 597, 598, 599],
    hint: "The node that the request was forwarded to did not answer.",
    source: "PVE/APIServer/AnyEvent.pm proxy_request (AnyEvent::HTTP's own statuses); conformance 21",
  },
  {
    kind: "unavailable",
    status: [500],
    text: NO_WORKER,
    hint: "The node is under such a load that it could not start a process for the task; run this again when it has less to do.",
    source: "PVE/RESTEnvironment.pm fork_worker; seen on pve-manager 9.2.11 under load",
  },
  {
    kind: "unavailable",
    status: [502, 503, 504],
    hint: "A reverse proxy in front of Proxmox VE answered, not Proxmox VE.",
    source: "RFC 9110 15.6; Proxmox VE itself never sends these (PVE/APIServer/AnyEvent.pm)",
  },
  // What is on a node that the cluster does not know may be there all the same.
  {
    kind: "unavailable",
    names: "subject",
    text: /no such cluster node '([^']+)'/,
    hint: "Is this the name of a member of the cluster?",
    source: "PVE/Cluster.pm check_node_exists; conformance 05, 13",
  },
  {
    kind: "unavailable",
    text: /hostname lookup '[^']*' failed/,
    hint: "Is this the name of a member of the cluster?",
    source: "PVE/Cluster.pm remote_node_ip through PVE/Tools.pm; conformance 13",
  },
  // Functions that this version lacks.
  {
    kind: "unsupported",
    status: [501],
    text: /Method '.*' not implemented/,
    hint: "This Proxmox VE has no such function; is it too old?",
    source: "PVE/HTTPServer.pm rest_handler; conformance 01",
  },
  {
    kind: "protocol",
    status: [301, 308, 501, 506],
    source: "PVE/APIServer/AnyEvent.pm; recorded 15",
  },
  // Someone else was there first.
  {
    kind: "invalid",
    status: [400],
    text: /^Default (?:ipv6 )?gateway already exists/,
    source: "PVE/API2/Network.pm check_duplicate_gateway; recorded 03",
  },
  {
    kind: "conflict",
    text: /checksum mismatch \(file change by other user\?\)|detected modified configuration - file changed by other user\?/,
    hint: "Read it again and repeat the change.",
    source: "PVE/Tools.pm assert_if_modified, PVE/API2/Qemu.pm update_vm_api; conformance 03, 07",
  },
  {
    kind: "conflict",
    text: /already exists|' already defined|already a pool member|belongs already to pool|is already in use for VM|name '[^']*' already used/,
    hint: "Use another name or id, or adopt what is there.",
    source:
      "PVE/Cluster.pm check_vmid_unused, PVE/SectionConfig.pm, PVE/API2/{User,Group,Role,Pool}.pm; conformance 02, 07, 09, 10",
  },
  // Ceph that is not there yet.
  {
    kind: "unsupported",
    text: /binary not installed: \S+|Ceph Nautilus required - please run 'pveceph install'/,
    hint: "Install Ceph on this node first.",
    source: "PVE/Ceph/Tools.pm check_ceph_installed, PVE/API2/Ceph.pm init; recorded on pve-manager 9.2.11",
  },
  // Not there: only what the path names, see pathNames.
  {
    kind: "not-found",
    status: [500],
    text: /pveceph configuration not initialized - missing|ceph not fully configured - missing/,
    hint: "Ceph has no configuration yet: initialise it first.",
    source: "PVE/Ceph/Tools.pm check_ceph_inited, check_ceph_configured; recorded on pve-manager 9.2.11",
  },
  {
    kind: "not-found",
    status: [400],
    text: /^(?:no such task|interface does not exist|zone does not exist|no such alias|no such IP\/Network)$/,
    source:
      "raise_param_exc in PVE/API2/Tasks.pm, PVE/API2/Network.pm, PVE/API2/Firewall; recorded 03, 15; conformance 12",
  },
  {
    kind: "not-found",
    status: [400],
    text: /^No such storage\.$/,
    source: "PVE/API2/Storage/Status.pm; conformance 07",
  },
  {
    kind: "not-found",
    status: [424],
    source: "PVE/API2/ClusterConfig.pm join_info on a node without a cluster; recorded 10",
  },
  {
    kind: "not-found",
    names: "subject",
    text: /Configuration file '\S*?\/([^/']+)\.conf' does not exist|unable to find configuration file for (?:VM|CT) (\d+)/,
    hint: "It may be on another node of the cluster.",
    source: "PVE/AbstractConfig.pm load_config; conformance 03",
  },
  {
    kind: "not-found",
    names: "subject",
    text: /no such (?:job|user|group|role|token|realm|IPSet|security group|alias|zone|vnet|logical volume|tfa entry) \(?'([^']+)'\)?/i,
    source:
      "PVE/AccessControl.pm check_user_exist, PVE/API2/{User,TFA}.pm, PVE/API2/Firewall, PVE/Cluster.pm; conformance 09, 15, 45",
  },
  {
    kind: "not-found",
    names: "subject",
    text: /'([^']+)' (?:does not exist|don't exist|not found|not defined)|cannot delete service '([^']+)', not HA managed/,
    source:
      "PVE/Storage.pm storage_config, PVE/AccessControl.pm, PVE/API2/Pool.pm, PVE/Network/SDN.pm, proxmox-notify; conformance 07, 09, 10, 16, 46",
  },
  {
    kind: "not-found",
    names: "subject",
    text: /no such (?:resource|ha rule) '([^']+)'/,
    source: "PVE/API2/HA/Resources.pm $api_copy_config, PVE/API2/HA/Rules.pm $get_api_ha_rule",
  },
  {
    kind: "not-found",
    names: "subject",
    text: /Node\/IP: (\S+) is not a known host|unknown node '([^']+)'|no rule at position (\d+)/,
    source: "PVE/API2/ClusterConfig.pm delnode, PVE/API2/Firewall/Rules.pm; conformance 15, 23",
  },
  {
    kind: "protocol",
    status: [404],
    hint: "A proxy, or another server, answered: Proxmox VE itself says what is missing. Are the endpoints right?",
    source: "a 404 in other words never comes from the API; conformance 45, 46",
  },
  // Bad parameters.
  {
    kind: "invalid",
    status: [400],
    text: /property is not defined in schema/,
    hint: "This Proxmox VE does not know the parameter: it is misspelt, or newer than this version.",
    source: "PVE/JSONSchema.pm check_object; recorded 15",
  },
  { kind: "invalid", status: [400], source: "PVE/Exception.pm raise_param_exc; conformance 01" },
  {
    kind: "invalid",
    text: /\b400 Parameter verification failed\./,
    source: "a parameter exception inside a lock is stringified: PVE/Exception.pm; conformance 16",
  },
  // Task exit statuses that start with the HTTP status that the worker itself was answered with.
  {
    kind: "unauthenticated",
    status: [0],
    text: /^401 /,
    source: "PVE/APIClient/LWP.pm inside a cluster join; conformance 20",
  },
  {
    kind: "unavailable",
    status: [0],
    text: /Can't connect to \S+/,
    source: "PVE/APIClient/LWP.pm inside a cluster join; conformance 20",
  },
  {
    kind: "untrusted",
    status: [0],
    text: /fingerprint '.*' not verified/,
    source: "PVE/APIClient/LWP.pm; conformance 20",
  },
  {
    kind: "invalid",
    text: /unable to parse|unknown option|missing value for required option/,
    source: "PVE/SectionConfig.pm, PVE/Storage.pm; conformance 07",
  },
  {
    kind: "refused",
    status: [500],
    text: /volume_size_info on '[^']*' failed - no format/,
    hint: "The volume is missing, or no image: look at the storage's content.",
    source: "PVE/API2/Storage/Content.pm info; conformance 08",
  },
  { kind: "refused", status: [0, 500], source: "any other die: PVE/HTTPServer.pm, PVE/RESTEnvironment.pm" },
];

interface Classified {
  readonly kind: ProxmoxErrorKind;
  readonly hint: string | undefined;
  readonly retryable: boolean;
}

/**
 * The kind of an answer, or (status 0) of a task's exit status. What is not there is told by Proxmox's own answers
 * only: whoever else speaks cannot know it.
 */
export function classify(reply: {
  readonly status: number;
  readonly said: string;
  readonly path: string;
  readonly errors?: Readonly<Record<string, string>>;
  /** Not in the form of Proxmox's API. */
  readonly foreign?: boolean;
}): Classified {
  const texts = [reply.said, ...Object.values(reply.errors ?? {})].map((text) => text.trim());
  for (const row of TABLE) {
    if (row.status && !row.status.includes(reply.status)) continue;
    if (row.kind === "not-found" && reply.foreign) continue;
    const match = row.text ? firstMatch(row.text, texts) : undefined;
    if (row.text && !match) continue;
    const missing = match?.slice(1).find((group) => group !== undefined);
    if (row.names === "subject" && missing !== undefined && !pathNames(reply.path, missing))
      return { kind: "invalid", hint: "Create it first, or correct the name.", retryable: false };
    return { kind: row.kind, hint: row.hint, retryable: row.retryable ?? false };
  }
  return { kind: "protocol", hint: "Is this a Proxmox VE API?", retryable: false };
}

function firstMatch(pattern: RegExp, texts: readonly string[]): RegExpMatchArray | undefined {
  for (const text of texts) {
    const match = text.match(pattern);
    if (match) return match;
  }
  return undefined;
}

/** Does the request's path (or query) name this thing, whole or as a part such as the user in `user!token`? */
function pathNames(path: string, name: string): boolean {
  const [, query = ""] = path.split("?");
  const segments = path.replace(/\?.*/, "").split("/").map(decodeURIComponent);
  const named = [...segments, ...new URLSearchParams(query).values()];
  return named.some((one) => one === name || one.endsWith(`:${name}`) || name.endsWith(`/${one}`));
}
