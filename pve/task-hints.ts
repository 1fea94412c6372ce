/** What to do about exit statuses (or last log lines) that do not say it themselves. */
const HINTS: readonly { readonly text: RegExp; readonly hint: string; readonly source: string }[] = [
  {
    text: /vcpus allowed per VM on this node/,
    hint: "Give the VM no more cores than the node has CPU threads.",
    source: "PVE/QemuServer.pm config_to_command; conformance 05",
  },
  {
    text: /shrinking disks is not supported/,
    hint: "A disk can only grow. To make it smaller, create another one and copy.",
    source: "PVE/API2/Qemu.pm resize_vm; conformance 03",
  },
  {
    text: /is still in use by linked clone/,
    hint: "Delete or fully clone the linked clones first.",
    source: "PVE/Storage.pm vdisk_free; conformance 04",
  },
  {
    text: /snapshot feature is not available/,
    hint: "The storage or the disk's format has no snapshots: use qcow2 on directory storages, or ZFS, Ceph, LVM-thin.",
    source: "PVE/AbstractConfig.pm; conformance 06",
  },
  {
    text: /bridge '[^']*' does not exist/,
    hint: "Create the bridge on this node and apply its network configuration; Proxmox checks it only at start.",
    source: "PVE/Network.pm tap_plug; conformance 05",
  },
  {
    text: /KVM virtualisation configured, but not available/,
    hint: "Enable VT-x/AMD-V in the firmware, or set kvm to off.",
    source: "PVE/QemuServer.pm config_to_command",
  },
  {
    text: /already running$/,
    hint: "It runs already; nothing is left to do.",
    source: "PVE/QemuServer.pm vm_start_nolock; conformance 05",
  },
  {
    text: /quit\/powerdown failed/,
    hint: "The guest did not react to the shutdown request (no ACPI, no guest agent?). Stop it, or allow more time.",
    source: "PVE/QemuServer.pm _do_vm_stop; conformance 05",
  },
  {
    text: /checksum mismatch: got/,
    hint: "The file at the address is not the expected one (renewed upstream, or damaged): check address and checksum.",
    source: "PVE/Tools.pm download_file_from_url; conformance 08",
  },
  {
    text: /refusing to override existing file/,
    hint: "A file of that name is on the storage already: delete it, or use another name.",
    source: "PVE/Tools.pm download_file_from_url; conformance 08",
  },
  {
    text: /\bERROR (?:404|410): /,
    hint: "There is no such file at the address: correct the URL (images move when a new one is published).",
    source: "wget's words in the log; conformance 08",
  },
  {
    text: /\bERROR (?:401|403): /,
    hint: "The server does not give this file to the node: correct the URL, or take one that needs no log-in.",
    source: "wget's words in the log",
  },
  {
    text: /\bERROR 5\d\d: /,
    hint: "The server at the address is in trouble: try again later, or take a mirror.",
    source: "wget's words in the log",
  },
  {
    // 8: the server answered with an error; 3: the file could not be written (wget(1), EXIT STATUS).
    text: /unable to resolve host address|download failed(?!: exit code [38]$)/,
    hint: "The node itself downloads: it must reach the address (DNS, proxy, firewall).",
    source: "PVE/Tools.pm download_file_from_url; conformance 08",
  },
  {
    text: /command 'ifreload -a' failed/,
    hint: "The new configuration is in place but not fully applied; see the log for the interface at fault.",
    source: "PVE/API2/Network.pm reload_network_config; recorded 04",
  },
  {
    text: /this host already contains virtual guests/,
    hint: "A node joins a cluster empty: move or delete its guests first.",
    source: "PVE/Cluster/Setup.pm assert_joinable; conformance 20",
  },
  {
    text: /cluster config '\/etc\/pve\/corosync\.conf' already exists|authentication key '[^']*' already exists/,
    hint: "The node is (or was) in a cluster already.",
    source: "PVE/Cluster/Setup.pm assert_joinable; conformance 20",
  },
  {
    text: /fingerprint '[^']*' not verified/,
    hint: "The cluster member's certificate is another one: read its fingerprint again.",
    source: "PVE/APIClient/LWP.pm; conformance 20",
  },
  {
    text: /received interrupt|unexpected status/,
    hint: "Someone stopped the task, or its process died.",
    source: "PVE/RESTEnvironment.pm fork_worker; conformance 11",
  },
  {
    text: /no space left on device|not enough free space|ENOSPC/i,
    hint: "The storage is full.",
    source: "the tools' own words in the log (qemu-img, lvcreate, rbd)",
  },
];

/** A hint for the first text that has one: exit status first, then the log from its end. */
export function taskHint(exitStatus: string, log: readonly string[]): string | undefined {
  for (const text of [exitStatus, ...[...log].reverse()])
    for (const row of HINTS) if (row.text.test(text)) return row.hint;
  return undefined;
}
